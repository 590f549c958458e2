"""What of an official page is compared with others: its structure, its other words, the words of its identity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detectors.kits import structure
from detectors.pages import query_fields
from detectors.skeleton import hashed, sketch

if TYPE_CHECKING:
    from detectors.features import Page, Passage

IDENTITY_KINDS = ("title", "h1", "header", "alt", "footer")
"""Passages in which a site speaks of itself; its articles are others' to repeat."""
MIN_PART_CHARS = 4
MIN_TEXT_CHARS = 8
MAX_PARTS = 60
_PLAIN = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`structure` and `text` are samples of hashes, `parts` the normalised passages of the site's identity."""

    structure: tuple[int, ...]
    text: tuple[int, ...]
    parts: tuple[str, ...]
    asks: bool
    """Whether the page has a form for looking up a certificate."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One official page as one capture shows it."""

    id: int
    site_id: str
    name: str
    url: str
    version: int
    capture_id: int
    added_at: str
    fingerprint: Fingerprint

    @property
    def digest(self) -> str:
        return f"reference {self.id}: {self.url} {self.version}"


def plain(text: str) -> str:
    """A passage without digits, signs and spaces: years and counters change between two copies of one page."""
    return _PLAIN.sub("", text)


def passages(page: Page) -> Mapping[str, Passage]:
    """Every passage by its plain words, the first of equal ones."""
    return page.once("plain_passages", lambda: _passages(page))


def _passages(page: Page) -> dict[str, Passage]:
    found: dict[str, Passage] = {}
    for one in page.passages:
        words = plain(page.quote(one))
        if len(words) >= MIN_PART_CHARS:
            found.setdefault(words, one)
    return found


def fingerprint(page: Page) -> Fingerprint:
    shown = passages(page)
    parts = [words for words, one in shown.items() if one.kind in IDENTITY_KINDS]
    return Fingerprint(
        structure=sketch(structure(page)),
        text=sketch(text_hashes(page)),
        parts=tuple(parts[:MAX_PARTS]),
        asks=bool(query_fields(page)),
    )


def text_hashes(page: Page) -> frozenset[int]:
    """Of what the page says beside its identity, a passage each."""
    return frozenset(
        hashed(words)
        for words, one in passages(page).items()
        if len(words) >= MIN_TEXT_CHARS and one.kind not in IDENTITY_KINDS
    )
