"""How characters sound: their syllable without tone, alike for sounds that dialects do not tell apart."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "syllables.toml"
_MERGED = re.compile("^(?:zh|ch|sh|n)")
_VOWEL = re.compile("[aeiouv]")
_SYLLABLE_MAX_LETTERS = 6
_PRIVATE = 0xE000
_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}


@cache
def syllables() -> dict[str, str]:
    """Merged syllable of each character."""
    with _TABLE.open("rb") as stream:
        table: dict[str, str] = tomllib.load(stream)
    return {character: name for name, characters in table.items() for character in characters}


def merged(syllable: str) -> str:
    """A syllable in Latin letters as it is heard: without tone, n as l, zh as z, -ng as -n."""
    letters = unicodedata.normalize("NFD", syllable.lower().replace("ü", "v"))
    plain = "".join(letter for letter in letters if letter.isascii() and letter.isalpha())
    heard = _MERGED.sub(lambda match: _INITIALS[match.group()], plain)
    return heard[:-1] if heard.endswith("ng") else heard


@cache
def codes() -> dict[str, str]:
    """One character of the private use area for each merged syllable."""
    return {name: chr(_PRIVATE + at) for at, name in enumerate(sorted(set(syllables().values())))}


@cache
def _encoding() -> dict[int, str]:
    return {ord(character): codes()[name] for character, name in syllables().items()}


def encoded(text: str) -> str:
    """Every hanzi as the code of its syllable: what sounds alike reads alike, at the same offsets."""
    return text.translate(_encoding())


@lru_cache(maxsize=4096)
def spelled(letters: str) -> str:
    """A run of Latin letters as codes of the syllables it spells, as few as can be; empty when it is no pinyin."""
    ways: list[str | None] = [""]
    for end in range(1, len(letters) + 1):
        heard = (
            before + code
            for start in range(max(0, end - _SYLLABLE_MAX_LETTERS), end)
            if (before := ways[start]) is not None and (code := _code(letters[start:end]))
        )
        ways.append(min(heard, key=len, default=None))
    return ways[-1] or ""


@cache
def _code(syllable: str) -> str:
    """The code of what may be a syllable; a consonant alone is none, whatever dialects hum."""
    return codes().get(merged(syllable), "") if _VOWEL.search(syllable) else ""


def is_reading_of(syllable: str, character: str) -> bool:
    """Whether Latin letters are the reading of a character, tone or none."""
    return syllables().get(character) == merged(syllable)
