"""Pages as they were kept: what stands in archive, blobs and rows, made into what detectors read, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select

from crawlers.decode import decode_exchange
from crawlers.imports.handed import PHOTO
from crawlers.pairs import partner
from crawlers.records import ArchiveError, Capture, FetchProfile, Origin, PageState
from crawlers.tables import captures as capture_rows
from crawlers.tables import listings as listing_rows
from detectors.features import Page
from detectors.limits import MAX_IMAGES_DECODED

if TYPE_CHECKING:
    from sqlalchemy import Select

    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from crawlers.records import Listing
    from crawlers.store import Store
    from detectors.context import Context


class Kept:
    """Reads one data directory; nothing is written. Without blobs a rendered document is left aside."""

    def __init__(self, store: Store, archive: Archive, context: Context, blobs: BlobStore | None = None) -> None:
        self.store, self.archive, self.context, self.blobs = store, archive, context, blobs
        self.sources = frozenset({*context.config.engines, *context.config.marketplaces, PHOTO})
        """Whose captures are no subjects: result pages, and photos that were handed in."""

    def listings(self) -> Iterator[Listing]:
        """Every offer, one page of results after the other."""
        with self.store.read() as connection:
            shown = list(connection.scalars(select(listing_rows.c.capture_id).distinct().order_by("capture_id")))
        for capture_id in shown:
            yield from self.store.listings(capture_id=capture_id)

    def captures(self) -> Iterator[Capture]:
        """Every page of a site, oldest first."""
        return (capture for capture in self.store.captures() if capture.source not in self.sources)

    def subject(self, capture: Capture, page: Page) -> str:
        """An offer's own page is the offer, whatever platform shows it; any other page is its site."""
        with self.store.read() as connection:
            offer = next((found for one in _offers(capture) if (found := connection.execute(one).first())), None)
        if offer:
            return f"listing:{offer.platform}:{offer.item_id}"
        return self.context.registry.subject(urlsplit(capture.final_url), page.host or capture.host)

    def page(self, capture: Capture) -> Page:
        """Raises ArchiveError when its bytes cannot be read."""
        page = self._read(capture)
        if capture.profile is FetchProfile.PHONE:
            page.counterpart = self._desktop(capture)
        if capture.origin in (Origin.BROWSER, Origin.IMPORT) and not page.images:
            page.images = tuple(pictures(self.store, self.archive, capture))
            page.favicon = self._favicon(capture)
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
        found = partner(self.store, capture)
        if found is None:
            return None
        try:
            page = self._read(found)
        except ArchiveError:
            return None
        return page if page.state in (PageState.RESULTS, PageState.PARTIAL) else None

    def _favicon(self, capture: Capture) -> bytes:
        """The icon that the browser fetched for the site itself, not one of its pictures."""
        hops = (
            hop for hop in self.store.resources(capture.id) if hop.place is not None and hop.status == HTTPStatus.OK
        )
        named = (hop for hop in hops if "favicon" in urlsplit(hop.url).path.lower())
        icon = next((hop for hop in named if urlsplit(hop.url).hostname == capture.host), None)
        return self.archive.read(icon.place).body if icon is not None and icon.place is not None else b""


def pictures(store: Store, archive: Archive, capture: Capture) -> Iterator[bytes]:
    """The pictures that a browser loaded with a page, as the detectors are given them."""
    count = 0
    for hop in store.resources(capture.id):
        if hop.place is None or count >= MAX_IMAGES_DECODED:
            continue
        exchange = archive.read(hop.place)
        media = next((value for name, value in exchange.response_headers if name.lower() == "content-type"), "")
        if media.startswith("image/") and "svg" not in media:
            count += 1
            yield exchange.body


def _offers(capture: Capture) -> Iterator[Select[Any]]:
    """Where the offer is looked for whose page or picture this is; a picture first among those of its own night."""
    offers = select(listing_rows.c.platform, listing_rows.c.item_id).limit(1)
    if not capture.media_type.startswith("image/"):
        yield offers.where(listing_rows.c.url.in_({capture.url, capture.final_url}))
        return
    picture = json.dumps(capture.url, ensure_ascii=False)
    shown = offers.where(listing_rows.c.images.contains(picture, autoescape=True))
    yield shown.join(capture_rows, capture_rows.c.id == listing_rows.c.capture_id).where(
        capture_rows.c.night == capture.night
    )
    yield shown
