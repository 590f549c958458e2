"""The browser's tasks when there is no network: what failed for want of it is visited again; the rest waits."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from crawlers.outage import SYMPTOMS, Silence
from crawlers.records import CrawlError

if TYPE_CHECKING:
    from config.schema_crawl import NetworkSettings
    from crawlers.records import Task

Claim = Callable[[int], list["Task"]]


class NoNetwork(CrawlError):
    """Too many pauses without any answer: the run ends, its tasks stay planned."""


class Holding:
    """Gives out tasks, and keeps those that failed as `outage.SYMPTOMS` say: each is visited once more after a pause.

    `pauses` counts how often everything stood still, because `network.down_hosts` hosts in a row were out of reach.
    """

    def __init__(self, settings: NetworkSettings, claim: Claim) -> None:
        self._settings = settings
        self._claim = claim
        self._silence = Silence(settings)
        self._held: list[Task] = []
        self._again: deque[Task] = deque()
        self._last_try: set[int | None] = set()
        self._turn = asyncio.Lock()
        self.pauses = 0

    def holds(self, task: Task, verdict: str) -> bool:
        """Whether the failure waits for a better moment; else it is the site's. `verdict` is the door's."""
        if verdict.partition(":")[2] not in SYMPTOMS:
            self._silence.answered()
            return False
        if task.id in self._last_try:
            return False
        self._silence.missed(task.target)
        self._held.append(task)
        return True

    async def next(self, most: int) -> list[Task]:
        """Up to `most` tasks; none when all is done. Waits while there is no network. Raises NoNetwork."""
        async with self._turn:
            ready = not self._again and not self._silence.down
            if ready and (fresh := await asyncio.to_thread(self._claim, most)):
                return fresh
            if not self._again and self._held:
                await self._wait()
            return [self._again.popleft() for _ in range(min(most, len(self._again)))]

    async def _wait(self) -> None:
        if down := self._silence.down:
            self.pauses += 1
            print(f"no network: {len(self._silence.hosts)} hosts in a row cannot be reached; waiting", file=sys.stderr)
        await asyncio.sleep(self._settings.pause_seconds)
        if not self._silence.waited():
            raise NoNetwork(f"no network after {self._settings.pauses_max} pauses; the browser's tasks stay planned")
        self._again.extend(self._held)
        if not down:
            self._last_try.update(task.id for task in self._held)
        self._held = []
