"""Reading a source's pages by its profile: the request, the rows, their kinds, the page's state.

Knows no source by name: what differs between sources stands in `config/engines` and `config/marketplaces`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from config.schema_profiles import Fields, Layout, Profile
from crawlers.asking import PageRequest, request_for
from crawlers.decode import decode
from crawlers.records import Hit, HitKind, Listing, PageState, Reading
from crawlers.redirects import is_web_address, resolve
from crawlers.rows import HtmlDocument, HtmlRow, Row, layout_rows
from crawlers.states import PageView, ordinary_state, source_state
from crawlers.values import moment, price_cny

__all__ = ["PageRequest", "ParsedPage", "page_state", "parse", "request_for"]

Headers = Iterable[tuple[str, str]]
_COUNTED = (
    ("title", "url", "resolved", "snippet", "display"),
    ("title", "url", "price", "seller", "shop_id", "place", "text", "images", "published_at"),
)
"""Fields of hits and of listings whose filling is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """What a profile reads from one page. Engines give hits by kind, marketplaces and forums give listings."""

    source: str
    state: PageState
    reason: str
    results: tuple[Hit, ...] = ()
    ads: tuple[Hit, ...] = ()
    cards: tuple[Hit, ...] = ()
    listings: tuple[Listing, ...] = ()
    next_page: str = ""
    """Absolute address of the next page, when this one names it."""
    layout: str = ""
    """Id of the layout that read it; empty when none did."""

    @property
    def hits(self) -> tuple[Hit, ...]:
        return self.results + self.ads + self.cards

    @property
    def reading(self) -> Reading:
        """What was read, counted."""
        found = self.listings or self.results
        names = _COUNTED[bool(self.listings)]
        filled = tuple((name, sum(1 for row in found if getattr(row, name))) for name in names)
        return Reading(
            source=self.source,
            layout=self.layout,
            rows=len(found),
            ads=len(self.ads) + sum(1 for row in self.listings if row.promoted),
            cards=len(self.cards),
            filled=filled,
        )

    def as_json(self) -> dict[str, Any]:
        """What `zhengshao parse` prints. `url` is the target where the page tells it, `shown` the link as it stands."""
        results = map(_listing_json, self.listings) if self.listings else map(_hit_json, self.results)
        return {
            "source": self.source,
            "state": self.state.value,
            "reason": self.reason,
            "results": list(results),
            "ads": [_hit_json(hit) for hit in self.ads],
            "cards": [_hit_json(hit) for hit in self.cards],
            "layout": self.layout,
            "next_page": self.next_page,
        }


def _hit_json(hit: Hit) -> dict[str, Any]:
    names = ("resolution", "display", "snippet", "advertiser")
    shown = {"rank": hit.rank, "title": hit.title, "url": hit.resolved or hit.url, "shown": hit.url}
    return shown | {name: getattr(hit, name) for name in names}


def _listing_json(listing: Listing) -> dict[str, Any]:
    first = ("rank", "title", "url", "price", "price_cny", "seller", "shop_id", "place", "item_id", "promoted")
    return {name: getattr(listing, name) for name in (*first, "published_at", "text", "images")}


@dataclass(slots=True)
class _Reading:
    """What one layout gave."""

    layout: str = ""
    hits: dict[HitKind, list[Hit]] = field(default_factory=lambda: {kind: [] for kind in HitKind})
    listings: list[Listing] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.hits[HitKind.ORGANIC]) + len(self.listings)

    @property
    def others(self) -> int:
        return len(self.hits[HitKind.AD]) + len(self.hits[HitKind.CARD])


def parse(
    profile: Profile,
    body: bytes | str,
    *,
    url: str = "",
    headers: Headers = (),
    status: int = 200,
    flags: tuple[str, ...] = (),
    query: str = "",
) -> ParsedPage:
    """Read a page by a profile. Never raises for what a page holds: its state says what could not be read.

    `body` is as transferred, or text already decoded, whose `flags` then say what decoding found odd.
    """
    if isinstance(body, str):
        return _parsed(profile, PageView(body, url, status, flags), query)
    decoded = decode(body, headers)
    return _parsed(profile, PageView(decoded.text, url, status, decoded.flags), query)


def page_state(
    profile: Profile | None,
    *,
    status: int = 200,
    url: str = "",
    text: str = "",
    flags: tuple[str, ...] = (),
    tree: LexborHTMLParser | None = None,
) -> tuple[PageState, str]:
    """State and reason of a page; without a profile, of any page.

    `text` is the body as decoded, `flags` what decoding found odd; `tree` saves a second parse of `text`.
    """
    page = PageView(text, url, status, flags, tree)
    if profile is None:
        return ordinary_state(page)
    parsed = _parsed(profile, page, "")
    return parsed.state, parsed.reason


def _parsed(profile: Profile, page: PageView, query: str) -> ParsedPage:
    page.islands = tuple(island for layout in profile.layouts for island in layout.islands)
    base = page.url if is_web_address(page.url) else profile.base_url
    reading = _best_reading(profile, page, base, query)
    state, reason = source_state(page, profile.states, rows=reading.rows, others=reading.others)
    return ParsedPage(
        source=profile.id,
        state=state,
        reason=reason,
        results=tuple(reading.hits[HitKind.ORGANIC]),
        ads=tuple(reading.hits[HitKind.AD]),
        cards=tuple(reading.hits[HitKind.CARD]),
        listings=tuple(reading.listings),
        next_page=_next_page(profile, page, base),
        layout=reading.layout,
    )


def _best_reading(profile: Profile, page: PageView, base: str, query: str) -> _Reading:
    """The first layout that gives results; else the first that gives adverts or cards; else nothing.

    What a layout knows for an advert stays one, whatever a later and more tolerant layout takes it for.
    """
    best = _Reading()
    for layout in profile.layouts:
        reading = _read(profile, layout, page, base, query, best.hits[HitKind.AD])
        if reading.rows:
            return reading
        if reading.others and not best.others:
            best = reading
    return best


def _read(profile: Profile, layout: Layout, page: PageView, base: str, query: str, adverts: Iterable[Hit]) -> _Reading:
    reading = _Reading(layout.id)
    reading.hits[HitKind.AD] += adverts
    seen: set[tuple[str, str]] = set()
    paid = {hit.url for hit in adverts}
    for row in layout_rows(layout, page.text, page.tree):
        title = row.first_text(layout.fields.title)
        shown = _absolute(base, row.first(layout.fields.url))
        kind = _kind(layout, row, title, shown)
        if kind == "drop" or shown in paid or not (title or not layout.title_required):
            continue
        if profile.lists_offers:
            _add_listing(reading, profile, layout.fields, row, title, shown, promoted=kind == "ad")
        elif is_web_address(shown) and (kind, shown) not in seen:
            seen.add((kind, shown))
            _add_hit(reading, profile, layout.fields, row, title, shown, HitKind(kind), query)
    return reading


def _kind(layout: Layout, row: Row, title: str, shown: str) -> str:
    for rule in layout.kinds:
        if rule.title and not re.search(rule.title, title):
            continue
        if rule.url and not re.search(rule.url, shown):
            continue
        if row.shape_holds(rule):
            return rule.kind
    return layout.default_kind


def _add_hit(
    reading: _Reading, profile: Profile, fields: Fields, row: Row, title: str, shown: str, kind: HitKind, query: str
) -> None:
    resolved, resolution = resolve(profile.redirect, shown, row.first(fields.target))
    hits = reading.hits[kind]
    hits.append(
        Hit(
            engine=profile.id,
            query=query,
            kind=kind,
            rank=len(hits) + 1,
            title=title,
            url=shown,
            resolved=resolved,
            resolution=resolution,
            display=row.first_text(fields.display),
            snippet=row.first_text(fields.snippet),
            advertiser=row.first_text(fields.advertiser) if kind is HitKind.AD else "",
        )
    )


def _add_listing(
    reading: _Reading, profile: Profile, fields: Fields, row: Row, title: str, shown: str, *, promoted: bool
) -> None:
    item_id = row.first(fields.item_id) or _fallback_id(shown, title)
    price = row.first_text(fields.price)
    reading.listings.append(
        Listing(
            platform=profile.id,
            item_id=item_id,
            title=title,
            url=shown,
            price=price,
            price_cny=price_cny(price),
            seller=row.first_text(fields.seller),
            shop_id=row.first(fields.shop_id),
            place=row.first_text(fields.place),
            text=row.first_text(fields.text),
            images=tuple(_absolute(profile.base_url, image) for image in row.every(fields.images)),
            promoted=promoted,
            published_at=moment(row.first(fields.published_at)),
            rank=len(reading.listings) + 1,
        )
    )


def _fallback_id(shown: str, title: str) -> str:
    """An item without an id of its own is known by its address."""
    return hashlib.sha256((shown or title).encode()).hexdigest()[:16]


def _next_page(profile: Profile, page: PageView, base: str) -> str:
    if not profile.next_page or page.tree.root is None:
        return ""
    return _absolute(base, HtmlRow(page.tree.root, HtmlDocument(page.tree)).first(profile.next_page))


def _absolute(base: str, link: str) -> str:
    """The link against its page; "" for scripts, fragments and what is no address."""
    link = link.strip()
    if not link or link.startswith(("#", "javascript:", "data:", "about:")):
        return ""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""
