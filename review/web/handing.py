"""The steps of a hand-over as forms give them, and who may look at which."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from flask import abort, request
from flask_login import current_user

from crawlers.records import CrawlError, StoreError
from review import audit, bundles, receipts, referrals
from review.desk.roles import CASEWORK, Role
from review.errors import BeingBuilt, ReferralError, ReviewError
from review.packets.stamping import office_stamper
from review.referral_records import Referral, ReferralEvent, ReferralState, named
from review.web.desk import actor, desk
from review.web.entry import roles_here
from review.web.words import words

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from config.schema_agencies import Agency

OUT = frozenset({ReferralState.SENT, ReferralState.RECEIVED})
HANDED = frozenset({ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ANSWERED, ReferralState.CLOSED})
LONGEST, LONGEST_NUMBER = 2000, 64
"""Characters of a field and of a document number; a longer one is refused, not cut."""
NAME_BYTES = 200


def visible(referral: Referral) -> bool:
    """The office sees all of its own; a recipient what was handed to it, and nothing before."""
    if roles_here() & CASEWORK:
        return True
    return referral.agency == current_user.agency and referral.state in HANDED


def events_for_here(referral: Referral) -> list[ReferralEvent]:
    """What happened; how the office came to it is not a recipient's to read."""
    if roles_here() & CASEWORK:
        return list(referral.events)
    kinds = [event.kind for event in referral.events]
    return list(referral.events[kinds.index("send") :]) if "send" in kinds else []


def referral_here(label: str) -> Referral:
    """The referral, or 404 where there is none or it is another office's: an attempt is written down."""
    found = None
    with suppress(ReferralError), desk().read() as connection:
        found = referrals.by_label(connection, label)
    if found is None:
        abort(404)
    if not visible(found):
        hidden(found.label)
    return found


def hidden(what: str) -> NoReturn:
    """Answer as if it were not there, and write down who asked."""
    told = {"what": what, "endpoint": request.endpoint or ""}
    with desk().write() as connection:
        audit.append(connection, actor(), "access.denied", told, now=desk().now())
    abort(404)


def writes_to(agency: Agency) -> bool:
    """Whether an office of this kind has a paper for that recipient."""
    return any(paper.id == desk().config.settings.office.kind for paper in agency.papers)


def not_offered(referral: Referral, step: str, who: str) -> str:
    """Why a step is refused before it is tried."""
    said = words().referrals
    if step in {"review", "approve"} and named(who) in referral.preparers:
        return str(said.same_person)
    return str(said.not_now).format(step=said.steps.get(step), state=said.state.get(referral.state.value))


def take(referral: Referral, step: str) -> str:
    """Take a step; the reason when it is refused, empty when it was taken. A store that fails is nobody's mistake."""
    try:
        STEPS[step](referral)
    except StoreError:
        raise
    except (ReviewError, CrawlError) as error:
        return str(error)
    return ""


def _text(name: str) -> str:
    text = request.form.get(name, "").strip()
    most = LONGEST_NUMBER if name == "doc_number" else LONGEST
    if len(text) > most:
        raise ReferralError(words().referrals.too_long.format(limit=most))
    return text


def _items() -> list[int]:
    return [int(number) for number in request.form.getlist("item") if number.isdecimal() and len(number) <= 9]


def _done(
    step: Callable[..., Referral], *fields: str, config: bool = False, **given: Any
) -> Callable[[Referral], None]:
    """A step in a write transaction of its own, with these fields of the form."""

    def run(referral: Referral) -> None:
        told = {field: _text(field) for field in fields}
        with desk().write() as connection:
            place = [desk().config] if config else []
            step(connection, referral.id, *place, actor=actor(), now=desk().now(), **told, **given)

    return run


def _build(referral: Referral) -> None:
    """Packets for all cases, and a bundle where they are several. A second click waits for nothing and is told so."""
    place = desk()
    try:
        with office_stamper(place.config, place.data) as stamp:
            bundles.build(place.store, place.data, referral.id, place.config, stamp, actor=actor(), now=place.now())
    except BeingBuilt:
        raise ReferralError(words().referrals.building) from None


def _receive(referral: Referral) -> None:
    """A recipient signs in the name of the account; the office notes who signed."""
    by = current_user.full_name if Role.RECIPIENT in roles_here() else _text("by")
    with desk().write() as connection:
        receipts.receive(connection, referral.id, actor=actor(), now=desk().now(), by=by, items=_items())


def _answer(referral: Referral) -> None:
    with desk().write() as connection:
        receipts.answer(
            connection,
            referral.id,
            desk().config,
            actor=actor(),
            now=desk().now(),
            result=_text("result"),
            text=_text("text"),
            items=_items(),
        )


def _file(referral: Referral) -> None:
    """A signed or scanned paper; its own name is kept as text and never used as a path."""
    sent = request.files.get("paper")
    if sent is None or not sent.filename:
        raise ReferralError(words().referrals.no_file)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / plain_name(sent.filename)
        sent.save(path)
        with desk().write() as connection:
            _file_in(connection, referral, path)


def plain_name(name: str) -> str:
    """The last part of a name as a file may have it: no control signs, short enough, with its ending."""
    last = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip(" .")
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 8:
        stem, ending = last, ""
    kept = stem.encode()[:NAME_BYTES].decode(errors="ignore")
    return f"{kept or 'paper'}{'.' if ending else ''}{ending}"


def _file_in(connection: Connection, referral: Referral, path: Path) -> None:
    item = next(iter(_items()), None)
    given: dict[str, Any] = {"kind": _text("kind"), "actor": actor(), "now": desk().now(), "item": item}
    receipts.file_paper(connection, desk().blobs, referral.id, path, **given)


STEPS: dict[str, Callable[[Referral], None]] = {
    "build": _build,
    "submit": _done(referrals.submit, config=True),
    "review": _done(referrals.review, "remark"),
    "approve": _done(referrals.approve, "remark"),
    "return": _done(referrals.return_, "reason"),
    "send": _done(referrals.send, "channel", "doc_number", config=True),
    "remind": _done(referrals.remind, "channel"),
    "receive": _receive,
    "answer": _answer,
    "file": _file,
    "close": _done(referrals.close, "remark"),
    "withdraw": _done(referrals.withdraw, "reason"),
}
