"""How a host name imitates: one rule a trick, judged by structure before distance."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from detectors.base import Level
from detectors.domains import Domains
from detectors.lookalike import glyphs, slips
from detectors.lookalike.chinese import Chinese
from detectors.lookalike.hostname import Target, decoded
from detectors.lookalike.official import LOCAL_KINDS, Officials
from detectors.lookalike.points import enough, is_foreign
from detectors.lookalike.typos import Typos
from detectors.lookalike.vocabulary import ORGANS, PLACES, PURPOSES, SUBJECTS, Kind, Lexis, Reading, Word, vocabulary
from detectors.lookalike.whose import Whose

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from config.schema_places import Places
    from detectors.hosts import Registry

_SHORT_WORD_CHARS = 2
_MIN_GLYPH_CORE_CHARS = 5
_MIN_IDN_CORE_CHARS = 3
_MIN_OPEN_CORE_CHARS = 4
_MIN_LEGACY_CORE_CHARS = 5
_MIN_FOLDED_CHARS = 6
_MIN_SLIPPED_CHARS = 8
_PARTED_CHARS = 8
"""A longer word of ours stands in a label whatever hyphens part it."""
_NUMBERED = re.compile(r"\d{1,4}$")
_TAIL = re.compile(r"^\d{2,}|\d{2,}$")
_LEGACY = frozenset({"com", "net", "org"})
"""Suffixes under which every short name was registered long ago."""
_PHRASE = re.compile(r"[^/?#=&]+")
_GOV_CN = re.compile(r"gov[-.]?cn")
_STATE_HOST = re.compile(r"(?<![\w.-])((?:[a-z0-9-]+\.)+gov\.cn)(?![\w-]|\.[a-z])")


@dataclass(frozen=True, slots=True)
class Finding:
    """One trick seen. `kind` is a key of `strings.NAME_CLASSES`; `official` the name that is imitated."""

    level: Level
    kind: str
    official: str
    site: OfficialSite | None = None
    said: str = ""
    whom: str = ""
    """The organ's name where it has no site in the registry."""
    vague: bool = False
    """Somebody's gov.cn, and nobody knows whose: another trick may tell more."""


class Rules:
    """The rules with all they look things up in; built once per process."""

    def __init__(self, registry: Registry, places: Places) -> None:
        self.registry = registry
        self.officials = Officials(registry)
        words = vocabulary(self.officials, places)
        self.lexis = Lexis(words)
        distinct = [word for word in words if _is_foldable(word)]
        self.folded = tuple(Lexis(distinct, fold) for fold in glyphs.FOLDS)
        self.idn_cores = {glyphs.single(core): site for core, site in self._named() if len(core) >= _MIN_IDN_CORE_CHARS}
        self.regions = frozenset(f"{word.text}.cn" for word in words if word.kind is Kind.PROVINCIAL)
        self.whose = Whose(Domains(registry, places), places)
        national = (name for name, site in self.officials.joined.items() if site.kind not in LOCAL_KINDS)
        self.joined = slips.Spellings(name for name in national if name.isalpha() and len(name) >= _MIN_SLIPPED_CHARS)
        self.places = slips.Spellings(word.text for word in words if word.kind is Kind.PLACE)
        self.typos = Typos([word.text for word in self.lexis.long.values()])
        self.chinese = Chinese(registry, self.lexis, places)
        self.open_hosts = tuple(sorted(self.officials.open_hosts, key=len, reverse=True))
        self.short_cores = {
            glyphs.double(core): site
            for core, site in self._named()
            if _MIN_IDN_CORE_CHARS <= len(core) < _MIN_GLYPH_CORE_CHARS
        }
        self.folded_hosts = {glyphs.single(host): self.officials.under(host) for host in self.open_hosts}
        self.glyph_cores = [
            {lexis.fold(core): site for core, site in self._named() if len(core) >= _MIN_GLYPH_CORE_CHARS}
            for lexis in self.folded
        ]

    def _named(self) -> Iterator[tuple[str, OfficialSite]]:
        """Official names that stand for one organ wherever they are written."""
        common = self.officials.local | self.officials.ordinary
        for core, site in (*self.officials.cores.items(), *self.officials.joined.items()):
            if core not in common:
                yield core, site

    def judge(self, target: Target) -> Finding | None:
        """The first trick that holds, the plainest first."""
        found = self.subdomain(target)
        if found is None and "xn--" in target.joined:
            found = self.foreign_letters(target)
            if target.label.startswith("xn--"):
                return found
        found = found or self.separator(target, self.lexis)
        if found is None:
            found = self.swapped(target) or self.worded(target, self.lexis)
        return (found if found and not found.vague else self.glyphs(target)) or found or self.misspelt(target)

    def subdomain(self, target: Target) -> Finding | None:
        """`cx.mem.gov.cn.example.top`: an official name stands in front of somebody else's domain."""
        inside = self._state_name(f".{target.host}") or self._open_name(target)
        if not inside:
            return None
        return Finding(Level.FLAG, "misleading_subdomain", inside, self.officials.under(inside))

    def _state_name(self, dotted: str) -> str:
        at = dotted.find(".gov.cn.")
        return dotted[1 : at + 7] if at >= 0 else ""

    def _open_name(self, target: Target) -> str:
        front = f".{'.'.join((*target.fronts, target.label))}."
        return next((host for host in self.open_hosts if f".{host}." in front), "") if len(front) > 2 else ""

    def written(self, target: Target, lexis: Lexis) -> Finding | None:
        """The tricks that need no other name than the words it is made of."""
        return self.separator(target, lexis) or self.worded(target, lexis)

    def worded(self, target: Target, lexis: Lexis) -> Finding | None:
        return self.holding(target, lexis) or self.combined(target, lexis)

    def separator(self, target: Target, lexis: Lexis) -> Finding | None:
        """`mem-gov-cn.com`, `mem-gov.cn`, `cxmemgov.top`: gov.cn written into a name anybody can register."""
        text, gov = target.joined, lexis.fold("gov")
        at = text.rfind(gov)
        while at >= 0:
            found = self._beside_gov(text[:at], text[at + len(gov) :], target, lexis)
            if found is not None:
                return found
            at = text.rfind(gov, 0, at)
        return None

    def _beside_gov(self, before: str, after: str, target: Target, lexis: Lexis) -> Finding | None:
        cn = after.removeprefix("-").startswith(lexis.fold("cn")) or (not after and target.suffix == "cn")
        left, right = _tail(before, lexis), _head(after.removeprefix("-").removeprefix("cn"), lexis)
        kinds = (left.kinds if left else frozenset()) | (right.kinds if right else frozenset())
        official, site = self._whom([one for one in (left, right) if one])
        named = self.officials.joined.get(before.replace("-", "").removeprefix("www").removeprefix("cx"))
        if named is not None:
            return Finding(Level.FLAG if cn else Level.WATCH, "gov_separator", named.host, named)
        if kinds & (ORGANS - {Kind.CORE}):
            return Finding(Level.FLAG if cn else Level.WATCH, "gov_separator", official, site)
        chinese = cn or target.is_chinese
        local = chinese or not (target.suffix in _LEGACY or is_foreign(target.suffix))
        parted = before.endswith("-") or after.startswith("-")
        official = official or f"{before.strip('-').rpartition('-')[2]}.gov.cn"
        if kinds & {Kind.PLACE, Kind.TELLING} or (
            kinds & {Kind.CORE, Kind.COUNTY, Kind.ABBREVIATION, Kind.PROVINCIAL} and chinese
        ):
            return Finding(Level.WATCH, "gov_separator", official, site)
        if Kind.CORE in kinds and (parted or local):
            return Finding(Level.WATCH, "gov_separator", official, site)
        if _purposes(left) + _purposes(right) >= (1 if cn else 2 if parted or local else 3):
            return Finding(Level.WATCH, "gov_separator", official, site, vague=True)
        if cn and before and (parted or after):
            return Finding(Level.WATCH, "gov_separator", official, site, vague=True)
        return None

    def _whom(self, readings: list[Reading]) -> tuple[str, OfficialSite | None]:
        """(official name, site) of the organ that words name; of a place alone, what would be its government."""
        texts = [word.text for reading in readings for word in reading.words]
        for size in (3, 2):
            for start in range(len(texts) - size + 1):
                part = tuple(texts[start : start + size])
                site = self.officials.fronts.get(part) or self.officials.fronts.get(part[::-1])
                if site is not None:
                    return site.host, site
        kinds = ORGANS | PLACES
        organs = [text for reading in readings for text in reading.of(kinds)]
        site = next((self.officials.cores[text] for text in organs if text in self.officials.cores), None)
        return (site.host, site) if site else (f"{organs[-1]}.gov.cn" if organs else "", None)

    def holding(self, target: Target, lexis: Lexis) -> Finding | None:
        """`hn-tezhongzuoye-px.com`: a long word of ours stands in the registered label, whatever is around it."""
        text = target.label.replace("-", "")
        word = lexis.holds(text)
        if word is None:
            return None
        rest = text.replace(lexis.fold(word.text), "", 1)
        kind = "typo" if len(rest) == 1 and rest.isalpha() else "combosquat"
        site = self.officials.cores.get(word.text)
        return Finding(Level.WATCH, kind, word.text, site, self._said(lexis.read(target.label)) or word.text)

    def combined(self, target: Target, lexis: Lexis) -> Finding | None:
        """`hunanyjt.com`, `tzzycx.top`: a label made of our words alone, an organ's or a paper's among them."""
        for text, in_front in self._texts(target):
            reading = lexis.read(text) if lexis.mentions(text) else None
            if reading is not None and enough(reading, text, target, self.officials, in_front=in_front):
                return self._combination(reading)
        joined = target.label.replace("-", "") if "-" in target.label else ""
        reading = self.lexis.read(joined) if self.lexis.mentions(joined) else None
        if reading is not None and any(
            word.kind is Kind.GENERIC and len(word.text) > _PARTED_CHARS for word in reading.words
        ):
            return self._combination(reading)
        return None

    def _texts(self, target: Target) -> Iterator[tuple[str, bool]]:
        yield target.label, False
        if target.suffix in self.regions:
            yield f"{target.suffix.partition('.')[0]}-{target.label}", False
        fronts = [front for front in target.fronts if front != "www"]
        if fronts:
            yield "-".join((*fronts, target.label)), False
            yield fronts[-1], True

    def _combination(self, reading: Reading) -> Finding:
        kinds = reading.kinds
        local = kinds & PLACES and kinds & {Kind.LOCAL, Kind.OFFICE, Kind.INITIALS, Kind.BUREAU, Kind.MEDIUM}
        pinyin = kinds & {Kind.MEDIUM, Kind.BUREAU, Kind.GENERIC, Kind.NATIONAL, Kind.TRADE}
        kind = "place_function" if local else "combosquat" if pinyin else "initials"
        slipped = [word.text for word in reading.words if word.kind is Kind.SLIP]
        kind = "typo" if slipped else kind
        whom = self.whose.name(reading)
        site = self.registry.names.get(whom) if whom else self._whom([reading])[1]
        site = site or next((self.officials.core_slips.get(text) for text in slipped), None)
        subject = max(reading.of(SUBJECTS), key=len)
        return Finding(Level.WATCH, kind, subject, site, self._said(reading) or subject, whom)

    def _said(self, reading: Reading | None) -> str:
        return "、".join(reading.of(PURPOSES | PLACES)) if reading else ""

    def swapped(self, target: Target) -> Finding | None:
        """`chsi.net`, `cx.mem.top`, `cxmem.com`: the name of an official host on another suffix."""
        if is_foreign(target.suffix):
            return None
        if target.label.startswith("www"):
            target = target.with_labels([*target.fronts, target.label[3:].removeprefix("-")])
        labels = tuple(front for front in target.fronts if front != "www")
        site = self.officials.fronts.get((*labels, target.label)) if labels else None
        joined = _NUMBERED.sub("", target.label.replace("-", "")) or target.label
        site = site or self.officials.joined.get(joined) or self._same_core(target)
        return Finding(Level.WATCH, "suffix_swap", site.host, site) if site else None

    def _same_core(self, target: Target) -> OfficialSite | None:
        core, legacy = target.label, target.suffix in _LEGACY
        if core in self.officials.local or (legacy and len(core) < _MIN_LEGACY_CORE_CHARS):
            return None
        if core in self.officials.open_cores and len(core) >= _MIN_OPEN_CORE_CHARS:
            return (
                None if core in self.officials.ordinary and not target.is_chinese else self.officials.open_cores[core]
            )
        site = self.officials.cores.get(core)
        numbered = _NUMBERED.sub("", core)
        if target.is_chinese and len(numbered) >= _MIN_OPEN_CORE_CHARS and numbered not in self.officials.ordinary:
            site = site or self.officials.open_cores.get(numbered)
        word = self.lexis.words.get(core.replace("-", ""))
        national = word is not None and word.kind is Kind.NATIONAL
        return site if national or target.is_chinese else None

    def foreign_letters(self, target: Target) -> Finding | None:
        """Punycode: letters of other scripts that look like ours, or a name in Chinese."""
        shown = [decoded(label) for label in (*target.fronts, target.label)]
        plain = [glyphs.plain(label) for label in shown]
        if all(label.isascii() for label in plain):
            return self._in_ascii(target.with_labels(plain), shown[-1])
        found = self.chinese.read(".".join(shown))
        if found is None:
            return None
        whom = "" if found.site else self.whose.chinese("".join(shown), found.subject)
        site = found.site or self.registry.names.get(whom)
        return Finding(Level.WATCH, "chinese_name", found.subject, site, found.function, whom)

    def _in_ascii(self, target: Target, shown: str) -> Finding | None:
        found = self.subdomain(target) or self.written(target, self.lexis) or self.glyphs(target)
        site = self.idn_cores.get(glyphs.single(target.label.replace("-", "")))
        mixed = any("LATIN" in unicodedata.name(one, "") for one in shown)
        if found is None and site is not None and (mixed or len(shown) >= _MIN_OPEN_CORE_CHARS):
            found = Finding(Level.WATCH, "homoglyph", site.host, site)
        found = found or self.misspelt(target)
        return replace(found, kind="homoglyph") if found else None

    def glyphs(self, target: Target) -> Finding | None:
        """`rnern-gov.cn`, `tezhongzu0ye.com`: ASCII letters written as others that look alike."""
        labels = [_TAIL.sub("", label) for label in (*target.fronts, target.label)]
        by_chance = not any(map(glyphs.is_trick, labels))
        foreign = is_foreign(target.suffix)
        for lexis, cores in zip(self.folded, self.glyph_cores, strict=True):
            label = lexis.fold(target.label.replace("-", ""))
            site = None if foreign else cores.get(label)
            if site is None and target.is_chinese and not by_chance:
                site = self.short_cores.get(label)
            site = site or self._folded_host(target.host)
            if site is not None:
                return Finding(Level.WATCH, "homoglyph", site.host, site)
            found = self.written(target.with_labels(list(map(lexis.fold, labels))), lexis)
            if found is not None and not found.vague and not (by_chance and _is_short(found)):
                return replace(found, kind="homoglyph")
            if by_chance:
                break
        return None

    def _folded_host(self, host: str) -> OfficialSite | None:
        """`zscx.osta.0rg.cn`: an official host in look-alike letters, its suffix among them."""
        labels = glyphs.single(host).split(".")
        parents = (".".join(labels[start:]) for start in range(len(labels) - 1))
        return next((site for one in parents if (site := self.folded_hosts.get(one))), None)

    def misspelt(self, target: Target) -> Finding | None:
        """`yingjiguanlii.com`: one or two errors in a long word, what is around it being ours."""
        core = self.typos.find(target.label.replace("-", ""), self._ours)
        if core:
            return Finding(Level.WATCH, "typo", core, self.officials.cores.get(core))
        site = None if is_foreign(target.suffix) else self._slipped(target)
        return Finding(Level.WATCH, "typo", site.host, site) if site else self._misplaced(target)

    def _slipped(self, target: Target) -> OfficialSite | None:
        """`cxmme.cn`, `zlaq-mohrd.com`, `chssi.com.cn`: an official name with an error of the hand; a short one only
        where names in China stand, or under its own suffix."""
        label = target.label.replace("-", "")
        site = self.officials.slips.get(label)
        if site is not None and (target.is_chinese or "-" in target.label or len(label) >= _MIN_SLIPPED_CHARS):
            return site
        site = self.officials.core_slips.get(label)
        if site is not None and (target.is_chinese or site.host.endswith("." + target.suffix)):
            return site
        meant = self.joined.meant(label, sure=True) if self.lexis.mentions(label) else ""
        return self.officials.joined[meant] if meant else None

    def _misplaced(self, target: Target) -> Finding | None:
        """`yjt-shangdong.com`: a place's organ, the place misspelt."""
        for word, rest in self.lexis.beside_organs(target.label):
            sure = word.kind is Kind.OFFICE or target.is_chinese or "-" in target.label
            place = self.places.meant(rest, sure=sure)
            reading = self.lexis.read(f"{place}-{word.text}") if place else None
            if reading is not None and enough(reading, target.label, target, self.officials, in_front=False):
                return replace(self._combination(reading), kind="typo")
        return None

    def _ours(self, text: str) -> bool:
        reading = self.lexis.read(text) if text else None
        return not text or (reading is not None and not reading.kinds & {Kind.RANKED, Kind.SLIP})

    def in_path(self, user: str, path: str) -> Finding | None:
        """`https://mem.gov.cn@evil.top/`, `github.com/somebody/mem-gov-cn`: an official host where none belongs."""
        named = _STATE_HOST.search(f"{user} {path}")
        if named is not None:
            return Finding(Level.WATCH, "path_host", named[1], self.officials.under(named[1]))
        for part in _PHRASE.findall(path):
            found = self.separator(Target("", "", "", part.replace(".", "-"), ()), self.lexis)
            if found is not None and _GOV_CN.search(part):
                return replace(found, level=Level.WATCH, kind="path_host")
        return None


def _is_foldable(word: Word) -> bool:
    """Whether a word is long enough, and sure enough, to be read where letters stand for each other."""
    if word.kind in (Kind.SLIP, Kind.RANKED):
        return False
    return len(word.text) > _SHORT_WORD_CHARS or glyphs.is_distinct(word.text)


def _is_short(found: Finding) -> bool:
    """Whether no word of it is so long that letters standing for each other cannot have made it by chance."""
    return max(map(len, (found.official, *found.said.split("、")))) < _MIN_FOLDED_CHARS


def _purposes(reading: Reading | None) -> int:
    """How many words beside gov say what a site does."""
    return len(reading.of(PURPOSES)) if reading else 0


def _tail(text: str, lexis: Lexis) -> Reading | None:
    """As much of what stands before gov as can be read, whole parts between hyphens."""
    parts = text.strip("-").split("-")
    tails = (lexis.read("-".join(parts[start:])) for start in range(len(parts)))
    return next((reading for reading in tails if reading is not None), None)


def _head(text: str, lexis: Lexis) -> Reading | None:
    parts = text.strip("-").split("-")
    heads = (lexis.read("-".join(parts[:end])) for end in range(len(parts), 0, -1))
    return next((reading for reading in heads if reading is not None), None)
