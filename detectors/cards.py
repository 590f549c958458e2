"""Labelled dates of a certificate's record (初领日期, 有效期限 … 至 …, 应复审日期), in the layouts people use."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from detectors.numerals import class_for, plain
from detectors.text import DATA, Views, fold

_LABEL_CHARS = 16
_MAX_DATES = 400
_TEN = r"(?:\d?十\d?|\d{1,2})"
_DATE = re.compile(rf"(\d{{4}})\s?[-./年]\s?({_TEN})\s?[-./月]\s?({_TEN})(?!\d)(?:\s?日)?")
_TOGETHER = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date and what it is of the record: first issued from until review. `start` is where its label begins; offsets
    are of the original."""

    kind: str
    day: date
    start: int
    end: int


@cache
def table() -> dict[str, Any]:
    with (DATA / "licence.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def _labels() -> tuple[tuple[str, str], ...]:
    """(label, kind), the longest first: 有效期至 before 有效期."""
    named = {fold(term).text: kind for kind, terms in table()["dates"].items() for term in terms}
    return tuple(sorted(named.items(), key=lambda one: -len(one[0])))


@cache
def _label_words() -> tuple[str, ...]:
    return tuple(label for label, _ in _labels())


@cache
def _label_ends() -> re.Pattern[str]:
    """The last characters of labels."""
    return re.compile(f"[{''.join(sorted({label[-1] for label in _label_words()}))}]")


def dates(views: Views) -> list[Dated]:
    """Labelled dates in order of position. Without a label a date is nobody's."""
    folded = views.folded
    if not any(map(views.dense.text.__contains__, table()["roots"]["terms"])):
        return []
    starts = [match.start() for match in islice(_candidate(class_for(folded.text)).finditer(folded.text), _MAX_DATES)]
    if len(starts) < _MAX_DATES and not any(_kind(folded.text, start)[0] for start in starts):
        return []
    days = list(islice(_days(folded.text), _MAX_DATES))
    found: list[Dated] = []
    spanned = False
    for place, (day, start, end) in enumerate(days):
        kind, begin = _kind(folded.text, start)
        ranges = kind in ("span", "from") and place + 1 < len(days)
        goes_on = ranges and _follows(folded.text, end, days[place + 1][1])
        if spanned and not kind:
            kind = "until"
        elif kind == "span":
            kind = "from" if goes_on else "until"
        spanned = goes_on and kind == "from"
        if kind:
            found.append(Dated(kind, day, *folded.original(begin, end)))
    return found


def _days(text: str) -> Iterator[tuple[date, int, int]]:
    """Dates with their places, in any digits."""
    for candidate in _candidate(class_for(text)).finditer(text):
        match = _DATE.match(written := plain(candidate.group())) or _TOGETHER.match(written)
        day = _day(match[1], match[2], match[3]) if match else None
        if match and day:
            yield day, candidate.start(), candidate.start() + match.end()


@cache
def _candidate(digit: str) -> re.Pattern[str]:
    """Four digits of a year and what could be a date after them."""
    one = f"[{digit}]"
    return re.compile(
        rf"{one}(?<!{one}{one}){one}{{3}}(?:\s?[-./年]\s?[{digit}十]{{1,3}}\s?[-./月]\s?[{digit}十]{{1,3}}(?:\s?日)?|{one}{{4}})(?!{one})"
    )


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), _number(month), _number(day))
    except ValueError:
        return None


def _number(written: str) -> int:
    """`21`, and `2十1`, `十1`, `2十` as a plain text has 二十一, 十一, 二十."""
    if "十" not in written:
        return int(written)
    tens, ones = written.split("十")
    return int(tens or 1) * 10 + int(ones or 0)


def _kind(text: str, start: int) -> tuple[str, int]:
    """What the label directly before a date says it is, and where that label begins."""
    before = text[max(0, start - _LABEL_CHARS) : start]
    if not _label_ends().search(before):
        return "", start
    bare = re.sub(r"[\s:：为是自从【\[（(]+$", "", before)
    joined = re.sub(r"\s", "", bare)
    for label, kind in _labels() if joined.endswith(_label_words()) else ():
        if joined.endswith(label):
            # blanks inside a label stand in the text, too
            spread = len(bare) - len(joined) if len(joined) == len(label) else 0
            return kind, start - len(before) + len(bare) - len(label) - spread
    return "", start


def _follows(text: str, end: int, start: int) -> bool:
    """Whether nothing but the sign of a span stands between two places."""
    between = text[end:start].strip(" \t\n:：日")
    return 0 < len(between) <= 3 and any(term in between for term in table()["between"]["terms"])
