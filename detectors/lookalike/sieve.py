"""The first look at a long list: which of its lines could say anything at all, by two passes of one automaton.

A line is kept when it holds a string that every name with a verdict must hold, under the folds by which look-alike
letters are undone, or when it is written so that only the full judgement can tell. What is not kept is clear: a test
holds both to the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import ahocorasick_rs

from detectors.lookalike.glyphs import FOLDS, words
from detectors.lookalike.hostname import MAX_HOST_CHARS
from detectors.lookalike.typos import kept
from detectors.lookalike.vocabulary import ORGANS, SUBJECTS, Kind

if TYPE_CHECKING:
    from detectors.lookalike.rules import Rules

_BOUNDARIES = b"/:@?#&=%*\\"
_REGULAR = re.compile(
    rb"^(?!(?:https?://)?(?:\*\.)?(?:[a-zA-Z0-9_\-]{1,63}+\.)++[a-zA-Z0-9_\-]{1,63}+\.?(?::\d{1,5})?(?:/[!-~]*+)?\r?$).",
    re.MULTILINE,
)
"""Where a line begins that is no plain host name or address of a page."""


class Sieve:
    """Built once per process from the rules; the time a chunk takes does not depend on how many names there are."""

    def __init__(self, rules: Rules) -> None:
        needles = list(dict.fromkeys(_needles(rules)))
        self._automata = [
            ahocorasick_rs.BytesAhoCorasick(sorted({fold(needle).encode() for needle in needles})) for fold in FOLDS
        ]
        self._doubles = [(one.encode(), letter.encode()) for one, letter in words()["homoglyphs"]["double"].items()]
        self._table = _table()

    def keep(self, chunk: bytes) -> list[int]:
        """Numbers, from 0, of the lines of a chunk that the full judgement must see; ascending."""
        found = self._irregular(chunk) | self._encoded(chunk)
        lowered = chunk.lower()
        for automaton, text in zip(self._automata, (lowered, self._undoubled(lowered)), strict=True):
            folded = text.translate(self._table, b"-_\r").replace(b"\n", b".\n.")
            found |= _lines(folded, (start for _, start, _ in automaton.find_matches_as_indexes(b"." + folded + b".")))
        return sorted(found)

    def _undoubled(self, text: bytes) -> bytes:
        for written, letter in self._doubles:
            text = text.replace(written, letter)
        return text

    def _irregular(self, chunk: bytes) -> set[int]:
        if not chunk.isascii() or max(map(len, chunk.split(b"\n")), default=0) > MAX_HOST_CHARS:
            return {number for number, line in enumerate(chunk.split(b"\n")) if _is_irregular(line)}
        return _lines(chunk, (match.start() for match in _REGULAR.finditer(chunk)))

    def _encoded(self, chunk: bytes) -> set[int]:
        return _lines(chunk, _starts(chunk.lower(), b"xn--"))


def _is_irregular(line: bytes) -> bool:
    return bool(line) and (len(line) > MAX_HOST_CHARS or _REGULAR.match(line) is not None)


def _starts(text: bytes, needle: bytes) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + len(needle))


def _lines(text: bytes, positions: Iterator[int]) -> set[int]:
    """The numbers of the lines in which ascending positions lie."""
    found, number, counted = set(), 0, 0
    for position in positions:
        number += text.count(b"\n", counted, position)
        counted = position
        found.add(number)
    return found


def _table() -> bytes:
    """Letters that look alike as one; what parts a URL as a dot."""
    table = bytearray(range(256))
    for written, letter in words()["homoglyphs"]["single"].items():
        table[ord(written)] = ord(letter)
    for boundary in _BOUNDARIES:
        table[boundary] = ord(".")
    return bytes(table)


def _needles(rules: Rules) -> Iterator[str]:
    """One of these stands in every name that has a verdict. Hyphens are gone, dots stand at both ends of a label."""
    telling = SUBJECTS | ORGANS - {Kind.CORE}
    yield "gov"
    yield from (word.text for word in rules.lexis.words.values() if word.kind in telling)
    yield from chain.from_iterable((piece for piece, _ in kept(core)) for core in rules.typos.cores)
    officials = rules.officials
    cores = (core for core in officials.cores if core not in officials.local)
    whole = chain(cores, officials.joined, map(".".join, officials.fronts), rules.open_hosts)
    yield from (f".{name.replace('-', '')}." for name in whole)
