"""Page states: what a fetched page is. A page we could not read is never "nothing found"."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

import config
from config.schema_profiles import Island, PageStates, StateRule
from crawlers.islands import as_text, body_json, find, island_documents
from crawlers.markup import parse_html
from crawlers.needles import Needle, encoded, needle
from crawlers.records import PageState

_EARLY_CHARS = 16_384
"""Of a long page this much is looked at first: most show enough there to be no challenge, and need no whole tree."""
_UNSEEN = ("script", "style", "noscript", "template", "head")
_UNREAD = frozenset({"bomb", "content_encoding_unknown"})
_UNREADABLE = _UNREAD | {"content_encoding_broken"}
"""The last of them may have left a page that can be read all the same."""
_PRIVATE = rb"(?:\xee[\x80-\xbf]|\xef[\x80-\xa3])[\x80-\xbf]"
_NUMBERED = rb"&#(?:[xX][eEfF][0-9a-fA-F]{3}|5[7-9]\d{3}|6[0-3]\d{3});?"
_GLYPH = rb"(?:%b|%b)" % (_PRIVATE, _NUMBERED)
_AFTER_HAN = rb"(?:(?<=\xe4[\xb8-\xbf][\x80-\xbf])|(?<=[\xe5-\xe9][\x80-\xbf]{2}))"
_MAPPED = re.compile(rb"%b{2,24}|%b%b" % (_GLYPH, _AFTER_HAN, _GLYPH))
"""Private-use characters (U+E000–U+F8FF, in UTF-8 or by their numbers) in a row or within a Chinese word; an icon
stands alone in its element."""
_EARLY_GLYPH, _NUMBERED_GLYPH = Needle(b"\xee"), Needle("&#")
_LATE_GLYPH = re.compile(rb"\xef[\x80-\xa3]")
"""How they begin, and those from U+F000 on, whose first byte every wide comma has."""
_REPLACEMENT, _OWN_FONT = Needle("\ufffd"), Needle("@font-face")
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x20)])


@dataclass
class PageView:
    """A page as rules look at it; what is costly is computed when first asked for."""

    text: str
    url: str = ""
    status: int = 200
    flags: tuple[str, ...] = ()
    """What decoding found odd (`crawlers.decode.Decoded.flags`)."""
    parsed: LexborHTMLParser | None = field(default=None, repr=False)
    islands: tuple[Island, ...] = ()
    """Where the page's source keeps data, for rules that ask for it."""
    least_shown: int = 0
    """How many characters a reader sees for certain, white space not counted, where somebody has counted already."""
    _shown: int = field(default=0, init=False)

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8, where some characters are faster to find."""
        return encoded(self.text)

    @cached_property
    def tree(self) -> LexborHTMLParser:
        return self.parsed if self.parsed is not None else parse_html(self.text)

    @cached_property
    def documents(self) -> tuple[Any, ...]:
        """The JSON values of the page: the body itself, or what the source's islands hold."""
        body = body_json(self.text)
        if body is not None:
            return (body,)
        return tuple(value for island in self.islands for value in island_documents(island, self.text, self.tree))

    def shows_more_than(self, limit: int) -> bool:
        """Whether a reader sees more than `limit` characters, white space not counted; looks no further than needed."""
        if self.least_shown > limit or self._shown_early > limit or self._shown > limit:
            return True
        for shown in self._walk:
            self._shown += shown
            if self._shown > limit:
                return True
        return False

    @cached_property
    def _shown_early(self) -> int:
        """Characters seen in the first part of a long page; never more than in the whole."""
        if self.parsed is not None or len(self.text) <= 2 * _EARLY_CHARS:
            return 0
        early = parse_html(self.text[:_EARLY_CHARS])
        early.strip_tags(list(_UNSEEN))
        return solid_chars(early.body.text(deep=True)) if early.body is not None else 0

    @cached_property
    def _walk(self) -> Iterator[int]:
        return _text_lengths(self.tree.body)


def _text_lengths(body: LexborNode | None) -> Iterator[int]:
    """The length of each text a reader sees; the tree stays as it is, other rules ask it too."""
    pending = [body] if body is not None else []
    while pending:
        node = pending.pop()
        if node.is_text_node:
            yield solid_chars(node.text_content or "")
        elif node.tag not in _UNSEEN:
            pending.extend(node.iter(include_text=True))


def solid_chars(text: str) -> int:
    """The length of a text without its white space."""
    return len("".join(text.split()))


def rule_holds(rule: StateRule, page: PageView) -> bool:
    """Whether all conditions of a rule hold; the cheap ones are asked first."""
    return (
        (not rule.status or page.status in rule.status)
        and (rule.max_chars is None or len(page.text) <= rule.max_chars)
        and (not rule.url or re.search(rule.url, page.url) is not None)
        and (rule.max_visible_chars is None or not page.shows_more_than(rule.max_visible_chars))
        and (not rule.text or any(needle(part).is_in(page.data) for part in rule.text))
        and (not rule.css or page.tree.css_first(rule.css) is not None)
        and (not rule.lacks or page.tree.css_first(rule.lacks) is None)
        and (not rule.where or any(find(rule.where, document) for document in page.documents))
    )


def _verdict(rule: StateRule, page: PageView) -> tuple[PageState, str]:
    found = (as_text(find(rule.reason_path, document)) for document in page.documents) if rule.reason_path else ()
    detail = "".join(found)
    return PageState(rule.state), f"{rule.reason}: {detail}" if detail else rule.reason


def source_state(page: PageView, rules: Iterable[StateRule], *, rows: int, others: int) -> tuple[PageState, str]:
    """State of a source's page: `rows` results were read, and `others` adverts and cards.

    Where adverts or cards were read nothing was in the way: such a page can be empty, but not blocked.
    """
    if not (rows or others) and (_garbled(page) or not _UNREADABLE.isdisjoint(page.flags)):
        return PageState.UNDECODABLE, "not_text"
    for rule in rules:
        asked = rule.with_rows or not (rows or (others and rule.state != "empty"))
        if asked and rule_holds(rule, page):
            return _verdict(rule, page)
    if rows or others:
        return PageState.RESULTS, ""
    state, reason = ordinary_state(page)
    return (PageState.PARTIAL, "no_rows") if state in (PageState.RESULTS, PageState.EMPTY) else (state, reason)


def ordinary_state(page: PageView) -> tuple[PageState, str]:
    """State of any page, whatever its source."""
    general = general_states()
    if unread := _UNREAD.intersection(page.flags):
        return PageState.UNDECODABLE, min(unread)
    if not page.text.strip():
        return PageState.PARTIAL, "empty_body"
    if _garbled(page):
        return PageState.UNDECODABLE, "not_text"
    for rule in general.rules:
        if rule_holds(rule, page):
            return _verdict(rule, page)
    if _by_font(page, general):
        return PageState.PARTIAL, "font_map"
    if _needs_rendering(page, general):
        return PageState.PARTIAL, "needs_rendering"
    return PageState.RESULTS, ""


def _garbled(page: PageView) -> bool:
    return _odd_chars(page) > general_states().max_undecodable_ratio * len(page.text)


def _odd_chars(page: PageView) -> int:
    """Replacement and control characters; the latter are single bytes in UTF-8."""
    data = page.data
    return _REPLACEMENT.count(data) + len(data) - len(data.translate(None, _CONTROLS))


def _by_font(page: PageView, general: PageStates) -> bool:
    """Whether words are written in private-use characters that only the page's own font gives a shape."""
    if not _OWN_FONT.is_in(page.data):
        return False
    return next(islice(mapped_words(page.data), general.min_mapped_words - 1, None), None) is not None


def mapped_words(data: bytes) -> Iterator[bytes]:
    """All that `_MAPPED` finds, looked for only where a glyph may begin: there are few in a long page."""
    end = 0
    late = (glyph.start() for glyph in _LATE_GLYPH.finditer(data))
    for at in sorted(chain(_EARLY_GLYPH.places(data), _NUMBERED_GLYPH.places(data), late)):
        if at >= end and (word := _MAPPED.match(data, at)):
            end = word.end()
            yield word[0]


def _needs_rendering(page: PageView, general: PageStates) -> bool:
    """Scripts, hardly a word, and either a place for scripts to fill or nothing else a reader could look at."""
    if page.shows_more_than(general.min_visible_chars - 1) or "<script" not in page.text.lower():
        return False
    tree = page.tree
    return tree.css_first(general.mount_points) is not None or tree.css_first("body img, body form, body input") is None


@lru_cache(maxsize=1)
def general_states() -> PageStates:
    """The packaged `page_states.toml`."""
    path = Path(config.__file__).with_name("page_states.toml")
    return PageStates.model_validate_json(json.dumps(tomllib.loads(path.read_text(encoding="utf-8"))), strict=True)
