"""JSON in pages: a whole body, a JavaScript assignment, a JSONP call or data islands inside markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from selectolax.lexbor import LexborHTMLParser, LexborNode

from config.schema_profiles import Island
from crawlers.values import keepable

_DECODER = json.JSONDecoder(strict=False)
_LEAD = re.compile(r"[\s\ufeff]*(?:[\w$.\s;=/*]{0,200}?[=(]\s*)?(?=[\[{])")
"""Before the value: nothing, `window.data = `, `callback(`."""
MAX_ISLANDS = 400
_MAX_LISTS_DEEP = 20
_FOREIGN_ESCAPE = re.compile(r'((?:^|[^\\])(?:\\\\)*)\\(?![\\"/bfnrtu]|$)')


def body_json(text: str) -> Any:
    """The JSON value a body consists of, bare or behind an assignment or call; None when it is not JSON."""
    lead = _LEAD.match(text)
    return _value_at(text, lead.end()) if lead else None


def island_documents(island: Island, text: str, tree: LexborHTMLParser) -> Iterator[Any]:
    """The JSON values an island rule finds, in its order."""
    if island.css:
        yield from _element_documents(island, tree)
    elif island.marker:
        for match in list(re.finditer(island.marker, text))[:MAX_ISLANDS]:
            value = _value_at(text, match.end())
            if value is not None:
                yield value
    else:
        value = body_json(text)
        if value is not None:
            yield value


def _element_documents(island: Island, tree: LexborHTMLParser) -> Iterator[Any]:
    nodes = tree.css(island.css)[:MAX_ISLANDS]
    if island.order:
        nodes.sort(key=lambda node: _place(node, island.order))
    for node in nodes:
        value = body_json(node.text() or "")
        if value is not None:
            yield value


def _place(node: LexborNode, pattern: str) -> float:
    lines = "\n".join(f"{name}={value or ''}" for name, value in node.attributes.items())
    match = re.search(pattern, lines, re.MULTILINE)
    return float(match[1]) if match else 0  # no limit to its digits, as an int would have


def _value_at(text: str, start: int) -> Any:
    """The JSON value at `start`; escapes that only JavaScript knows (`\\'`) are read as it reads them."""
    try:
        value, _end = _DECODER.raw_decode(text, start)
        return keepable(value) if isinstance(value, dict | list) else None
    except json.JSONDecodeError as error:
        if "escape" not in error.msg:
            return None
        mended = _FOREIGN_ESCAPE.sub(r"\1", text[start:])
        return _value_at(mended, 0) if mended != text else None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets in brackets
        return None


@lru_cache(maxsize=512)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def find(expression: str, document: Any) -> Any:
    """What a jmespath expression finds; None where the document does not have the shape it expects."""
    try:
        return _compiled(expression).search(document)
    except (JMESPathError, RecursionError):
        return None


def as_text(value: Any, deep: int = _MAX_LISTS_DEEP) -> str:
    """A JSON value as a field's text: lists are joined, also those in lists down to `deep`; objects are no text."""
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return "".join(as_text(item, deep - 1) for item in value) if deep else ""
    return str(value)
