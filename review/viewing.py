"""The page a case rests on, as it was judged, with the quoted passages marked: one inert HTML file for people."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from crawlers.decode import decode_exchange
from crawlers.records import Capture, Origin
from detectors.features import Page
from detectors.runner import assess
from review.errors import CaseError
from review.evidence_view import Mark, annotate, marks
from review.strings import NOTHING_TO_VIEW, VIEW_FACTS

if TYPE_CHECKING:
    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from crawlers.store import Store
    from detectors.context import Context
    from review.cases import Case

POLICY = "default-src 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class View:
    capture: Capture
    html: str
    marks: int


def view(case: Case, store: Store, archive: Archive, blobs: BlobStore, context: Context) -> View:
    """The capture of the case with the most marked passages, judged again by the present rules."""
    pages = [one for one in store.captures(ids=list(case.capture_ids)) if one.media_type == "text/html"]
    views = [_annotated(capture, html_of(capture, archive, blobs), context) for capture in pages]
    if not views:
        raise CaseError(NOTHING_TO_VIEW.format(case=case.label))
    return max(views, key=lambda one: (one.marks, one.capture.origin is Origin.BROWSER, -one.capture.id))


def html_of(capture: Capture, archive: Archive, blobs: BlobStore) -> str:
    """The rendered document where a browser left one, else what the server sent."""
    for artefact in capture.artefacts:
        if artefact.role == "dom":
            return blobs.read(artefact.sha256).decode("utf-8", "replace")
    return decode_exchange(archive.read(capture.place)).text


def _annotated(capture: Capture, html: str, context: Context) -> View:
    page = Page.from_html(html, capture.final_url, capture.status)
    assessment = assess(page, context)
    found = marks([*assessment.impersonation.signals, *assessment.selling.signals])
    return View(capture, _document(capture, annotate(html, page, found), found), len(found))


def _document(capture: Capture, body: str, found: list[Mark]) -> str:
    """A whole page: what it is of, the reasons in the order of the text, the annotated body. Nothing in it loads."""
    facts = VIEW_FACTS.format(
        label=capture.label, url=escape(capture.final_url), at=capture.fetched_at, sha256=capture.sha256
    )
    reasons = "".join(f"<li>{escape(mark.label)}</li>" for mark in sorted(found, key=lambda mark: mark.start))
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
        f'content="{POLICY}"><title>{capture.label}</title><p>{facts}</p><ol>{reasons}</ol><hr>{body}</html>'
    )
