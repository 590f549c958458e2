"""Chinese host names: the name of a certificate or an organ and the word for what a site does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import ahocorasick_rs

from detectors.lookalike.glyphs import words
from detectors.lookalike.vocabulary import PURPOSES, SUBJECTS, Kind, Lexis, Reading, divisions_of
from detectors.text import fold, is_han

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from config.schema_places import Places
    from detectors.hosts import Registry

_MIN_NAME_CHARS = 4
_PAPER = "证"
_ASKED = re.compile(r"(?:证书|证件|证照).{1,4}(?:查询|验证|核验|查验)")
_MAX_WORD_CHARS = 2
"""A name that is nothing but a longer subject needs no word beside it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a Chinese name says: whose name it carries (`site` when the registry knows), and what a site does."""

    subject: str
    function: str
    site: OfficialSite | None = None


class Chinese:
    """The Chinese names prepared once; names of the registry are found by automaton, however many."""

    def __init__(self, registry: Registry, lexis: Lexis, places: Places) -> None:
        self.lexis = lexis
        known = words()["chinese"]
        self.subjects: list[str] = sorted(known["subjects"], key=len, reverse=True)
        self.organs: list[str] = sorted(known["organs"], key=len, reverse=True)
        self.functions: list[str] = known["functions"]
        self.qualifiers: list[str] = known["qualifiers"]
        self.places = frozenset(_bare_places(places)) | {"国家", "中国", "全国"}
        self.sites = {name: site for name, site in registry.names.items() if len(name) >= _MIN_NAME_CHARS}

    @cached_property
    def _names(self) -> ahocorasick_rs.AhoCorasick:
        longest = ahocorasick_rs.MatchKind.LeftmostLongest
        return ahocorasick_rs.AhoCorasick(list(self.sites) or ["\\0"], matchkind=longest)

    def read(self, text: str) -> Found | None:
        """`text` is what stands before the suffix, in Unicode; None when it says nothing of ours."""
        folded = fold(text.replace(".", "").replace("-", "")).text.lower()
        if not any(map(is_han, folded)):
            return None
        named = self._names.find_matches_as_strings(folded)
        if named:
            return Found(named[0], "", self.sites[named[0]])
        organ = next((word for word in self.organs if word in folded), "")
        asked = None if organ else _ASKED.search(folded)
        organ = asked.group() if asked else organ
        return Found(organ, "") if organ else self._with_function(folded)

    def _with_function(self, text: str) -> Found | None:
        han = "".join(filter(is_han, text))
        latin = self.lexis.read("".join(one if one.isascii() else "-" for one in text).strip("-"))
        subject = next((word for word in self.subjects if word in han), "")
        if not subject:
            return self._latin_subject(latin, han)
        rest = han.replace(subject, "", 1)
        function = next((word for word in self.functions if word in rest), "") or _first(latin, PURPOSES)
        qualified = subject.endswith(_PAPER) and not _without(rest, (*self.subjects, *self.qualifiers))
        placed = rest.rstrip("省市县区") in self.places
        alone = not rest and len(text) == len(han) and len(han) > _MAX_WORD_CHARS
        return Found(subject, function) if function or alone or placed or qualified else None

    def _latin_subject(self, latin: Reading | None, han: str) -> Found | None:
        subject, function = _first(latin, SUBJECTS), next((word for word in self.functions if word in han), "")
        return Found(subject, function) if subject and function else None


def _bare_places(places: Places) -> Iterator[str]:
    """Names of provinces, prefectures and counties without what they are called by their rank."""
    for province in places.provinces:
        divisions = (*divisions_of(province.prefectures), *divisions_of(province.counties))
        for name, reading in ((province.name, province.reading), *divisions):
            yield name[: len(reading.split("-"))]


def _without(text: str, parts: Iterable[str]) -> str:
    for part in parts:
        text = text.replace(part, "")
    return text


def _first(reading: Reading | None, kinds: frozenset[Kind]) -> str:
    return next(iter(reading.of(kinds)), "") if reading else ""
