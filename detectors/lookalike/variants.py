"""Names that counterfeits are likely to use, made before anybody registers them: what the night asks for by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, product, zip_longest
from typing import TYPE_CHECKING, Any

from detectors.base import Level
from detectors.lookalike.glyphs import words
from detectors.lookalike.hostname import normal
from detectors.lookalike.vocabulary import divisions_of
from detectors.suffixes import registrable

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from config.schema_places import Places
    from detectors.hosts import Registry
    from detectors.names import Names

_NATIONAL_KINDS = frozenset({"ministry", "query", "exam", "report"})
_SAFETY = ("应急", "安全", "作业", "证")


def variants(names: Names, places: Places, region: str) -> Iterator[str]:
    """Host names in ASCII, likeliest first, all at watch or above; the same for the same configuration.

    The kinds take turns, so that whatever part of them a night has time for holds some of each. `region` is where the
    office is: local organs are imitated to local people.
    """
    registry, known = names.registry, words()["made"]
    where = _places_in(places, region)
    hosts = _imitated(registry, region)
    labels = (
        _separated(hosts),
        _beside(known["papers"], known["functions"]),
        _beside(known["initials"], known["functions"]),
        ("".join(pair) for pair in product([reading for _, reading in where], known["local"])),
        ("".join(labels) for labels in hosts if len(labels) > 1),
        chain.from_iterable(_misspelt(paper) for paper in known["papers"]),
        chain.from_iterable(_alike(label) for label in (*known["papers"], *_separated(hosts))),
        _open_cores(registry),
    )
    made = [_under(kind, known["suffixes"]) for kind in labels]
    every = dict.fromkeys(_in_turn([*made, _chinese(known, [name for name, _ in where])]))
    return (name for name in every if name and names.judge(name).level is not Level.CLEAR)


def _in_turn(kinds: Iterable[Iterable[str]]) -> Iterator[str]:
    return (name for turn in zip_longest(*kinds, fillvalue="") for name in turn)


def _under(labels: Iterable[str], suffixes: list[str]) -> Iterator[str]:
    """Each label under each suffix, all labels under the first suffixes before any under the last."""
    listed = list(dict.fromkeys(labels))
    return (f"{label}.{suffix}" for suffix in suffixes for label in listed)


def _imitated(registry: Registry, region: str) -> list[tuple[str, ...]]:
    """Labels before gov.cn of the official hosts an office of this region answers for: the nation's and its own."""
    sites = sorted(registry.current.values(), key=lambda site: (not _is_safety(site), site.host))
    chosen = (site.host for site in sites if site.kind in _NATIONAL_KINDS or site.region[:2] in region)
    labels = (host.removesuffix(".gov.cn").split(".") for host in chosen if host.endswith(".gov.cn"))
    return list(dict.fromkeys(tuple(part for part in one if part != "www") for one in labels if one != ["www"]))


def _open_cores(registry: Registry) -> Iterator[str]:
    """Names of query and examination sites on suffixes that anybody can register."""
    sites = (site for site in registry.current.values() if site.kind in ("query", "exam") and _is_safety(site))
    return (registrable(site.host).partition(".")[0] for site in sites if not registry.is_restricted(site.host))


def _is_safety(site: OfficialSite) -> bool:
    return any(word in site.name for word in _SAFETY)


def _separated(hosts: list[tuple[str, ...]]) -> Iterator[str]:
    for form in ("{}-gov-cn", "{}-gov", "{}gov", "{}govcn"):
        yield from (form.format("-".join(labels)) for labels in hosts)
        yield from (form.format("".join(labels)) for labels in hosts)


def _beside(subjects: list[str], functions: list[str]) -> Iterator[str]:
    for form, function, subject in product(("{}{}", "{}-{}"), functions, subjects):
        yield form.format(subject, function)


def _misspelt(word: str) -> Iterator[str]:
    """One error of the hand: a letter left out, doubled, or changed about with the next."""
    errors: tuple[Callable[[int], str], ...] = (
        lambda at: word[:at] + word[at + 1 :],
        lambda at: word[:at] + word[at] + word[at:],
        lambda at: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )
    made = (error(at) for error in errors for at in range(1, len(word) - 1))
    return (one for one in made if one != word)


def _alike(label: str) -> Iterator[str]:
    """One letter written as another that looks like it."""
    table: dict[str, Any] = words()["homoglyphs"]
    for written, letter in (*table["double"].items(), *table["single"].items()):
        if letter in label and (written.isdigit() or len(written) > 1):
            yield label.replace(letter, written, 1)


def _chinese(known: dict[str, Any], where: list[str]) -> Iterator[str]:
    for suffix, form in product(known["chinese_suffixes"], known["chinese"]):
        for place in where if "{place}" in form else [""]:
            yield normal(f"{form.format(place=place)}.{suffix}")[0]


def _places_in(places: Places, region: str) -> list[tuple[str, str]]:
    """(name, pinyin) of the divisions that the region's name mentions and of the prefectures below them."""
    found: dict[str, str] = {}
    for province in places.provinces:
        divisions = [
            (province.name, province.reading),
            *divisions_of(province.prefectures),
            *divisions_of(province.counties),
        ]
        named = [(name, reading) for name, reading in divisions if _bare(name, reading) in region]
        if named:
            below = divisions_of(province.prefectures) if named[0][0] == province.name else ()
            found |= {_bare(name, reading): reading.replace("-", "") for name, reading in (*named, *below)}
    return list(found.items())


def _bare(name: str, reading: str) -> str:
    """A division's name without its rank: as many characters as the reading has syllables."""
    return name[: len(reading.split("-"))]
