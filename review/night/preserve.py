"""Stage 4, 固证: what is flagged is seen again in a real browser, by desktop and by phone, and judged again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.marks import mark
from crawlers.records import Origin
from review.night.suspects import suspects
from review.night.targets import in_browser, is_official

if TYPE_CHECKING:
    from review.night.ground import Ground


def plan_preservation(ground: Ground) -> int:
    """The pages on which tonight's flags rest, once a night each."""
    pages: list[str] = []
    for suspect in suspects(ground):
        kept = ground.store.captures(ids=list(suspect.capture_ids))
        found = [capture for capture in kept if capture.origin is Origin.CRAWL]
        if suspect.subject.startswith("site:"):
            pages += [capture.final_url for capture in found][:1]
        else:
            pages += [listing.url for listing in ground.store.listings(subject=suspect.subject.partition(":")[2])][:1]
    mark("preserve-before-plan")
    tasks = in_browser(ground.config, ground.night, pages, origin="preserve", round_=0)
    return ground.store.plan(task for task in tasks if not _official(ground, task.target))


def _official(ground: Ground, url: str) -> bool:
    return is_official(ground.config, urlsplit(url).hostname or "")
