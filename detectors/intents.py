"""What a page wants or gives beside a query form: an answer, a download, payment, a bank card, an account to follow."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from detectors.text import DATA

if TYPE_CHECKING:
    from detectors.features import Page

_LOOKED_AT_CHARS = 20_000
"""A page that wants something says so early."""
_ANSWER_CHARS = 1_500
"""A longer page is no answer to a look-up."""


@dataclass(frozen=True, slots=True)
class Intent:
    """`kind`: app | follow | pay | outcome | card; the quote is the page's text, or an address of it."""

    kind: str
    quote: str
    start: int = 0
    end: int = 0
    where: str = "text"


@cache
def _table() -> dict[str, Any]:
    with (DATA / "intents.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    known = _table()[kind]
    return re.compile("|".join(known) if isinstance(known, list) else known, re.I)


def _may_hold(kind: str, text: str) -> bool:
    return any(word in text for word in _table()["words"][kind])


def intents(page: Page) -> tuple[Intent, ...]:
    """At most one of each kind."""
    return page.once("intents", lambda: tuple(_intents(page)))


def _intents(page: Page) -> Iterator[Intent]:
    links = page.markup.links if _may_hold("app_links", page.addresses.lower()) else ()
    app = next((link.href for link in links if _pattern("app_links").search(link.href)), "")
    if app:
        yield Intent("app", app, where="html")
    for kind in ("follow", "pay"):
        text = page.text[:_LOOKED_AT_CHARS]
        found = _pattern(kind).search(text) if _may_hold(kind, text) else None
        if found:
            yield Intent(kind, found.group(), found.start(), found.end())
    answer = _pattern("outcome").search(page.text) if len(page.text) < _ANSWER_CHARS else None
    if answer:
        yield Intent("outcome", answer.group(), answer.start(), answer.end())
    yield from _card(page)


def _card(page: Page) -> Iterator[Intent]:
    for form in page.markup.forms:
        for field in form.fields:
            said = field.words.lower()
            if field.kind != "hidden" and any(word in said for word in _table()["card"]):
                yield Intent("card", field.label or field.placeholder or field.name, where="html")
                return
