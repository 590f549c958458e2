"""Finding cases by words of any length."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.store import Store
from review.desk import texts
from tests.review.desk.making import make

FOUND = "特种作业操作证查询 焊工证 www.yingji-chaxun.top Ｗｅｉxin"


@pytest.mark.parametrize(
    "wanted", ["焊工", "作业", "查询 焊工", "特种作业操作证", "yingji", "chaxun.top", "WEIXIN", "证", "询", "焊", "top"]
)
def test_what_is_there_is_found(store: Store, wanted: str) -> None:
    number = make(store, title=FOUND)
    make(store, "site:other.example", title="别的页面", imitates="", cls="替考")
    with store.read() as connection:
        assert texts.matches(connection, wanted, 10) == [number]


@pytest.mark.parametrize(
    "wanted",
    ["证焊", "工焊", "xunyingji", "锅炉", '" OR "', "焊* NEAR 工", "grams:焊", "''; DROP TABLE cases", "%", "_", ""],
)
def test_what_is_not_there_is_not_found_and_nothing_is_an_operator(store: Store, wanted: str) -> None:
    """W6: what people type is words, never syntax."""
    make(store, title=FOUND)
    with store.read() as connection:
        assert texts.matches(connection, wanted, 10) == []


def test_a_changed_title_is_found_by_its_new_words_alone(store: Store) -> None:
    number = make(store, title="焊工证办理")
    make(store, title="电工证查询", score=0.95)
    with store.read() as connection:
        assert texts.matches(connection, "焊工", 10) == []
        assert texts.matches(connection, "电工", 10) == [number]


def test_too_many_matches_are_said_and_not_listed(store: Store) -> None:
    for at in range(4):
        make(store, f"site:host-{at}.example", title="焊工证办理")
    with store.read() as connection:
        assert texts.matches(connection, "焊工", 3) is None
        assert len(texts.matches(connection, "焊工", 4) or ()) == 4


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(alphabet="焊工证电ab1", min_size=1, max_size=12), st.text(alphabet="焊工证电ab1", min_size=2, max_size=4)
)
def test_a_phrase_of_pairs_is_a_substring(store: Store, title: str, wanted: str) -> None:
    number = make(store, title=title)
    with store.read() as connection:
        found = texts.matches(connection, wanted, 10)
    body = " ".join(texts.folded(f"A{number:06d} {title} 仿冒查询页 应急管理部 www.example.top"))
    assert (found == [number]) == (wanted in body)
