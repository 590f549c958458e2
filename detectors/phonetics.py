"""How characters sound: their syllable without tone, alike for sounds that dialects do not tell apart."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "syllables.toml"
_MERGED = re.compile("^(?:zh|ch|sh|n)")
_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
_ROUNDED = re.compile("[üǖǘǚǜ]")
_VOWEL = re.compile("[aeiouv]")
_PIECE_MAX_LETTERS = 6
RUN_MAX_LETTERS = 40
"""Longer runs are addresses or other languages."""
_PRIVATE = 0xE000
FIRST_CODE = chr(_PRIVATE)
"""Of syllables; every hanzi comes before it, but for forms that folding undoes."""


@cache
def syllables() -> dict[str, str]:
    """Merged syllable of each character."""
    with _TABLE.open("rb") as stream:
        table: dict[str, str] = tomllib.load(stream)
    return {character: name for name, characters in table.items() for character in characters}


def merged(syllable: str) -> str:
    """A syllable in Latin letters as it is heard: without tone, n as l, zh as z, -ng as -n."""
    letters = unicodedata.normalize("NFD", _ROUNDED.sub("v", syllable.lower()))
    plain = "".join(letter for letter in letters if letter.isascii() and letter.isalpha())
    heard = _MERGED.sub(lambda match: _INITIALS[match.group()], plain)
    return heard[:-1] if heard.endswith("ng") else heard


def is_reading_of(syllable: str, character: str) -> bool:
    """Whether Latin letters are the reading of a character, tone or none."""
    return syllables().get(character) == merged(syllable)


@cache
def _codes() -> dict[str, str]:
    """One character of the private use area for each merged syllable."""
    return {name: chr(_PRIVATE + at) for at, name in enumerate(sorted(set(syllables().values())))}


@lru_cache(maxsize=8192)
def code(syllable: str) -> str:
    """The code of what may be a syllable in Latin letters, else nothing; a consonant alone is none."""
    return _codes().get(merged(syllable), "") if _VOWEL.search(syllable) else ""


@cache
def encoding() -> dict[int, str]:
    """The code of each hanzi's syllable."""
    return {ord(character): _codes()[name] for character, name in syllables().items()}


def encoded(text: str) -> str:
    """Every hanzi as the code of its syllable: what sounds alike reads alike, at the same offsets."""
    return text.translate(encoding())


def is_code(character: str) -> bool:
    """Whether it is what `encoded` puts for a syllable."""
    return character in _letters()


def spelled(codes: str) -> list[str]:
    """What `encoded` gives in letters that can be read, one after the other; what is no syllable stays as it is."""
    known = _letters()
    return [known.get(one, one) for one in codes]


def codes_of(letters: str) -> str:
    """Syllables in letters, with spaces between, as `encoded` gives them."""
    return "".join(_codes().get(one, one) for one in letters.split(" "))


@cache
def _letters() -> dict[str, str]:
    return {code: name for name, code in _codes().items()}


def cut(letters: str, known: Callable[[str], object]) -> tuple[str, ...]:
    """A run of Latin letters cut into pieces that are all known, as few as can be; none when it cannot be."""
    ways: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(letters) + 1 if len(letters) <= RUN_MAX_LETTERS else 0):
        before = (
            (*way, letters[start:end])
            for start in range(max(0, end - _PIECE_MAX_LETTERS), end)
            if (way := ways[start]) is not None and known(letters[start:end])
        )
        ways.append(min(before, key=len, default=None))
    return ways[-1] or ()
