"""What others would use against the same texts: plain words, a filter with skip characters, a public library."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

import ahocorasick_rs
import badwords
import opencc

DATA = Path(__file__).parent / "data"

Flags = Callable[[str], bool]
Found = Callable[[str], set[str]]
"""Which words of the lists a method finds in a text."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to say whether a text sells."""

    name: str
    note: str
    flags: Flags


@cache
def lists() -> dict[str, frozenset[str]]:
    found = tomllib.loads((DATA / "keywords.toml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in found.items()}


def every_word() -> list[str]:
    return sorted(frozenset.union(*lists().values()))


def plain_words() -> Found:
    """Words as they are written."""
    words = every_word()
    automaton = ahocorasick_rs.AhoCorasick(words)
    return lambda text: {words[index] for index, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)}


def skipping() -> Found:
    """The kind of houbb/sensitive-word and ToolGood.Words: width, case, digit styles, traditional forms and repeats
    undone, whatever is no word character skipped, then one automaton."""
    simplified = opencc.OpenCC("t2s")

    def fold(text: str) -> str:
        plain = simplified.convert(unicodedata.normalize("NFKC", text).lower())
        return "".join(character for character, _ in groupby(filter(str.isalnum, plain)))

    words = every_word()
    automaton = ahocorasick_rs.AhoCorasick([fold(word) for word in words])
    return lambda text: {
        words[index] for index, _, _ in automaton.find_matches_as_indexes(fold(text), overlapping=True)
    }


def library() -> Found:
    """badwords-py (MIT), a filter with a core in Rust, given the same words and all its means against evasion but
    similarity, with which words of two characters match anything. A filter for each list: one reports only one word
    of a piece of text."""
    options = badwords.Options.aggressive().replace(min_substring_len=2, match_threshold=1.0)
    filters = []
    for words in lists().values():
        one = badwords.ProfanityFilter()
        one.init(languages=[])
        one.add_words(sorted(words))
        filters.append(one)
    return lambda text: {match.word for one in filters for match in one.find(text, options)}


def any_offer(found: Found) -> Flags:
    offers = lists()["offers"]
    return lambda text: not offers.isdisjoint(found(text))


def two_offers(found: Found) -> Flags:
    offers = lists()["offers"]
    return lambda text: len(offers & found(text)) >= 2


def offer_and_certificate(found: Found) -> Flags:
    offers, certificates = lists()["offers"], lists()["certificates"]

    def flags(text: str) -> bool:
        words = found(text)
        return not offers.isdisjoint(words) and not certificates.isdisjoint(words)

    return flags


def methods() -> list[Method]:
    """Each filter with each way to use it."""
    filters = {
        "keywords": (plain_words(), f"{len(lists()['offers'])} offers, {len(lists()['certificates'])} certificates"),
        "skip filter": (skipping(), "Aho-Corasick with skip characters"),
        "badwords-py": (library(), f"{version('badwords-py')}, MIT"),
    }
    uses = {"any offer": any_offer, "two offers": two_offers, "offer + certificate": offer_and_certificate}
    return [
        Method(f"{name}, {how}", note, use(found))
        for name, (found, note) in filters.items()
        for how, use in uses.items()
    ]
