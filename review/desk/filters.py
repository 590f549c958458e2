"""What the queue shows: read from an address, asked of an index, said in a sentence.

One row a filter, with its key, what it asks and the sentence it adds; the address is the filter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, func, select

from review.cases import CaseState
from review.desk import tallies, texts
from review.desk.tables import desk, desk_texts
from review.errors import BadFilter
from review.strings import BAD_FILTER_KEY, BAD_FILTER_VALUE, TOO_MANY_FILTERS

MAX_KEYS = 20
MAX_PAGE = 400
COUNTED = 500
"""Where no counter knows the number, at most so many cases are counted."""
COUNTED_WALKING = 200
"""And so many where each text has to be read."""
NOBODY = "-"
OPEN_STATES = frozenset(state.value for state in CaseState)

Condition = Callable[[str], ColumnElement[bool]]


def _is(column: ColumnElement[Any]) -> Condition:
    return lambda value: column == value


def _assigned(value: str) -> ColumnElement[bool]:
    return desk.c.assignee == ("" if value == NOBODY else value)


@dataclass(frozen=True, slots=True)
class Filter:
    """`valid` says which values can be asked for; its sentence stands under its key in the words of the desk."""

    condition: Condition
    valid: Callable[[str], bool] = lambda value: 0 < len(value) <= 128
    facet: bool = False
    """Whether a counter knows how many there are."""


def _a_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _a_score(value: str) -> bool:
    return re.fullmatch(r"0(\.[0-9]{1,3})?|1", value) is not None


FILTERS: dict[str, Filter] = {
    "state": Filter(_is(desk.c.state), OPEN_STATES.__contains__, facet=True),
    "kind": Filter(_is(desk.c.kind), {"site", "listing"}.__contains__, facet=True),
    "platform": Filter(_is(desk.c.platform), facet=True),
    "cls": Filter(_is(desk.c.cls), facet=True),
    "imitates": Filter(_is(desk.c.imitates), facet=True),
    "place": Filter(_is(desk.c.place), facet=True),
    "night": Filter(_is(desk.c.night), facet=True),
    "assignee": Filter(_assigned),
    "by": Filter(_is(desk.c.decided_by)),
    "score": Filter(lambda value: desk.c.score_milli >= round(float(value) * 1000), _a_score),
    "since": Filter(lambda value: desk.c.opened_day >= value, _a_day),
    "until": Filter(lambda value: desk.c.opened_day <= value, _a_day),
    "decided": Filter(lambda value: desk.c.decided_day >= value, _a_day),
}
"""By the key in the address; `q`, `sort` and `page` are read beside them."""

SORTS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "priority": (desk.c.priority.desc(), desk.c.case_id),
    "newest": (desk.c.opened_day.desc(), desk.c.priority.desc(), desk.c.case_id),
}


@dataclass(frozen=True, slots=True)
class Query:
    """A filter as read from an address."""

    values: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    sort: str = "priority"
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Query:
        """Raises BadFilter for keys, values, sorts and pages that do not exist; nothing is guessed."""
        asked = {key: value for key, value in given.items() if value != ""}
        if len(asked) > MAX_KEYS:
            raise BadFilter(TOO_MANY_FILTERS.format(limit=MAX_KEYS))
        values = {}
        for key, value in asked.items():
            if key in ("q", "sort", "page", "case"):
                continue
            if key not in FILTERS:
                raise BadFilter(BAD_FILTER_KEY.format(key=key[:40], known=" ".join(FILTERS)))
            if not FILTERS[key].valid(value):
                raise BadFilter(BAD_FILTER_VALUE.format(key=key, value=value[:40]))
            values[key] = value
        sort, page = asked.get("sort", "priority"), asked.get("page", "1")
        if sort not in SORTS:
            raise BadFilter(BAD_FILTER_VALUE.format(key="sort", value=sort[:40]))
        if not re.fullmatch(r"[1-9]\d{0,2}", page) or int(page) > MAX_PAGE:
            raise BadFilter(BAD_FILTER_VALUE.format(key="page", value=page[:40]))
        return cls(values, asked.get("q", "")[: texts.MAX_QUERY_CHARS].strip(), sort, int(page))

    def having(self, **changes: str) -> Query:
        """The same with some values set, or taken away by an empty one; back on the first page."""
        values = {**self.values, **changes}
        return replace(self, values={key: value for key, value in values.items() if value}, page=1)

    def address(self, **more: object) -> str:
        """The query string of it."""
        told: dict[str, object] = {**self.values, "q": self.text}
        told |= {"sort": self.sort if self.sort != "priority" else "", "page": self.page if self.page > 1 else ""}
        return urlencode({key: value for key, value in {**told, **more}.items() if value != ""})

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        return [FILTERS[key].condition(value) for key, value in self.values.items()]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a query: case ids in order, how many there are, and whether there are more than counted."""

    ids: Sequence[int]
    total: int
    more: bool = False


def run(connection: Connection, query: Query, *, size: int, search_cases: int, also: Sequence[int] = ()) -> Found:
    """One page of the cases a query asks for. `also` are cases found by what is not in their text: a contact."""
    conditions, source = _search(connection, query, search_cases, also)
    rows = select(desk.c.case_id).select_from(source).where(*conditions)
    walked = source is not desk
    page = rows.order_by(*SORTS[query.sort]).limit(size).offset((query.page - 1) * size)
    ids = list(connection.scalars(page))
    total = None if query.text else _counted(connection, query)
    if total is not None:
        return Found(ids, total)
    if walked and not query.values:
        return Found(ids, search_cases, True)
    most = COUNTED_WALKING if walked else COUNTED
    number = connection.scalar(select(func.count()).select_from(rows.limit(most + 1).subquery())) or 0
    return Found(ids, min(number, most), number > most)


def ids_of(
    connection: Connection, query: Query, *, limit: int, search_cases: int, also: Sequence[int] = ()
) -> list[int]:
    """All cases of a query, up to one more than `limit`."""
    conditions, source = _search(connection, query, search_cases, also)
    rows = select(desk.c.case_id).select_from(source).where(*conditions)
    return list(connection.scalars(rows.order_by(*SORTS[query.sort]).limit(limit + 1)))


def _search(
    connection: Connection, query: Query, limit: int, also: Sequence[int]
) -> tuple[list[ColumnElement[bool]], Any]:
    """Few matches are looked up and put in order; where there are many, the queue is walked until the page is full."""
    conditions = query.conditions
    if not query.text:
        return conditions, desk
    ids = texts.matches(connection, query.text, limit)
    if ids is not None:
        return [*conditions, desk.c.case_id.in_({*ids, *also})], desk
    joined = desk.join(desk_texts, desk_texts.c.case_id == desk.c.case_id)
    return [*conditions, texts.holds(texts.folded(query.text))], joined


def _counted(connection: Connection, query: Query) -> int | None:
    """The number from the counters, where one knows it: by state, and by one facet beside it."""
    state = query.values.get("state")
    others = {key: value for key, value in query.values.items() if key != "state"}
    if not others:
        return tallies.total(connection, state)
    if len(others) == 1 and FILTERS[key := next(iter(others))].facet:
        return tallies.count(connection, key, others[key], state)
    return None
