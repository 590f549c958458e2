"""Ordinary words: a character inside one of them stands for itself, not for one that looks or sounds alike."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "ordinary.toml"
_WORD_WITHIN_MIN_CHARS = 3
_RARE_MAX_WORDS = 6


@cache
def words() -> frozenset[str]:
    """Words of two characters that ordinary text is made of."""
    with _TABLE.open("rb") as stream:
        joined: str = tomllib.load(stream)["words"]
    return frozenset(map("".join, zip(joined[::2], joined[1::2], strict=True)))


@cache
def _uses() -> Counter[str]:
    return Counter(chain.from_iterable(words()))


def is_rare(character: str) -> bool:
    """Whether hardly a word is written with a character."""
    return _uses()[character] <= _RARE_MAX_WORDS


def is_in_word(text: str, at: int, start: int, end: int) -> bool:
    """Whether the character at `at` makes an ordinary word with its neighbour.

    Words wholly within a longer match [start, end) do not count: 公证 in 电公证 is no notary.
    """
    within = end - start >= _WORD_WITHIN_MIN_CHARS
    return any(
        text[first : first + 2] in words() and not (within and start <= first and first + 2 <= end)
        for first in (at - 1, at)
        if first >= 0
    )


def is_word_part(text: str, at: int) -> bool:
    """Whether the character at `at` makes an ordinary word with a neighbour."""
    return text[at : at + 2] in words() or (at > 0 and text[at - 1 : at + 1] in words())
