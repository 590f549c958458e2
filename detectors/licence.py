"""Certificate numbers and records in a text: do the number, the days and the review agree with each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from crawlers import identities
from crawlers.identities import Check, Identity
from detectors import strings
from detectors.base import Axis, Contact, Signal, detector
from detectors.cards import Dated, dates, table
from detectors.contacts import page_views
from detectors.hosts import Owner

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page

VERSION = 1
_NAMED_CHARS = 24
"""How far before a number its label may stand."""
_RECORD_CHARS = 240
"""How far apart two lines of one record may stand."""
_AROUND_CHARS = 160
_MAX_RECORDS = 40
_WEIGHTS = {"span_short": 0.15, "too_early": 0.2}
_WEIGHT = 0.35
"""Enough to be watched, too little to be flagged: records are copied, mistyped and made up for teaching."""
# both begin with a class, looked behind after it: `re` runs over everything else at full speed
_ODD = re.compile(r"[TＴ](?<![0-9A-Za-z][TＴ])[ \-]?(\d{10,25})[Xx]?(?![0-9A-Za-z])")
_HIDDEN = re.compile(rf"[TＴ](?<![0-9A-Za-z][TＴ])\d\d{re.escape(identities.WRONG)}{{10,16}}[\dXx]{{2}}")


class Issue(NamedTuple):
    """What is wrong with a record; `start`, `end` in the text."""

    kind: str
    start: int
    end: int
    facts: dict[str, Any]


@dataclass(slots=True)
class Record:
    """The labelled dates, and the number, that stand together in a text."""

    number: Identity | None = None
    days: dict[str, Dated] = field(default_factory=dict)

    def start(self) -> int:
        return min(self._places())[0]

    def end(self) -> int:
        return max(self._places(), key=lambda place: place[1])[1]

    def _places(self) -> list[tuple[int, int]]:
        own = [(self.number.start, self.number.end)] if self.number else []
        return own + [(one.start, one.end) for one in self.days.values()]


def certificates(text: str) -> list[Identity]:
    """Numbers of certificates in a text: with `T`, or with a label of a certificate's number before them."""
    return [one for one in identities.find(text) if one.certificate or _is_named(text, one.start)]


def _is_named(text: str, start: int) -> bool:
    """Whether the label of a certificate's number, and not of a person's, ends before a place."""
    before = re.sub(r"[\s:：]+$", "", text[max(0, start - _NAMED_CHARS) : start])
    labels = table()["labels"]
    return before.endswith(tuple(labels["number"])) and not before.endswith(tuple(labels["person"]))


def records(days: Iterable[Dated], numbers: Iterable[Identity]) -> Iterator[Record]:
    """What stands together is one record; a second number or a label said again begins the next."""
    record = Record()
    items: list[Dated | Identity] = sorted([*days, *numbers], key=lambda item: item.start)
    for item in items:
        if (record.number or record.days) and (item.start - record.end() > _RECORD_CHARS or _again(record, item)):
            yield record
            record = Record()
        if isinstance(item, Identity):
            record.number = item
        else:
            record.days[item.kind] = item
    if record.number or record.days:
        yield record


def _again(record: Record, item: Dated | Identity) -> bool:
    return record.number is not None if isinstance(item, Identity) else item.kind in record.days


def issues(text: str, record: Record) -> Iterator[Issue]:
    """Everything that does not agree, the number's own faults first. Only what is of this certificate is looked at:
    others are numbered otherwise and valid for other times."""
    number = record.number
    if not _is_own(text, record):
        return
    if number is not None and number.certificate and number.check in (Check.CHECKSUM, Check.MALFORMED):
        shown = identities.masked(text[number.start : number.end])
        yield Issue(number.check.value, number.start, number.end, {"number": shown})
    if number is not None or record.days.keys() & {"first", "review"}:
        yield from _between(record)
        yield from _holder(record)


def _is_own(text: str, record: Record) -> bool:
    near = text[max(0, record.start() - _AROUND_CHARS) : record.end() + _AROUND_CHARS]
    labels = table()["labels"]
    named = record.number is not None and record.number.certificate and _is_named(text, record.number.start)
    return (named or any(word in near for word in labels["own"])) and not any(word in near for word in labels["other"])


def _between(record: Record) -> Iterator[Issue]:
    """Faults among the dates themselves."""
    rules, days = table()["rules"], record.days
    start, end, review = days.get("from"), days.get("until"), days.get("review")
    first, issued = days.get("first"), days.get("issued")
    early = next((one for one in days.values() if one.day.year < rules["least_year"]), None)
    if early:
        yield _issue("too_early", early, early)
    if start and end:
        yield from _span(start, end)
    if review:
        yield from _reviewed(review, start, start or issued, end)
    if first and start and first.day > start.day + _slack():
        yield _issue("issued_after_start", first, start)
    elif issued and end and issued.day > end.day:
        yield _issue("issued_after_end", issued, end)


def _reviewed(review: Dated, start: Dated | None, begin: Dated | None, end: Dated | None) -> Iterator[Issue]:
    """A review at the end itself is the lawful one of who has ten years in the trade."""
    if end and review.day > end.day + _slack():
        yield _issue("review_after_end", end, review)
    elif start and review.day < start.day:
        yield _issue("review_before_start", start, review)
    elif begin and not (end and abs(end.day - review.day) <= _slack()):
        years = table()["rules"]["review_years"]
        if review.day > _later(begin.day, years) + _slack():
            yield _issue("review_late", begin, review)


def _span(start: Dated, end: Dated) -> Iterator[Issue]:
    whole = _later(start.day, table()["rules"]["validity_years"])
    if end.day <= start.day:
        yield _issue("span_back", start, end)
    elif end.day > whole + _slack():
        yield _issue("span_long", start, end)
    elif end.day < whole - _slack():
        yield _issue("span_short", start, end)


def _holder(record: Record) -> Iterator[Issue]:
    """The day of birth in the number against the earliest day of the record."""
    given = [one for kind, one in record.days.items() if kind in ("first", "issued", "from")]
    birth = record.number.birth if record.number else None
    if birth is None or not given:
        return
    earliest = min(given, key=lambda one: one.day)
    if birth > earliest.day:
        yield _issue("unborn", earliest, earliest)
    elif _later(birth, table()["rules"]["least_age_years"]) > earliest.day:
        yield _issue("minor", earliest, earliest)


_YEARS = {
    "span_long": "validity_years",
    "span_short": "validity_years",
    "review_late": "review_years",
    "minor": "least_age_years",
}


def _issue(kind: str, first: Dated, last: Dated) -> Issue:
    facts = {"first": first.day.isoformat(), "last": last.day.isoformat()}
    if kind in _YEARS:
        facts["years"] = table()["rules"][_YEARS[kind]]
    return Issue(kind, min(first.start, last.start), max(first.end, last.end), facts)


def _later(day: date, years: int) -> date:
    """The same day so many years on; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@cache
def _slack() -> timedelta:
    return timedelta(days=table()["rules"]["tolerance_days"])


def _odd(text: str, taken: list[Identity]) -> Iterator[Issue]:
    """`T` numbers of another length, and such as a row holds them masked that did not check."""
    for match in _ODD.finditer(text):
        inside = any(one.start < match.end() and match.start() < one.end for one in taken)
        if not inside and _is_named(text, match.start()):
            shown = identities.masked(match.group())
            yield Issue("length", *match.span(), {"number": shown, "count": len(match.group()) - 1})
    for match in _HIDDEN.finditer(text) if identities.WRONG * 10 in text else ():
        yield Issue("checksum", *match.span(), {"number": match.group()})


def signal(text: str, issue: Issue) -> Signal:
    """The signal of an issue. Its quote is the original's at its offsets but for the digits of numbers, which are
    masked at the same length."""
    quote = identities.mask(text[issue.start : issue.end])
    if issue.kind == "length":
        quote = identities.masked(quote)
    by_number = issue.kind in ("checksum", "malformed", "length")
    return Signal(
        detector="licence",
        version=VERSION,
        axis=Axis.SELLING,
        cls=strings.LICENCE_NUMBER if by_number else strings.LICENCE_DATES,
        weight=_WEIGHTS.get(issue.kind, _WEIGHT),
        reason=strings.LICENCE_REASONS[issue.kind].format(**issue.facts),
        quote=quote,
        start=issue.start,
        end=issue.end,
    )


def contact(text: str, number: Identity) -> Contact:
    """The number as a value to link by; masked wherever it is shown."""
    quote = text[number.start : number.end]
    return Contact(kind="certificate", value=number.digits, quote=quote, start=number.start, end=number.end)


@detector("licence", version=VERSION, title="证号与证书记录", axis=Axis.SELLING, budget_ms=3000)
def licence(page: Page, context: Context) -> Iterator[Signal | Contact]:
    """Numbers of certificates are checked by their own digits (T + identity number, ISO 7064 MOD 11-2), the dates of
    a record by each other (six years, review every three); what does not agree is watched, never flagged by itself.
    Numbers are masked in quote and reason."""
    text = page.text
    numbers = certificates(text)
    yield from (contact(text, one) for one in {one.digits: one for one in reversed(numbers)}.values())
    if page.host and context.registry.owner(page.host)[0] in (Owner.OFFICIAL, Owner.STATE):
        return
    seen: set[tuple[str, str]] = set()
    days = dates(page_views(page))
    looked_at = islice(records(days, numbers), _MAX_RECORDS) if days or numbers else ()
    for issue in (*(issue for record in looked_at for issue in issues(text, record)), *_odd(text, numbers)):
        one = signal(text, issue)
        if (issue.kind, one.reason) not in seen:
            seen.add((issue.kind, one.reason))
            yield one
