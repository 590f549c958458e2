"""Campaigns as people see them: built after every judging, walked from a case, a subject, a contact or a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select

from detectors import campaigns, ties
from detectors.campaigns import Campaign, KeptTie
from detectors.masking import link, mask
from detectors.strings import TIE_NAMES
from detectors.tables import contacts, judgements, traces
from review.cases import CaseState, find, get, parse_label
from review.errors import CampaignError
from review.strings import BAD_START, NO_CAMPAIGN, NOT_TIED, REMARKED, START_NAMES, TIE_TOLD
from review.tables import case_subjects, cases

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawlers.store import Store
    from detectors.context import Context

HOST = r"(?:[\w-]+\.)+[^\W\d]\w*"
STARTS = ("case", "site", "listing", "contact", "certificate", "qr")


def build(store: Store, context: Context, *, now: str) -> int:
    """Bring the campaigns to what is judged by now. What people excluded counts as innocent, what they merged into one
    case belongs together. Returns how many campaigns hold subjects."""
    with store.write() as connection:
        held = list(find(connection))
        excluded = {subject for case in held if case.state is CaseState.EXCLUDED for subject in case.subjects}
        related = [case.subjects for case in held if case.state is not CaseState.EXCLUDED and len(case.subjects) > 1]
        return campaigns.build(connection, context, now=now, excluded=excluded, related=related)


LONGEST_NUMBER = 9
"""Digits; no row has a longer number."""


@dataclass(frozen=True, slots=True)
class Walk:
    """From where somebody starts to what it leads to. `start` is masked; `at` are the subjects that show it."""

    start: str
    at: tuple[str, ...]
    campaigns: tuple[Campaign, ...]


def walk(connection: Connection, start: str, context: Context) -> Walk:
    """`case:A-000012`, `site:HOST`, `listing:PLATFORM:ITEM`, `contact:VALUE`, `certificate:NUMBER`, `qr:ADDRESS`; what
    has none of these words before it is a case by its number, a site by its host or address, and else a contact.

    A value is looked up by its HMAC in everything judged, tied or not; it is never printed in full. Raises
    CampaignError when nothing shows it.
    """
    kind, value = _read(start.strip())
    if kind not in STARTS or not value:
        starts = "、".join(f"{name}:…（{START_NAMES[name]}）" for name in STARTS)
        raise CampaignError(BAD_START.format(start=mask(start), starts=starts))
    shown, subjects = _start(connection, kind, value, context)
    if not subjects:
        raise CampaignError(NOT_TIED.format(start=start_told(shown)))
    numbers = sorted(set(campaigns.of_subjects(connection, subjects).values()))
    return Walk(shown, tuple(sorted(subjects)), tuple(campaigns.get(connection, number) for number in numbers))


def start_told(start: str) -> str:
    """`contact:142******76` → `联系方式 142******76`; a case by its number alone, as it is."""
    kind, colon, value = start.partition(":")
    return f"{START_NAMES[kind]} {value}" if colon and kind in START_NAMES else start


def _read(start: str) -> tuple[str, str]:
    named = next((name for name, word in START_NAMES.items() if start.startswith((f"{word}:", f"{word}："))), "")
    if named:
        return named, start[len(START_NAMES[named]) + 1 :].strip()
    kind, colon, value = start.partition(":")
    if kind in ("http", "https"):
        return "site", (urlsplit(start).hostname or "") if start.isprintable() and "[" not in start else ""
    if colon:
        return kind, value
    if re.fullmatch(r"A-\d+", start):
        return "case", start
    return ("site", start.lower()) if re.fullmatch(HOST, start) else ("contact", start)


def _start(connection: Connection, kind: str, value: str, context: Context) -> tuple[str, set[str]]:
    if kind == "case":
        case = get(connection, parse_label(value))
        return case.label, set(case.subjects)
    if kind in ("site", "listing"):
        subject = f"{kind}:{value}"
        held = connection.scalar(select(judgements.c.subject).where(judgements.c.subject == subject).limit(1))
        return subject, {subject} if held else set()
    return f"{kind}:{mask(value)}", showing(connection, kind, value, context.key)


def showing(connection: Connection, kind: str, value: str, key: bytes) -> set[str]:
    """Subjects that show a `contact`, `certificate` or `qr`, looked up by its HMAC under the office's key."""
    return _showing(connection, _keys(kind, value, key))


def _keys(kind: str, value: str, key: bytes) -> list[str]:
    """HMACs under which a value may stand, of whatever kind of contact it is."""
    if kind == "qr":
        return [link("qr", value, key)]
    if kind == "certificate":
        return [link("certificate", value.strip().upper().removeprefix("T"), key)]
    forms = {value.strip(), value.strip().lower(), "".join(sign for sign in value if sign.isdigit())} - {""}
    kinds = [name for name, one in ties.table().kinds.items() if not one.site]
    return [link(name, form, key) for name in kinds for form in sorted(forms)]


def _showing(connection: Connection, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for rows in (contacts, traces):
        of_value = select(judgements.c.subject).join(rows, rows.c.judgement_id == judgements.c.id)
        found.update(connection.scalars(of_value.where(rows.c.hmac.in_(keys)).distinct()))
    return found


def one(connection: Connection, label: str) -> Campaign:
    """`K-000003`, `k-3` or `3`. Raises CampaignError."""
    digits = label.upper().removeprefix("K-")
    known = {campaign.id for campaign in campaigns.find(connection)}
    if digits.isdecimal() and len(digits) <= LONGEST_NUMBER:
        try:
            found = campaigns.get(connection, int(digits))
        except campaigns.NoCampaign:
            raise CampaignError(NO_CAMPAIGN.format(label=label)) from None
        if found.id in known:
            return found
    raise CampaignError(NO_CAMPAIGN.format(label=label))


def cases_of(connection: Connection, subjects: Sequence[str]) -> dict[str, tuple[str, CaseState]]:
    """Subject → label and state of its case."""
    held = select(case_subjects.c.subject, cases.c.id, cases.c.state).join(cases, cases.c.id == case_subjects.c.case_id)
    rows = connection.execute(held.where(case_subjects.c.subject.in_(list(subjects))))
    return {row.subject: (f"A-{row.id:06d}", CaseState(row.state)) for row in rows}


def labels_of(connection: Connection, subjects: Sequence[str]) -> dict[str, Campaign]:
    """The campaigns that subjects belong to, by label."""
    numbers = sorted(set(campaigns.of_subjects(connection, subjects).values()))
    return {found.label: found for number in numbers if (found := campaigns.get(connection, number))}


def as_json(campaign: Campaign, held: Mapping[str, tuple[str, CaseState]]) -> dict[str, Any]:
    """`held` is what `cases_of` gives."""
    return {
        "id": campaign.label,
        "opened_at": campaign.opened_at,
        "updated_at": campaign.updated_at,
        "subjects": [
            {"subject": subject, "case": case[0] if (case := held.get(subject)) else ""}
            for subject in campaign.subjects
        ],
        "ties": [_tie_json(tie) for tie in campaign.ties],
    }


def _tie_json(tie: KeptTie) -> dict[str, Any]:
    seen = [{"subject": subject, "capture": f"C-{capture:08d}"} for subject, capture in tie.seen]
    return {
        "kind": tie.kind,
        "name": TIE_NAMES[tie.kind],
        "value": tie.shown,
        "hmac": tie.key,
        "weight": tie.weight,
        "carriers": tie.carriers,
        "seen": seen,
    }


def told(tie: KeptTie) -> str:
    """One line: what is the same, where it was seen, how rare it is."""
    seen = "、".join(REMARKED.format(name=subject, remark=f"C-{capture:08d}") for subject, capture in tie.seen)
    others = tie.carriers - len(tie.seen)
    return TIE_TOLD.format(name=TIE_NAMES[tie.kind], value=tie.shown, weight=tie.weight, seen=seen, others=others)
