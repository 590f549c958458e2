"""Words looked for in documents of hundreds of kilobytes, where Python's own search takes as long as parsing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import ahocorasick_rs

_STEP_BYTES = 1 << 18
_MANY = 10_000
"""With so many matches a search that makes an object of none is the faster one."""


class Needle:
    """A word that cannot overlap itself, in text encoded as UTF-8. An automaton of one word is a search by vector
    instructions (`memmem`): twenty times as fast as `in` as long as there is little to be found."""

    def __init__(self, word: str | bytes) -> None:
        self._word = word.encode() if isinstance(word, str) else word
        self._find = ahocorasick_rs.BytesAhoCorasick([self._word]).find_matches_as_indexes

    def is_in(self, data: bytes) -> bool:
        if len(data) <= _STEP_BYTES:
            return bool(self._find(data))
        return any(found for _, found in self._found(data))

    def count(self, data: bytes) -> int:
        total = 0
        for _, found in self._found(data):
            total += len(found)
            if total > _MANY:
                return data.count(self._word)
        return total

    def places(self, data: bytes) -> Iterator[int]:
        """Where each occurrence begins."""
        for base, found in self._found(data):
            for _, start, _ in found:
                yield base + start

    def _found(self, data: bytes) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
        """All in each piece, and where that begins; in pieces, so that no document makes objects by the million at a
        time."""
        view, reach = memoryview(data), _STEP_BYTES + len(self._word) - 1
        for start in range(0, len(data), _STEP_BYTES):
            yield start, self._find(view[start : start + reach])


def around(places: Iterable[int], reach: int) -> Iterator[tuple[int, int]]:
    """Parts of a text around places in ascending order, which reach so far to both sides; those that touch joined."""
    first, last = 0, -1
    for at in places:
        if at - reach > last:
            if last >= 0:
                yield first, last
            first = max(0, at - reach)
        last = at + reach
    if last >= 0:
        yield first, last


@lru_cache(maxsize=1024)
def needle(word: str) -> Needle:
    """The needle of a word that configurations name, made once."""
    return Needle(word)


def encoded(text: str) -> bytes:
    """What needles are looked for in; without what UTF-8 has no form for, as the parser has it."""
    return text.encode("utf-8", "ignore")
