"""Documents that were once good, with values of other kinds in them: by seed, as `fuzz.spoilt` does it to bytes."""

from __future__ import annotations

import json
import random
import re
from typing import Any


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, float("nan"), float("inf"), 10**400, 1 << 70),
    *("", "x" * 20_000, "\ud800", "a\udc00b", "\0", "http://[", "javascript:1", "//", "http://a:99999999/", "9" * 5000),
    *([], [[]], {}, {"a": {}}, ["a"], [1, None], nested(400), nested(800)),
)


def changed(document: Any, dice: random.Random) -> Any:
    """A copy in which one to four values are others, are gone, or stand in a list."""
    copy = json.loads(json.dumps(document))
    for _ in range(dice.randint(1, 4)):
        parent, key = _place(copy, dice)
        if parent is None:
            return dice.choice(VALUES)
        kind = dice.randrange(4)
        if kind == 0:
            del parent[key]
        elif kind == 1:
            parent[key] = [parent[key]]
        else:
            parent[key] = json.loads(json.dumps(dice.choice(VALUES)))
    return copy


def _place(document: Any, dice: random.Random) -> tuple[Any, Any]:
    """A container somewhere in the document, and a key of it; nothing where the document is no container."""
    parent, key, node = None, None, document
    while isinstance(node, dict | list) and node and (parent is None or dice.random() < 0.9):
        parent, key = node, dice.choice(list(node) if isinstance(node, dict) else range(len(node)))
        node = node[key]
    return parent, key


def written(document: Any, dice: random.Random) -> bytes:
    """JSON as the careless write it: halves of surrogate pairs, numbers of any length, keys twice."""
    text = json.dumps(document, ensure_ascii=dice.random() < 0.7)
    if dice.random() < 0.1:
        text = re.sub(r"\d", "9" * 5000, text, count=1)
    if dice.random() < 0.1 and text.startswith("{") and len(text) > 2:
        text = f'{{"id":1,"id":[],{text[1:]}'
    return text.encode("utf-8", "surrogatepass")
