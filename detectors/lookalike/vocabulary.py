"""The words of which look-alike names are made, and a label read as nothing but them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import ahocorasick_rs

from detectors.lookalike.glyphs import Fold, as_written, words
from detectors.lookalike.slips import flattened, is_another, slips

if TYPE_CHECKING:
    from config.schema_places import Places
    from detectors.lookalike.official import Officials

_LONG_PLACE = 4
_LONG_CORE = 4
_LONG_NATIONAL = 6
_UNMISTAKABLE = 12
"""A word so long is itself with an error in it, too."""
_PIECES = re.compile(r"\d+|\D+")


class Kind(StrEnum):
    """What a word is. The groups of `names.toml` carry these names."""

    LONG = "long"
    BUREAU = "bureaus"
    MEDIUM = "medium"
    GENERIC = "generic"
    TRADE = "trades"
    INITIALS = "initials"
    OFFICE = "offices"
    SLIP = "slip"
    """The initials or the name of an organ with an error of the hand."""
    LOCAL = "local"
    PAPER = "papers"
    NATIONAL = "national"
    CORE = "core"
    """The registered name of an organ that says nothing without `gov` beside it: a short one, or a place's."""
    TELLING = "telling"
    ENGLISH = "english"
    FUNCTION = "functions"
    CARRIER = "carriers"
    NUMBER = "numbers"
    STATE = "state"
    FILLER = "fillers"
    GOV = "gov"
    PLACE = "place"
    """A province or prefecture, written out."""
    COUNTY = "county"
    ABBREVIATION = "abbreviation"
    PROVINCIAL = "provincial"
    """A province's initials, with that of its rank or without: hn, hns."""
    RANKED = "ranked"
    """The same of a city or a county, with that of its rank: css for 长沙市, pyx for 平阴县."""


ORGANS = frozenset(
    {
        *(Kind.LONG, Kind.BUREAU, Kind.MEDIUM, Kind.INITIALS, Kind.OFFICE, Kind.LOCAL, Kind.PAPER, Kind.NATIONAL),
        *(Kind.CORE, Kind.SLIP),
    }
)
SUBJECTS = ORGANS - {Kind.CORE} | {Kind.GENERIC, Kind.TRADE, Kind.NUMBER}
PLACES = frozenset({Kind.PLACE, Kind.COUNTY, Kind.ABBREVIATION, Kind.PROVINCIAL, Kind.RANKED})
OF_PLACES = frozenset({Kind.LOCAL, Kind.OFFICE, Kind.BUREAU})
"""What organs are called of which every place has one."""
PURPOSES = frozenset({Kind.TELLING, Kind.ENGLISH, Kind.FUNCTION})
POINTS = {
    Kind.LONG: 4,
    Kind.GENERIC: 3,
    Kind.BUREAU: 2,
    Kind.MEDIUM: 2,
    Kind.INITIALS: 2,
    Kind.OFFICE: 2,
    Kind.SLIP: 1,
    Kind.TELLING: 2,
    Kind.ENGLISH: 2,
    Kind.TRADE: 1,
    Kind.LOCAL: 1,
    Kind.PAPER: 1,
    Kind.NATIONAL: 1,
    Kind.FUNCTION: 1,
    Kind.NUMBER: 1,
    Kind.PLACE: 1,
}
"""How much of the three points that make a name suspicious a word brings; the others bring none."""

RANKS = {"省": "s", "市": "s", "县": "x", "区": "q", "旗": "q", "州": "z", "盟": "m"}
"""The initial of what a place is called by its rank."""
LONGER_THAN_CHANCE = {Kind.INITIALS: 5, Kind.OFFICE: 5, Kind.NATIONAL: 4, Kind.GENERIC: 9}
"""From so many letters on such a word brings one point more."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    kind: Kind
    points: int = 0
    meant: str = ""
    """Of a slip the word that it misspells."""

    @classmethod
    def of(cls, text: str, kind: Kind) -> Word:
        telling = len(text) >= LONGER_THAN_CHANCE.get(kind, len(text) + 1)
        return cls(text, kind, POINTS.get(kind, 0) + telling)


@dataclass(frozen=True)
class Reading:
    """A text read as words of ours and nothing else."""

    words: tuple[Word, ...]

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        return frozenset(word.kind for word in self.words)

    @property
    def points(self) -> int:
        return sum(word.points for word in self.words)

    def of(self, kinds: frozenset[Kind]) -> list[str]:
        return [word.text for word in self.words if word.kind in kinds]


class Lexis:
    """Words under one fold. Reading costs the length of the text times that of the longest word, however many."""

    def __init__(self, known: Iterable[Word], fold: Fold = as_written) -> None:
        self.fold = fold
        self.words: dict[str, Word] = {}
        self.whole: dict[str, Word] = {}
        """What is a word only where hyphens or letters part it from all else: numbers, `h5`, `m`."""
        for word in known:
            if len(word.text) == 1 or not word.text.isalpha():
                if fold is as_written:
                    self.whole[word.text] = word
                continue
            folded = fold(word.text)
            if folded not in self.words or self.words[folded].points < word.points:
                self.words[folded] = word
        self.longest = max(map(len, self.words))
        self.long = {folded: word for folded, word in self.words.items() if word.kind is Kind.LONG}
        self._long = tuple(self.long.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(self.long))
        subjects = [text for text, word in (*self.words.items(), *self.whole.items()) if word.kind in SUBJECTS]
        self._subjects = ahocorasick_rs.AhoCorasick(subjects)
        self._named = [self.words.get(text) or self.whole[text] for text in subjects]

    def read(self, text: str) -> Reading | None:
        """The reading worth most points, with the fewest words among those; None when a part is none of ours."""
        found: list[Word] = []
        for part in text.split("-"):
            for piece in (part,) if part in self.whole else _PIECES.findall(part):
                best = self._piece(piece)
                if best is None:
                    return None
                found += best
        return Reading(tuple(found)) if found else None

    def _piece(self, piece: str) -> list[Word] | None:
        if piece in self.whole:
            return [self.whole[piece]]
        if piece.isdigit():
            return []
        reached: list[tuple[int, int, list[Word]] | None] = [(0, 0, [])] + [None] * len(piece)
        for start in range(len(piece)):
            before = reached[start]
            if before is None:
                continue
            for end in range(start + 1, min(start + self.longest, len(piece)) + 1):
                word = self.words.get(piece[start:end])
                if word is None or (word.meant and _is_another(word)):
                    continue
                worth, current = (before[0] + word.points, before[1] - 1), reached[end]
                if current is None or worth > current[:2]:
                    reached[end] = (*worth, [*before[2], word])
        last = reached[-1]
        return last[2] if last else None

    def mentions(self, text: str) -> bool:
        """Whether any word that could be a name's subject stands in a text; reading one without is in vain."""
        return bool(self._subjects.find_matches_as_indexes(text))

    def beside_organs(self, label: str) -> Iterator[tuple[Word, str]]:
        """(organ's word, the rest of a label in letters) where the label begins or ends with what organs have."""
        text = label.replace("-", "")
        for number, start, end in self._subjects.find_matches_as_indexes(text, overlapping=True):
            word = self._named[number]
            if word.kind in OF_PLACES and (start == 0 or end == len(text)):
                yield word, text[:start] + text[end:]

    def holds(self, text: str) -> Word | None:
        """The longest long word that stands anywhere in a text."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return max((self._long[number] for number, _, _ in found), key=_length, default=None)


def _is_another(slip: Word) -> bool:
    """Whether a short slip is a word of its own."""
    return len(slip.meant) < _UNMISTAKABLE and is_another(slip.text, slip.meant)


def _length(word: Word) -> int:
    return len(word.text)


def vocabulary(officials: Officials, places: Places) -> list[Word]:
    """Every word: of `names.toml`, of the registry and of places."""
    groups = words()["words"].items()
    known = [Word.of(text, Kind(group)) for group, texts in groups for text in texts.split()]
    known += [*_organs(officials), *_places(places)]
    return [*known, *_slips(known)]


def _slips(known: list[Word]) -> Iterator[Word]:
    """Organs' names and initials as a hurried or a cunning hand writes them, where that is no word of its own."""
    taken = {word.text for word in known}
    for word in known:
        made: set[str] = set()
        if word.kind is Kind.OFFICE or (word.kind is Kind.NATIONAL and len(word.text) >= _LONG_NATIONAL):
            made = {one for one in slips(word.text, replaced=True) if len(one) >= _LONG_CORE}
        elif word.kind is Kind.GENERIC and len(word.text) == _LONG_CORE:
            made = {one for one in slips(word.text) if len(one) == _LONG_CORE}
        elif word.kind in (Kind.BUREAU, Kind.MEDIUM, Kind.GENERIC) and len(word.text) >= _LONG_NATIONAL:
            made = slips(word.text) | flattened(word.text)
        points = word.points if len(word.text) >= _UNMISTAKABLE else POINTS[Kind.SLIP]
        yield from (Word(one, Kind.SLIP, points, word.text) for one in sorted(made - taken))


def _organs(officials: Officials) -> Iterator[Word]:
    common = officials.local | officials.ordinary
    for core in officials.cores:
        telling = len(core) >= _LONG_CORE and core not in common
        yield Word.of(core.replace("-", ""), Kind.NATIONAL if telling else Kind.CORE)


def _places(places: Places) -> Iterator[Word]:
    for province in places.provinces:
        short = initials_of(province.reading)
        for text in (short, short + RANKS.get(province.name[-1], ""), *province.also):
            yield Word.of(text, Kind.PLACE if len(text) >= _LONG_PLACE else Kind.PROVINCIAL)
    for province in places.provinces:
        readings = [province.reading, *readings_of(province.prefectures)]
        for kind, listed in ((Kind.PLACE, readings), (Kind.COUNTY, readings_of(province.counties))):
            spelt = (reading.replace("-", "") for reading in listed)
            yield from (Word.of(spelling, kind) for spelling in spelt if len(spelling) >= _LONG_PLACE)
        for name, reading in (*divisions_of(province.prefectures), *divisions_of(province.counties)):
            if name[-1] in RANKS:
                yield Word.of(initials_of(reading) + RANKS[name[-1]], Kind.RANKED)
    for province in places.provinces:
        for short in map(initials_of, readings_of(province.prefectures)):
            yield Word.of(short, Kind.PLACE if len(short) >= _LONG_PLACE else Kind.ABBREVIATION)


def initials_of(reading: str) -> str:
    return "".join(part[0] for part in reading.split("-"))


def divisions_of(listed: str) -> Iterator[tuple[str, str]]:
    """(name, reading) of every division in a list of `places.toml`."""
    for entry in listed.split(","):
        name, _, reading = entry.strip().partition(" ")
        if reading:
            yield name, reading


def readings_of(listed: str) -> Iterator[str]:
    return (reading for _, reading in divisions_of(listed))
