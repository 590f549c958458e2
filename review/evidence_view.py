"""The annotated evidence view: the captured page made inert, every passage a detector quotes marked in place.

Offsets are the text extractor's own (`detectors.features.Page.text`): the pieces of text of the parsed page are walked
in order and found again in it, so that a mark stands on exactly the characters that were judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from bs4.element import Comment, Declaration, Doctype, NavigableString, PageElement, ProcessingInstruction, Tag

from crawlers.markup import level
from detectors.limits import MAX_HTML_CHARS

if TYPE_CHECKING:
    from detectors.base import Signal
    from detectors.features import Page

REMOVED = frozenset(
    {
        "script",
        "style",
        "link",
        "meta",
        "base",
        "iframe",
        "frame",
        "object",
        "embed",
        "svg",
        "math",
        "template",
        "audio",
    }
    | {"video", "canvas", "source", "noscript", "title"}
)
KEPT_ATTRIBUTES = frozenset({"colspan", "rowspan", "alt", "title", "placeholder", "type", "value", "lang", "dir"})
MAX_AHEAD_CHARS = 4000
"""How far ahead of the last piece the next one is looked for; further means the two parsers disagree about it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of `Page.text`, what is to be read about it, and the name by which a reason points to it."""

    start: int
    end: int
    label: str
    name: str = ""


def marks(signals: Iterable[Signal]) -> list[Mark]:
    """One mark for each quoted span of visible text, heaviest first where they overlap."""
    spans = [signal for signal in signals if signal.where == "text" and signal.end > signal.start]
    ordered = sorted(spans, key=lambda signal: (-abs(signal.weight), signal.start))
    kept: list[Mark] = []
    for signal in ordered:
        if all(signal.end <= mark.start or signal.start >= mark.end for mark in kept):
            kept.append(Mark(signal.start, signal.end, f"{signal.cls}：{signal.reason}"))
    return sorted(kept, key=lambda mark: mark.start)


def annotate(html: str, page: Page, found: Sequence[Mark]) -> str:
    """`html` as an inert fragment: no script, style, address or form target survives, marks are `<mark title=…>`."""
    soup = BeautifulSoup(level(html[:MAX_HTML_CHARS]), "lxml")
    _show_title(soup)
    pieces = list(_pieces(soup, page.text))
    body = soup.body or soup
    _disarm(body)
    for node, start, offsets in reversed(pieces):
        _mark(soup, node, start, offsets, found)
    return body.decode_contents()


def _show_title(soup: BeautifulSoup) -> None:
    """The title as a first line: it is judged, and may be quoted, like the rest of the text."""
    if soup.title and soup.body:
        line = soup.new_tag("p")
        line.string = soup.title.get_text()
        soup.body.insert(0, line)


def _pieces(soup: BeautifulSoup, text: str) -> Iterator[tuple[NavigableString, int, list[int]]]:
    """Text nodes with where they stand in the page's text and, for each of its characters, the node's own offset."""
    cursor = 0
    for node in soup.find_all(string=True):
        if isinstance(node, Comment | Doctype | Declaration | ProcessingInstruction) or _silent(node):
            continue
        value, offsets = collapse(str(node))
        if not value.strip():
            continue
        at = text.find(value, cursor, cursor + len(value) + MAX_AHEAD_CHARS)
        if at < 0:
            value, offsets = _stripped(value, offsets)
            at = text.find(value, cursor, cursor + len(value) + MAX_AHEAD_CHARS)
        if at >= 0:
            cursor = at + len(value)
            yield node, at, offsets


def _silent(node: NavigableString) -> bool:
    return any(isinstance(parent, Tag) and parent.name in REMOVED for parent in node.parents)


def collapse(raw: str) -> tuple[str, list[int]]:
    """White space collapsed as the extractor does it, with the raw offset of each character kept."""
    kept: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(raw):
        blank = character in " \t\r\n\f\v\xa0"
        if blank and kept and kept[-1] == " ":
            continue
        kept.append(" " if blank else character)
        offsets.append(index)
    return "".join(kept), offsets


def _stripped(value: str, offsets: list[int]) -> tuple[str, list[int]]:
    left = len(value) - len(value.lstrip(" "))
    right = len(value.rstrip(" "))
    return value[left:right], offsets[left:right]


def _mark(soup: BeautifulSoup, node: NavigableString, start: int, offsets: list[int], found: Sequence[Mark]) -> None:
    """Replace a text node by its parts, those under a mark wrapped."""
    end = start + len(offsets)
    covering = [mark for mark in found if mark.start < end and mark.end > start]
    if not covering:
        return
    raw, last = str(node), 0
    parts: list[PageElement] = []
    for mark in covering:
        first = offsets[max(mark.start - start, 0)]
        stop = offsets[min(mark.end, end) - start - 1] + 1
        parts.append(NavigableString(raw[last:first]))
        named = {"id": mark.name} if mark.name and mark.start >= start else {}
        wrapped = soup.new_tag("mark", attrs={"title": mark.label, **named})
        wrapped.string = raw[first:stop]
        parts.append(wrapped)
        last = stop
    parts.append(NavigableString(raw[last:]))
    node.replace_with(*(part for part in parts if isinstance(part, Tag) or str(part)))


def _disarm(body: Tag) -> None:
    for comment in body.find_all(string=lambda text: isinstance(text, Comment | ProcessingInstruction | Declaration)):
        comment.extract()
    for tag in body.find_all(list(REMOVED)):
        if not tag.decomposed:
            tag.decompose()
    for tag in body.find_all(True):
        if tag.name in ("form", "a"):
            tag.name = "span" if tag.name == "a" else "div"
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in KEPT_ATTRIBUTES}
