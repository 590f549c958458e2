"""Guards a parser against markup made to hurt it: lexbor takes quadratic time on elements that are never closed, and
some 200 bytes of memory for an element of three."""

from __future__ import annotations

import re
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from crawlers.needles import Needle, encoded

MAX_DEPTH_TAGS = 512
"""Elements open at a time; what a page nests deeper keeps its text and loses its tags."""

# fmt: off
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "tr", "th", "dd", "dt", "option",
))
# fmt: on
MAX_TAGS = 200_000
"""Of a document; what follows keeps its text. Pages that people wrote have less than a tenth of that."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_ANY_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_CLOSING = Needle("</")
_CHILDLESS = tuple(map(Needle, ("<img", "<br", "<input", "<meta", "<link", "<hr", "<!--")))


def parse_html(html: str, data: bytes | None = None) -> LexborHTMLParser:
    """The tree of an untrusted document, in time linear in its length; `data` is the document in UTF-8, for who has
    it at hand."""
    data = encoded(html) if data is None else data
    levelled = level(html, data)
    return LexborHTMLParser(data if levelled is html else encoded(levelled))


def blinding(html: str) -> bool:
    """Whether elements nest so deep that a parser with a limit (libxml2: 2,046) would drop what follows."""
    return not _few_open(encoded(html)) and _levelled(html) is not html


def level(html: str, data: bytes | None = None) -> str:
    """The document with start tags dropped beyond `MAX_DEPTH_TAGS` elements left open, and beyond `MAX_TAGS` in all."""
    data = encoded(html) if data is None else data
    if data.count(b"<") > MAX_TAGS:
        html = _thinned(html)
        data = encoded(html)
    return html if _few_open(data) else _levelled(html)


def _thinned(html: str) -> str:
    """The document without any tag behind the first `MAX_TAGS`."""
    last = next(islice(re.finditer("<", html), MAX_TAGS, None)).start()
    return html[:last] + _ANY_TAG.sub(" ", html[last:])


def _levelled(html: str) -> str:
    open_tags: dict[str, int] = {}
    depth, last = 0, 0
    kept: list[str] = []
    for match in _TAG.finditer(html):
        closing, name = match.group(1), match.group(2).lower()
        if name in VOID or match.start() < last:
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
            last = end  # a tag that never ends takes all that follows with it, as it does for browsers
        else:
            open_tags[name] = count + 1
            depth += 1
    return "".join(kept) + html[last:] if kept else html


def _few_open(data: bytes) -> bool:
    """Whether plain counting shows that fewer elements than are too many can ever be open."""
    opened = data.count(b"<") - 2 * _CLOSING.count(data)
    for childless in _CHILDLESS:
        if opened < MAX_DEPTH_TAGS:
            break
        opened -= childless.count(data)
    return opened < MAX_DEPTH_TAGS
