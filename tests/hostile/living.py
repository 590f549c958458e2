"""The sites spider, kept running between tests: it waits for tasks until `DIR/stop` exists.

`python -m tests.hostile.living --night N --data DIR --config DIR` stands where `crawlers.children` does otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from crawlers import clock
from crawlers.children import ChildLimits, limit_memory
from crawlers.records import Task
from crawlers.spiders.sites import SitesSpider

_POLL_SECONDS = 0.02
JUMP, ROBOTS = "HOSTILE_JUMP", "HOSTILE_ROBOTS"


class LivingSpider(SitesSpider):
    name = "living"
    stop_file: Path

    def _claim(self) -> list[Task]:
        while not (self._stopped or self.stop_file.exists()):
            flying = self._flying  # before the store is asked: what lands meanwhile must not look like a new task
            if self.equipment.store.waiting(self.night, self.kinds) > flying and (tasks := super()._claim()):
                return tasks
            time.sleep(_POLL_SECONDS)
        return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--night", "--data", "--config"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    limit_memory(ChildLimits().memory_mb)
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawlers.settings"
    LivingSpider.stop_file = Path(given.data) / "stop"
    _let_the_clock_jump(Path(os.environ[JUMP]))
    settings = get_project_settings()
    settings.set("ROBOTSTXT_EVERYWHERE", ROBOTS in os.environ, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(LivingSpider)
    process.crawl(crawler, night=given.night, data=given.data, config=given.config)
    process.start()
    return 0 if crawler.stats and crawler.stats.get_value("finish_reason") == "finished" else 1


def _let_the_clock_jump(by_seconds: Path) -> None:
    """The wall clock of this process is off by what the file says, once there is one."""

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            said = by_seconds.read_text() if by_seconds.exists() else "0"
            return super().now(tz) + timedelta(seconds=float(said))

    clock.datetime = Jumping  # type: ignore[misc]


if __name__ == "__main__":
    sys.exit(main())
