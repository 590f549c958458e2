"""What the spiders share: claiming tasks, one `Fetched` per task whatever happens, stopping when nothing works."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

import scrapy
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from config import Config
from crawlers import settings as hardened
from crawlers.certificates import certificate_flags
from crawlers.doorclient import DoorDown
from crawlers.equipment import Equipment
from crawlers.middlewares import hops
from crawlers.outage import Outage
from crawlers.patience import Patience, SourceRested, SourceWaits, turned_away
from crawlers.records import (
    CrawlError,
    Exchange,
    Fetched,
    FetchProfile,
    KeyMissing,
    Outcome,
    PageState,
    Task,
    TaskKind,
)
from crawlers.unpacking import ACCEPTED
from crawlers.wire import FetchFailed

logger = logging.getLogger(__name__)

_CLAIM_AHEAD = 4
"""Tasks claimed for each request under way and each place in a batch: no host and no writer waits for the other."""
_LEASE_SHARE = 4
"""A task waits for its polite turn at most this fraction of its lease, were all tasks of one host."""
_NEXT_HOP_MAX_CHARS = 200
STUCK = "redirect_not_followed"
_HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class TaskSpider(scrapy.Spider, ABC):
    """Arguments: `night` (its name), and optionally `data` (directory) and `config` (an office's directory)."""

    kinds: ClassVar[tuple[TaskKind, ...]]

    def __init__(self, night: str, equipment: Equipment) -> None:
        super().__init__()
        self.night = night
        self.equipment = equipment
        self.patience = Patience(equipment.config.settings.night.blocked_stop, self.source_key)
        self.outage = Outage(equipment.config.crawl.network, self.stop)
        self._window = _window(equipment.config)
        self._flying = 0
        self._room = asyncio.Event()
        self._stopped = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler, night: str = "", data: str = "", config: str = "") -> Self:
        if not night:
            raise CrawlError(f"which night? scrapy crawl {cls.name} -a night=2026-11-21")
        spider = cls(night, Equipment.open(f"spider-{cls.name}", data, config))
        hardened.apply(crawler.settings, spider.equipment.config)
        logging.getLogger("scrapy").setLevel(crawler.settings["LOG_LEVEL"])  # else every page makes records nobody sees
        spider._set_crawler(crawler)
        spider.outage.watch(crawler)
        return spider

    # What a spider says of itself

    def source_key(self, task: Task) -> str:
        """What is left alone when it blocks us."""
        return task.source

    @abstractmethod
    def request(self, task: Task) -> Request:
        """The first request of a task. Raises CrawlError or ValueError when there is none to make."""

    @abstractmethod
    def read(self, task: Task, page: Exchange, flags: list[str], request: Request) -> Fetched | Request:
        """What the last exchange of a task says; or the request for the page it only points at."""

    def asked_for_time(self, task: Task, seconds: float) -> None:
        """The answer to a task names a time to come back (`Retry-After`); called before anything reads it."""

    # The run

    async def start(self) -> AsyncIterator[Any]:
        """Claim as tasks end, never far ahead: a lease must outlast the wait for a polite turn."""
        while tasks := await asyncio.to_thread(self._claim):
            for task in tasks:
                self._flying += 1
                yield self._begin(task)
            await self._wait_for_room()

    def _claim(self) -> list[Task]:
        return self.equipment.store.claim(
            self.night,
            self.kinds,
            limit=self._window - self._flying,
            lease_seconds=self.equipment.config.settings.night.lease_seconds,
            owner=f"spider-{self.name}",
        )

    async def _wait_for_room(self) -> None:
        while self._flying > self._window // 2:
            self._room.clear()
            await self._room.wait()

    def _begin(self, task: Task) -> Request | Fetched:
        try:
            return self.request(task)
        except (CrawlError, ValueError) as error:
            logger.warning("task %s (%s) cannot be asked: %s", task.id, task.target[:200], error)
            return _unread(task, Outcome.FAILED, "no_key" if isinstance(error, KeyMissing) else "url")

    def landed(self, fetched: Fetched) -> None:
        """A task is done and kept."""
        self._flying -= 1
        self._room.set()
        self._count(fetched)

    def stop(self, reason: str) -> None:
        """End the run; what is under way stays leased and goes back to the plan."""
        if self._stopped or self.crawler.engine is None:
            return
        self._stopped = reason
        logger.error("the run stops: %s", reason)
        self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    # Answers

    def parse(self, response: Response, **_: Any) -> Iterator[Fetched | Request]:
        assert response.request is not None
        task, chain = response.request.meta["task"], hops(response.request)
        self.outage.answered()
        try:
            flags = [*response.flags, *_stuck_redirect(response), *_certificate(chain[-1])]
            found = self.read(task, chain[-1], flags, response.request)
        except Exception as error:
            logger.exception("reading %s", response.url)
            found = _unread(task, Outcome.FAILED, f"callback:{type(error).__name__}")
        if isinstance(found, Request):
            yield found
            return
        if found.outcome is Outcome.CAPTURED:
            found = _next_hop(turned_away(found, chain[-1]), chain[-1])
            self.patience.note(task, found.page_state)
        yield replace(found, exchanges=chain)

    def failed(self, failure: Failure) -> Iterator[Fetched]:
        request, error = failure.request, failure.value  # type: ignore[attr-defined]
        if isinstance(error, SourceWaits):  # its task is back in the plan
            self._flying -= 1
            self._room.set()
            return
        if isinstance(error, DoorDown):
            self.stop("door_down")
            return
        outcome, reason = _ending(error)
        if not self.outage.holds(request, reason):
            yield replace(_unread(request.meta["task"], outcome, reason), exchanges=hops(request))

    # Requests

    def ask(self, task: Task, url: str, *, headers: dict[str, str], **more: Any) -> Request:
        """A request of this task; `more` goes to Request, its `meta` is merged."""
        meta = {"task": task, **more.pop("meta", {})}
        return Request(url, self.parse, headers=headers, errback=self.failed, dont_filter=True, meta=meta, **more)

    def visitor_headers(self, task: Task) -> dict[str, str]:
        """How a visitor of this profile would ask."""
        phone = task.profile is FetchProfile.PHONE
        visitor = self.equipment.config.crawl.phone if phone else self.equipment.config.crawl.desktop
        headers = {
            "User-Agent": visitor.user_agent,
            "Accept": _HTML,
            "Accept-Language": visitor.accept_language,
            "Accept-Encoding": ACCEPTED,
        }
        referrer = task.referrer or visitor.referrer
        return {**headers, "Referer": referrer} if referrer else headers

    def _count(self, fetched: Fetched) -> None:
        assert self.crawler.stats is not None
        source, said = fetched.task.source, fetched.outcome.value
        if fetched.outcome is Outcome.CAPTURED:
            said = f"state/{fetched.page_state.value}"
            self.crawler.stats.inc_value(f"source/{source}/hits", len(fetched.hits) + len(fetched.listings))
        elif fetched.reason:
            said = f"{said}/{fetched.reason}"
        self.crawler.stats.inc_value(f"source/{source}/{said}")
        self.crawler.stats.inc_value(f"source/{source}/bytes", sum(len(sent.body) for sent in fetched.exchanges))


def _window(config: Config) -> int:
    """How many tasks may be claimed and not yet kept."""
    enough = _CLAIM_AHEAD * (config.crawl.concurrency + config.settings.archive.batch_records)
    if not config.crawl.delay_seconds:
        return enough
    in_time = config.settings.night.lease_seconds / (_LEASE_SHARE * config.crawl.delay_seconds)
    return max(config.crawl.concurrency, min(enough, int(in_time)))


def _unread(task: Task, outcome: Outcome, reason: str) -> Fetched:
    """A task whose page was not read: what was kept of it on the way says nothing of the source."""
    return Fetched(task=task, outcome=outcome, reason=reason, page_state=PageState.UNDECODABLE)


def _stuck_redirect(response: Response) -> list[str]:
    """A redirect that ended the chain: to `javascript:`, to an app, or simply not followed for this source."""
    return [STUCK] if 300 < response.status < 400 and b"Location" in response.headers else []


def _next_hop(found: Fetched, page: Exchange) -> Fetched:
    """Where a redirect that was not followed would have led: an app, a script, another scheme."""
    if STUCK not in found.flags:
        return found
    target = next(value for name, value in page.response_headers if name.lower() == "location")
    return replace(found, reason=f"{found.reason or 'redirect'}: next hop: {target[:_NEXT_HOP_MAX_CHARS]}")


def _certificate(page: Exchange) -> tuple[str, ...]:
    return certificate_flags(page.certificate_der, urlsplit(page.url).hostname or "", page.fetched_at[:10])


def _ending(error: BaseException | None) -> tuple[Outcome, str]:
    if isinstance(error, FetchFailed):
        return error.outcome, error.reason
    if isinstance(error, SourceRested):
        return Outcome.FAILED, "source_blocked"
    if isinstance(error, IgnoreRequest):
        return Outcome.FAILED, "robots" if "robots" in str(error) else "redirect_loop"
    logger.error("unexpected: %r", error)
    return Outcome.FAILED, f"fetch:{type(error).__name__}"
