"""The queue's row and counters follow every change of a case."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from crawlers.store import Store
from review.cases import Decision, decide, index_missing, merge
from review.desk import index, tallies
from review.desk.tables import desk, desk_tallies, desk_texts
from tests.review.desk.making import LATER, NOW, make


def _counts(store: Store) -> dict[tuple[str, str, str], int]:
    with store.read() as connection:
        rows = connection.execute(select(desk_tallies).where(desk_tallies.c.count != 0))
        return {(row.facet, row.value, row.state): row.count for row in rows}


def _rebuilt(store: Store) -> dict[tuple[str, str, str], int]:
    with store.write() as connection:
        tallies.rebuild(connection)
    return _counts(store)


def test_counters_are_what_counting_anew_gives(store: Store) -> None:
    first = make(store)
    second = make(store, "listing:xianyu:910000000001", imitates="", cls="代办出证")
    third = make(store, "site:b.example", cls="承诺免考")
    with store.write() as connection:
        decide(connection, first, Decision.CONFIRM, actor="甲", reason="", now=LATER)
        decide(connection, third, Decision.EXCLUDE, actor="甲", reason="新闻", now=LATER)
        decide(connection, third, Decision.REOPEN, actor="乙", reason="再看", now=LATER)
        merge(connection, second, first, actor="甲", reason="同一人", now=LATER)
        index.assign(connection, third, "yi")
    make(store, "site:b.example", cls="替考", score=0.99)
    kept = _counts(store)
    assert kept[("all", "", "confirmed")] == 1
    assert kept[("all", "", "merged")] == 1
    assert kept[("cls", "替考", "open")] == 1
    assert ("cls", "承诺免考", "open") not in kept
    assert kept == _rebuilt(store)


def test_every_change_counts_one_version(store: Store) -> None:
    number = make(store)
    with store.write() as connection:
        decide(connection, number, Decision.DOUBT, actor="甲", reason="", now=LATER)
        row = connection.execute(select(desk)).mappings().one()
    assert (row["version"], row["state"], row["decided_by"], row["decided_day"]) == (2, "doubtful", "甲", "2026-11-21")


def test_the_order_does_not_change_while_time_goes_by() -> None:
    """A day of age is worth the same for every case, so whoever is ahead stays ahead until something happens."""
    old, new = index.priority(900, "site", "2026-11-10"), index.priority(950, "site", "2026-11-21")
    assert old > new
    assert index.priority(990, "site", "2026-11-21") > index.priority(990, "listing", "2026-11-21")


def test_a_store_older_than_the_queue_is_indexed_once(store: Store) -> None:
    number = make(store)
    with store.write() as connection:
        connection.execute(delete(desk))
        connection.execute(delete(desk_tallies))
        assert index_missing(connection) == 1
        assert index_missing(connection) == 0
        assert connection.scalar(select(desk.c.case_id)) == number
        assert connection.scalar(select(desk_texts.c.case_id)) == number
    assert _counts(store) == _rebuilt(store)


def test_days_are_chinas() -> None:
    assert index.local_day("2026-11-20T16:30:00.000Z") == "2026-11-21"
    assert index.local_day(NOW) == "2026-11-21"


@pytest.mark.parametrize(
    ("at", "began"),
    [
        ("2026-11-20T15:59:59.999Z", "2026-11-19T16:00:00.000Z"),
        ("2026-11-20T16:00:00.000Z", "2026-11-20T16:00:00.000Z"),
        ("2026-11-21T01:00:00.000Z", "2026-11-20T16:00:00.000Z"),
    ],
)
def test_the_day_begins_at_midnight_in_china(at: str, began: str) -> None:
    assert index.day_began(at) == began
