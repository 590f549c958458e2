"""Look-alike names: whether each exists at all, and the page at its address if it does."""

from __future__ import annotations

from typing import ClassVar

from scrapy import Request

from crawlers.records import Task, TaskKind
from crawlers.spiders.sites import SitesSpider


class LookalikesSpider(SitesSpider):
    """Most names are nobody's: what does not answer is not asked twice."""

    name = "lookalikes"
    kinds: ClassVar[tuple[TaskKind, ...]] = (TaskKind.LOOKALIKE,)

    def request(self, task: Task) -> Request:
        request = super().request(task)
        return request.replace(meta={**request.meta, "dont_retry": True})
