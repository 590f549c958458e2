"""Whose name words of a place and an organ make together: `sd` and `yjglt` are 山东省应急管理厅's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from detectors import organs, strings
from detectors.lookalike.glyphs import words
from detectors.lookalike.vocabulary import OF_PLACES, PLACES, RANKS, Kind, Reading, divisions_of, initials_of

if TYPE_CHECKING:
    from config.schema_places import Places
    from detectors.domains import Domains

_INITIALS_CHARS = 3
_MAX_ALIKE = 3
"""So many organs whose names are written alike are told together."""
_CALLED = OF_PLACES | {Kind.MEDIUM, Kind.LONG}
_OF_PROVINCES, _OF_OTHERS = ("t", "ting"), ("j", "ju")
"""How the name of an organ ends that only provinces, or only cities and counties, have."""


class Whose:
    """Answers from the places and the offices that are known; nothing where two of a kind are written alike."""

    def __init__(self, domains: Domains, places: Places) -> None:
        self.domains = domains
        self.places = places

    @cached_property
    def _provinces(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for province in self.places.provinces:
            short = initials_of(province.reading)
            known = [text for text, name in self.domains.of_place.items() if name == province.name]
            rank = RANKS.get(province.name[-1], "")
            for text in (province.reading.replace("-", ""), short, short + rank, *known):
                found.setdefault(text, set()).add(province.name)
        coded = {text: name for text, name in self.domains.of_place.items() if name in self.domains.provinces}
        coded |= {text: province.name for province in self.places.provinces for text in province.also}
        return found | {text: {name} for text, name in coded.items()}

    @cached_property
    def _prefectures(self) -> dict[str, set[str]]:
        listed = (divisions_of(province.prefectures) for province in self.places.provinces)
        return _by_spelling(chain.from_iterable(listed), short=True)

    @cached_property
    def _counties(self) -> dict[str, set[str]]:
        listed = (divisions_of(province.counties) for province in self.places.provinces)
        return _by_spelling(chain.from_iterable(listed), short=False)

    @cached_property
    def _offices(self) -> dict[str, str]:
        """What the organ is called that initials or pinyin stand for; longer spellings before shorter ones."""
        known: dict[str, str] = {**organs.table()["bureaus"], **words()["offices_called"]}
        return dict(sorted(known.items(), key=lambda pair: -len(pair[0])))

    def name(self, reading: Reading) -> str:
        """The organ that a reading names, or as many as are written alike and could be meant; or nothing."""
        at = next((at for at, word in enumerate(reading.words) if word.kind in _CALLED and self._office(word.text)), -1)
        placed = [number for number, word in enumerate(reading.words) if word.kind in PLACES | {Kind.CORE}]
        if at < 0 or not placed:
            return ""
        place = reading.words[at - 1 if at - 1 in placed else placed[0]].text
        organ = reading.words[at].text
        named = sorted(self.domains.office(name, self._office(organ)) for name in self._fitting(place, organ))
        return strings.OR.join(named) if len(named) <= _MAX_ALIKE else ""

    def chinese(self, text: str, organ: str) -> str:
        """The same of a name in Chinese: 郑州应急局."""
        places = self._in_chinese.get(text.partition(organ)[0].rstrip("省市县区"), set())
        return next(iter(places)) + organs.written_out(organ) if len(places) == 1 else ""

    @cached_property
    def _in_chinese(self) -> dict[str, set[str]]:
        """Provinces and prefectures, and counties called like none of them, without what they are by rank."""
        found: dict[str, set[str]] = {}
        for province in self.places.provinces:
            for name, reading in ((province.name, province.reading), *divisions_of(province.prefectures)):
                found.setdefault(name[: len(reading.split("-"))], set()).add(name)
        higher = frozenset(found)
        for province in self.places.provinces:
            for name, reading in divisions_of(province.counties):
                if (bare := name[: len(reading.split("-"))]) not in higher:
                    found.setdefault(bare, set()).add(name)
        return found

    def _fitting(self, place: str, organ: str) -> set[str]:
        """Places written so that have such an organ, the highest ones. Whose 局 was abolished, provinces had one."""
        provinces, lower = self._provinces.get(place, set()), self._prefectures.get(place) or self._counties.get(place)
        if organ.endswith(_OF_PROVINCES) or not lower:
            return provinces
        if organ.endswith(_OF_OTHERS) and self._office(organ) not in organs.table()["defunct"]:
            cities = {name for name in provinces if name.endswith("市")}
            return cities or (set() if provinces and len(place) <= _INITIALS_CHARS else lower)
        return provinces or lower

    def _office(self, organ: str) -> str:
        return next((office for written, office in self._offices.items() if organ.startswith(written)), "")


def _by_spelling(divisions: Iterable[tuple[str, str]], *, short: bool) -> dict[str, set[str]]:
    """Names by pinyin, by initials with the rank's, and, where they are `short`, by initials alone."""
    found: dict[str, set[str]] = {}
    for name, reading in divisions:
        spelt = [reading.replace("-", ""), initials_of(reading) + RANKS.get(name[-1], "?")]
        for text in (*spelt, initials_of(reading)) if short else spelt:
            found.setdefault(text, set()).add(name)
    return found
