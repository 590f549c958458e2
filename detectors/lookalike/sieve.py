"""The first look at a long list: which of its lines could say anything at all, by two automata over a whole block.

A line is kept when it holds a string that every name with a verdict must hold, under the folds by which look-alike
letters are undone, or when it is written so that only the full judgement can tell. What is not kept is clear: a test
holds both to the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import ahocorasick_rs

from detectors.lookalike.glyphs import single, spellings, words
from detectors.lookalike.hostname import MAX_HOST_CHARS, MAX_LABEL_CHARS
from detectors.lookalike.typos import errors_in, kept, pairs, pairs_left
from detectors.lookalike.vocabulary import ORGANS, SUBJECTS, Kind

if TYPE_CHECKING:
    from detectors.lookalike.rules import Rules

_BOUNDARIES = b"/:@?#&=%*\\"
_PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.\n"
_REGULAR = re.compile(
    rb"^(?!(?:https?://)?(?:\*\.)?(?:[a-zA-Z0-9_\-]{1,63}+\.)++[a-zA-Z0-9_\-]{1,63}+\.?(?::\d{1,5})?(?:/[!-~]*+)?\r?$).",
    re.MULTILINE,
)
"""Where a line begins that is no plain host name or address of a page."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A needle that a misspelt core keeps, and what else of the core must stand around it."""

    offset: int
    length: int
    slack: int
    pairs: frozenset[bytes]
    least: int

    @classmethod
    def of(cls, core: str, offset: int) -> _Piece:
        folded = single(core)
        kept_pairs = frozenset(pair.encode() for pair in pairs(folded))
        return cls(offset, len(core), errors_in(core), kept_pairs, pairs_left(folded))

    def fits(self, text: bytes, at: int) -> bool:
        start = max(0, at - self.offset - self.slack)
        window = text[start : at - self.offset + self.length + self.slack]
        return len(self.pairs & set(map(bytes, pairwise(window)))) >= self.least


class Sieve:
    """Built once per process from the rules; the time a block takes does not depend on how many names there are."""

    def __init__(self, rules: Rules) -> None:
        needles = sorted({spelling for needle in _needles(rules) for spelling in spellings(needle)})
        self._telling = ahocorasick_rs.BytesAhoCorasick([needle.encode() for needle in needles])
        kept_by = [(piece, core, offset) for core in rules.typos.cores for piece, offset in kept(core)]
        self._pieces = [_Piece.of(core, offset) for _, core, offset in kept_by]
        self._misspelt = ahocorasick_rs.BytesAhoCorasick([single(piece).encode() for piece, _, _ in kept_by])
        self._table = _table()

    def keep(self, block: bytes) -> list[bytes]:
        """The lines of a block that the full judgement must see, in order."""
        lines, lowered = block.split(b"\n"), block.lower()
        folded = b"." + lowered.translate(self._table, b"-_\r").replace(b"\n", b".\n.") + b"."
        found = _irregular(block, lines) | _numbers(lowered, _starts(lowered, b"xn--"))
        found |= _numbers(folded, (at for _, at, _ in self._telling.find_matches_as_indexes(folded)))
        return [lines[number] for number in sorted(found | self._with_errors(folded))]

    def _with_errors(self, folded: bytes) -> set[int]:
        """Lines that may hold a misspelt core: they hold a piece of it, and enough of it around the piece."""
        matches = self._misspelt.find_matches_as_indexes(folded, overlapping=True)
        return _numbers(folded, (at for number, at, _ in matches if self._pieces[number].fits(folded, at)))


def _irregular(block: bytes, lines: list[bytes]) -> set[int]:
    """Lines of which the sieve cannot tell that they hold a host name, and which."""
    longest = max(map(len, lines))
    plain = longest <= MAX_LABEL_CHARS and not block.translate(None, _PLAIN)
    if plain and not (b".." in block or b"\n." in block or block.startswith(b".")):
        return set()
    if block.isascii() and longest <= MAX_HOST_CHARS:
        return _numbers(block, (match.start() for match in _REGULAR.finditer(block)))
    return {number for number, line in enumerate(lines) if _is_irregular(line)}


def _is_irregular(line: bytes) -> bool:
    return bool(line) and (len(line) > MAX_HOST_CHARS or _REGULAR.match(line) is not None)


def _starts(text: bytes, needle: bytes) -> Iterator[int]:
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + len(needle))


def _numbers(text: bytes, positions: Iterator[int]) -> set[int]:
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
    known = (*rules.lexis.words.values(), *rules.lexis.whole.values())
    yield from (word.text for word in known if word.kind in telling)
    officials = rules.officials
    cores = (core for core in officials.cores if core not in officials.local)
    slipped = chain(officials.slips, officials.core_slips)
    yield from (f".{name}" for name in officials.joined)
    whole = chain(cores, slipped, map(".".join, officials.fronts), rules.open_hosts)
    yield from (f".{name.replace('-', '')}." for name in whole)
