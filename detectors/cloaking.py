"""Two visitors, one address: what the phone that came from a search engine is shown and the desktop is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.needles import needle
from detectors import strings
from detectors.base import Axis, FollowUp, Signal, detector
from detectors.claims import claims
from detectors.pages import query_fields
from detectors.pitch import Pitch, said
from detectors.suffixes import registrable
from detectors.wording import Offer

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page

VERSION = 2
_WEIGHT = 0.3
_WEIGHT_MOVED = 0.15
"""Below watch: many sites send phones to another host with other words."""
_SHINGLE_CHARS = 8
_MAX_SHINGLES = 20_000
_SAME = 0.5
"""Share of the desktop's text found in the phone's, from which both see one content in two layouts."""
_AROUND_REFERRER = (200, 1200)
_REFERRER = "document.referrer"
_MAX_REFERRERS = 20
_ENGINES = re.compile(r"baidu|sogou|so\.com|sm\.cn|bing\.|toutiao|google|haosou|360", re.I)
_SENT = re.compile(r"location(?:\.href)?\s*(?:=|\.(?:replace|assign)\s*\()\s*[\"'](https?:)?(//[^\"'\s]{4,300})[\"']")


@detector("cloaking", version=VERSION, title="对搜索用户另给内容", axis=Axis.SELLING, budget_ms=5000)
def cloaking(page: Page, context: Context) -> Iterator[Signal | FollowUp]:
    """Compares the two captures of one address by what they offer, ask and claim, not by their bytes, and where each
    visitor ended up. The pair is the evidence; a page without its counterpart can only show the script that sends
    visitors of search engines elsewhere."""
    yield from _sent_by_script(page)
    desktop = page.counterpart
    if desktop is None or not page.text or desktop.state_reason == "needs_rendering" or _alike(desktop, page):
        return
    found = [*_hidden(page, desktop, context)]
    if found or not _moved(page, desktop):
        yield from found
        return
    reason = strings.CLOAKED_MOVED.format(phone=page.host, desktop=desktop.host)
    yield replace(_signal(page, Axis.SELLING, "", None), weight=_WEIGHT_MOVED, reason=reason)


def _alike(desktop: Page, phone: Page) -> bool:
    """An empty page is like no other: whoever gets one is shown nothing."""
    return bool(desktop.text) and similarity(desktop, phone) >= _SAME


def _hidden(page: Page, desktop: Page, context: Context) -> Iterator[Signal]:
    """What the phone alone is shown: an offer, a query form, an organ's name."""
    moved = strings.CLOAKED_TO.format(phone=page.host, desktop=desktop.host) if _moved(page, desktop) else ""
    offer = _hidden_offer(page, desktop, context)
    if offer is not None:
        yield _signal(page, Axis.SELLING, strings.CLOAKED_OFFER + moved, offer)
    if query_fields(page) and not query_fields(desktop):
        yield _signal(page, Axis.IMPERSONATION, strings.CLOAKED_QUERY + moved, None)
    named = next((one for one in claims(page, context.registry) if one.name), None)
    if named is not None and not any(one.name for one in claims(desktop, context.registry)):
        yield _signal(page, Axis.IMPERSONATION, strings.CLOAKED_CLAIM.format(name=named.name) + moved, None)


def _moved(page: Page, desktop: Page) -> bool:
    """Whether the two ended at sites of different owners."""
    return bool(page.host and desktop.host) and registrable(page.host) != registrable(desktop.host)


def _sent_by_script(page: Page) -> Iterator[Signal | FollowUp]:
    """A script that looks at where the visitor came from, names search engines, and leads to another site."""
    source = page.source
    asks = page.kind == "html" and needle(_REFERRER).is_in(page.data)
    at = source.find(_REFERRER) if asks else -1
    for _ in range(_MAX_REFERRERS):
        if at < 0:
            return
        start = max(0, at - _AROUND_REFERRER[0])
        script = source[start : at + _AROUND_REFERRER[1]].partition("</script")[0]
        sent = _SENT.search(script)
        if sent is not None and _ENGINES.search(script[: sent.start()]) and not _same_site(page, sent.group(2)):
            yield from _by_script(page, (sent.group(1) or "https:") + sent.group(2), start + sent.start(), sent.group())
            return
        at = source.find(_REFERRER, at + 1)


def _same_site(page: Page, target: str) -> bool:
    host = (urlsplit(target).hostname or "") if target.isascii() else ""
    return not host or registrable(host) == registrable(page.host)


def _by_script(page: Page, target: str, start: int, quote: str) -> Iterator[Signal | FollowUp]:
    reason = strings.CLOAKED_SCRIPT.format(target=urlsplit(target).hostname)
    found = replace(_signal(page, Axis.SELLING, "", None), reason=reason, quote=quote)
    yield replace(found, start=start, end=start + len(quote), where="html")
    yield FollowUp(detector="cloaking", kind="short_link", url=target, reason=reason)


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
