"""Saved result pages are known by their address and read by their source's profile."""

from __future__ import annotations

import pytest

import config
from crawlers.decode import decode_exchange
from crawlers.profiles import ParsedPage
from crawlers.recognition import by_profile
from crawlers.records import PageState
from tests.crawlers.keeping import exchange

CONFIG = config.load()
PROFILES = [*CONFIG.engines.values(), *CONFIG.marketplaces.values()]
BING = """<html><body><ol id="b_results"><li class="b_algo"><h2><a href="http://sold.example/">焊工证办理</a></h2>
<div class="b_caption"><p>不用考试</p></div></li></ol></body></html>"""


def _read(url: str, html: str = BING) -> ParsedPage | None:
    kept = exchange(url, html.encode())
    return by_profile(PROFILES, kept, decode_exchange(kept))


def test_a_result_page_gives_its_hits_and_what_was_asked() -> None:
    page = _read("https://cn.bing.com/search?q=%E7%84%8A%E5%B7%A5%E8%AF%81&first=0")
    assert page is not None
    assert (page.source, page.state) == ("bing", PageState.RESULTS)
    assert [(hit.url, hit.query) for hit in page.hits] == [("http://sold.example/", "焊工证")]


def test_a_question_of_another_encoding_is_never_a_fault() -> None:
    page = _read("https://cn.bing.com/search?q=%ff%fe")
    assert page is not None
    assert page.hits[0].query


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://www.baidu.com/s?wd=x&ie=utf-8", "baidu"),
        ("https://www.baidu.com/s?rtt=1&tn=news&word=x", "baidu_news"),
        ("https://weixin.sogou.com/weixin?query=x", "sogou_weixin"),
    ],
)
def test_of_two_profiles_of_a_host_the_one_that_asks_so_reads(url: str, source: str) -> None:
    page = _read(url, "<html><body><p>x</p></body></html>")
    assert (page.source if page else "") == source


def test_another_page_of_a_source_is_its_result_page_only_with_rows() -> None:
    assert _read("https://cn.bing.com/account", "<html><body><p>登录</p></body></html>") is None
    found = _read("https://cn.bing.com/other")
    assert found is not None
    assert len(found.hits) == 1


@pytest.mark.parametrize("url", ["http://bing.example/search?q=x", "http://cn.bing.com.evil.example/search?q=x"])
def test_a_page_of_any_other_host_is_left_alone(url: str) -> None:
    assert _read(url) is None
