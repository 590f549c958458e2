"""Strings of a passage that are weighed: characters that stand together, and how they sound.

A name of a feature is the string as it stands; what begins with a sign of its own is read in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from operator import add
from typing import NamedTuple

import ahocorasick_rs

from detectors.phonetics import codes_of, encoded, is_code, spelled

GRAM_CHARS = 3
"""Strings of so many characters and of fewer."""
OTHER = "~"
"""Before a string or meaning that stands in somebody else's words: quoted, reported, asked, forbidden."""
SOUND = "♪"
"""Before syllables of the speaker's own words."""
MARKS = frozenset("#@$") | {OTHER, SOUND}
"""What the names of features begin with that are no strings of the speaker's own."""
UNIT, SQUARE_UNIT = 10**5, 10**4
"""Weights are of three decimals, rarities of two: as whole numbers of such parts they add up to the same in any order,
on any machine."""
BITS = 34
LOW = (1 << BITS) - 1
"""Of a packed number: the sum of the squares."""


def names(own: str, others: str) -> set[str]:
    """Names of all strings of a passage: of the speaker's own words, and of others'."""
    quoted = (OTHER + gram for gram in chain.from_iterable(_grams(others)))
    return {*chain.from_iterable(_grams(own)), *quoted, *_heard(encoded(own))}


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
        kinds: dict[str, dict[str, int]] = {sign: {} for sign in ("", OTHER, SOUND)}
        for name in sorted(weights):
            if not is_mark(name):
                sign = name[0] if name[0] in kinds else ""
                string = name[len(sign) :]
                kinds[sign][codes_of(string) if sign == SOUND else string] = _packed(weights[name], rarity[name])
        self._kinds = {sign: _Sought.of(counts) for sign, counts in kinds.items()}

    def own(self, text: str) -> int:
        """What the strings of the speaker's own words count, each once."""
        return self._kinds[""].sum(text) + self._kinds[SOUND].sum(encoded(text))

    def others(self, text: str) -> int:
        return self._kinds[OTHER].sum(text) if text else 0

    def plain(self, text: str) -> int:
        """The same of the strings as they stand alone."""
        return self._kinds[""].sum(text)


def _packed(weight: float, rarity: float) -> int:
    return (round(UNIT * weight * rarity) << BITS) + round(SQUARE_UNIT * rarity * rarity)
