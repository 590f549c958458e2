"""Counters of cases by what the queue can be narrowed to, kept with every change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from review.desk.tables import desk, desk_tallies

ALL = "all"
FACETS = ("kind", "platform", "place", "cls", "imitates", "assignee", "night", "opened_day", "decided_day")
"""Columns of `desk` that are counted by state, beside all cases of a state."""

Key = tuple[str, str, str]


def change(connection: Connection, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
    """Take one case from where it was counted to where it belongs."""
    moved = Counter(_keys(after))
    moved.subtract(_keys(before) if before else ())
    for key, step in sorted(moved.items()):
        if step:
            _add(connection, key, step)


def _keys(row: Mapping[str, Any]) -> Iterable[Key]:
    yield (ALL, "", row["state"])
    for facet in FACETS:
        if row[facet]:
            yield (facet, row[facet], row["state"])


def _add(connection: Connection, key: Key, step: int) -> None:
    put = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(desk_tallies)
    row = dict(zip(("facet", "value", "state"), key, strict=True))
    added = put.values(**row, count=step).on_conflict_do_update(
        index_elements=["facet", "value", "state"], set_={"count": desk_tallies.c.count + step}
    )
    connection.execute(added)


def rebuild(connection: Connection) -> None:
    """Count everything anew: after a bulk load, and when `doctor` finds the counters wrong."""
    connection.execute(delete(desk_tallies))
    names = ["facet", "value", "state", "count"]
    total = select(literal(ALL), literal(""), desk.c.state, func.count()).group_by(desk.c.state)
    connection.execute(insert(desk_tallies).from_select(names, total))
    for facet in FACETS:
        column = desk.c[facet]
        counted = select(literal(facet), column, desk.c.state, func.count()).where(column != "")
        connection.execute(insert(desk_tallies).from_select(names, counted.group_by(column, desk.c.state)))


def total(connection: Connection, state: str | None = None) -> int:
    query = select(func.coalesce(func.sum(desk_tallies.c.count), 0)).where(desk_tallies.c.facet == ALL)
    return int(connection.scalar(query.where(desk_tallies.c.state == state) if state else query) or 0)


def count(connection: Connection, facet: str, value: str, state: str | None = None) -> int:
    query = select(func.coalesce(func.sum(desk_tallies.c.count), 0)).where(
        desk_tallies.c.facet == facet, desk_tallies.c.value == value
    )
    return int(connection.scalar(query.where(desk_tallies.c.state == state) if state else query) or 0)


def by_value(
    connection: Connection, facet: str, *, states: Iterable[str] = (), limit: int = 50, since: str = ""
) -> list[tuple[str, int]]:
    """Values of a facet with how many cases have them, most first; days (`since`) in their own order instead."""
    number = func.sum(desk_tallies.c.count)
    query = select(desk_tallies.c.value, number).where(desk_tallies.c.facet == facet).group_by(desk_tallies.c.value)
    if wanted := list(states):
        query = query.where(desk_tallies.c.state.in_(wanted))
    if since:
        query = query.where(desk_tallies.c.value >= since).order_by(desk_tallies.c.value)
    else:
        query = query.order_by(number.desc(), desk_tallies.c.value)
    return [(value, int(count)) for value, count in connection.execute(query.having(number > 0).limit(limit))]


def before_day(connection: Connection, day: str, state: str) -> int:
    """Cases of a state that were opened before a day."""
    counted = select(func.coalesce(func.sum(desk_tallies.c.count), 0)).where(
        desk_tallies.c.facet == "opened_day", desk_tallies.c.state == state, desk_tallies.c.value < day
    )
    return int(connection.scalar(counted) or 0)
