"""How characters sound: their syllable without tone, alike for sounds that dialects do not tell apart."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "syllables.toml"
_MERGED = re.compile("^(?:zh|ch|sh|n)")
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


def is_reading_of(syllable: str, character: str) -> bool:
    """Whether Latin letters are the reading of a character, tone or none."""
    return syllables().get(character) == merged(syllable)
