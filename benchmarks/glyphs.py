"""What a character can be replaced by: by Unicode, hanziconv, xpinyin, the confusables, our own lists.

None of it comes from where the product's tables come from, which undo it (`benchmarks/tables.py`: OpenCC, pypinyin).
"""

from __future__ import annotations

import sys
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from confusable_homoglyphs import confusables
from hanziconv import HanziConv
from xpinyin import Pinyin

DATA = Path(__file__).parent / "data"
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_TO_FULL_WIDTH = 0xFEE0
_NEAR_SOUNDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"), ("l", "n"))

Table = dict[str, tuple[str, ...]]
"""A word or character to what may stand in its place."""


@cache
def lists() -> dict[str, Any]:
    return tomllib.loads((DATA / "disguises.toml").read_text(encoding="utf-8"))


@cache
def own(name: str) -> Table:
    """One of our own lists of replacements."""
    return {word: tuple(forms) for word, forms in lists()[name].items()}


@cache
def look_alikes() -> Table:
    found = tomllib.loads((DATA / "lookalikes.toml").read_text(encoding="utf-8"))
    return {character: tuple(forms) for character, forms in found.items()}


@cache
def full_width() -> Table:
    return {character: (chr(ord(character) + _TO_FULL_WIDTH),) for character in _ASCII}


@cache
def _forms() -> dict[str, list[str]]:
    """Every character whose compatibility form is one other character, by that character."""
    found: dict[str, list[str]] = defaultdict(list)
    for character in map(chr, range(0x80, sys.maxunicode)):
        plain = unicodedata.normalize("NFKC", character)
        if len(plain) == 1 and plain != character:
            found[plain].append(character)
    return found


@cache
def compatible() -> Table:
    """Hanzi as radicals, compatibility ideographs or in circles and squares."""
    return {plain: tuple(forms) for plain, forms in _forms().items() if "\u4e00" <= plain <= "\u9fff"}


@cache
def mathematical() -> Table:
    """Latin letters and digits in the styles of the mathematical block."""
    table = {plain: tuple(form for form in forms if ord(form) >= 0x1D400) for plain, forms in _forms().items()}
    return {plain: forms for plain, forms in table.items() if plain.isascii() and plain.isalnum() and forms}


@cache
def circled_digits() -> Table:
    found: dict[str, list[str]] = defaultdict(list)
    for character in map(chr, range(0x80, sys.maxunicode)):
        name = unicodedata.name(character, "")
        if "CIRCLED" in name and "DIGIT" in name and (digit := unicodedata.digit(character, None)) is not None:
            found[str(digit)].append(character)
    return {digit: tuple(forms) for digit, forms in found.items()}


@cache
def keycaps() -> Table:
    return {digit: (f"{digit}\ufe0f\u20e3", f"{digit}\u20e3") for digit in "0123456789"}


@cache
def chinese_digits() -> Table:
    return {str(digit): tuple(forms) for digit, forms in enumerate(lists()["chinese_digits"])}


@cache
def foreign_letters() -> Table:
    """Latin letters as those of other alphabets (Unicode TR 39), and our own list for words of contact."""
    table = dict(own("foreign"))
    for letter in (character for character in _ASCII if character.isalnum()):
        alike = (one["c"] for one in confusables.confusables_data.get(letter, ()))
        forms = tuple(form for form in alike if len(form) == 1 and unicodedata.normalize("NFKC", form) != letter)
        if forms:
            table[letter] = forms
    return table


@cache
def traditional() -> Table:
    pairs = ((character, HanziConv.toTraditional(character)) for character in common())
    return {character: (form,) for character, form in pairs if form != character}


@cache
def common() -> tuple[str, ...]:
    """The 3,755 hanzi of GB 2312, level one."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return tuple(character for row in rows if (character := row.decode("gb2312", "ignore")))


@cache
def _pinyin() -> Pinyin:
    return Pinyin()


@cache
def sound(character: str) -> str:
    """The usual syllable without its tone; empty where there is none."""
    found: str = _pinyin().get_pinyin(character, "")
    return "" if found == character else found


@cache
def reading(character: str) -> str:
    """The usual syllable with its tone mark; empty where there is none."""
    found: str = _pinyin().get_pinyin(character, "", tone_marks="marks")
    return "" if found == character else found


def near(syllable: str) -> str:
    """A syllable as those hear it who do not tell zh from z, l from n, -ng from -n."""
    for one, other in _NEAR_SOUNDS:
        if len(one) > 1 and syllable.endswith(one) and "a" <= one[0] <= "i" and one[-1] == "g":
            syllable = syllable[: -len(one)] + other
        elif syllable.startswith(one):
            syllable = other + syllable[len(one) :]
    return syllable


@cache
def homophones() -> Table:
    """Common characters of the same syllable, whatever the tone."""
    return dict(_alike(lambda syllable: syllable))


@cache
def near_homophones() -> Table:
    """Common characters of a syllable that is only nearly the same."""
    return {
        character: forms
        for character, alike in _alike(near)
        if (forms := tuple(form for form in alike if sound(form) != sound(character)))
    }


def _alike(key: Callable[[str], str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for character in common():
        groups[key(sound(character))].append(character)
    for group in groups.values():
        for character in group:
            forms = tuple(form for form in group if form != character)
            if forms:
                yield character, forms


@cache
def split() -> Table:
    """Characters as their parts, in reading order."""
    return own("parts")
