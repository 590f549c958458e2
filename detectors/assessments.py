"""What review reads: per subject the strongest verdict on each axis, and what detectors want fetched next."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, or_, select

from crawlers.records import Origin
from crawlers.tables import captures as capture_rows
from detectors.base import Axis, FollowUp, Level, Signal, Verdict
from detectors.tables import contacts, followups, judgements, newest, verdicts

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

    from crawlers.store import Store

_RANK = {Level.CLEAR: 0, Level.WATCH: 1, Level.FLAG: 2}
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAssessment:
    """One subject as it stands. Contacts are masked: `{"kind", "value", "quote", "hmac"}`."""

    subject: str
    title: str
    impersonation: Verdict
    selling: Verdict
    contacts: tuple[dict[str, str], ...]
    capture_ids: tuple[int, ...]
    """The captures the two verdicts rest on, then the others looked at."""
    states: tuple[str, ...]

    @property
    def main(self) -> Verdict:
        """The verdict that accuses more."""
        return max((self.impersonation, self.selling), key=_accuses)


def latest_assessments(
    store: Store, *, night: str | None = None, subjects: Iterable[str] | None = None
) -> list[SubjectAssessment]:
    """Subjects by name. With `night` only that night's captures count; without, each address's newest capture by
    each visitor. Of several judgements of one capture the newest counts."""
    with store.read() as connection:
        rows = connection.execute(_latest(night, subjects)).all()
        verdicts_of = _verdicts(connection, [row.id for row in rows])
        contacts_of = _contacts(connection, [row.id for row in rows])
    by_subject: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_subject[row.subject].append(row)
    return [_subject(name, by_subject[name], verdicts_of, contacts_of) for name in sorted(by_subject)]


def _latest(night: str | None, subjects: Iterable[str] | None) -> Select[Any]:
    statement = (
        select(judgements, capture_rows.c.url, capture_rows.c.profile, capture_rows.c.origin)
        .join(capture_rows, capture_rows.c.id == judgements.c.capture_id)
        .where(newest())
        .order_by(judgements.c.capture_id, judgements.c.id)
    )
    if subjects is not None:
        statement = statement.where(judgements.c.subject.in_(list(subjects)))
    if night is not None:
        return statement.where(capture_rows.c.night == night)
    return statement


def _subject(
    name: str,
    rows: list[Row[Any]],
    verdicts_of: dict[int, dict[Axis, Verdict]],
    contacts_of: dict[int, list[dict[str, str]]],
) -> SubjectAssessment:
    latest = {(row.url, row.profile, row.origin): row for row in rows}.values()
    best = {axis: max(latest, key=lambda row: _accuses(verdicts_of[row.id][axis])) for axis in Axis}
    main = max(Axis, key=lambda axis: _accuses(verdicts_of[best[axis].id][axis]))
    basis = [best[Axis.IMPERSONATION].capture_id, best[Axis.SELLING].capture_id, *(row.capture_id for row in latest)]
    seen = {one["hmac"]: one for row in latest for one in contacts_of.get(row.id, [])}
    return SubjectAssessment(
        subject=name,
        title=best[main].title,
        impersonation=verdicts_of[best[Axis.IMPERSONATION].id][Axis.IMPERSONATION],
        selling=verdicts_of[best[Axis.SELLING].id][Axis.SELLING],
        contacts=tuple(seen.values()),
        capture_ids=tuple(dict.fromkeys(basis)),
        states=tuple(row.state for row in latest),
    )


def _accuses(verdict: Verdict) -> tuple[int, float]:
    """How much, for comparing."""
    return _RANK[verdict.level], verdict.score


def _verdicts(connection: Connection, ids: list[int]) -> dict[int, dict[Axis, Verdict]]:
    found: dict[int, dict[Axis, Verdict]] = defaultdict(dict)
    for chunk in _chunked(ids):
        for row in connection.execute(select(verdicts).where(verdicts.c.judgement_id.in_(chunk))):
            axis = Axis(row.axis)
            signals = tuple(_signal(axis, document) for document in json.loads(row.signals))
            found[row.judgement_id][axis] = Verdict(
                axis=axis, level=Level(row.level), cls=row.cls, score=row.score, imitates=row.imitates, signals=signals
            )
    return found


def _signal(axis: Axis, document: dict[str, Any]) -> Signal:
    box = document.pop("box", None)
    return Signal(axis=axis, cls=document.pop("class"), box=tuple(box) if box else None, **document)


def _contacts(connection: Connection, ids: list[int]) -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    for chunk in _chunked(ids):
        statement = select(contacts).where(contacts.c.judgement_id.in_(chunk)).order_by(contacts.c.position)
        for row in connection.execute(statement):
            shown = {"kind": row.kind, "value": row.masked, "quote": row.masked, "hmac": row.hmac}
            found[row.judgement_id].append(shown)
    return found


def _chunked(ids: list[int]) -> Iterable[list[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def _seen_before() -> ColumnElement[bool]:
    """Whether the same night had this body, as the server sent it, under another address of the host already."""
    earlier, own = capture_rows.alias("earlier").c, capture_rows.c
    same = [earlier[name] == own[name] for name in ("sha256", "host", "night", "origin")]
    other = select(earlier.id).where(*same, earlier.id < own.id, earlier.url != own.url)
    return (own.origin == Origin.CRAWL.value) & other.correlate(capture_rows).exists()


def pending_followups(store: Store, *, night: str, per_subject: int) -> list[FollowUp]:
    """What detectors want fetched, at most `per_subject` addresses of each subject, always the same ones of a night.

    A wish to render is not among them: the page's own state says that already. Where a page merely leads is followed
    only from pages that were found suspect. Pages of one host with the same body lead on once: a calendar has no end.
    """
    suspect = select(verdicts.c.judgement_id).where(verdicts.c.level != Level.CLEAR.value)
    led_by_suspects = or_(followups.c.detector != "onward", followups.c.judgement_id.in_(suspect))
    statement = (
        select(judgements.c.subject, followups)
        .join(judgements, judgements.c.id == followups.c.judgement_id)
        .join(capture_rows, capture_rows.c.id == judgements.c.capture_id)
        .where(capture_rows.c.night == night, followups.c.kind != "render", led_by_suspects)
        .where(~_seen_before())
        .order_by(judgements.c.capture_id, followups.c.judgement_id, followups.c.position)
    )
    with store.read() as connection:
        rows = connection.execute(statement).all()
    share: Counter[str] = Counter()
    wanted: dict[str, FollowUp] = {}
    for row in rows:
        if row.url not in wanted and share[row.subject] < per_subject:
            share[row.subject] += 1
            wanted[row.url] = FollowUp(detector=row.detector, kind=row.kind, url=row.url, reason=row.reason)
    return list(wanted.values())
