"""Judges what was kept and not yet judged: captures of sites and offers of marketplaces, each once per set of rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, insert, select

from crawlers.decode import decode_exchange
from crawlers.marks import mark
from crawlers.records import ArchiveError, Capture, FetchProfile, Origin, PageState
from crawlers.tables import captures as capture_rows
from crawlers.tables import listings as listing_rows
from detectors.assessments import SubjectAssessment, latest_assessments, pending_followups
from detectors.features import Page
from detectors.limits import MAX_IMAGES_DECODED
from detectors.masking import link, mask, mask_signal, mask_text
from detectors.runner import assess
from detectors.tables import contacts, followups, judgements, verdicts

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
_TITLE_CHARS = 200


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
        self.store, self.archive, self.context, self.blobs = store, archive, context, blobs
        self.sources = frozenset({*context.config.engines, *context.config.marketplaces})
        self.judged = self.flagged = self.errors = 0

    def captures(self) -> None:
        """Pages of sites; result pages of engines and shops are sources, not subjects."""
        pending = self._pending(
            select(capture_rows.c.id).where(capture_rows.c.source.not_in(self.sources)),
            judgements.c.capture_id == capture_rows.c.id,
            judgements.c.listing_id.is_(None),
        )
        for chunk in _chunks(pending, CHUNK):
            self._save([one for capture in self.store.captures(ids=chunk) if (one := self._capture(capture))])

    def listings(self) -> None:
        pending = self._pending(select(listing_rows.c.id), judgements.c.listing_id == listing_rows.c.id)
        for chunk in _chunks(pending, CHUNK):
            self._save([self._listing(listing) for listing in self._listings(chunk)])

    def _listings(self, ids: Sequence[int]) -> list[Listing]:
        with self.store.read() as connection:
            rows = connection.execute(select(listing_rows.c.capture_id).where(listing_rows.c.id.in_(ids)).distinct())
            captured = [row.capture_id for row in rows]
        wanted = frozenset(ids)
        return [one for number in captured for one in self.store.listings(capture_id=number) if one.id in wanted]

    def _pending(self, wanted: Any, *same: ColumnElement[bool]) -> list[int]:
        done = select(judgements.c.id).where(*same, judgements.c.digest == self.context.digest).exists()
        with self.store.read() as connection:
            return list(connection.scalars(wanted.where(~done).order_by(wanted.selected_columns[0])))

    def _capture(self, capture: Capture) -> _Judgement | None:
        try:
            page = self._page(capture)
        except ArchiveError:
            self.errors += 1
            return None
        return self._judged(self._subject(capture, page), capture.id, None, page)

    def _subject(self, capture: Capture, page: Page) -> str:
        """An offer's own page is the offer, whatever platform shows it; any other page is its site."""
        offers = select(listing_rows.c.platform, listing_rows.c.item_id)
        if capture.media_type.startswith("image/"):
            picture = json.dumps(capture.url, ensure_ascii=False)
            shown = offers.where(listing_rows.c.images.contains(picture, autoescape=True))
        else:
            shown = offers.where(listing_rows.c.url.in_({capture.url, capture.final_url}))
        with self.store.read() as connection:
            offer = connection.execute(shown.limit(1)).first()
        if offer:
            return f"listing:{offer.platform}:{offer.item_id}"
        return self.context.registry.subject(urlsplit(capture.final_url), page.host or capture.host)

    def _page(self, capture: Capture) -> Page:
        page = self._read(capture)
        if capture.profile is FetchProfile.PHONE:
            page.counterpart = self._desktop(capture)
        if capture.origin is Origin.BROWSER:
            page.images = tuple(self._images(capture))
        return page

    def _read(self, capture: Capture) -> Page:
        """The page as shown: the rendered document where a browser left one, else what the server sent."""
        dom = next((one for one in capture.artefacts if one.role == "dom"), None)
        if dom is not None and self.blobs is not None:
            page = Page.from_html(self.blobs.read(dom.sha256).decode("utf-8", "replace"), capture.final_url)
        elif capture.media_type.startswith("image/"):
            page = Page.from_text("")
            page.url, page.images = capture.final_url, (self.archive.read(capture.place).body,)
        else:
            exchange = self.archive.read(capture.place)
            text = decode_exchange(exchange).text
            plain = capture.media_type.startswith("text/plain") or "json" in capture.media_type
            page = Page.from_text(text) if plain else Page.from_html(text, capture.final_url, capture.status)
            page.url = capture.final_url
        if capture.page_state is not PageState.RESULTS and dom is None and not page.images:
            page.state, page.state_reason = capture.page_state, capture.reason
        return page

    def _desktop(self, capture: Capture) -> Page | None:
        """The same address as the desktop saw it the same night, when both were read."""
        same = (
            capture_rows.c.url == capture.url,
            capture_rows.c.night == capture.night,
            capture_rows.c.profile == FetchProfile.DESKTOP.value,
            capture_rows.c.origin == capture.origin.value,
        )
        with self.store.read() as connection:
            found = connection.scalar(select(capture_rows.c.id).where(*same).order_by(capture_rows.c.id.desc()))
        if found is None:
            return None
        try:
            page = self._read(self.store.capture(found))
        except ArchiveError:
            return None
        return page if page.state in (PageState.RESULTS, PageState.PARTIAL) else None

    def _images(self, capture: Capture) -> Iterator[bytes]:
        count = 0
        for hop in self.store.resources(capture.id):
            if hop.place is None or count >= MAX_IMAGES_DECODED:
                continue
            exchange = self.archive.read(hop.place)
            media = next((value for name, value in exchange.response_headers if name.lower() == "content-type"), "")
            if media.startswith("image/") and "svg" not in media:
                count += 1
                yield exchange.body

    def _listing(self, listing: Listing) -> _Judgement:
        assert listing.id is not None
        assert listing.capture_id is not None
        return self._judged(f"listing:{listing.subject}", listing.capture_id, listing.id, Page.from_listing(listing))

    def _judged(self, subject: str, capture_id: int, listing_id: int | None, page: Page) -> _Judgement:
        assessment = assess(page, self.context)
        self.judged += 1
        self.errors += len(assessment.errors)
        self.flagged += "flag" in {assessment.impersonation.level, assessment.selling.level}
        return _Judgement(subject, capture_id, listing_id, mask_text(page.title[:_TITLE_CHARS]), assessment)

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
        for table, rows in ((contacts, known), (followups, wanted)):
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


def _chunks(ids: Sequence[int], size: int) -> Iterable[list[int]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


__all__ = ["JudgeReport", "SubjectAssessment", "judge_pending", "latest_assessments", "pending_followups"]
