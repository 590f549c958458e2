"""How often a source may turn us away before it is left alone for the night, and when it asks for that itself."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import IgnoreRequest

from crawlers.clock import http_date
from crawlers.records import KNOWN_STATES, Capture, Exchange, Fetched, PageState, Task
from crawlers.values import fold

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

TURNED_AWAY = frozenset({PageState.BLOCKED, PageState.LOGIN})
_BUSY = frozenset({429, 503})
_WAIT_MAX_CHARS = 40


class SourceRested(IgnoreRequest):
    """The source blocked us too often tonight."""


class SourceWaits(IgnoreRequest):
    """The source asked for time, and its tasks are back in the plan until then."""


class Patience:
    """Counts pages in a row that came back blocked or as a login, by whatever `key` names the source of a task."""

    def __init__(self, limit: int, key: Callable[[Task], str]) -> None:
        self._limit = limit
        self._key = key
        self._in_a_row: Counter[str] = Counter()
        self._until: dict[str, float] = {}

    def rest(self, task: Task, seconds: float) -> None:
        """The source of a task asked to be left alone so long."""
        self._until[self._key(task)] = time.monotonic() + seconds

    def resting(self, task: Task) -> bool:
        return time.monotonic() < self._until.get(self._key(task), 0.0)

    def remember(self, captures: Iterable[Capture]) -> None:
        """Take up where an earlier run of this night stopped; only for keys that are source names."""
        for capture in captures:
            self._count(capture.source, capture.page_state)

    def note(self, task: Task, state: PageState) -> None:
        self._count(self._key(task), state)

    def exhausted(self, task: Task) -> bool:
        return self._in_a_row[self._key(task)] >= self._limit

    def _count(self, key: str, state: PageState) -> None:
        if self._in_a_row[key] >= self._limit:
            return
        self._in_a_row[key] = self._in_a_row[key] + 1 if state in TURNED_AWAY else 0


def asked_to_wait(status: int, headers: Iterable[tuple[str, str]]) -> str:
    """The Retry-After of a source that is busy (RFC 9110 section 10.2.3): seconds or a date as sent; else empty."""
    if status not in _BUSY:
        return ""
    return next((fold(value)[:_WAIT_MAX_CHARS] for name, value in headers if name.lower() == "retry-after"), "")


def wait_seconds(said: str, now: datetime | None = None) -> float:
    """How long a Retry-After asks for, in seconds; 0 when it says nothing that can be understood."""
    if said.isascii() and said.isdecimal():
        return float(said[:12])
    moment = http_date(said)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds()) if moment else 0.0


def turned_away(fetched: Fetched, page: Exchange) -> Fetched:
    """A page that names a time to come back counts as blocked and says so; one that was read all the same stays."""
    wait = asked_to_wait(page.status, page.response_headers)
    if not wait or fetched.page_state in KNOWN_STATES:
        return fetched
    return replace(fetched, page_state=PageState.BLOCKED, reason=f"{fetched.reason or 'busy'}: retry after {wait}")


def refuse_rested(crawler: Crawler, request: Request) -> None:
    """Raises SourceRested for a request of a task whose source is left alone."""
    spider: Any = crawler.spider
    task = request.meta.get("task")
    if task is None:
        return
    if spider.patience.resting(task):
        raise SourceWaits(task.source)
    if spider.patience.exhausted(task):
        raise SourceRested(task.source)


def tell_wait(crawler: Crawler, request: Request, said: str) -> None:
    """The spider hears of a Retry-After before it sends anything more."""
    spider: Any = crawler.spider
    task, seconds = request.meta.get("task"), wait_seconds(said)
    if task is not None and seconds:
        spider.asked_for_time(task, seconds)
