"""Judges what was kept and not yet judged: captures of sites and offers of marketplaces, each once per set of rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, insert, select

from crawlers.marks import mark
from crawlers.records import ArchiveError, Capture
from crawlers.tables import captures as capture_rows
from crawlers.tables import listings as listing_rows
from crawlers.tables import removals
from detectors import together
from detectors.assessments import SubjectAssessment, latest_assessments, pending_followups
from detectors.base import Trace
from detectors.features import Page
from detectors.kept import Kept
from detectors.masking import link, mask, mask_signal, mask_text
from detectors.runner import assess, assess_all
from detectors.tables import contacts, followups, judgements, traces, verdicts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from crawlers.records import Listing
    from crawlers.store import Store
    from detectors.base import Assessment, Verdict
    from detectors.context import Context

CHUNK = 50
"""Judgements a transaction: a crash costs at most this many pages of judging, and nothing of evidence."""
OFFERS_CHUNK = together.CHUNK_PAGES
"""The same of offers, which are judged together."""
_TITLE_CHARS = 200
_SHOWN_CHARS = 256


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """`errors` counts detector faults and captures whose bytes could not be read; the rest was judged."""

    judged: int = 0
    flagged: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class _Judgement:
    subject: str
    capture_id: int
    listing_id: int | None
    title: str
    assessment: Assessment


def judge_pending(store: Store, archive: Archive, context: Context, *, blobs: BlobStore | None = None) -> JudgeReport:
    """Idempotent: what the present detectors and rules have judged is left alone, whatever else happened since."""
    judge = _Judge(store, archive, context, blobs)
    judge.captures()
    judge.listings()
    return JudgeReport(judge.judged, judge.flagged, judge.errors)


class _Judge:
    def __init__(self, store: Store, archive: Archive, context: Context, blobs: BlobStore | None) -> None:
        self.store, self.context = store, context
        self.kept = Kept(store, archive, context, blobs)
        self.judged = self.flagged = self.errors = 0

    def captures(self) -> None:
        """Pages of sites; result pages of engines and shops are sources, not subjects."""
        pending = self._pending(
            select(capture_rows.c.id).where(capture_rows.c.source.not_in(self.kept.sources)),
            capture_rows.c.id,
            judgements.c.capture_id == capture_rows.c.id,
            judgements.c.listing_id.is_(None),
        )
        for chunk in _chunks(pending, CHUNK):
            self._save([one for capture in self.store.captures(ids=chunk) if (one := self._capture(capture))])

    def listings(self) -> None:
        of_listing = judgements.c.listing_id == listing_rows.c.id
        pending = self._pending(select(listing_rows.c.id), listing_rows.c.capture_id, of_listing)
        for chunk in _chunks(pending, OFFERS_CHUNK):
            listings = self._listings(chunk)
            found = assess_all(map(Page.from_listing, listings), self.context)
            self._save([self._listing(*one) for one in zip(listings, found, strict=True)])

    def _listings(self, ids: Sequence[int]) -> list[Listing]:
        with self.store.read() as connection:
            rows = connection.execute(select(listing_rows.c.capture_id).where(listing_rows.c.id.in_(ids)).distinct())
            captured = [row.capture_id for row in rows]
        wanted = frozenset(ids)
        return [one for number in captured for one in self.store.listings(capture_id=number) if one.id in wanted]

    def _pending(self, wanted: Any, page: ColumnElement[int], *same: ColumnElement[bool]) -> list[int]:
        """Ids of what is to be judged; `page` is the capture it rests on, which must still be there to be read."""
        done = select(judgements.c.id).where(*same, judgements.c.digest == self.context.digest).exists()
        gone = select(removals.c.capture_id).where(removals.c.capture_id == page).exists()
        with self.store.read() as connection:
            return list(connection.scalars(wanted.where(~done, ~gone).order_by(wanted.selected_columns[0])))

    def _capture(self, capture: Capture) -> _Judgement | None:
        try:
            page = self.kept.page(capture)
        except ArchiveError:
            self.errors += 1
            return None
        return self._judged(self.kept.subject(capture, page), capture.id, None, page.title, assess(page, self.context))

    def _listing(self, listing: Listing, found: Assessment) -> _Judgement:
        assert listing.id is not None
        assert listing.capture_id is not None
        seller = _seller(listing)
        assessment = replace(found, traces=seller) if seller else found
        return self._judged(f"listing:{listing.subject}", listing.capture_id, listing.id, listing.title, assessment)

    def _judged(
        self, subject: str, capture_id: int, listing_id: int | None, title: str, found: Assessment
    ) -> _Judgement:
        self.judged += 1
        self.errors += len(found.errors)
        self.flagged += "flag" in {found.impersonation.level, found.selling.level}
        return _Judgement(subject, capture_id, listing_id, mask_text(title[:_TITLE_CHARS]), found)

    def _save(self, found: Sequence[_Judgement]) -> None:
        mark("detect-before-save")
        with self.store.write() as connection:
            for one in found:
                self._insert(connection, one)
        mark("detect-after-save")

    def _insert(self, connection: Connection, one: _Judgement) -> None:
        found = one.assessment
        errors = [{"detector": e.detector, "kind": e.kind, "message": mask_text(e.message)} for e in found.errors]
        row = {
            "capture_id": one.capture_id,
            "listing_id": one.listing_id,
            "digest": self.context.digest,
            "subject": one.subject,
            "title": one.title,
            "state": found.state,
            "errors": _json(errors),
        }
        number = connection.execute(insert(judgements).values(row).returning(judgements.c.id)).scalar_one()
        for verdict in (found.impersonation, found.selling):
            connection.execute(insert(verdicts).values(_verdict_row(number, verdict, found)))
        self._insert_beside(connection, number, found)

    def _insert_beside(self, connection: Connection, number: int, found: Assessment) -> None:
        known = [
            {
                "judgement_id": number,
                "position": position,
                "kind": contact.kind,
                "masked": mask(contact.value)[:128],
                "hmac": link(contact.kind, contact.value, self.context.key),
                "start": contact.start,
                "end": contact.end,
            }
            for position, contact in enumerate(found.contacts)
        ]
        wanted = [
            {
                "judgement_id": number,
                "position": position,
                "detector": followup.detector,
                "kind": followup.kind,
                "url": followup.url,
                "reason": followup.reason,
            }
            for position, followup in enumerate(found.followups)
        ]
        ties = [_trace_row(number, position, trace, self.context.key) for position, trace in enumerate(found.traces)]
        for table, rows in ((contacts, known), (followups, wanted), (traces, ties)):
            if rows:
                connection.execute(insert(table), rows)


def _verdict_row(number: int, verdict: Verdict, found: Assessment) -> dict[str, Any]:
    signals = [mask_signal(signal, found.contacts) for signal in verdict.signals]
    return {
        "judgement_id": number,
        "axis": verdict.axis.value,
        "level": verdict.level.value,
        "cls": verdict.cls,
        "imitates": verdict.imitates,
        "score": verdict.score,
        "signals": _json([signal.as_json() | {"imitates": signal.imitates} for signal in signals]),
    }


def _trace_row(number: int, position: int, trace: Trace, key: bytes) -> dict[str, Any]:
    return {
        "judgement_id": number,
        "position": position,
        "kind": trace.kind,
        "shown": mask_text(trace.shown)[:_SHOWN_CHARS],
        "hmac": link(trace.kind, trace.value, key),
        "where": trace.where,
    }


def _seller(listing: Listing) -> tuple[Trace, ...]:
    """Who offers it: the name alone is not one person's, and what is called the shop may be a forum."""
    if not listing.seller or not listing.shop_id:
        return ()
    value = f"{listing.platform}:{listing.shop_id}:{listing.seller}"
    shown = f"{listing.platform}:{mask(listing.seller)}"
    return (Trace(kind="seller", value=value, shown=shown, where="text"),)


def _chunks(ids: Sequence[int], size: int) -> Iterable[list[int]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


__all__ = ["JudgeReport", "SubjectAssessment", "judge_pending", "latest_assessments", "pending_followups"]
