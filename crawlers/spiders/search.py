"""Search engines: one result page per task, read by the engine's profile."""

from __future__ import annotations

import logging
import os
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from scrapy import Request

from config.schema_profiles import Profile
from config.schema_profiles import Request as SourceRequest
from crawlers.clock import utc_now
from crawlers.decode import decode_exchange
from crawlers.egress import CRAWLER
from crawlers.equipment import Equipment
from crawlers.profiles import parse, request_for
from crawlers.records import Exchange, Fetched, KeyMissing, Outcome, ProfileError, Task, TaskKind
from crawlers.robots import DONT_OBEY
from crawlers.spiders.base import TaskSpider
from crawlers.wire import COMPONENT, UNKEPT

logger = logging.getLogger(__name__)


class ProfileSpider(TaskSpider):
    """Asks and reads by the task's profile."""

    def __init__(self, night: str, equipment: Equipment) -> None:
        super().__init__(night, equipment)
        self.patience.remember(equipment.store.captures(night=night))

    @abstractmethod
    def profile(self, source: str) -> Profile:
        """The profile of a task's source. Raises ProfileError when the office has none of that name."""

    def request(self, task: Task) -> Request:
        profile = self.profile(task.source)
        service = self.equipment.config.settings.services.get(profile.request.service)
        asked = request_for(profile, task.target, task.page, service_url=service.url if service else "")
        keyed, secret = with_key(profile.request, asked.headers)
        headers = {**self.visitor_headers(task), **keyed}
        meta: dict[str, Any] = {COMPONENT: service.component if service else CRAWLER, UNKEPT: secret}
        meta[DONT_OBEY] = profile.robots != "obey" or service is not None
        meta["autothrottle_dont_adjust_delay"] = profile.delay_seconds is not None
        if service is not None:
            meta["dont_redirect"] = True  # its key opens one address; a redirect must not borrow it
        return self.ask(task, asked.url, headers=headers, method=asked.method, body=asked.body, meta=meta)

    def asked_for_time(self, task: Task, seconds: float) -> None:
        """The source's other tasks wait, an hour at most; who is on the way in is turned back."""
        if self.patience.resting(task):
            return
        seconds = min(seconds, self.equipment.config.crawl.retry_after_max_seconds)
        until = utc_now(plus_seconds=seconds)
        self.patience.rest(task, seconds)
        self.equipment.store.postpone(self.night, task.source, until)
        logger.warning("%s asks for %.0f seconds; its tasks wait until %s", task.source, seconds, until)

    def read(self, task: Task, page: Exchange, flags: list[str], request: Request) -> Fetched:
        decoded = decode_exchange(page)
        parsed = parse(self.profile(task.source), decoded.text, url=page.url, status=page.status, query=task.target)
        return Fetched(
            task=task,
            outcome=Outcome.CAPTURED,
            reason=parsed.reason,
            page_state=parsed.state,
            flags=(*flags, *decoded.flags),
            hits=parsed.hits,
            listings=parsed.listings,
            reading=parsed.reading,
        )


def with_key(request: SourceRequest, headers: Iterable[tuple[str, str]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Headers with the service's key filled in, and the names of those that hold it. Raises KeyMissing."""
    key = os.environ.get(request.key_env, "") if request.key_env else ""
    if request.key_env and not key:
        raise KeyMissing(f"the environment variable {request.key_env} holds no key")
    secret = tuple(name for name, value in headers if "{key}" in value)
    return {name: value.replace("{key}", key) for name, value in headers}, secret


class SearchSpider(ProfileSpider):
    name = "search"
    kinds: ClassVar = (TaskKind.SEARCH,)

    def profile(self, source: str) -> Profile:
        found = self.equipment.config.engines.get(source)
        if found is None:
            raise ProfileError(f"no engine {source!r}: config/engines/ has {', '.join(self.equipment.config.engines)}")
        return found
