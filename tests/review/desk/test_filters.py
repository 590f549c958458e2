"""What the queue can be asked, and what it refuses (W6, W12)."""

from __future__ import annotations

import pytest

from crawlers.store import Store
from review.desk import filters
from review.desk.filters import Query
from review.errors import BadFilter
from tests.review.desk.making import make


@pytest.mark.parametrize(
    "given",
    [
        {"state": "open'; DROP TABLE cases"},
        {"sort": "score; DELETE"},
        {"sort": "title"},
        {"page": "-1"},
        {"page": "0"},
        {"page": "1000000000"},
        {"page": "1e9"},
        {"page": "１"},
        {"score": "9"},
        {"score": "nan"},
        {"since": "yesterday"},
        {"since": "2026-02-30"},
        {"password": "x"},
        {"cls": "x" * 129},
        {"kind": "police"},
        {f"k{number}": "1" for number in range(10_000)},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_does_not_exist_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(BadFilter):
        Query.read(given)


def test_the_address_is_the_filter() -> None:
    given = {"state": "open", "platform": "xianyu", "score": "0.8", "q": "焊工", "sort": "newest", "page": "3"}
    query = Query.read(given)
    assert query.address() == "state=open&platform=xianyu&score=0.8&q=%E7%84%8A%E5%B7%A5&sort=newest&page=3"
    assert query.having(platform="").values == {"state": "open", "score": "0.8"}
    assert query.having(state="doubtful").page == 1


def _ids(store: Store, **given: str) -> filters.Found:
    with store.read() as connection:
        return filters.run(connection, Query.read(given), size=10, search_cases=100)


def test_filters_narrow_and_counts_are_right(store: Store) -> None:
    site = make(store, score=0.7)
    offers = [
        make(store, f"listing:xianyu:91000000000{number}", imitates="", cls="代办出证", score=0.6 + number / 10)
        for number in range(3)
    ]
    assert _ids(store, state="open").total == 4
    assert list(_ids(store, kind="listing").ids) == offers[::-1]
    assert list(_ids(store, platform="xianyu", score="0.7").ids) == [offers[2], offers[1]]
    assert _ids(store, platform="xianyu", score="0.7").total == 2
    assert list(_ids(store, imitates="应急管理部").ids) == [site]
    assert list(_ids(store, assignee="-", kind="site").ids) == [site]
    assert _ids(store, until="2026-11-20").ids == []
    assert list(_ids(store, q="作业证", kind="site").ids) == [site]


def test_a_search_that_matches_much_gives_the_same_cases(store: Store) -> None:
    """Few matches are looked up, many are walked to: both ways lead to the same page."""
    for number in range(12):
        make(store, f"site:h{number}.example", title="焊工证办理", score=0.5 + number / 100)
    make(store, "site:other.example", title="电工证")
    query = Query.read({"q": "焊工", "state": "open"})
    with store.read() as connection:
        looked_up = filters.run(connection, query, size=5, search_cases=100)
        walked = filters.run(connection, query, size=5, search_cases=3)
    assert list(looked_up.ids) == list(walked.ids)
    assert looked_up.total == walked.total == 12
