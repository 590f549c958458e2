"""A filter said in words, each part with the address that is without it."""

from __future__ import annotations

from dataclasses import dataclass

from review.desk.filters import NOBODY, Query
from review.web.words import words


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    without: str | None


def parts(query: Query) -> list[Part]:
    said = words()
    found = [
        Part(said.filter.get(key).format(value=_value(key, value)), f"?{_without(query, key)}")
        for key, value in query.values.items()
    ]
    if query.text:
        rest = Query(query.values, "", query.sort).address()
        found.append(Part(said.filter.q.format(value=query.text), f"?{rest or 'sort=priority'}"))
    return found


def _without(query: Query, key: str) -> str:
    """Never empty: an address without any filter means what waits."""
    return query.having(**{key: ""}).address(sort=query.sort)


def _value(key: str, value: str) -> str:
    said = words()
    tables = {"state": said.state, "kind": said.kind, "platform": said.platform}
    if key == "assignee" and value == NOBODY:
        return str(said.queue.nobody)
    return tables[key].get(value) if key in tables else value
