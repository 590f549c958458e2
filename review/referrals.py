"""The way of a hand-over: 草拟 → 复核 → 审批 → 已移送 → 已签收 → 已反馈 → 办结, or 撤回.

Each step is a function of an open write transaction. It refuses what does not fit (`ReferralError`), changes the rows
and writes its event and its audit entry in that transaction, so that there is no step without its trace. Nothing is
sent from here: `send` notes that two officers sent it. Whoever prepared a referral neither reviews nor approves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from crawlers import custody
from review import looks, workdays
from review.cases import Case, add_event
from review.cases import get as get_case
from review.errors import ReferralError
from review.referral_records import (
    Referral,
    ReferralState,
    by_label,
    content_digest,
    find,
    get,
    named,
    open_for,
)
from review.referral_steps import confirmed, given, in_state, moment_given, not_now, note, person, recipient, step
from review.strings import (
    BUNDLE_NEEDED,
    REFERRAL_DUPLICATE,
    REFERRAL_GONE,
    REFERRAL_NO_CASES,
    REFERRAL_NO_PACKET,
    REFERRAL_ONE_EACH,
    REFERRAL_OTHER_PACKET,
    REFERRAL_SAME_PERSON,
    REFERRAL_STALE,
)
from review.tables import packets, referral_items, referrals

if TYPE_CHECKING:
    from config import Config
    from config.schema_agencies import Agency

__all__ = [
    "Referral", "ReferralState", "approve", "attach", "by_label", "close", "draft", "find", "get", "open_for", "remind",
    "return_", "review", "send", "submit", "withdraw",
]  # fmt: skip


def draft(
    connection: Connection, case_ids: Sequence[int], agency: str, config: Config, *, actor: str, now: str
) -> Referral:
    """草拟: a new referral of confirmed cases, in this order, to one recipient (a file name of `agencies/`).

    Refuses a case that is not confirmed, and one that already lies with this recipient in an open referral.
    """
    to = recipient(config, agency)
    found = [get_case(connection, case_id) for case_id in dict.fromkeys(case_ids)]
    if not found:
        raise ReferralError(REFERRAL_NO_CASES)
    for case in found:
        confirmed(case)
        if other := open_for(connection, case.id, agency):
            raise ReferralError(REFERRAL_DUPLICATE.format(case=case.label, agency=to.name, other=other))
    office = config.settings.office
    paper = next(paper for paper in to.papers if paper.id == office.kind)
    if len(found) > 1 and "{title}" in paper.recipient:
        raise ReferralError(REFERRAL_ONE_EACH.format(agency=to.name))
    values = {
        "label": _label(connection, now),
        "agency": agency,
        "recipient": paper.addressed(office=office.name, region=office.region, title=found[0].title),
        "document": paper.document,
        "state": ReferralState.DRAFT,
        "prepared_by": person(actor),
        **dict.fromkeys(("doc_number", "reviewed_by", "approved_by", "content", "channel"), ""),
        "created_at": now,
        "updated_at": now,
    }
    made = insert(referrals).values(values).returning(referrals.c.id)
    referral_id = int(connection.execute(made).scalar_one())
    _add_items(connection, referral_id, agency, found)
    told = {"agency": agency, "recipient": values["recipient"], "cases": [case.label for case in found]}
    return note(connection, get(connection, referral_id), "draft", actor, now, told)


def attach(connection: Connection, referral_id: int, packet_id: str, *, actor: str, now: str) -> Referral:
    """Put a packet to its case in a draft; one put there before gives way."""
    referral = in_state(connection, referral_id, "attach", ReferralState.DRAFT)
    row = connection.execute(select(packets).where(packets.c.id == packet_id)).mappings().first()
    if row is None or row["agency"] != referral.agency or row["case_id"] not in {i.case_id for i in referral.items}:
        raise ReferralError(REFERRAL_OTHER_PACKET.format(packet=packet_id, label=referral.label))
    mine = (referral_items.c.referral_id == referral_id) & (referral_items.c.case_id == row["case_id"])
    connection.execute(update(referral_items).where(mine).values(packet_id=packet_id))
    told = {"packet": packet_id, "case": f"A-{row['case_id']:06d}", "sha256": row["sha256"]}
    return step(connection, referral, "attach", actor, now, told)


def submit(connection: Connection, referral_id: int, config: Config, *, actor: str, now: str) -> Referral:
    """草拟 → 复核. Every case needs its packet, several cases a bundle; from here on the content is fixed."""
    referral = in_state(connection, referral_id, "submit", ReferralState.DRAFT)
    for item in referral.items:
        if not item.packet_id:
            raise ReferralError(REFERRAL_NO_PACKET.format(label=referral.label, case=item.case_label))
    digest = content_digest(referral.items)
    if len(referral.items) > 1 and (referral.bundle is None or referral.bundle.content != digest):
        raise ReferralError(BUNDLE_NEEDED.format(label=referral.label, count=len(referral.items)))
    _fresh(connection, referral, recipient(config, referral.agency), now)
    values = {"state": ReferralState.REVIEW, "content": digest}
    return step(connection, referral, "submit", actor, now, {"content": digest}, values)


def review(connection: Connection, referral_id: int, *, actor: str, now: str, remark: str = "") -> Referral:
    """复核 → 审批, by someone who prepared nothing of it."""
    referral = in_state(connection, referral_id, "review", ReferralState.REVIEW)
    _other_eyes(referral, actor)
    told = {"content": referral.content, "remark": remark}
    values = {"state": ReferralState.APPROVAL, "reviewed_by": person(actor)}
    return step(connection, referral, "review", actor, now, told, values)


def approve(connection: Connection, referral_id: int, *, actor: str, now: str, remark: str = "") -> Referral:
    """Approve in 审批, by someone who prepared nothing of it; it may then be sent."""
    referral = in_state(connection, referral_id, "approve", ReferralState.APPROVAL)
    _other_eyes(referral, actor)
    if referral.approved_by:
        raise ReferralError(not_now(referral, "approve"))
    told = {"content": referral.content, "remark": remark}
    return step(connection, referral, "approve", actor, now, told, {"approved_by": person(actor)})


def return_(connection: Connection, referral_id: int, *, actor: str, now: str, reason: str) -> Referral:
    """退回: back to 草拟 with a reason; review and approval are void, packets may be built anew."""
    referral = in_state(connection, referral_id, "return", ReferralState.REVIEW, ReferralState.APPROVAL)
    values = {"state": ReferralState.DRAFT, "reviewed_by": "", "approved_by": "", "content": ""}
    return step(connection, referral, "return", actor, now, {"reason": given(reason, "return")}, values)


def send(
    connection: Connection,
    referral_id: int,
    config: Config,
    *,
    actor: str,
    now: str,
    channel: str,
    doc_number: str = "",
    sent_at: str = "",
) -> Referral:
    """审批 → 已移送: note that officers handed it over by `channel` under `doc_number`; deadlines run from that day.

    Refuses what was not approved, what changed since it was reviewed, and, where the recipient's `recheck_hours` asks
    for it, a subject that nobody looked at in time or that was gone when last looked at. The event says by
    `holidays_known` whether `workdays.toml` holds the years in which the deadlines fall.
    """
    referral = in_state(connection, referral_id, "send", ReferralState.APPROVAL)
    if not referral.approved_by:
        raise ReferralError(not_now(referral, "send"))
    moment = moment_given(sent_at, after=referral.updated_at, now=now) if sent_at else now
    agency = recipient(config, referral.agency)
    _fresh(connection, referral, agency, moment)
    day, calendar = workdays.local_day(moment), config.workdays
    ends = {
        "receipt_due": workdays.after(day, agency.terms.receipt_workdays, calendar),
        "feedback_due": workdays.after(day, agency.terms.feedback_workdays, calendar),
    }
    due = {name: end.isoformat() for name, end in ends.items()}
    told: dict[str, str | bool] = {
        "channel": given(channel, "send"),
        "doc_number": doc_number,
        "content": referral.content,
        "holidays_known": all(workdays.known(end, calendar) for end in ends.values()),
        **due,
    }
    values = {"state": ReferralState.SENT, "sent_at": moment, "channel": channel, "doc_number": doc_number, **due}
    for item in referral.items:
        detail = {"referral": referral.label, "agency": referral.agency, "packet": item.packet_id}
        add_event(connection, item.case_id, "referred", detail, actor=actor, now=now)
    custody.append(connection, "handed_over", actor, {"referral": referral.label, **told})
    return step(connection, referral, "send", actor, now, told, values)


def remind(connection: Connection, referral_id: int, *, actor: str, now: str, channel: str) -> Referral:
    """催办: note that the recipient was reminded; deadlines stay what they were."""
    referral = in_state(connection, referral_id, "remind", ReferralState.SENT, ReferralState.RECEIVED)
    told = {"channel": given(channel, "remind"), "overdue": referral.overdue(workdays.local_day(now))}
    return step(connection, referral, "remind", actor, now, told)


def close(connection: Connection, referral_id: int, *, actor: str, now: str, remark: str = "") -> Referral:
    """已反馈 → 办结. The cases may then be referred to the same recipient again."""
    referral = in_state(connection, referral_id, "close", ReferralState.ANSWERED)
    _release(connection, referral_id)
    return step(connection, referral, "close", actor, now, {"remark": remark}, {"state": ReferralState.CLOSED})


def withdraw(connection: Connection, referral_id: int, *, actor: str, now: str, reason: str) -> Referral:
    """撤回, at any time before 办结, with a reason. What was sent has to be called back by the officers."""
    stages = [state for state in ReferralState if state.open]
    referral = in_state(connection, referral_id, "withdraw", *stages)
    told = {"reason": given(reason, "withdraw"), "before": referral.state.value}
    _release(connection, referral_id)
    return step(connection, referral, "withdraw", actor, now, told, {"state": ReferralState.WITHDRAWN})


def _label(connection: Connection, now: str) -> str:
    year = workdays.local_day(now).year
    last = connection.execute(select(func.max(referrals.c.label)).where(referrals.c.label.like(f"R-{year}-%"))).scalar()
    return f"R-{year}-{int(str(last).rpartition('-')[2]) + 1 if last else 1:06d}"


def _add_items(connection: Connection, referral_id: int, agency: str, found: Sequence[Case]) -> None:
    blank = {"referral_id": referral_id, "agency": agency, "open": 1, "received_by": "", "result": "", "answer": ""}
    rows = [{**blank, "number": number, "case_id": case.id} for number, case in enumerate(found, 1)]
    try:
        connection.execute(insert(referral_items), rows)
    except IntegrityError as error:  # another writer was faster, on a database that lets two in
        named_cases = "、".join(case.label for case in found)
        raise ReferralError(REFERRAL_DUPLICATE.format(case=named_cases, agency=agency, other="")) from error


def _other_eyes(referral: Referral, actor: str) -> None:
    if named(person(actor)) in referral.preparers:
        raise ReferralError(REFERRAL_SAME_PERSON.format(label=referral.label, actor=actor))


def _fresh(connection: Connection, referral: Referral, agency: Agency, now: str) -> None:
    """Every case is still confirmed and, where the recipient asks for it, was seen up a short time ago."""
    limit = datetime.fromisoformat(now) - timedelta(hours=agency.terms.recheck_hours)
    for item in referral.items:
        case = get_case(connection, item.case_id)
        confirmed(case)
        if not agency.terms.recheck_hours:
            continue
        look = looks.last(connection, case)
        if look.gone:
            raise ReferralError(REFERRAL_GONE.format(case=case.label, at=look.at))
        if not look.at or datetime.fromisoformat(look.at) < limit:
            hours = agency.terms.recheck_hours
            raise ReferralError(REFERRAL_STALE.format(case=case.label, at=look.at or "—", hours=hours))


def _release(connection: Connection, referral_id: int) -> None:
    mine = referral_items.c.referral_id == referral_id
    connection.execute(update(referral_items).where(mine).values(open=0))
