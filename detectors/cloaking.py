"""Two visitors, one address: what the phone that came from a search engine is shown and the desktop is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors import strings
from detectors.base import Axis, Signal, detector
from detectors.pages import query_fields
from detectors.pitch import Pitch, said
from detectors.wording import Offer

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page

VERSION = 1
_WEIGHT = 0.3
_SHINGLE_CHARS = 8
_MAX_SHINGLES = 20_000
_SAME = 0.5
"""Share of the desktop's text found in the phone's, from which both see one content in two layouts."""


@detector("cloaking", version=VERSION, title="对搜索用户另给内容", axis=Axis.SELLING, budget_ms=5000)
def cloaking(page: Page, context: Context) -> Iterator[Signal]:
    """Compares the two captures of one address by what they offer and ask, not by their bytes. The pair is the
    evidence; without its counterpart a page says nothing here."""
    desktop = page.counterpart
    if desktop is None or similarity(desktop, page) >= _SAME:
        return
    hidden = _hidden_offer(page, desktop, context)
    if hidden is not None:
        yield _signal(page, Axis.SELLING, strings.CLOAKED_OFFER, hidden)
    if query_fields(page) and not query_fields(desktop):
        yield _signal(page, Axis.IMPERSONATION, strings.CLOAKED_QUERY, None)


def _hidden_offer(page: Page, desktop: Page, context: Context) -> Offer | Pitch | None:
    watch = context.thresholds.selling.watch
    if any(offer.strength >= watch for offer in said(desktop, context)):
        return None
    return next((offer for offer in said(page, context) if offer.strength >= watch), None)


def similarity(first: Page, second: Page) -> float:
    """Share of the shorter page's character shingles that the other has too; 1.0 when one of them has no text."""
    left, right = _shingles(first.text), _shingles(second.text)
    smaller = min(len(left), len(right))
    return len(left & right) / smaller if smaller else 1.0


def _shingles(text: str) -> set[str]:
    plain = "".join(text.split())
    count = min(len(plain) - _SHINGLE_CHARS + 1, _MAX_SHINGLES)
    return {plain[start : start + _SHINGLE_CHARS] for start in range(count)}


def _signal(page: Page, axis: Axis, what: str, offer: Offer | Pitch | None) -> Signal:
    span = (offer.start, offer.end) if offer else (0, 0)
    return Signal(
        detector="cloaking",
        version=VERSION,
        axis=axis,
        cls=strings.CLOAKED,
        weight=_WEIGHT,
        reason=strings.CLOAKED_REASON.format(what=what),
        quote=page.text[span[0] : span[1]] if offer else page.url,
        start=span[0],
        end=span[1],
        where="text" if offer else "url",
    )
