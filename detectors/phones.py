"""Telephone numbers: told from prices, dates, order numbers and sums by how their digits are parted and announced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from detectors.numerals import REAL_DIGITS, Number, chains, may_be_lettered, number, plain, tables, with_letters

MOBILE_DIGITS = 11
_MAX_LOOKS = 2_000
"""Places of one text that are looked at closely; a page of nothing but numbers is a table."""
_BEFORE_CHARS, _AFTER_CHARS = 14, 10
_USUAL_CUTS = 2
_LETTERS = 4
_SINGLES = 9
"""Cuts in a number of which nearly every digit stands alone."""
_MOBILES = re.compile(r"1(?<!\d1)[3-9]\d{9}(?:1[3-9]\d{9}){1,3}(?!\d)")
# both begin with plain digits, looked behind after them: `re` runs over everything else at full speed
_CANDIDATE = re.compile(r"1(?:(?<!\d1)|(?<=861))[^\d]{0,4}[3-9](?:[^\d]{0,4}\d){9}(?!\d)")
_SERVICE = r"00[-—– ]?(?:\d{3}[-—– ]?\d{4}|\d{4}[-—– ]?\d{3})"
_LANDLINE = re.compile(
    r"(0(?<![\d.]0)(?:10|2\d|[3-9]\d{2})[)）]?[-—– ]{0,2}[1-9]\d{6,7}"
    rf"|4(?<![\d.]4){_SERVICE}|8(?<![\d.]8){_SERVICE})(?!\d)"
)
_ANY = re.compile(f"{_MOBILES.pattern}|{_CANDIDATE.pattern}|{_LANDLINE.pattern}")
_ORDINARY = frozenset(" -–—.·_()（）\t~‐‑−")
_WORD = re.compile(r"[^\W_]")
_DECIMAL = re.compile(r"\d\.$")
_MORE_BEFORE = re.compile(r"\d([^\d]{1,3})$")
_MORE_AFTER = re.compile(r"([^\d]{1,3})\d")


class Found(NamedTuple):
    value: str
    start: int
    end: int


class _Signs(NamedTuple):
    groups: frozenset[tuple[int, ...]]
    listing: frozenset[str]
    units: frozenset[str]
    fillers: frozenset[str]
    not_after: re.Pattern[str]
    announced: re.Pattern[str]


@cache
def _signs() -> _Signs:
    numbers = tables()["numbers"]
    labels = [term for one in tables()["label"] if one["kind"] in ("phone", "wechat") for term in one["terms"]]
    return _Signs(
        frozenset(tuple(sizes) for sizes in numbers["groups"]),
        frozenset(numbers["listing"]),
        frozenset(numbers["units"]),
        frozenset(numbers["fillers"]),
        re.compile(f"(?:{_any(numbers['not_after'])})[\\s:：.#]{{0,3}}$"),
        re.compile(f"(?:{_any([*labels, 'v', 'w'])})[^\\d\\w]{{0,4}}$"),
    )


def _any(terms: list[str]) -> str:
    return "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))


def find(text: str) -> Iterator[Found]:
    """Mobile numbers, then landlines and service numbers, of a folded text."""
    looks = iter(range(_MAX_LOOKS))
    long = [span for span in chains(text, REAL_DIGITS) if span[1] - span[0] >= MOBILE_DIGITS - 1]
    lettered = may_be_lettered(text) if long else []
    for start, end in long:
        # a landline may begin in brackets; letters for digits may begin and end a number
        base = max(0, start - _LETTERS)
        chain = text[base : end + _LETTERS]
        written = plain(chain)
        if _ANY.search(written) and sum(map(str.isdigit, written)) >= MOBILE_DIGITS - 1:
            yield from _mobiles(text, base, written, looks)
            for match in _LANDLINE.finditer(written):
                yield Found(re.sub(r"\D", "", match.group(1)), base + match.start(1), base + match.end(1))
        for at, digits in with_letters(chain) if _touches(lettered, base, end + _LETTERS) else ():
            yield from _mobiles(text, base + at, digits, looks)


def _touches(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    return bool(spans) and any(first < end and start < last for first, last in spans)


def _mobiles(text: str, base: int, written: str, looks: Iterator[int]) -> Iterator[Found]:
    for match in _MOBILES.finditer(written):
        for start in range(match.start(), match.end(), MOBILE_DIGITS):
            end = start + MOBILE_DIGITS
            yield Found(written[start:end], base + start, base + end)
    place = 0
    while (candidate := _CANDIDATE.search(written, place)) and next(looks, None) is not None:
        one = number(written, *candidate.span())
        if is_mobile(one, text, base, written):
            yield Found(one.value, base + one.start, base + one.end)
            place = candidate.end()
        else:
            place = candidate.start() + 1


def is_mobile(one: Number, text: str, base: int, written: str) -> bool:
    """Whether eleven digits that could be a mobile number are one, by their gaps and what stands around them.

    `one` is of `written`, which begins at `base` of `text`.
    """
    before = text[max(0, base + one.start - _BEFORE_CHARS) : base + one.start]
    if _signs().not_after.search(before) or _DECIMAL.search(plain(before)):
        return False
    cuts = one.cuts
    if not cuts:
        return True
    if any(_counts(cut) for cut in cuts) or _goes_on(one, written):
        return False
    words = [cut for cut in cuts if _WORD.search(cut)]
    if words and not _are_fillers(words, one):
        return False
    if words or is_announced(before):
        return True
    if any(set(cut) & _signs().listing for cut in cuts):
        return False
    regular = tuple(one.groups) in _signs().groups or len(cuts) > _SINGLES
    return regular or not all(set(cut) <= _ORDINARY for cut in cuts)


def _counts(cut: str) -> bool:
    """Whether the gap names a unit: the digits around it count something."""
    return any(sign in _signs().units for sign in cut)


def _goes_on(one: Number, written: str) -> bool:
    """Whether digits parted like these stand right before or after: a row of numbers, of which these are eleven."""
    if len(one.cuts) <= _SINGLES:
        return False
    styles = set(one.cuts)
    before = _MORE_BEFORE.search(written[max(0, one.start - 4) : one.start])
    after = _MORE_AFTER.match(written, one.end)
    return bool((before and before[1] in styles) or (after and after[1] in styles))


def _are_fillers(words: list[str], one: Number) -> bool:
    """Words in the gaps: those of contacts, one and the same letter or hanzi again and again, one hanzi in a number
    that is otherwise parted as usual, or some hanzi after every digit."""
    if any(":" in cut or "：" in cut or "\n" in cut for cut in words):
        return False
    inside = ["".join(_WORD.findall(cut)) for cut in words]
    if all(set(word) <= _signs().fillers or word in ("v", "vx", "wx", "q", "w", "tel") for word in inside):
        return True
    if any(len(word) > 1 for word in inside):
        return False
    if len(inside) > 1 and len(set(inside)) == 1:
        return True
    if any(word.isascii() for word in inside):
        return False
    if len(inside) > _SINGLES:
        return True
    return len(inside) == 1 and len(one.cuts) <= _USUAL_CUTS and tuple(one.groups) in _signs().groups


def is_announced(before: str) -> bool:
    """Whether a label of a telephone or a messenger ends what stands before a number."""
    return _signs().announced.search(before) is not None
