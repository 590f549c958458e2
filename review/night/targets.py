"""Which pages are worth a visit: hits, offers' pages, follow-ups and flagged subjects become Tasks.

Knows who is official (never visited from a hit), and how often one host may be visited in a night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from crawlers.records import FetchProfile, Hit, HitKind, Task, TaskKind

if TYPE_CHECKING:
    from config import Config
    from detectors.base import FollowUp

AD_PRIORITY = 20
HIT_PRIORITY = 10
FOLLOW_PRIORITY = 15


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


def is_official(config: Config, host: str) -> bool:
    """Whether a current official site is this host or owns it as a sub-domain."""
    return any(
        site.status == "current" and (host == site.host or host.endswith("." + site.host))
        for site in config.official.sites
    )


def canonical(url: str) -> str:
    """The same page under one address: lower-case host, no fragment; empty when it is not a web page."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, host + port, parts.path or "/", parts.query, ""))


def from_hits(config: Config, night: str, hits: Iterable[Hit], *, round_: int) -> list[Task]:
    """Adverts first: paid results are where sellers buy traffic. At most `sites_per_night` pages."""
    budget = config.crawl.budget
    ordered = sorted(hits, key=lambda hit: (hit.kind is not HitKind.AD, hit.rank))
    per_host: Counter[str] = Counter()
    seen: set[str] = set()
    planned: list[Task] = []
    for hit in ordered:
        url = canonical(hit.resolved or hit.url)
        host = urlsplit(url).hostname or ""
        if not url or url in seen or is_official(config, host):
            continue
        if hit.resolved and per_host[host] > budget.inner_pages_per_site:
            continue
        if len(seen) >= budget.sites_per_night:
            break
        seen.add(url)
        per_host[host] += 1
        paid = hit.kind is HitKind.AD
        priority, origin = (AD_PRIORITY, "ad") if paid else (HIT_PRIORITY, "hit")
        planned += both_profiles(
            config, night, url, kind=TaskKind.SITE, priority=priority, origin=origin, round_=round_
        )
    return planned


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
