"""The watch list: what was judged doubtful and is in no case, for a person to look through after the queue.

A veiled offer rarely reads as one beyond doubt, but whoever writes it sells under the telephone or account of an open
one. What shares a rare value with a case therefore stands first, with the case and the value (倒查); and what shows a
contact of a confirmed case is on the list even where nothing else speaks against it. Nothing on the list accuses
anybody: somebody opens a case of it, or sets it aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update

from crawlers.tables import removals
from detectors.assessments import latest_assessments
from detectors.base import Level
from detectors.strings import TIE_NAMES
from detectors.tables import judgements, newest, verdicts
from review import audit
from review.cases import add_event, open_or_refresh
from review.desk.tables import watched
from review.errors import NothingKeptError, WatchError
from review.findings import by_reason
from review.night.suspects import suspect_of
from review.strings import NOT_SET_ASIDE, NOT_WATCHED, NOTHING_KEPT, ONLY_TIED, ONLY_TIED_REASON, SET_ASIDE_UNEXPLAINED
from review.subjects import platform_of
from review.tables import case_subjects, cases
from review.tracing import sharing, ties_of

if TYPE_CHECKING:
    from crawlers.records import Capture
    from crawlers.store import Store
    from detectors.assessments import SubjectAssessment
    from detectors.context import Context
    from review.tracing import Tie

CHUNK = 200
"""Subjects whose judgements are in memory at a time."""
QUOTE_CHARS = 120
NIGHT = "watch-list"
"""Where the cases come from that people open of the list."""


class Part(StrEnum):
    """What of the list is asked for."""

    TIED = "tied"
    WAITING = "waiting"
    ASIDE = "aside"


def refresh(store: Store, context: Context, *, now: str) -> int:
    """Bring the list to what is judged and in cases by now, after campaigns were built; returns how many wait.

    What somebody set aside stays aside until it reads as another class or a tie to a case appears.
    """
    with store.read() as connection:
        doubtful = connection.scalars(_doubtful()).all()
        known = sharing(connection, context)
        ties = {**known, **ties_of(connection, doubtful)}
    names, kept = sorted({*doubtful, *known}), set[str]()
    for start in range(0, len(names), CHUNK):
        found = latest_assessments(store, subjects=names[start : start + CHUNK])
        rows = [
            _row(one, ties.get(one.subject)) for one in found if one.main.level is Level.WATCH or one.subject in known
        ]
        kept.update(row["subject"] for row in rows)
        with store.write() as connection:
            _put(connection, rows, now)
    with store.write() as connection:
        gone = sorted({*connection.scalars(select(watched.c.subject))} - kept)
        for start in range(0, len(gone), CHUNK):
            connection.execute(delete(watched).where(watched.c.subject.in_(gone[start : start + CHUNK])))
        return count(connection, Part.WAITING)


def _doubtful() -> Any:
    """Subjects with a newest judgement at watch and none at flag, in no case."""
    at = select(judgements.c.subject).join(verdicts).where(newest())
    flagged = at.where(verdicts.c.level == Level.FLAG.value)
    free = judgements.c.subject.not_in(select(case_subjects.c.subject)) & judgements.c.subject.not_in(flagged)
    return at.where(verdicts.c.level == Level.WATCH.value, free).distinct()


def _row(one: SubjectAssessment, tie: Tie | None) -> dict[str, Any]:
    """A row, of a subject that is clear for its tie alone."""
    verdict, doubtful = one.main, one.main.level is Level.WATCH
    said = by_reason((signal.as_json() for signal in verdict.signals), QUOTE_CHARS, 1) if doubtful else {}
    reason, quotes = next(iter(said.items()), (ONLY_TIED_REASON, []))
    score = round(verdict.score * 1000) if doubtful else 0
    return {
        "subject": one.subject,
        "title": one.title,
        "platform": platform_of(one.subject),
        "axis": verdict.axis.value,
        "cls": verdict.cls if doubtful else ONLY_TIED,
        "score_milli": score,
        "reason": reason,
        "quote": next(iter(quotes), ""),
        "tied_to": tie.case_id if tie else None,
        "tie": tie.kind if tie else "",
        "tie_shown": tie.shown if tie else "",
        "rank": score + (tie.points if tie else 0),
    }


def _put(connection: Connection, rows: Iterable[dict[str, Any]], now: str) -> None:
    """Rows that are new or have changed; nothing is written twice."""
    for row in rows:
        of_subject = watched.c.subject == row["subject"]
        known = connection.execute(select(watched).where(of_subject)).mappings().first()
        if known is None:
            connection.execute(insert(watched).values(row | _NOT_ASIDE | {"since": now}))
        elif any(known[name] != value for name, value in row.items()):
            back = _NOT_ASIDE if _is_news(known, row) else {}
            connection.execute(update(watched).where(of_subject).values(row | back))


_NOT_ASIDE = {"passed_at": "", "passed_by": "", "passed_why": ""}


def _is_news(before: RowMapping, row: Mapping[str, Any]) -> bool:
    """Whether what was set aside asks a new question."""
    return bool(before["cls"] != row["cls"] or (row["tied_to"] is not None and before["tied_to"] != row["tied_to"]))


def count(connection: Connection, part: Part) -> int:
    return int(connection.scalar(select(func.count()).select_from(watched).where(_of(part))) or 0)


def find(connection: Connection, part: Part, *, limit: int, offset: int = 0) -> list[RowMapping]:
    """Rows of `watched`: those tied to cases first, then the highest score; set aside ones the latest first."""
    order = (watched.c.passed_at.desc(), watched.c.rank.desc(), watched.c.subject)
    rows = select(watched).where(_of(part)).order_by(*order).limit(limit).offset(offset)
    return list(connection.execute(rows).mappings())


def states(connection: Connection, rows: Iterable[RowMapping]) -> dict[int, str]:
    """Of each case that some rows are tied to its state."""
    numbers = {row["tied_to"] for row in rows if row["tied_to"] is not None}
    found = select(cases.c.id, cases.c.state).where(cases.c.id.in_(sorted(numbers)))
    return {row.id: row.state for row in connection.execute(found)}


def _of(part: Part) -> ColumnElement[bool]:
    if part is Part.ASIDE:
        return watched.c.passed_at != ""
    waits = watched.c.passed_at == ""
    return waits & watched.c.tied_to.is_not(None) if part is Part.TIED else waits


def open_case(store: Store, subject: str, *, actor: str, reason: str, now: str) -> int:
    """Make a case of a subject on the list, for the queue; returns its number. Raises WatchError, NothingKeptError."""
    found = latest_assessments(store, subjects=[subject])
    with store.write() as connection:
        row = _listed(connection, subject)
        if not found or not _kept(connection, found[0].capture_ids):
            raise NothingKeptError(NOTHING_KEPT.format(subject=subject))
        suspect = replace(suspect_of(found[0]), cls=row["cls"])
        case_id, _ = open_or_refresh(connection, suspect, night=NIGHT, now=now)
        told = {"subject": subject, "class": row["cls"], "reason": reason.strip(), **_tie_told(row)}
        add_event(connection, case_id, "watched", told, actor=actor, now=now)
        connection.execute(delete(watched).where(watched.c.subject == subject))
        audit.append(connection, actor, "watch.open", {"case": f"A-{case_id:06d}", **told}, now=now)
        return case_id


def _kept(connection: Connection, numbers: Iterable[int]) -> list[int]:
    """Those of some captures that are still there to look at: retention may have let all of them go."""
    asked = list(numbers)
    gone = set(connection.scalars(select(removals.c.capture_id).where(removals.c.capture_id.in_(asked))))
    return [number for number in asked if number not in gone]


def capture_of(store: Store, subject: str) -> Capture:
    """The capture that the heavier verdict on a subject of the list rests on. Raises WatchError, NothingKeptError."""
    found = latest_assessments(store, subjects=[subject])
    with store.read() as connection:
        row = _listed(connection, subject)
        kept = _kept(connection, found[0].capture_ids) if found else []
        judged = select(judgements.c.capture_id).join(verdicts).where(newest(), verdicts.c.axis == row["axis"])
        there = judged.where(judgements.c.subject == subject, judgements.c.capture_id.in_(kept))
        number = connection.scalar(there.order_by(verdicts.c.score.desc(), judgements.c.capture_id.desc()).limit(1))
    if number is None:
        raise NothingKeptError(NOTHING_KEPT.format(subject=subject))
    return next(iter(store.captures(ids=[number])))


def _tie_told(row: RowMapping) -> dict[str, str]:
    """What the case's history keeps of the tie that led to it: it is on no list any more."""
    if not row["tied_to"]:
        return {}
    return {"tie": f"A-{row['tied_to']:06d} {TIE_NAMES[row['tie']]} {row['tie_shown']}"}


def set_aside(connection: Connection, subject: str, *, actor: str, reason: str, now: str) -> None:
    """Nothing to pursue there, for a reason, until it says something else. Raises WatchError."""
    _listed(connection, subject)
    if not reason.strip():
        raise WatchError(SET_ASIDE_UNEXPLAINED.format(subject=subject))
    _mark(connection, subject, {"passed_at": now, "passed_by": actor, "passed_why": reason.strip()})
    audit.append(connection, actor, "watch.aside", {"subject": subject, "reason": reason.strip()}, now=now)


def take_back(connection: Connection, subject: str, *, actor: str, now: str) -> None:
    """What was set aside waits again. Raises WatchError."""
    if not _listed(connection, subject)["passed_at"]:
        raise WatchError(NOT_SET_ASIDE.format(subject=subject))
    _mark(connection, subject, _NOT_ASIDE)
    audit.append(connection, actor, "watch.back", {"subject": subject}, now=now)


def _mark(connection: Connection, subject: str, values: Mapping[str, str]) -> None:
    connection.execute(update(watched).where(watched.c.subject == subject).values(values))


def _listed(connection: Connection, subject: str) -> RowMapping:
    row = connection.execute(select(watched).where(watched.c.subject == subject)).mappings().first()
    if row is None:
        raise WatchError(NOT_WATCHED.format(subject=subject))
    return row
