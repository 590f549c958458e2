"""Identity numbers and the certificate numbers made of them: found in any digits, checked, masked.

A 特种作业操作证 is numbered `T` + the holder's identity number (GB 11643-1999: six digits of place, eight of birth,
three of sequence, one check character by ISO 7064 MOD 11-2); the number on a card is thus personal data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import chain, pairwise

STAR = "*"
WRONG = "#"
"""Masks what does not check: the knowledge stays when the digits are gone."""
_KEEP_START, _KEEP_END = 3, 2
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_REGIONS = (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66), range(81, 84))
_PLACES = frozenset(map(str, chain(*_REGIONS, (71, 91))))
"""Provinces by GB/T 2260, with 81-83 for residents of Hong Kong, Macao and Taiwan and 91 for foreigners."""
_DIGITS, _OLD_DIGITS = 18, 15
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_BETWEEN = r"[\s\-·._—–/\u200b-\u200d\ufeff\ufe0f\u20e3]{0,3}"
_SEPARATOR = re.compile(_BETWEEN.replace("{0,3}", ""))
_NO_SEPARATOR = re.compile(_SEPARATOR.pattern.replace("[", "[^", 1))
_MARK_CHARS = 4
"""How far `T` may stand before the digits."""


class Check(StrEnum):
    """What a number is by its own digits; `MALFORMED` when its place or its day of birth cannot be."""

    VALID = "valid"
    CHECKSUM = "checksum"
    MALFORMED = "malformed"
    OLD = "old"
    """Fifteen digits, as issued before 2000: nothing to check by."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One number; `digits` without `T`, plain and with a capital `X`."""

    digits: str
    certificate: bool
    """Whether `T` stands before it."""
    start: int
    end: int

    @property
    def check(self) -> Check:
        if not _is_born(self.digits):
            return Check.MALFORMED
        if len(self.digits) == _OLD_DIGITS:
            return Check.OLD
        return Check.VALID if check_character(self.digits) == self.digits[-1] else Check.CHECKSUM

    @property
    def birth(self) -> date | None:
        return _birth(self.digits)


def check_character(digits: str) -> str:
    """ISO 7064 MOD 11-2 over the first seventeen digits."""
    return _CHECKS[sum(int(one) * weight for one, weight in zip(digits, _WEIGHTS, strict=False)) % len(_CHECKS)]


def _is_born(digits: str) -> bool:
    return digits[:2] in _PLACES and _birth(digits) is not None


def _birth(digits: str) -> date | None:
    written = digits[6:14] if len(digits) == _DIGITS else "19" + digits[6:12]
    try:
        day = date(int(written[:4]), int(written[4:6]), int(written[6:8]))
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


_ASTRAL = (*range(0x1D7CE, 0x1D800), *range(0x1F100, 0x1F10B))
"""The styled digits beyond the basic plane; other scripts' are left out, they cost every text a slower search."""


@cache
def digits() -> dict[int, str]:
    """Every character whose numeric value is one digit: other scripts, styles, circled, 〇一二, 壹贰."""
    table = {}
    for point in (*range(0x10000), *_ASTRAL):
        value = unicodedata.numeric(chr(point), None)
        if value is not None and value in range(10):
            table[point] = str(int(value))
    return table


def _styled(plain: str) -> str:
    """Every character that is one of `plain` but for width and style, as the body of a class."""
    points = (*range(0x10000), *range(0x1D400, 0x1D7CE), *range(0x1F110, 0x1F190))
    return "".join(chr(point) for point in points if unicodedata.normalize("NFKC", chr(point)) in set(plain))


def _ranges(points: Iterable[int]) -> str:
    """The body of a class of these characters, in as few ranges as there are."""
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in runs)


@cache
def _chain() -> re.Pattern[str]:
    """Where enough digits follow each other; a check letter may come after. It begins with a class alone: `re` then
    runs over everything else at full speed. What begins behind a digit begins before it, too."""
    one, letter = f"[{_ranges(digits())}]", _styled("Xx") + "Хх×✕✖"
    return re.compile(rf"{one}(?<!{one}{one})(?:{_BETWEEN}{one}){{{_OLD_DIGITS - 1},}}(?:{_BETWEEN}[{letter}])?")


@cache
def _mark() -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9A-Za-z])[{_styled('Tt')}Ττт丅]{_BETWEEN}$")


_YEAR_ON = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
_NUMBER = re.compile(rf"(?:{'|'.join(sorted(_PLACES))})\d{{4}}{_YEAR_ON}[\dX]")
_TOGETHER = re.compile(r"\d{17}[\dX]|\d{15}")
_MARKED = re.compile(r"\d{17}[\dX]")


def find(text: str) -> Iterator[Identity]:
    """Numbers of 18 characters or of 15 digits in a text as it stands, `T` before them or not.

    Without `T` only those with nothing between their digits, or 18 that can be somebody's, count. Linear.
    """
    for run in _chain().finditer(text):
        first = run.start()
        mark = _mark().search(text, max(0, first - _MARK_CHARS - 1), first)
        places, plain = _digits_of(run.group(), first)
        if mark and _ends(found := _MARKED.match(plain), places):
            assert found is not None
            yield Identity(found.group(), True, mark.start(), places[found.end() - 1] + 1)
            places, plain = places[found.end() :], plain[found.end() :]
        yield from _unmarked(plain, places)


def _digits_of(written: str, first: int) -> tuple[Sequence[int], str]:
    """Where the digits of a chain stand that begins at `first`, and what they are; a check letter is a capital X."""
    if written.isascii() and written.isdigit():
        return range(first, first + len(written)), written
    plain = _SEPARATOR.sub("", written).translate(digits())
    places = [first + match.start() for match in _NO_SEPARATOR.finditer(written)]
    return places, plain if plain[-1].isdigit() else plain[:-1] + "X"


def _unmarked(plain: str, places: Sequence[int]) -> Iterator[Identity]:
    """Numbers of a chain: `plain` is its digits, `places` where each stands. Those written together first."""
    taken = -1
    for found in sorted((*_whole(plain, places), *_NUMBER.finditer(plain)), key=_begin):
        begin, end = found.span()
        alone = _ends(found, places) and not (begin and places[begin - 1] + 1 == places[begin])
        if alone and begin >= taken:
            taken = end
            yield Identity(found.group(), False, places[begin], places[end - 1] + 1)


def _whole(plain: str, places: Sequence[int]) -> Iterator[re.Match[str]]:
    """Runs of 18 or 15 digits with nothing between them."""
    cuts = [at for at in range(1, len(places)) if places[at] > places[at - 1] + 1] if isinstance(places, list) else []
    for begin, end in pairwise([0, *cuts, len(places)]):
        found = _TOGETHER.fullmatch(plain, begin, end) if end - begin in (_DIGITS, _OLD_DIGITS) else None
        if found:
            yield found


def _begin(found: re.Match[str]) -> int:
    return found.start()


def _ends(found: re.Match[str] | None, places: Sequence[int]) -> bool:
    """Whether no digit follows directly on a match."""
    return found is not None and (found.end() == len(places) or places[found.end()] > places[found.end() - 1] + 1)


def masked(value: str, star: str = STAR) -> str:
    """The first three and last two characters of a long value, less of a short one; the rest stars, length kept."""
    if len(value) <= _KEEP_START + _KEEP_END:
        return value[:1] + star * (len(value) - 1)
    keep = _KEEP_START if len(value) > 2 * _KEEP_START else 1
    return value[:keep] + star * (len(value) - keep - _KEEP_END) + value[-_KEEP_END:]


def mask(text: str, *, tell: bool = False) -> str:
    """A text with every such number masked, all else and the length kept; with `tell`, `#` for what does not check."""
    pieces, last = [], 0
    for one in find(text):
        wrong = tell and one.check in (Check.CHECKSUM, Check.MALFORMED)
        pieces += [text[last : one.start], masked(text[one.start : one.end], WRONG if wrong else STAR)]
        last = one.end
    return "".join([*pieces, text[last:]]) if pieces else text
