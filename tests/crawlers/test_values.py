"""Prices and moments as pages write them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.values import fold, moment, price_cny, without_markup


@pytest.mark.parametrize(
    ("shown", "yuan"),
    [
        ("238.00", 238.0),
        ("¥１９９．00", 199.0),
        ("￥38", 38.0),
        ("1.2万", 12_000.0),
        ("1-1.5万", 10_000.0),
        ("199-299", 199.0),
        ("¥300~500", 300.0),
        ("1,299.00", 1299.0),
        ("当前价¥38起", 38.0),
        ("3个 ¥ 99", 99.0),
        ("2k", 2000.0),
        ("0.01", 0.01),
        ("500元/次", 500.0),
        ("面议", None),
        ("价格面议", None),
        ("", None),
        ("0", None),
        ("0.00", None),
        ("¥", None),
    ],
)
def test_prices(shown: str, yuan: float | None) -> None:
    assert price_cny(shown) == yuan


@given(st.text(max_size=120))
def test_no_text_gives_a_price_of_nothing(shown: str) -> None:
    price = price_cny(shown)
    assert price is None or price > 0


def test_bait_is_read_in_linear_time() -> None:
    bait = "￥" + "1" * 100_000
    started = time.process_time()
    price_cny(bait)
    price_cny("￥1-" * 50_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("shown", "utc"),
    [
        ("1700000000", "2023-11-14T22:13:20Z"),
        ("1700000000000", "2023-11-14T22:13:20Z"),
        (" 3小时前 ", "3小时前"),
        ("2019-01-02  03:04", "2019-01-02 03:04"),
        ("", ""),
    ],
)
def test_moments(shown: str, utc: str) -> None:
    assert moment(shown) == utc


def test_markup_and_entities_of_json_fields() -> None:
    assert (
        without_markup("<em>证</em>书 &amp; <span class=H>查询</span>&quot;a&quot; 1 < 2 &copy=3")
        == '证书 & 查询"a" 1 < 2 &copy=3'
    )
    assert fold(" a\n\t b　c ") == "a b c"
