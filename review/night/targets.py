"""Which pages are worth a visit: hits, offers' pages, follow-ups and flagged subjects become Tasks.

Knows who is official (never visited from a hit), and how often one host may be visited in a night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.records import FetchProfile, Hit, HitKind, Listing, Task, TaskKind
from crawlers.urls import canonical, page_key

if TYPE_CHECKING:
    from config import Config
    from detectors.base import FollowUp

AD_PRIORITY = 20
HIT_PRIORITY = 10
FOLLOW_PRIORITY = 15
LISTING_IMAGES = 3
"""Pictures looked at of one offer: the first ones carry what the text does not say."""
TITLE_LENGTH = 12
"""Engines cut titles at different lengths; their beginnings agree."""


def both_profiles(
    config: Config, night: str, url: str, *, kind: TaskKind, priority: int, origin: str, round_: int
) -> Iterator[Task]:
    """One URL seen twice, close together: by a desktop directly, by a phone that comes from a search engine."""
    for profile in FetchProfile:
        referrer = config.crawl.phone.referrer if profile is FetchProfile.PHONE else ""
        yield Task(
            night=night,
            kind=kind,
            source="web",
            target=url,
            profile=profile,
            referrer=referrer,
            priority=priority,
            round=round_,
            origin=origin,
        )


def visits(config: Config, night: str, url: str) -> list[Task]:
    """A page that a person names: seen by both plain visitors and by both in the browser."""
    return [
        task
        for kind in (TaskKind.SITE, TaskKind.BROWSER)
        for task in both_profiles(
            config, night, canonical(url), kind=kind, priority=AD_PRIORITY, origin="tip", round_=0
        )
    ]


def is_official(config: Config, host: str) -> bool:
    """Whether a current official site is this host or owns it as a sub-domain."""
    return any(
        site.status == "current" and (host == site.host or host.endswith("." + site.host))
        for site in config.official.sites
    )


def from_hits(config: Config, night: str, hits: Iterable[Hit], *, round_: int) -> list[Task]:
    """Adverts first: paid results are where sellers buy traffic. At most `sites_per_night` pages.

    A result whose address only the engine's own redirect knows is left out when another engine gave the same
    page (host shown and title) outright: one visit tells as much, and the engine is asked less. Of addresses that
    differ in tracking parameters the first is visited, with its own: some sellers show nothing without.
    """
    budget = config.crawl.budget
    per_host: Counter[str] = Counter()
    keys: set[str] = set()
    shown: set[tuple[str, str]] = set()
    planned: list[Task] = []
    for hit in sorted(hits, key=_visit_order):
        url, page = canonical(hit.resolved or hit.url), _shown_page(hit)
        key, paid = page_key(url, config.crawl.tracking_parameters), hit.kind is HitKind.AD
        if not url or key in keys or is_official(config, urlsplit(url).hostname or ""):
            continue
        crowded, told = per_host[page[0]] > budget.inner_pages_per_site, not hit.resolved and page in shown
        if page[0] and not paid and (crowded or told):
            continue
        if len(keys) >= budget.sites_per_night:
            break
        keys.add(key)
        shown.add(page)
        per_host[page[0]] += 1
        priority, origin = (AD_PRIORITY, "ad") if paid else (HIT_PRIORITY, "hit")
        planned += both_profiles(
            config, night, url, kind=TaskKind.SITE, priority=priority, origin=origin, round_=round_
        )
    return planned


def _visit_order(hit: Hit) -> tuple[bool, bool, int]:
    return hit.kind is not HitKind.AD, not hit.resolved, hit.rank


def _shown_page(hit: Hit) -> tuple[str, str]:
    """Host and beginning of the title, as a reader of the result page sees them."""
    line = hit.resolved or hit.display
    host = (urlsplit(line if "//" in line else f"//{line}").hostname or "") if line else ""
    return "".join(host.split()[:1]), "".join(hit.title.split()).rstrip("….")[:TITLE_LENGTH]


def from_listings(config: Config, night: str, listings: Iterable[Listing], *, round_: int) -> list[Task]:
    """The offers' own pages and pictures, seen once by a desktop: result pages give little but a title."""
    budget = config.crawl.budget.listings_per_marketplace
    per_platform: Counter[str] = Counter()
    planned: dict[str, Task] = {}
    for listing in sorted(listings, key=lambda offer: (not offer.promoted, offer.rank)):
        urls = [canonical(url) for url in (listing.url, *listing.images[:LISTING_IMAGES])]
        if urls[0] in planned or per_platform[listing.platform] >= budget:
            continue
        per_platform[listing.platform] += 1
        planned |= {url: _offer_task(night, url, round_) for url in urls if url}
    return list(planned.values())


def _offer_task(night: str, url: str, round_: int) -> Task:
    return Task(
        night=night,
        kind=TaskKind.SITE,
        source="web",
        target=url,
        priority=HIT_PRIORITY,
        round=round_,
        origin="listing",
    )


def from_followups(config: Config, night: str, followups: Iterable[FollowUp], *, round_: int) -> list[Task]:
    """What detectors want fetched next; each subject's share was cut before."""
    planned: list[Task] = []
    for followup in followups:
        url = canonical(followup.url)
        if url and not is_official(config, urlsplit(url).hostname or ""):
            planned += both_profiles(
                config, night, url, kind=TaskKind.SITE, priority=FOLLOW_PRIORITY, origin="followup", round_=round_
            )
    return planned


def in_browser(config: Config, night: str, urls: Iterable[str], *, origin: str, round_: int) -> list[Task]:
    """The same pages, to be seen in a real browser with both profiles."""
    found = (canonical(url) for url in urls)
    return [
        task
        for url in dict.fromkeys(url for url in found if url)
        for task in both_profiles(
            config, night, url, kind=TaskKind.BROWSER, priority=FOLLOW_PRIORITY, origin=origin, round_=round_
        )
    ]
