"""Hops are filed, sources rest, redirects behave; without a network."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.settings import Settings

from crawlers.middlewares import FOLLOWED, HopRecorder, Redirects, RestedSources, hops
from crawlers.patience import Patience, SourceRested
from crawlers.records import Exchange, PageState, Task, TaskKind
from crawlers.wire import WireResponse

TASK = Task(night="N", kind=TaskKind.SEARCH, source="bing", target="焊工证")


def answered(request: Request, status: int = 200, **headers: str) -> WireResponse:
    response = WireResponse(request.url, status=status, headers=headers, request=request)
    response.exchange = Exchange(url=request.url, status=status)
    return response


def redirects() -> Redirects:
    return Redirects(Settings({"REDIRECT_MAX_TIMES": 3}))


def test_hops_are_filed_in_order() -> None:
    first = Request("http://a.test/", headers={"Referer": "https://m.baidu.com/"})
    recorder, middleware = HopRecorder(), redirects()
    middleware.crawler = SimpleNamespace(spider=None)
    moved = recorder.process_response(first, answered(first, 302, Location="/b"))
    second: Any = middleware.process_response(first, moved)
    assert second.url == "http://a.test/b"
    assert second.headers["Referer"] == b"https://m.baidu.com/"
    recorder.process_response(second, answered(second))
    assert [hop.url for hop in hops(second)] == ["http://a.test/", "http://a.test/b"]


def test_a_retry_replaces_what_it_repeats() -> None:
    request = Request(
        "http://a.test/", meta={"redirect_times": 1, "hops": (Exchange(url="http://0.test/", status=301),)}
    )
    for status in (503, 200):
        HopRecorder().process_response(request, answered(request, status))
    assert [hop.status for hop in hops(request)] == [301, 200]


def test_redirects_of_the_page_itself_count_too() -> None:
    request = Request("http://a.test/2", meta={FOLLOWED: 1, "hops": (Exchange(url="http://a.test/", status=200),)})
    HopRecorder().process_response(request, answered(request))
    assert [hop.url for hop in hops(request)] == ["http://a.test/", "http://a.test/2"]


@pytest.mark.parametrize(
    "location", ["javascript:alert(1)", "weixin://dl", "file:///etc/passwd", "ftp://a.test/", "http://[::1"]
)
def test_a_redirect_off_the_web_is_the_answer(location: str) -> None:
    request = Request("http://a.test/")
    response = answered(request, 302, Location=location)
    middleware = redirects()
    middleware.crawler = SimpleNamespace(spider=None)
    assert middleware.process_response(request, response) is response


def test_what_is_not_of_the_wire_is_not_filed() -> None:
    request = Request("http://a.test/")
    HopRecorder().process_response(request, Response("http://a.test/"))
    assert hops(request) == ()


def patience(limit: int = 3) -> Patience:
    return Patience(limit, lambda task: task.source)


def test_a_source_rests_after_so_many_refusals_in_a_row() -> None:
    counted = patience()
    for state in (PageState.BLOCKED, PageState.LOGIN, PageState.RESULTS, PageState.BLOCKED, PageState.BLOCKED):
        counted.note(TASK, state)
    assert not counted.exhausted(TASK)
    counted.note(TASK, PageState.BLOCKED)
    assert counted.exhausted(TASK)


def test_a_late_answer_does_not_wake_a_resting_source() -> None:
    counted = patience(1)
    counted.note(TASK, PageState.BLOCKED)
    counted.note(TASK, PageState.RESULTS)
    assert counted.exhausted(TASK)


def test_what_waits_for_a_resting_source_ends() -> None:
    counted = patience(1)
    crawler: Any = SimpleNamespace(spider=SimpleNamespace(patience=counted))
    middleware = RestedSources(crawler)
    request = Request("http://a.test/", meta={"task": TASK})
    assert middleware.process_request(request) is None  # type: ignore[func-returns-value]
    counted.note(TASK, PageState.BLOCKED)
    with pytest.raises(SourceRested):
        middleware.process_request(request)
    assert middleware.process_request(Request("http://a.test/robots.txt")) is None  # type: ignore[func-returns-value]
