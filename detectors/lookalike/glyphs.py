"""Look-alike letters undone: characters beyond ASCII to the letter they look like, ASCII ones to one of each kind."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Any

from detectors.text import DATA

Fold = Callable[[str], str]


@cache
def words() -> dict[str, Any]:
    """`detectors/data/names.toml`."""
    with (DATA / "names.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def _confusable() -> dict[int, str]:
    with (DATA / "confusables.toml").open("rb") as stream:
        groups = tomllib.load(stream)
    return {ord(character): plain for plain, characters in groups.items() for character in characters}


def plain(label: str) -> str:
    """A label in the letters that its characters look like; what looks like none stays."""
    bare = unicodedata.normalize("NFKD", label.translate(_confusable()))
    return "".join(one for one in bare if not unicodedata.combining(one)).translate(_confusable())


def as_written(text: str) -> str:
    return text


def single(text: str) -> str:
    """Each character as the one that stands for all that look like it: 0 and o, 1 and i and l."""
    return text.translate(_single())


def double(text: str) -> str:
    """As `single`, pairs that look like one letter (rn, vv) first."""
    return single(_undoubled(text))


def spellings(text: str) -> Iterator[str]:
    """What `double` makes the same of, folded as by `single`: one stands in all that holds the text once folded."""
    doubles: dict[str, list[str]] = {}
    for written, letter in words()["homoglyphs"]["double"].items():
        doubles.setdefault(letter, [letter]).append(written)
    return (
        single("".join(parts)) for parts in product(*(doubles.get(letter, [letter]) for letter in _undoubled(text)))
    )


def _undoubled(text: str) -> str:
    for written, letter in words()["homoglyphs"]["double"].items():
        text = text.replace(written, letter)
    return text


def is_trick(text: str) -> bool:
    """Whether a text holds what nobody writes for a letter by chance: a digit, or two letters that look like one."""
    return _tricks().search(text) is not None


def is_distinct(text: str) -> bool:
    """Whether no other letters fold to the same: what is too short must be, or anything would read as it."""
    single = words()["homoglyphs"]["single"]
    return not any(letter.isalpha() and {letter, stands} & set(text) for letter, stands in single.items())


@cache
def _tricks() -> re.Pattern[str]:
    return re.compile("|".join([r"\d", *words()["homoglyphs"]["double"]]))


@cache
def _single() -> dict[int, str]:
    return str.maketrans(words()["homoglyphs"]["single"])


FOLDS: tuple[Fold, ...] = (single, double)
