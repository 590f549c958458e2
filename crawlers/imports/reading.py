"""What a page of an import is: a source's result page with its rows, or any page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.schema_profiles import Profile
from crawlers.decode import decode_exchange
from crawlers.imports.handed import PHOTO, SOURCE
from crawlers.imports.items import Page
from crawlers.keeping import media_type
from crawlers.profiles import ParsedPage, page_state, parse
from crawlers.recognition import by_profile
from crawlers.records import Hit, Listing, PageState, Reading

PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/json", "text/json", "text/javascript")


@dataclass(frozen=True, slots=True)
class Read:
    state: PageState = PageState.RESULTS
    reason: str = ""
    flags: tuple[str, ...] = ()
    source: str = SOURCE
    hits: tuple[Hit, ...] = ()
    listings: tuple[Listing, ...] = ()
    reading: Reading | None = None


def read(page: Page, profiles: Sequence[Profile]) -> Read:
    exchange = page.exchanges[-1]
    if page.photo:
        return Read(source=PHOTO)
    if media_type(exchange) not in PAGE_TYPES:
        return Read()
    decoded = decode_exchange(exchange)
    named = next((one for one in profiles if one.id == page.source), None)
    if named is not None:
        parsed = parse(named, decoded.text, url=exchange.url, status=exchange.status, flags=decoded.flags)
        return _of(parsed, decoded.flags)
    found = by_profile(profiles, exchange, decoded)
    if found is not None:
        return _of(found, decoded.flags)
    state, reason = page_state(None, status=exchange.status, url=exchange.url, text=decoded.text)
    return Read(state, reason, decoded.flags)


def _of(parsed: ParsedPage, flags: tuple[str, ...]) -> Read:
    return Read(parsed.state, parsed.reason, flags, parsed.source, parsed.hits, parsed.listings, parsed.reading)
