from __future__ import annotations

import pytest

from crawlers.markup import MAX_DEPTH_TAGS, level, parse_html
from crawlers.profiles import page_state
from crawlers.records import PageState

ORDINARY = "<html><body><div><ul><li>一<li>二</ul><p>三<br>四</div></body></html>"


def test_ordinary_pages_are_left_alone() -> None:
    assert level(ORDINARY) == ORDINARY
    items = "<ul>" + "<li>项" * 5_000 + "</ul>"
    assert level(items) == items
    flat = "<div>a</div>" * 20_000
    assert level(flat) == flat


@pytest.mark.parametrize("opener", ["<div>", "<DIV class='a>b'>", "<div><p>", "<span>"])
def test_what_is_never_closed_is_levelled(opener: str) -> None:
    levelled = level(opener * 50_000 + "末尾")
    assert levelled.lower().count(opener[:4].lower()) <= MAX_DEPTH_TAGS
    assert levelled.endswith("末尾")


def test_text_behind_a_million_open_elements_is_still_read() -> None:
    tree = parse_html("<div>" * 1_000_000 + "末尾")
    assert tree.body is not None
    assert "末尾" in tree.body.text(deep=True)


def test_the_state_of_such_a_page_is_told() -> None:
    state, _ = page_state(None, text="<html><body>" + "<div>" * 200_000 + "证书查询系统的说明文字" * 40)
    assert state is PageState.RESULTS
