"""Whether a name made of words of ours alone is worth a look: what its words weigh, and what their order says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from detectors.lookalike.glyphs import words
from detectors.lookalike.vocabulary import PLACES, PURPOSES, SUBJECTS, Kind, Reading, Word

if TYPE_CHECKING:
    from detectors.lookalike.hostname import Target
    from detectors.lookalike.official import Officials

ENOUGH_POINTS = 3
_OF_THE_STATE = "b"
"""The last initial of what only the state has: 部."""
_SHORT_WORD_CHARS = 2
_MAX_SHORT_WORDS = 2
_WORDS_OF_A_QUERY = 2
_SUFFIXES = frozenset((kind, "cn") for kind in ("com", "edu", "org", "net"))
_ASKED = frozenset({"cx", "cha", "zs", "chaxun", "zhengshu"})
_LONG_TRADE = 6
_OF_PROVINCES = "t"
"""The last initial of what only a province has: 厅."""
_YEAR = re.compile(r"(?<!\d)20[12]\d(?!\d)")
"""What a hurried hand puts behind a name that is taken."""
_TELLING = frozenset({Kind.TELLING, Kind.ENGLISH, Kind.GOV})
_ORDINARY = frozenset({Kind.TRADE, Kind.PAPER, Kind.NUMBER})
"""Of what schools, shops and forums have their names, too: somebody must ask for a paper beside it."""
_SAYING_NOTHING = frozenset({Kind.FILLER, Kind.CARRIER})
_NUMBERED = frozenset({Kind.NATIONAL, Kind.LOCAL, Kind.OFFICE, Kind.INITIALS, Kind.BUREAU, Kind.MEDIUM})
"""Beside what a hotline's number says who is meant."""
_STRONG = frozenset({Kind.BUREAU, Kind.MEDIUM, Kind.INITIALS, Kind.OFFICE})
_OPEN_COUNTRIES = frozenset(
    {"cc", "co", "me", "tv", "la", "pw", "ws", "so", "im", "gg", "io", "cm", "vc", "to", "in", "us"}
)
"""Suffixes of two letters that are sold to anybody anywhere."""


def enough(reading: Reading, text: str, target: Target, officials: Officials, *, in_front: bool) -> bool:
    """Whether the reading of a text, the registered label or what stands `in_front` of it, has points enough."""
    kinds = reading.kinds
    purposeful = bool(kinds & PURPOSES)
    short = sum(len(word.text) <= _SHORT_WORD_CHARS for word in reading.words)
    subjects = kinds & SUBJECTS
    if not subjects or (in_front and not purposeful) or short > _MAX_SHORT_WORDS + text.count("-"):
        return False
    if subjects <= {Kind.LOCAL, Kind.PAPER} and is_foreign(target.suffix):
        return False
    if subjects <= _ORDINARY and not (kinds & _TELLING or any(word.text in _ASKED for word in reading.words)):
        return False
    points = reading.points + _by_order(reading, text, target)
    points += purposeful and ("-" in text or target.is_chinese)
    others = kinds - {Kind.FILLER, Kind.STATE}
    points += target.is_chinese and others == {Kind.NATIONAL} and others != kinds and text not in officials.cores
    return points >= ENOUGH_POINTS


def _by_order(reading: Reading, text: str, target: Target) -> int:
    """Points for what words say together that they do not say alone."""
    parted, kinds = "-" in text, reading.kinds - _SAYING_NOTHING
    points = _of_a_place(reading, sure=parted or target.is_chinese)
    points = points or (parted and kinds in ({Kind.LOCAL, Kind.PLACE}, {Kind.SLIP, Kind.PLACE}))
    points += _asks_of_one(reading)
    points += target.is_chinese and kinds == {Kind.BUREAU}
    points += Kind.NUMBER in kinds and bool(kinds & _NUMBERED)
    points += {Kind.LOCAL, Kind.NATIONAL} <= kinds and parted
    points += _has_suffix(reading)
    dated = kinds <= _STRONG or (Kind.NATIONAL in kinds and bool(kinds & PURPOSES))
    points += dated and _YEAR.search(text) is not None
    served = "-" in target.label and Kind.CARRIER in reading.kinds
    return points + (served and bool(kinds & _STRONG) and not is_foreign(target.suffix))


def _of_a_place(reading: Reading, *, sure: bool) -> int:
    """Points for an organ's initials with a place before them: `hunanyjt`, `hnyjglt`, `pyxajj`; or with the state:
    `guojiaanjianju`. `sure`: what is so short is written as names in China are."""
    said = list(_without_ranks(reading))
    return max((_placed(*pair, first=pair[0] is said[0], sure=sure) for pair in pairwise(said)), default=0)


def _without_ranks(reading: Reading) -> Iterator[Word]:
    """The words that say something; sheng, shi and xian behind a place do not."""
    before = None
    for word in reading.words:
        if word.kind in _SAYING_NOTHING or (word.kind is Kind.STATE and before is not None and before.kind in PLACES):
            continue
        yield word
        before = word


def _placed(place: Word, organ: Word, *, first: bool, sure: bool) -> int:
    if place.kind is Kind.LOCAL and organ.kind is Kind.PLACE:
        return place.text in words()["beside_places"]["organs"]
    if place.kind is Kind.STATE and organ.kind in (Kind.LOCAL, Kind.NATIONAL):
        return 2 * organ.text.endswith(_OF_THE_STATE) if organ.kind is Kind.LOCAL else organ.points > 1
    if organ.kind is Kind.LOCAL:
        return 2 * _has_such(place, organ, first=first, sure=sure)
    if organ.kind in (Kind.OFFICE, Kind.BUREAU, Kind.SLIP):
        return place.kind in PLACES | {Kind.CORE, Kind.STATE}
    if organ.kind is Kind.PAPER:
        return place.kind is Kind.LOCAL
    if organ.kind is Kind.INITIALS:
        return place.kind in PLACES - {Kind.RANKED} | {Kind.CORE, Kind.STATE}
    if organ.kind is Kind.MEDIUM and len(place.text) > _SHORT_WORD_CHARS:
        return place.kind is Kind.STATE or (sure and place.kind in PLACES)
    return organ.kind is Kind.MEDIUM and sure and place.kind in (Kind.PROVINCIAL, Kind.CORE)


def _has_such(place: Word, organ: Word, *, first: bool, sure: bool) -> bool:
    """Whether a place has the organ whose initials follow it, and the two are no letters that met by chance."""
    if place.kind in (Kind.PLACE, Kind.COUNTY):
        return True
    if place.kind in (Kind.PROVINCIAL, Kind.CORE):
        telling = len(place.text) > _SHORT_WORD_CHARS or organ.text in words()["beside_places"]["organs"]
        return sure or (first and telling)
    fits = not organ.text.endswith(_OF_PROVINCES)
    return fits and ((first and place.kind is Kind.RANKED) or (sure and place.kind is Kind.ABBREVIATION))


def _has_suffix(reading: Reading) -> bool:
    """`my-chsi-edu-cn`: an official name with the suffix behind it that it has, or might have."""
    said = [word.text for word in reading.words]
    met = (reading.words[at].points > 1 for at, pair in enumerate(pairwise(said[1:])) if pair in _SUFFIXES)
    return Kind.NATIONAL in reading.kinds and any(met)


def _asks_of_one(reading: Reading) -> bool:
    """`rsjcx`, `diangongzs`, `gdzjtcx`, `12350cx`: an organ's initials, a paper's, a hotline or a long trade, and
    certificates or a query right behind."""
    said = [word for word in reading.words if word.kind not in (Kind.ABBREVIATION, Kind.PROVINCIAL, Kind.CORE)]
    if len(said) == _WORDS_OF_A_QUERY and said[1].kind is Kind.NUMBER:
        said.reverse()
    if len(said) != _WORDS_OF_A_QUERY or said[1].text not in _ASKED:
        return False
    first = said[0]
    if first.kind is Kind.TRADE:
        return len(first.text) >= _LONG_TRADE
    return said[1].text != "cha" and first.kind in (Kind.LOCAL, Kind.PAPER, Kind.NUMBER)


def is_foreign(suffix: str) -> bool:
    """Whether names under it are of another country's own."""
    last = suffix.rpartition(".")[2]
    return len(last) == 2 and last != "cn" and last not in _OPEN_COUNTRIES
