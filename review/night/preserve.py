"""Stage 4, 固证: what is flagged is seen again in a real browser, by desktop and by phone, and judged again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.marks import mark
from crawlers.records import FetchProfile, Origin, Task
from review.night.suspects import suspects
from review.night.targets import in_browser, is_official

if TYPE_CHECKING:
    from review.night.ground import Ground


def plan_preservation(ground: Ground) -> int:
    """The pages on which tonight's flags rest, once a night each: a site by both visitors, an offer by the desktop."""
    sites: list[str] = []
    offers: list[str] = []
    for suspect in suspects(ground.store, night=ground.night):
        kind, _, name = suspect.subject.partition(":")
        if kind == "site":
            kept = ground.store.captures(ids=list(suspect.capture_ids))
            sites += [capture.final_url for capture in kept if capture.origin is Origin.CRAWL][:1]
        else:
            offers += [listing.url for listing in ground.store.listings(subject=name)][:1]
    mark("preserve-before-plan")
    tasks = [*_in_browser(ground, sites), *(task for task in _in_browser(ground, offers) if _desktop(task))]
    return ground.store.plan(task for task in tasks if not _official(ground, task.target))


def _in_browser(ground: Ground, pages: list[str]) -> list[Task]:
    return in_browser(ground.config, ground.night, pages, origin="preserve", round_=0)


def _desktop(task: Task) -> bool:
    return task.profile is FetchProfile.DESKTOP


def _official(ground: Ground, url: str) -> bool:
    return is_official(ground.config, urlsplit(url).hostname or "")
