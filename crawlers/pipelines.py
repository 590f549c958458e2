"""The item pipeline: what a spider fetched is handed to the recorder, and done only when that has kept it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from crawlers.records import CrawlError, Fetched

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class KeepPipeline:
    """Nothing more is fetched once something could not be kept: the run stops, its tasks stay planned."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepPipeline:
        return cls(crawler)

    async def process_item(self, item: Fetched) -> Fetched:
        spider: Any = self._crawler.spider
        try:
            await asyncio.wrap_future(spider.equipment.recorder.submit(item))
        except CrawlError as error:
            logger.error("%s", error)
            spider.stop("not_kept")
        else:
            spider.landed(item)
        return item

    async def close_spider(self) -> None:
        spider: Any = self._crawler.spider
        await asyncio.to_thread(spider.equipment.close)
