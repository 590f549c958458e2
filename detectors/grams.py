"""Strings of a passage that are weighed: characters that stand together, and how they sound.

A name of a feature is the string as it stands; what begins with a sign of its own is read in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import add
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from detectors.phonetics import codes_of, encoded, encoding, is_code, spelled
from detectors.several import Several

if TYPE_CHECKING:
    from detectors.counting import Counting

GRAM_CHARS = 3
"""Strings of so many characters and of fewer."""
SOUND = "♪"
"""Before syllables."""
UNIT, SQUARE_UNIT = 10**5, 10**4
"""Weights are of three decimals, rarities of two: as whole numbers of such parts they add up to the same in any order,
on any machine."""
BITS = 34
LOW = (1 << BITS) - 1
"""Of a packed number: the sum of the squares."""


def names(text: str) -> set[str]:
    """Names of all strings of a passage."""
    return {*chain.from_iterable(_grams(text)), *_heard(encoded(text))}


def _heard(codes: str) -> Iterator[str]:
    """Names of the strings of syllables, of up to `GRAM_CHARS`, one of which at least is a syllable."""
    letters = spelled(codes)
    for length in range(1, GRAM_CHARS + 1):
        for first in range(len(letters) - length + 1):
            if any(map(is_code, codes[first : first + length])):
                yield SOUND + " ".join(letters[first : first + length])


def _grams(text: str) -> Iterator[Iterable[str]]:
    """The strings of one character in a text, of two, and so on to `GRAM_CHARS`, again and again as they come."""
    yield text
    longer: Iterable[str] = text
    for skipped in range(1, GRAM_CHARS):
        longer = list(map(add, longer, text[skipped:]))
        yield longer


def is_mark(name: str) -> bool:
    """Whether a feature is no string of a text; one may begin with the sign that frames are marked by."""
    return name[0] in "#$" or (name[0] == "@" and len(name) > GRAM_CHARS)


class _Sought(NamedTuple):
    """Strings found in one go over a text, with what each counts."""

    automaton: ahocorasick_rs.AhoCorasick
    counts: Callable[[str], int]

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> _Sought:
        kind = ahocorasick_rs.MatchKind.Standard
        automaton = ahocorasick_rs.AhoCorasick(list(counts), matchkind=kind, store_patterns=True)
        return cls(automaton, counts.__getitem__)

    def sum(self, text: str) -> int:
        return sum(map(self.counts, set(self.automaton.find_matches_as_strings(text, overlapping=True))))


class Strings:
    """The strings that weigh something. What each counts, weight and square of the rarity, is packed into one number,
    so that one sum adds up both."""

    def __init__(self, weights: Mapping[str, float], rarity: Mapping[str, float]) -> None:
        shown: dict[str, int] = {}
        heard: dict[str, int] = {}
        for name in sorted(weights):
            if name[0] == SOUND and len(name) > 1:
                heard[codes_of(name[1:])] = _packed(weights[name], rarity[name])
            elif not is_mark(name):
                shown[name] = _packed(weights[name], rarity[name])
        self._counts = shown, heard
        self._shown, self._heard = _Sought.of(shown), _Sought.of(heard)
        self._several = Several(self._at_once)

    def sum(self, text: str) -> int:
        """What the strings of a passage count, each once."""
        return self._shown.sum(text) + self._heard.sum(encoded(text))

    def shown(self, text: str) -> int:
        """The same without how they sound."""
        return self._shown.sum(text)

    def sums(self, texts: Sequence[str]) -> list[int]:
        """`sum` of each of some passages."""
        several = self._several.of(texts)
        if several is None:
            return list(map(self.sum, texts))
        return list(map(add, *(_packed_again(one.sums(texts)) for one in several)))

    def all_shown(self, texts: Sequence[str]) -> list[int]:
        """`shown` of each."""
        several = self._several.of(texts)
        return list(map(self.shown, texts)) if several is None else _packed_again(several[0].sums(texts))

    def _at_once(self) -> tuple[Counting, Counting]:
        # numpy takes longer to import than one text to judge
        from detectors.counting import Counting

        shown, heard = ({name: (one >> BITS, one & LOW) for name, one in counts.items()} for counts in self._counts)
        return Counting(shown, 2), Counting(heard, 2, encoding())


def _packed_again(sums: list[list[int]]) -> list[int]:
    weights, squares = sums
    return [(weight << BITS) + square for weight, square in zip(weights, squares, strict=True)]


def _packed(weight: float, rarity: float) -> int:
    return (round(UNIT * weight * rarity) << BITS) + round(SQUARE_UNIT * rarity * rarity)
