"""Search engines: one result page per task, read by the engine's profile."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from scrapy import Request

from config.schema_profiles import Profile
from crawlers.decode import decode_exchange
from crawlers.egress import CRAWLER
from crawlers.equipment import Equipment
from crawlers.profiles import parse, request_for
from crawlers.records import Exchange, Fetched, Outcome, ProfileError, Task, TaskKind
from crawlers.spiders.base import TaskSpider
from crawlers.wire import COMPONENT


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
        headers = {**self.visitor_headers(task), **dict(asked.headers)}
        meta: dict[str, Any] = {COMPONENT: service.component if service else CRAWLER}
        if service is not None:
            meta["dont_redirect"] = True  # its key opens one address; a redirect must not borrow it
        return self.ask(task, asked.url, headers=headers, method=asked.method, body=asked.body, meta=meta)

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


class SearchSpider(ProfileSpider):
    name = "search"
    kinds: ClassVar = (TaskKind.SEARCH,)

    def profile(self, source: str) -> Profile:
        found = self.equipment.config.engines.get(source)
        if found is None:
            raise ProfileError(f"no engine {source!r}: config/engines/ has {', '.join(self.equipment.config.engines)}")
        return found
