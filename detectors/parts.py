"""Characters written as their parts (火旱 for 焊), put together again."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick_rs

from detectors.ordinary import words
from detectors.views import View, spliced

_DATA = Path(__file__).parent / "data"
_MAX_WAYS = 40


class _Splits(NamedTuple):
    """By number of the pattern: the character, and whether all its parts are characters of their own."""

    automaton: ahocorasick_rs.AhoCorasick
    characters: list[str]
    free: list[bool]


@cache
def _splits() -> _Splits:
    with (_DATA / "parts.toml").open("rb") as stream:
        known: dict[str, Any] = tomllib.load(stream)
    ways: dict[str, str] = {}
    for way, character in _ways(known["split"], known["forms"]):
        ways.setdefault(way, character)
    for way, character in list(ways.items()):
        if len(way) == 2 and not set(way).isdisjoint(known["bound"]):
            ways.setdefault(way[::-1], character)
    usual = words()
    told = {way: character for way, character in ways.items() if way not in usual}
    automaton = ahocorasick_rs.AhoCorasick(
        list(told), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False
    )
    return _Splits(automaton, list(told.values()), [set(way).isdisjoint(known["bound"]) for way in told])


def _ways(splits: dict[str, str], forms: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Parts run together, each in every form it is written in, with their character; usual forms first."""
    rows = [(parts, character) for character, ways in splits.items() for parts in ways.split()]
    yield from rows
    for parts, character in rows:
        choices = (part + forms.get(part, "") for part in parts)
        for way in list(map("".join, product(*choices)))[1:_MAX_WAYS]:
            yield way, character


def join_parts(text: str) -> View | None:
    """The text with split characters put together again, or None when there are none; maps to the text."""
    splits = _splits()
    found = [
        match
        for match in splits.automaton.find_matches_as_indexes(text)
        if not (splits.free[match[0]] and _are_of_words(text, *match[1:]))
    ]
    if not found:
        return None
    starts, ends = (*(start for _, start, _ in found), len(text)), (0, *(end for _, _, end in found))
    kept = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    return spliced(kept, [text[start:end] for _, start, end in found], [splits.characters[at] for at, _, _ in found])


def _are_of_words(text: str, start: int, end: int) -> bool:
    """Whether the first or the last part makes a word with what stands beside it: 人 and 建 in 十人建筑 are no 健."""
    return text[end - 1 : end + 1] in words() or (start > 0 and text[start - 1 : start + 1] in words())
