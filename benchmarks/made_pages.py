"""Pages of any size and of some kinds, made of `data/pages.toml`: the same each time."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data" / "pages.toml"
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Made:
    html: str
    url: str


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_DATA.read_text(encoding="utf-8"))


def kinds() -> list[str]:
    return [name for name in _data() if name != "slots"]


def made(kind: str, size_bytes: int) -> Made:
    """A page of a kind of about `size_bytes` bytes in UTF-8."""
    own, chance = _data()[kind], random.Random(kind)
    rows = [_filled(own["head"], 1, chance)]
    length = len((rows[0] + own["tail"]).encode())
    while length < size_bytes:
        number = len(rows) - 1
        row = _filled(own["rows"][number % len(own["rows"])], number, chance)
        rows.append(row)
        length += len(row.encode())
    return Made("".join((*rows, own["tail"])), own["url"])


def _filled(row: str, number: int, chance: random.Random) -> str:
    """A row with all its slots filled, and those of what fills them."""
    known = {"n": str(number), "d": str(1 + number % 9)}
    slots = _data()["slots"]
    return _SLOT.sub(lambda slot: known.get(slot[1]) or _filled(chance.choice(slots[slot[1]]), number, chance), row)
