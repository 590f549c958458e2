"""Whose site a page is by its own words, when that is a school, a company or a newspaper and no organ."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

from detectors import organs
from detectors.claims import footers

if TYPE_CHECKING:
    from detectors.features import Page

_IDENTITY_CHARS = 400
_MAX_LOGOS = 3
_LABELLED = re.compile(r"[:：]")


def own_identity(page: Page) -> str:
    """The name under which the page itself appears when it is a school's, a company's or a newspaper's."""
    return page.once("own_identity", lambda: _own_identity(page))


def is_only_signed(page: Page) -> bool:
    """Whether such a name stands in title and footer alone, and in no heading or logo of the page."""
    name = own_identity(page)
    shown = (page.quote(one) for one in page.of_kind("h1", "header", "alt"))
    return bool(name) and not any(name in text for text in shown)


def _own_identity(page: Page) -> str:
    logos = (page.quote(one) for one in page.of_kind("header", "alt")[:_MAX_LOGOS])
    footer = (organs.without_builders(page.quote(one)) for one in footers(page))
    return _first_own(chain((page.title, page.markup.metas.get("sitename", "")), logos, footer)) or _branded(page)


def _first_own(texts: Iterable[str]) -> str:
    for text in texts:
        beginning = text[:_IDENTITY_CHARS]
        own = [one for one in organs.segments(beginning) if not _LABELLED.search(one) and _is_own(one)]
        if own:
            return min(own, key=len)
    return ""


def _branded(page: Page) -> str:
    """What ends the title, or the company of that name in the main heading."""
    brand = organs.brand(page.title)
    headings = (page.quote(one).strip() for one in page.of_kind("h1")[:1] if brand)
    return next((one for one in headings if brand in one and _is_own(one)), brand)


def _is_own(segment: str) -> bool:
    return (
        len(segment) <= organs.MAX_NAME_CHARS
        and bool(organs.own_identity(segment))
        and organs.organ_name("".join(segment.split())) is None
    )
