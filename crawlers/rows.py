"""Rows of a result page, from markup or JSON, behind one face: read a field, ask whether a rule holds."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from config.schema_profiles import KindRule, Layout, Step
from crawlers.islands import as_text, body_json, find, island_documents
from crawlers.markup import parse_html
from crawlers.values import fold, without_markup

_UNSEEN = frozenset({"script", "style", "noscript", "template"})
MAX_ROWS = 500


def visible_text(node: LexborNode, without: str = "") -> str:
    """Text of a node less scripts, styles and what `without` selects; of a script itself, its source."""
    if node.tag in _UNSEEN:
        return node.text()
    skipped = {inner.mem_id for inner in node.css(without)} if without else set()
    parts: list[str] = []
    pending = [node]
    while pending:
        current = pending.pop()
        if current.is_text_node:
            parts.append(current.text_content or "")
        elif current is node or (current.tag not in _UNSEEN and current.mem_id not in skipped):
            pending.extend(reversed(list(current.iter(include_text=True))))
    return "".join(parts)


class Row(ABC):
    """One row of a result page."""

    @abstractmethod
    def raw_values(self, step: Step) -> Iterator[str]:
        """What a step selects, before its regex and template."""

    @abstractmethod
    def shape_holds(self, rule: KindRule) -> bool:
        """Whether the conditions of a rule on the row's own shape hold."""

    def values(self, step: Step) -> Iterator[str]:
        for raw in self.raw_values(step):
            value = _shaped(raw, step)
            if value:
                yield value

    def first(self, steps: Iterable[Step]) -> str:
        """The first value any of the steps gives, folded; empty when none does."""
        return next((fold(value) for step in steps for value in self.values(step) if fold(value)), "")

    def first_text(self, steps: Iterable[Step]) -> str:
        """The first value, as text for a reader: what JSON writes with emphasis tags and entities is cleaned."""
        return self.first(steps)

    def every(self, steps: Iterable[Step]) -> tuple[str, ...]:
        """All values of the first step that gives one."""
        for step in steps:
            values = tuple(dict.fromkeys(self.values(step)))
            if values:
                return values
        return ()


def _shaped(raw: str, step: Step) -> str:
    if step.json_path:
        raw = as_text(find(step.json_path, body_json(raw)))
    if step.regex:
        match = re.search(step.regex, raw)
        if match is None:
            return ""
        raw = (match[1] if match.re.groups else match[0]) or ""
    return step.template.replace("{}", raw) if raw and step.template else raw


class HtmlRow(Row):
    def __init__(self, node: LexborNode, document: HtmlDocument) -> None:
        self.node = node
        self._document = document

    def raw_values(self, step: Step) -> Iterator[str]:
        for node in self.node.css(step.select) if step.select else (self.node,):
            if step.attr:
                yield node.attributes.get(step.attr) or ""
            else:
                yield visible_text(node, step.without)

    def shape_holds(self, rule: KindRule) -> bool:
        return (
            not rule.where
            and (not rule.matches or self.node.mem_id in self._document.matching(rule.matches))
            and (not rule.has or self._holds(rule.has))
            and (not rule.label or self._labelled(rule))
        )

    def _holds(self, selector: str) -> bool:
        return any(inner.mem_id != self.node.mem_id for inner in self.node.css(selector))

    def _labelled(self, rule: KindRule) -> bool:
        return any(re.search(rule.label_text, self._document.folded(node)) for node in self.node.css(rule.label))


class JsonRow(Row):
    def __init__(self, value: Any) -> None:
        self.value = value

    def raw_values(self, step: Step) -> Iterator[str]:
        found = find(step.select, self.value) if step.select else self.value
        if isinstance(found, list) and not step.join:
            yield from map(as_text, found)
        else:
            yield as_text(found)

    def first_text(self, steps: Iterable[Step]) -> str:
        return fold(without_markup(self.first(steps)))

    def shape_holds(self, rule: KindRule) -> bool:
        if rule.matches or rule.has or rule.label:
            return False
        return not rule.where or bool(find(rule.where, self.value))


class HtmlDocument:
    """Parsed markup that remembers which nodes a selector matches."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.tree = tree
        self._matching: dict[str, frozenset[int]] = {}
        self._folded: dict[int, str] = {}

    def matching(self, selector: str) -> frozenset[int]:
        if selector not in self._matching:
            self._matching[selector] = frozenset(node.mem_id for node in self.tree.css(selector))
        return self._matching[selector]

    def folded(self, node: LexborNode) -> str:
        """The visible text of a node, read once: rows in rows share their labels."""
        if node.mem_id not in self._folded:
            self._folded[node.mem_id] = fold(visible_text(node))
        return self._folded[node.mem_id]

    def rows(self, selectors: Iterable[str]) -> Iterator[Row]:
        """Nodes that match any of the selectors, in document order, each once."""
        seen: set[int] = set()
        for node in self.tree.css(", ".join(selectors)):
            if node.mem_id not in seen and len(seen) < MAX_ROWS:
                seen.add(node.mem_id)
                yield HtmlRow(node, self)


def layout_rows(layout: Layout, text: str, tree: LexborHTMLParser) -> Iterator[Row]:
    """The rows a layout finds in a page."""
    if layout.format == "json":
        yield from _json_rows(layout, text, tree)
    elif layout.islands:
        for markup in _island_markup(layout, text, tree):
            yield from HtmlDocument(parse_html(markup)).rows(layout.rows)
    elif layout.unwrap:
        yield from HtmlDocument(parse_html(_unwrapped(text, layout.unwrap))).rows(layout.rows)
    else:
        yield from HtmlDocument(tree).rows(layout.rows)


def _json_rows(layout: Layout, text: str, tree: LexborHTMLParser) -> Iterator[Row]:
    """Rows of the first island rule that gives any."""
    for island in layout.islands:
        documents = island_documents(island, text, tree)
        rows = [JsonRow(value) for document in documents for value in _json_values(layout, document)]
        if rows:
            yield from rows[:MAX_ROWS]
            return


def _json_values(layout: Layout, document: Any) -> list[Any]:
    for expression in layout.rows:
        found = find(expression, document)
        if found:
            return found if isinstance(found, list) else [found]
    return []


def _island_markup(layout: Layout, text: str, tree: LexborHTMLParser) -> Iterator[str]:
    for island in layout.islands:
        for document in island_documents(island, text, tree):
            markup = find(island.html, document)
            if isinstance(markup, str) and markup:
                yield markup


def _unwrapped(text: str, tags: Iterable[str]) -> str:
    for tag in tags:
        text = re.sub(rf"(<{tag}\b[^>]{{0,400}}>)\s{{0,200}}<!--(.*?)-->", r"\1\2", text, flags=re.DOTALL)
    return text
