"""Page states: what a fetched page is. A page we could not read is never "nothing found"."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

import config
from config.schema_profiles import Island, PageStates, StateRule
from crawlers.islands import as_text, body_json, find, island_documents
from crawlers.records import PageState

VISIBLE_CAP = 4_000
"""No rule asks beyond this many visible characters, so counting stops there."""
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head"})
_UNREADABLE = frozenset({"bomb", "content_encoding_broken", "content_encoding_unknown"})
_CONTROL = re.compile("[\ufffd\x00-\x08\x0e-\x1f]")


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

    @cached_property
    def tree(self) -> LexborHTMLParser:
        return self.parsed if self.parsed is not None else LexborHTMLParser(self.text)

    @cached_property
    def documents(self) -> tuple[Any, ...]:
        """The JSON values of the page: the body itself, or what the source's islands hold."""
        body = body_json(self.text)
        if body is not None:
            return (body,)
        return tuple(value for island in self.islands for value in island_documents(island, self.text, self.tree))

    @cached_property
    def visible_chars(self) -> int:
        """Characters a reader sees, white space not counted, at most `VISIBLE_CAP`."""
        body = self.tree.body
        return _count(body) if body is not None else 0


def _count(body: LexborNode) -> int:
    total = 0
    pending = [body]
    while pending and total < VISIBLE_CAP:
        node = pending.pop()
        if node.is_text_node:
            total += len("".join((node.text_content or "").split()))
        elif node.tag not in _UNSEEN:
            pending.extend(node.iter(include_text=True))
    return min(total, VISIBLE_CAP)


def rule_holds(rule: StateRule, page: PageView) -> bool:
    """Whether all conditions of a rule hold; the cheap ones are asked first."""
    return (
        (not rule.status or page.status in rule.status)
        and (rule.max_chars is None or len(page.text) <= rule.max_chars)
        and (not rule.url or re.search(rule.url, page.url) is not None)
        and (rule.max_visible_chars is None or page.visible_chars <= rule.max_visible_chars)
        and (not rule.text or any(part in page.text for part in rule.text))
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
    if not (rows or others) and _undecodable(page):
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
    if not page.text.strip():
        return PageState.PARTIAL, "empty_body"
    if _undecodable(page):
        return PageState.UNDECODABLE, "not_text"
    for rule in general.rules:
        if rule_holds(rule, page):
            return _verdict(rule, page)
    if _needs_rendering(page, general):
        return PageState.PARTIAL, "needs_rendering"
    return PageState.RESULTS, ""


def _undecodable(page: PageView) -> bool:
    max_ratio = general_states().max_undecodable_ratio
    return not _UNREADABLE.isdisjoint(page.flags) or len(_CONTROL.findall(page.text)) > max_ratio * len(page.text)


def _needs_rendering(page: PageView, general: PageStates) -> bool:
    """Scripts, hardly a word, and either a place for scripts to fill or nothing else a reader could look at."""
    if "<script" not in page.text.lower() or page.visible_chars >= general.min_visible_chars:
        return False
    tree = page.tree
    return tree.css_first(general.mount_points) is not None or tree.css_first("body img, body form, body input") is None


@lru_cache(maxsize=1)
def general_states() -> PageStates:
    """The packaged `page_states.toml`."""
    path = Path(config.__file__).with_name("page_states.toml")
    return PageStates.model_validate_json(json.dumps(tomllib.loads(path.read_text(encoding="utf-8"))), strict=True)
