"""Guards a parser against markup made to hurt it: lexbor takes quadratic time on elements that are never closed."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

MAX_DEPTH_TAGS = 512
"""Elements open at a time; what a page nests deeper keeps its text and loses its tags."""

# fmt: off
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "tr", "th", "dd", "dt", "option",
))
# fmt: on
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_CHILDLESS = ("<img", "<br", "<input", "<meta", "<link", "<hr", "<!--")


def parse_html(html: str) -> LexborHTMLParser:
    """The tree of an untrusted document, in time linear in its length."""
    return LexborHTMLParser(level(html))


def level(html: str) -> str:
    """The document with start tags dropped beyond `MAX_DEPTH_TAGS` elements left open."""
    if _few_open(html):
        return html
    open_tags: dict[str, int] = {}
    depth, last = 0, 0
    kept: list[str] = []
    for match in _TAG.finditer(html):
        closing, name = match.group(1), match.group(2).lower()
        if name in VOID:
            continue
        count = open_tags.get(name, 0)
        if closing:
            if count:
                open_tags[name] = count - 1
                depth -= 1
        elif depth >= MAX_DEPTH_TAGS:
            end = html.find(">", match.end())
            end = len(html) if end < 0 else end + 1
            kept.append(html[last : match.start()])
            last = max(last, end)
        else:
            open_tags[name] = count + 1
            depth += 1
    return "".join(kept) + html[last:] if kept else html


def _few_open(html: str) -> bool:
    """Whether plain counting shows that fewer elements than are too many can ever be open."""
    opened = html.count("<") - 2 * html.count("</")
    for childless in _CHILDLESS:
        if opened < MAX_DEPTH_TAGS:
            break
        opened -= html.count(childless)
    return opened < MAX_DEPTH_TAGS
