"""When there is no network, no site is to blame: what failed for want of it is asked again, and the crawl waits."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import DontCloseSpider

from crawlers.children import PAUSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from scrapy.core.engine import ExecutionEngine
    from scrapy.crawler import Crawler

    from config.schema_crawl import NetworkSettings

logger = logging.getLogger(__name__)

SYMPTOMS = frozenset({"dns_failed", "dns_timeout", "unreachable"})
"""Reasons of the door that tell as much of our network as of the site."""
LAST_TRY = "last_try"
"""Request.meta key: what fails once more after this has failed for good."""


@dataclass
class Silence:
    """Hosts in a row that could not be reached, and how often was waited for them."""

    settings: NetworkSettings
    hosts: set[str] = field(default_factory=set)
    pauses: int = 0

    @property
    def down(self) -> bool:
        """So many that it is the network."""
        return len(self.hosts) >= self.settings.down_hosts

    def missed(self, url: str) -> None:
        self.hosts.add(urlsplit(url).hostname or "")

    def answered(self) -> None:
        """Somebody is there."""
        self.hosts.clear()
        self.pauses = 0

    def waited(self) -> bool:
        """A pause is over; whether there may be another one."""
        self.pauses += self.down
        self.hosts.clear()
        return self.pauses <= self.settings.pauses_max


class Outage:
    """One site's failure is asked again after a while; many in a row, and nothing is asked meanwhile.

    After too many such pauses without any answer the run stops (`stop`): its tasks stay planned.
    """

    def __init__(self, settings: NetworkSettings, stop: Callable[[str], None]) -> None:
        self._crawler: Crawler | None = None
        self._settings = settings
        self._stop = stop
        self._held: list[Request] = []
        self._silence = Silence(settings)
        self._waiting: asyncio.Task[None] | None = None

    def watch(self, crawler: Crawler) -> None:
        """What is held keeps this crawl open."""
        self._crawler = crawler
        crawler.signals.connect(self._idle, signal=signals.spider_idle)

    @property
    def _engine(self) -> ExecutionEngine:
        assert self._crawler is not None and self._crawler.engine is not None
        return self._crawler.engine

    def holds(self, request: Request, reason: str) -> bool:
        """Whether the failure waits for a better moment; else it is the site's."""
        if reason not in SYMPTOMS:
            self.answered()
            return False
        if request.meta.get(LAST_TRY):
            return False
        self._held.append(request)
        self._silence.missed(request.url)
        if self._silence.down and not self._engine.paused:
            logger.warning("no network: %d hosts in a row cannot be reached; waiting", len(self._silence.hosts))
            self._engine.pause()
            if self._crawler is not None and self._crawler.stats is not None:
                self._crawler.stats.inc_value(PAUSES)
        if self._waiting is None:
            self._waiting = asyncio.ensure_future(self._wait())
        return True

    def answered(self) -> None:
        self._silence.answered()

    async def _wait(self) -> None:
        await asyncio.sleep(self._settings.pause_seconds)
        self._waiting = None
        down, held = self._silence.down, self._held
        self._held = []
        if not self._silence.waited():
            self._stop("network_down")
            return
        self._engine.unpause()
        for request in held:
            meta = {**request.meta, LAST_TRY: not down, "dont_retry": False, "retry_times": 0}
            self._engine.crawl(request.replace(meta=meta, dont_filter=True))

    def _idle(self) -> None:
        if self._held:
            raise DontCloseSpider
