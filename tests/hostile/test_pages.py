"""Cases E: pages that hurt or mislead whoever reads them."""

from __future__ import annotations

import time
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

import config
from crawlers.decode import decode_exchange
from crawlers.records import Outcome, PageState
from crawlers.values import price_cny
from detectors.base import Assessment
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from review.night import health
from review.strings import SOURCE_DEGRADED, SOURCE_NORMAL
from tests.hostile.conftest import Visit
from tests.hostile.faults.pages import HIDDEN, TEXT, GbkAsUtf8, PictureAsPage
from tests.hostile.world import Seen

READ = PageState.RESULTS


def text(seen: Seen) -> str:
    return decode_exchange(seen.sent).text


@cache
def context() -> Context:
    return Context.build(config.load())


def judged(seen: Seen) -> Assessment:
    return assess(Page.from_html(text(seen), seen.page.final_url), context())


@pytest.mark.parametrize("path", ["gbk_as_utf8", "utf8_as_gbk"])
def test_e01_a_false_charset_is_overruled(visit: Visit, path: str) -> None:
    seen = visit(path)
    assert "charset_overruled" in seen.flags
    assert (TEXT in text(seen), seen.page.title) == (True, "页面")


def test_e02_rare_letters_are_exact(visit: Visit) -> None:
    assert "朱镕基与喆，㐂字" in text(visit("rare_letters"))


@pytest.mark.parametrize(
    ("codec", "words"), [("gb18030", "特种作业操作证"), ("big5", "繁體中文網站"), ("utf-8", "特种作业操作证")]
)
def test_e03_what_declares_nothing_is_read(visit: Visit, codec: str, words: str) -> None:
    seen = visit(f"nothing_declared?{codec}")
    assert words in text(seen)
    assert "low_confidence" not in seen.flags


def test_e03_of_two_bytes_nothing_is_sure(visit: Visit) -> None:
    assert "low_confidence" in visit("two_bytes").flags


@pytest.mark.parametrize("path", ["late_meta", "two_metas", "mysql_charset"])
def test_e04_odd_declarations_are_read(visit: Visit, path: str) -> None:
    assert TEXT in text(visit(path))


def test_e04_utf_7_and_hz_are_never_decoded(visit: Visit) -> None:
    seen = visit("seven_bits")
    assert "+ADw-script" in text(seen) and "~{VPND~}" in text(seen)


def test_e05_a_stray_byte_costs_one_letter(visit: Visit) -> None:
    assert text(visit("stray_bytes")).count("\ufffd") == 1


def test_e06_text_behind_deep_nesting_is_seen(visit: Visit) -> None:
    seen = visit("nested")
    assert "parser_blinding" in seen.flags
    assert HIDDEN in Page.from_html(text(seen)).text


@pytest.mark.parametrize("path", ["siblings", "long_attribute", "unclosed_links"])
def test_e07_huge_markup_is_read_in_time(visit: Visit, path: str) -> None:
    seen = visit(path, cpu_seconds=5, memory_mb=300)
    assert seen.task.outcome is Outcome.CAPTURED
    started = time.process_time()
    Page.from_html(text(seen))
    assert time.process_time() - started <= 5


def test_e08_a_picture_called_a_page_is_kept_as_it_is(visit: Visit) -> None:
    seen = visit("picture_as_page")
    assert seen.sent.body == PictureAsPage.body
    assert ("mislabelled" in seen.flags, seen.page.page_state) == (True, PageState.UNDECODABLE)


def test_e08_a_page_called_a_picture_is_read(visit: Visit) -> None:
    seen = visit("page_as_picture")
    assert ("mislabelled" in seen.flags, seen.page.page_state, seen.page.title) == (True, READ, "正常")


@pytest.mark.usefixtures("unharmed")
def test_e09_entities_are_neither_unfolded_nor_fetched(visit: Visit) -> None:
    seen = visit("entity_bomb")
    assert seen.task.outcome is Outcome.CAPTURED
    assert len(Page.from_html(text(seen)).text) < 10_000


def test_e10_disguised_words_are_found_and_kept_as_written(visit: Visit) -> None:
    seen = visit("disguised")
    assert "代\u200b办" in text(seen)
    quotes = [signal.quote for signal in judged(seen).selling.signals]
    assert any("\u200b" in quote or "\u200d" in quote for quote in quotes), quotes


@pytest.mark.parametrize(
    ("path", "reason"), [("only_picture", "text_in_image"), ("only_canvas", "text_in_image"), ("font_map", "font_map")]
)
def test_e11_words_that_only_a_browser_shows_wait_for_one(visit: Visit, path: str, reason: str) -> None:
    seen = visit(path)
    assert (seen.page.page_state, seen.page.reason) == (PageState.PARTIAL, reason)


def test_e11_icons_are_no_words(visit: Visit) -> None:
    assert visit("icon_font").page.page_state is READ


@pytest.mark.parametrize(
    ("shown", "price"),
    [
        ("¥１９９．00", 199),
        ("199-299", 199),
        ("1.2万", 12_000),
        ("面议", None),
        ("0.01", 0.01),
        ("0", None),
        ("", None),
    ],
)
def test_e12_a_price_is_read_or_is_none(shown: str, price: float | None) -> None:
    assert price_cny(shown) == price


def test_e13_bait_for_patterns_is_linear(visit: Visit) -> None:
    found = text(visit("price_bait"))
    started = time.process_time()
    price = price_cny(found[found.index("￥") :])
    assert time.process_time() - started <= 0.05
    assert price is not None
    assert price < 10**12, "no amount of money has so many digits"


@pytest.mark.parametrize(("rows", "verdict"), [(3, SOURCE_DEGRADED), (9, SOURCE_NORMAL)])
def test_e14_a_source_whose_rows_vanish_is_degraded(rows: int, verdict: str) -> None:
    page: Any = SimpleNamespace(page_state=READ)
    assert health.judge("baidu", [], [page], rows=rows, new=0, history=[10.0] * 14).verdict == verdict


def test_the_page_under_test_is_what_it_says() -> None:
    assert GbkAsUtf8.body.decode("gb18030").count(TEXT) == 1
