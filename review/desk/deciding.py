"""Decisions at the desk: of the version that was looked at, one or many, and taken back by another decision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from review import audit
from review.cases import Case, CaseState, Decision, add_event, decide, get
from review.desk import handed, index, locks
from review.desk.tables import desk
from review.errors import CaseError, Conflict
from review.strings import BULK_CAPPED, BULK_NOTHING, CASE_HELD, CASE_MOVED, CASE_REFERRED, UNDO_NOTHING, UNDO_REASON
from review.tables import case_events

BACK = {
    CaseState.OPEN: Decision.REOPEN,
    CaseState.CONFIRMED: Decision.CONFIRM,
    CaseState.EXCLUDED: Decision.EXCLUDE,
    CaseState.DOUBTFUL: Decision.DOUBT,
}
RECENT = 20
MOST_A_DAY = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What somebody decides and why; `code` names a reason of the list, `text` is in their own words."""

    decision: Decision
    actor: str
    reason: str
    code: str = ""


def rule(connection: Connection, case_id: int, ruling: Ruling, *, version: int, now: str) -> None:
    """Decide a case as it was seen at `version`. Raises Conflict when it is another's or has changed since."""
    _undisturbed(connection, case_id, ruling.actor, version, now)
    _not_handed_over(connection, case_id)
    told = {"code": ruling.code} if ruling.code else {}
    decide(connection, case_id, ruling.decision, actor=ruling.actor, reason=ruling.reason, now=now, told=told)


def hand_over(
    connection: Connection, case_id: int, to: str, *, actor: str, reason: str, version: int, now: str
) -> None:
    """Give a case to somebody else to work on."""
    _undisturbed(connection, case_id, actor, version, now)
    case = get(connection, case_id)
    index.assign(connection, case_id, to)
    add_event(connection, case_id, "assigned", {"to": to, "reason": reason}, actor=actor, now=now)
    audit.append(connection, actor, "case.assign", {"case": case.label, "to": to, "reason": reason}, now=now)


def note(connection: Connection, case_id: int, text: str, *, actor: str, now: str) -> None:
    """Add a remark to a case; it stays."""
    case = get(connection, case_id)
    add_event(connection, case_id, "noted", {"text": text}, actor=actor, now=now)
    audit.append(connection, actor, "case.note", {"case": case.label, "text": text}, now=now)


def _undisturbed(connection: Connection, case_id: int, actor: str, version: int, now: str) -> None:
    """The row is locked on PostgreSQL; on SQLite the write transaction itself is the lock."""
    row = connection.execute(select(desk).where(desk.c.case_id == case_id).with_for_update()).mappings().first()
    label = f"A-{case_id:06d}"
    other = locks.holder(connection, case_id, now=now)
    if other and other.username != actor:
        raise Conflict(CASE_HELD.format(case=label, who=other.username))
    if row is not None and row["version"] != version:
        raise Conflict(CASE_MOVED.format(case=label))


def _not_handed_over(connection: Connection, case_id: int) -> None:
    """What lies with a recipient, or is on its way there, is first withdrawn, with a reason."""
    if label := handed.open_referral(connection, case_id):
        raise CaseError(CASE_REFERRED.format(case=f"A-{case_id:06d}", label=label))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case of many; `problem` is empty when it was decided."""

    case_id: int
    problem: str = ""


def rule_many(
    connection: Connection, seen: Sequence[tuple[int, int]], ruling: Ruling, *, limit: int, now: str
) -> list[Result]:
    """Decide many cases for one reason; `seen` are their ids and versions. One entry a case and one for all."""
    if not seen:
        raise CaseError(BULK_NOTHING)
    if len(seen) > limit:
        raise CaseError(BULK_CAPPED.format(count=len(seen), limit=limit))
    results = [_one(connection, case_id, version, ruling, now) for case_id, version in seen]
    done = [f"A-{result.case_id:06d}" for result in results if not result.problem]
    detail = {"decision": ruling.decision.value, "reason": ruling.reason, "asked": len(seen), "cases": done}
    audit.append(connection, ruling.actor, "case.bulk", detail, now=now)
    return results


def _one(connection: Connection, case_id: int, version: int, ruling: Ruling, now: str) -> Result:
    try:
        rule(connection, case_id, ruling, version=version, now=now)
    except CaseError as error:
        return Result(case_id, str(error))
    return Result(case_id)


def undo(connection: Connection, actor: str, *, now: str, case_id: int | None = None) -> int:
    """Take back the actor's last decision (of one case) that still stands; returns the case.

    Raises CaseError when there is none, Conflict when somebody decided after it.
    """
    for event in _decisions(connection, actor, case_id):
        if _stands(connection, event):
            return _take_back(connection, event, actor, now)
    raise CaseError(UNDO_NOTHING)


def recent(connection: Connection, actor: str, limit: int = RECENT) -> list[tuple[RowMapping, bool]]:
    """The actor's last decisions, newest first, each with whether it still stands."""
    found = _decisions(connection, actor, None, limit)
    return [(event, _stands(connection, event)) for event in found]


def decided_since(connection: Connection, actor: str, at: str) -> int:
    """How many decisions of the actor stand since a moment; those taken back do not count."""
    own = select(case_events.c.at, case_events.c.detail).where(
        case_events.c.actor == actor, case_events.c.kind == "decided"
    )
    rows = connection.execute(own.order_by(case_events.c.id.desc()).limit(MOST_A_DAY))
    back = ["undoes" in json.loads(row.detail) for row in rows if row.at >= at]
    return len(back) - 2 * sum(back)


def _decisions(connection: Connection, actor: str, case_id: int | None, limit: int = RECENT) -> list[RowMapping]:
    own = select(case_events).where(case_events.c.actor == actor, case_events.c.kind == "decided")
    if case_id is not None:
        own = own.where(case_events.c.case_id == case_id)
    rows: Iterable[RowMapping] = connection.execute(own.order_by(case_events.c.id.desc()).limit(limit)).mappings()
    return [row for row in rows if "undoes" not in json.loads(row["detail"])]


def _stands(connection: Connection, event: RowMapping) -> bool:
    """Nobody decided the case after it, nor did the night open it again."""
    later = select(case_events.c.id).where(
        case_events.c.case_id == event["case_id"],
        case_events.c.id > event["id"],
        case_events.c.kind.in_(["decided", "reopened", "merged"]),
    )
    return connection.execute(later.limit(1)).first() is None


def _take_back(connection: Connection, event: RowMapping, actor: str, now: str) -> int:
    detail: dict[str, Any] = json.loads(event["detail"])
    case: Case = get(connection, event["case_id"])
    _not_handed_over(connection, case.id)
    said = Decision(detail["decision"]).chinese
    decide(
        connection,
        case.id,
        BACK[CaseState(detail["before"])],
        actor=actor,
        reason=UNDO_REASON.format(decision=said),
        now=now,
        told={"undoes": event["id"]},
    )
    return case.id
