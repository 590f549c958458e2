"""Cases: one per subject, opened by the night, decided by people, never duplicated.

Everything that happens to a case is an event; nothing is overwritten but the summary row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from review import audit
from review.desk import index
from review.desk.tables import desk
from review.errors import CaseError
from review.strings import CASE_STATES, DECISIONS, NO_CASE
from review.tables import case_events, case_subjects, cases

LONGEST_LABEL_CHARS = 40
MAX_NUMBER = 2**31 - 1
"""No row can have a higher number; PostgreSQL refuses to be asked for one."""


class CaseState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    EXCLUDED = "excluded"
    DOUBTFUL = "doubtful"
    MERGED = "merged"

    @property
    def chinese(self) -> str:
        return CASE_STATES[self.value]


class Decision(StrEnum):
    """What an analyst says of a case; `REOPEN` takes any decision back."""

    CONFIRM = "confirm"
    EXCLUDE = "exclude"
    DOUBT = "doubt"
    REOPEN = "reopen"

    @property
    def chinese(self) -> str:
        return DECISIONS[self.value]

    @property
    def state(self) -> CaseState:
        return _DECIDED[self]


_DECIDED = {
    Decision.CONFIRM: CaseState.CONFIRMED,
    Decision.EXCLUDE: CaseState.EXCLUDED,
    Decision.DOUBT: CaseState.DOUBTFUL,
    Decision.REOPEN: CaseState.OPEN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A flagged subject as the detectors left it: the strongest verdict per axis, and what it rests on."""

    subject: str
    title: str
    cls: str
    score: float
    imitates: str = ""
    assessment: Mapping[str, Any] = field(default_factory=dict)
    """`{"impersonation": {...}, "selling": {...}, "contacts": [...]}` as `assess` prints them."""
    capture_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    at: str
    actor: str
    kind: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    id: int
    state: CaseState
    title: str
    cls: str
    imitates: str
    score: float
    opened_night: str
    opened_at: str
    updated_at: str
    merged_into: int | None
    subjects: tuple[str, ...] = ()
    assessments: tuple[Mapping[str, Any], ...] = ()
    capture_ids: tuple[int, ...] = ()
    events: tuple[CaseEvent, ...] = ()

    @property
    def label(self) -> str:
        return f"A-{self.id:06d}"


class Change(StrEnum):
    OPENED = "opened"
    REFRESHED = "refreshed"
    REOPENED = "reopened"
    UNCHANGED = "unchanged"


def open_or_refresh(connection: Connection, suspect: Suspect, *, night: str, now: str) -> tuple[int, Change]:
    """The case of this subject: opened when there is none, refreshed when the findings changed.

    Running it twice with the same suspect changes nothing the second time.
    """
    known = (
        connection.execute(select(case_subjects).where(case_subjects.c.subject == suspect.subject)).mappings().first()
    )
    if known is None:
        return _open(connection, suspect, night, now), Change.OPENED
    case = connection.execute(select(cases).where(cases.c.id == known["case_id"])).mappings().one()
    if json.loads(known["assessment"]).get("digest") == _digest(suspect):
        return int(case["id"]), Change.UNCHANGED
    change = Change.REOPENED if _story_changed(case, suspect) else Change.REFRESHED
    _refresh(connection, case, suspect, change, night, now)
    return int(case["id"]), change


def _story_changed(case: RowMapping, suspect: Suspect) -> bool:
    """An exclusion covers what was seen then; a new class on the same subject is a new question."""
    return bool(case["state"] == CaseState.EXCLUDED and case["cls"] != suspect.cls)


def _open(connection: Connection, suspect: Suspect, night: str, now: str) -> int:
    row = {**_summary(suspect, now), "state": CaseState.OPEN, "opened_night": night, "opened_at": now}
    case_id = int(connection.execute(insert(cases).values(row).returning(cases.c.id)).scalar_one())
    connection.execute(insert(case_subjects).values(subject=suspect.subject, case_id=case_id, **_findings(suspect)))
    add_event(
        connection, case_id, "opened", {"night": night, "subject": suspect.subject, "class": suspect.cls}, now=now
    )
    _indexed(connection, case_id)
    return case_id


def _refresh(connection: Connection, case: RowMapping, suspect: Suspect, change: Change, night: str, now: str) -> None:
    values = _summary(suspect, now) if _speaks_for(connection, case, suspect) else {"updated_at": now}
    if change is Change.REOPENED:
        values["state"] = CaseState.OPEN
    connection.execute(update(cases).where(cases.c.id == case["id"]).values(values))
    of_subject = case_subjects.c.subject == suspect.subject
    kept = json.loads(connection.execute(select(case_subjects.c.capture_ids).where(of_subject)).scalar_one())
    connection.execute(update(case_subjects).where(of_subject).values(_findings(suspect, kept)))
    add_event(connection, int(case["id"]), change.value, {"night": night, "class": suspect.cls}, now=now)
    _indexed(connection, int(case["id"]))


def _speaks_for(connection: Connection, case: RowMapping, suspect: Suspect) -> bool:
    """A merged case keeps the summary of its strongest subject."""
    subjects = select(func.count()).select_from(case_subjects).where(case_subjects.c.case_id == case["id"])
    return connection.execute(subjects).scalar_one() == 1 or round(suspect.score * 1000) >= case["score_milli"]


def _summary(suspect: Suspect, now: str) -> dict[str, Any]:
    return {
        "title": suspect.title,
        "cls": suspect.cls,
        "imitates": suspect.imitates,
        "score_milli": round(suspect.score * 1000),
        "updated_at": now,
    }


def _findings(suspect: Suspect, earlier: Sequence[int] = ()) -> dict[str, str]:
    """The newest assessment on all the captures: what a case once rested on is never taken out of it."""
    kept = {**suspect.assessment, "digest": _digest(suspect)}
    return {"assessment": _dump(kept), "capture_ids": _dump(sorted({*earlier, *suspect.capture_ids}))}


def _digest(suspect: Suspect) -> str:
    said = [suspect.title, suspect.cls, suspect.imitates, suspect.score]
    text = _dump([said, suspect.assessment, sorted(suspect.capture_ids)])
    return hashlib.sha256(text.encode()).hexdigest()


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def decide(
    connection: Connection,
    case_id: int,
    decision: Decision,
    *,
    actor: str,
    reason: str,
    now: str,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Write a person's decision. To exclude or re-open needs a reason; a merged case is decided where it went.

    `told` is what else its event and the audit log say: the code of the reason, the decision it takes back.
    """
    case = get(connection, case_id)
    if case.state is CaseState.MERGED:
        raise CaseError(f"{case.label} 已并入 A-{case.merged_into:06d}：请对后者作出决定。")
    if decision in {Decision.EXCLUDE, Decision.REOPEN} and not reason.strip():
        raise CaseError(f"{case.label}：{decision.chinese}需要写明理由（--reason）。")
    if decision.state is case.state:
        raise CaseError(f"{case.label} 已经是“{case.state.chinese}”，无需重复决定。")
    connection.execute(update(cases).where(cases.c.id == case_id).values(state=decision.state, updated_at=now))
    detail = {"decision": decision.value, "reason": reason, "before": case.state.value, **(told or {})}
    add_event(connection, case_id, "decided", detail, actor=actor, now=now)
    _indexed(connection, case_id, by=actor)
    audit.append(connection, actor, "case.decide", {"case": case.label, **detail}, now=now)


def merge(connection: Connection, source: int, target: int, *, actor: str, reason: str, now: str) -> None:
    """Put the subjects of `source` under `target`: one story, one case. Events of both stay."""
    one, other = get(connection, source), get(connection, target)
    if source == target or CaseState.MERGED in {one.state, other.state}:
        raise CaseError(f"不能把 {one.label} 并入 {other.label}：两案必须不同，且都未曾并案。")
    connection.execute(update(case_subjects).where(case_subjects.c.case_id == source).values(case_id=target))
    values = {"state": CaseState.MERGED, "merged_into": target, "updated_at": now}
    connection.execute(update(cases).where(cases.c.id == source).values(values))
    add_event(connection, source, "merged", {"into": target, "reason": reason}, actor=actor, now=now)
    add_event(connection, target, "absorbed", {"from": source, "subjects": list(one.subjects)}, actor=actor, now=now)
    for case_id in (source, target):
        _indexed(connection, case_id)
    told = {"case": one.label, "into": other.label, "reason": reason}
    audit.append(connection, actor, "case.merge", told, now=now)


def _indexed(connection: Connection, case_id: int, *, by: str = "") -> None:
    """Tell the queue what became of the case, in the same transaction."""
    row = connection.execute(select(cases).where(cases.c.id == case_id)).mappings().one()
    index.refresh(connection, dict(row), _subjects(connection, case_id), by=by)


def _subjects(connection: Connection, case_id: int) -> Sequence[RowMapping]:
    of_case = select(case_subjects).where(case_subjects.c.case_id == case_id)
    return connection.execute(of_case.order_by(case_subjects.c.subject)).mappings().all()


def index_missing(connection: Connection) -> int:
    """Index the cases that the queue does not know yet: those of a store older than the queue."""
    unknown = select(cases.c.id).where(cases.c.id.not_in(select(desk.c.case_id))).order_by(cases.c.id)
    numbers = connection.execute(unknown).scalars().all()
    for case_id in numbers:
        _indexed(connection, case_id)
    return len(numbers)


def add_event(
    connection: Connection, case_id: int, kind: str, detail: Mapping[str, Any], *, now: str, actor: str = "zhengshao"
) -> None:
    row = {"case_id": case_id, "at": now, "actor": actor, "kind": kind, "detail": _dump(detail)}
    connection.execute(insert(case_events).values(row))


def get(connection: Connection, case_id: int) -> Case:
    known = select(cases).where(cases.c.id == case_id)
    row = connection.execute(known).mappings().first() if case_id <= MAX_NUMBER else None
    if row is None:
        raise CaseError(NO_CASE.format(case=f"A-{case_id:06d}"))
    events = connection.execute(
        select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.id)
    ).mappings()
    return _case(row, _subjects(connection, case_id), [_event(event) for event in events])


def find(connection: Connection, *, state: CaseState | None = None) -> Iterator[Case]:
    """Cases in the order of the queue: the highest score first, then the oldest."""
    query = select(cases.c.id).order_by(cases.c.score_milli.desc(), cases.c.id)
    query = query.where(cases.c.state == state) if state else query.where(cases.c.state != CaseState.MERGED)
    for case_id in connection.execute(query).scalars().all():
        yield get(connection, case_id)


def _case(row: RowMapping, subjects: Sequence[RowMapping], events: Sequence[CaseEvent]) -> Case:
    names = ("id", "title", "cls", "imitates", "opened_night", "opened_at", "updated_at", "merged_into")
    return Case(
        **{name: row[name] for name in names},
        state=CaseState(row["state"]),
        score=row["score_milli"] / 1000,
        subjects=tuple(entry["subject"] for entry in subjects),
        assessments=tuple(json.loads(entry["assessment"]) for entry in subjects),
        capture_ids=tuple(sorted({number for entry in subjects for number in json.loads(entry["capture_ids"])})),
        events=tuple(events),
    )


def _event(row: RowMapping) -> CaseEvent:
    return CaseEvent(at=row["at"], actor=row["actor"], kind=row["kind"], detail=json.loads(row["detail"]))


def parse_label(text: str) -> int:
    """`A-000012`, `a-12` or `12` → 12."""
    digits = text.upper().removeprefix("A-")
    if not digits.isdecimal() or len(digits) > LONGEST_LABEL_CHARS:
        raise CaseError(f"“{text}”不是案件编号：应形如 A-000012。")
    return int(digits)
