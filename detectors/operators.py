"""Whose site a page is by its own words, when that is a school, a company or a newspaper and no organ."""

from __future__ import annotations

import re
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


def _own_identity(page: Page) -> str:
    footer = (organs.without_builders(page.quote(one)) for one in footers(page))
    logos = (page.quote(one) for one in page.of_kind("header", "alt")[:_MAX_LOGOS])
    for text in (page.title, page.markup.metas.get("sitename", ""), *logos, *footer):
        beginning = text[:_IDENTITY_CHARS]
        own = [one for one in organs.segments(beginning) if not _LABELLED.search(one) and _is_own(one)]
        if own:
            return min(own, key=len)
    return organs.brand(page.title)


def _is_own(segment: str) -> bool:
    return (
        len(segment) <= organs.MAX_NAME_CHARS
        and bool(organs.own_identity(segment))
        and organs.organ_name(segment) is None
    )
