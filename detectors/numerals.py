"""Digits in whatever style they are written, told apart from the words and ornaments between them."""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from detectors.text import DATA

_BEYOND = 0x10000
_GAP_MAX_CHARS = 4
"""No two digits of one number stand further apart."""


@cache
def tables() -> dict[str, Any]:
    with (DATA / "contacts.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def digits() -> dict[int, str]:
    """Every character that stands for one digit, `0` to `9` left out: Unicode's decimals and the table's own."""
    table = {ord(glyph): digit for digit, glyphs in tables()["digits"].items() for glyph in glyphs}
    for point in range(0x100, min(0x20000, sys.maxunicode)):
        value = unicodedata.decimal(chr(point), None)
        if value is not None:
            table[point] = str(value)
    return table


@cache
def digit_class() -> str:
    """The body of a character class of all digits; `\\d` covers Unicode's own."""
    return r"\d" + "".join(re.escape(glyph) for glyphs in tables()["digits"].values() for glyph in glyphs)


@cache
def _basic_class() -> str:
    """The same for texts without characters beyond the basic plane: `re` looks up a listed digit in half the time."""
    listed = [glyph for glyphs in tables()["digits"].values() for glyph in glyphs]
    decimals = (chr(point) for point in range(_BEYOND) if chr(point).isdecimal())
    return "".join(map(re.escape, (*decimals, *(glyph for glyph in listed if ord(glyph) < _BEYOND))))


def class_for(text: str) -> str:
    """The body of a character class of all digits that may be in a text."""
    is_basic = len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)
    return _basic_class() if is_basic else digit_class()


@cache
def _chain(count: int, digit: str) -> re.Pattern[str]:
    return re.compile(rf"[{digit}](?:[^{digit}]{{0,{_GAP_MAX_CHARS}}}[{digit}]){{{count - 1},}}")


def chains(text: str, count: int) -> list[tuple[int, int]]:
    """Where at least `count` digits follow each other, no two further apart than in any number; linear in `text`."""
    return [match.span() for match in _chain(count, class_for(text)).finditer(text)]


_SHORTEST_ID = 4


@cache
def _id_like() -> re.Pattern[str]:
    return re.compile(rf"[a-z0-9_\-.]{{{_SHORTEST_ID}}}|{_chain(_SHORTEST_ID, digit_class()).pattern}")


def may_hold_id(text: str) -> bool:
    """Whether some letters or digits of a folded text stand together: without them it announces nothing."""
    return _id_like().search(text) is not None


@cache
def _glyphs() -> frozenset[str]:
    return frozenset(map(chr, digits()))


def plain(text: str) -> str:
    """The text with every digit as `0` to `9`, length kept."""
    return text if text.isascii() or _glyphs().isdisjoint(text) else text.translate(digits())


@cache
def _letters() -> re.Pattern[str]:
    one = f"[{re.escape(''.join(tables()['numbers']['letters']))}{digit_class()}]"
    before = "|".join([f"(?<![a-z0-9]{one})", *(f"(?<={label}{one})" for label in ("tel", "qq", "vx", "wx"))])
    return re.compile(rf"{one}(?:{before})(?:[-·. ]?{one}){{9,12}}(?![a-z0-9])")


@cache
def _lettered(digit: str) -> re.Pattern[str]:
    """As many signs as `_letters` takes, whatever stands around them, from the first one on."""
    one = f"[{re.escape(''.join(tables()['numbers']['letters']))}{digit}]"
    return re.compile(rf"{one}(?<!{one}{one})(?:[-·. ]?{one}){{9,}}")


@cache
def _stand_ins() -> dict[int, str]:
    return str.maketrans(tables()["numbers"]["letters"])


def as_digits(written: str) -> str:
    """Digits and the letters that stand for some, as digits."""
    return plain(written).translate(_stand_ins())


REAL_DIGITS = 5
"""Of a number in which letters stand for digits."""


_NOT_ONLY_DIGITS = re.compile(r"[^0-9\-. ]")


def may_be_lettered(text: str) -> list[tuple[int, int]]:
    """Where all stands that `with_letters` finds in any part of a text."""
    found = _lettered(class_for(text)).finditer(text)
    return [match.span() for match in found if _NOT_ONLY_DIGITS.search(match.group())]


def with_letters(text: str) -> list[tuple[int, str]]:
    """Runs of ten to thirteen digits of which some are letters of the same shape (`138OOOO1234`): place and digits."""
    return [
        (match.start(), as_digits(match.group()))
        for match in _letters().finditer(text)
        if _NOT_ONLY_DIGITS.search(match.group())
        if sum(sign.isdigit() for sign in match.group()) >= REAL_DIGITS
    ]


@dataclass(frozen=True, slots=True)
class Number:
    """Digits found in a text. `gaps` is what stands between two digits that follow each other, most often nothing."""

    value: str
    start: int
    end: int
    gaps: tuple[str, ...]

    @property
    def groups(self) -> list[int]:
        """How many digits stand together."""
        sizes = [1]
        for gap in self.gaps:
            if gap:
                sizes.append(1)
            else:
                sizes[-1] += 1
        return sizes

    @property
    def cuts(self) -> list[str]:
        return [gap for gap in self.gaps if gap]


_DIGIT_RUN = re.compile(r"\d")


def number(text: str, start: int, end: int) -> Number:
    """The digits of a span of a plain text, taken for one number."""
    places = [match.start() for match in _DIGIT_RUN.finditer(text, start, end)]
    gaps = tuple(text[one + 1 : other] for one, other in pairwise(places))
    return Number("".join(text[place] for place in places), places[0], places[-1] + 1, gaps)
