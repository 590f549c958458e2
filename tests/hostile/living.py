"""The sites spider, kept running between tests: it waits for tasks until `DIR/stop` exists.

`python -m tests.hostile.living --night N --data DIR --config DIR` stands where `crawlers.children` does otherwise.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from crawlers.children import ChildLimits, limit_memory
from crawlers.records import Task
from crawlers.spiders.sites import SitesSpider

_POLL_SECONDS = 0.02


class LivingSpider(SitesSpider):
    name = "living"
    stop_file: Path

    def _claim(self) -> list[Task]:
        while not self.stop_file.exists():
            if self.equipment.store.waiting(self.night, self.kinds) > self._flying:
                return super()._claim()
            time.sleep(_POLL_SECONDS)
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--night", "--data", "--config"):
        parser.add_argument(name, required=True)
    given = parser.parse_args()
    limit_memory(ChildLimits().memory_mb)
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawlers.settings"
    LivingSpider.stop_file = Path(given.data) / "stop"
    process = AsyncCrawlerProcess(get_project_settings())
    process.crawl(LivingSpider, night=given.night, data=given.data, config=given.config)
    process.start()


if __name__ == "__main__":
    main()
