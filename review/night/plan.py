"""Stage 1: queries × engines, keywords × marketplaces and re-checks due become Tasks.

Pure but for reading the store: the same day, configuration and store give the same plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product, zip_longest
from typing import TYPE_CHECKING

from crawlers.records import Task, TaskKind
from review.night.targets import both_profiles

if TYPE_CHECKING:
    from config import Config
    from config.schema import Queries, Service
    from config.schema_profiles import Profile

RECHECK_PRIORITY = 30
SEARCH_PRIORITY = 10
FULL_PAGE_ROWS = 7
"""An engine shows ten results a page, less its own boxes; with fewer there is no more to come."""
NOT_ASKED = frozenset({"import"})
"""Access of sources that only analysts feed; a `login` source is asked as anybody may and says so when it refuses."""


def queries(words: Queries) -> list[str]:
    """Every query the configuration can make, in an order that is fixed: what an office wrote out (`verbatim`)
    first, then trade after trade in turn, each with its offers and places mixed, so that a window of as many
    queries as there are trades asks for every one of them.
    """
    by_trade = [
        sorted(_of_trade(words, trade) - set(words.verbatim), key=lambda query: hashlib.sha256(query.encode()).digest())
        for trade in words.trades
    ]
    in_turn = (query for turn in zip_longest(*by_trade) for query in turn if query)
    return list(dict.fromkeys([*words.verbatim, *in_turn]))


def _of_trade(words: Queries, trade: str) -> set[str]:
    return {
        " ".join(template.format(trade=trade, offer=offer, place=place).split())
        for template, offer, place in product(words.templates, words.offers, words.places or ("",))
    }


def tonight(choices: Sequence[str], budget: int, day: date, *, fixed: int = 0) -> list[str]:
    """`budget` of the choices: the first `fixed` every night, then a window that moves on by itself each day."""
    kept, rest = list(choices[: min(fixed, budget)]), choices[fixed:]
    room = min(budget - len(kept), len(rest))
    start = day.toordinal() * room % len(rest) if rest and room else 0
    return kept + [rest[(start + step) % len(rest)] for step in range(room)]


def searches(config: Config, night: str, day: date) -> Iterator[Task]:
    """First pages; the later ones are planned when the first was full (`next_pages`)."""
    budget = config.crawl.budget
    asked = tonight(queries(config.queries), budget.queries_per_engine, day, fixed=len(config.queries.verbatim))
    for engine in crawled(config.engines.values(), config.settings.services):
        for query in asked[: engine.queries_per_night]:
            yield Task(night=night, kind=TaskKind.SEARCH, source=engine.id, target=query, priority=SEARCH_PRIORITY)


def next_pages(
    config: Config, asked: Iterable[Task], rows: Mapping[int, int], bodies: Mapping[int, str]
) -> Iterator[Task]:
    """The page after each asked one that was full and not the one before it over again. `rows` gives the results read
    for a task id, `bodies` the SHA-256 of what was sent."""
    seen: set[tuple[str, str, str]] = set()
    for task in sorted(asked, key=lambda one: one.page):
        shown = (task.source, task.target, bodies.get(task.id or 0, ""))
        if shown[2] and shown in seen:
            continue
        seen.add(shown)
        engine = config.engines.get(task.source)
        given = engine.request.pages if engine is not None else None
        last = min(config.crawl.budget.pages_per_query, given or config.crawl.budget.pages_per_query)
        full = task.id is not None and rows.get(task.id, 0) >= FULL_PAGE_ROWS
        if full and task.page < last:
            yield replace(task, id=None, attempts=0, page=task.page + 1, priority=task.priority - 1)


def keywords(config: Config, night: str, day: date) -> Iterator[Task]:
    asked = tonight(config.queries.keywords, config.crawl.budget.keywords_per_marketplace, day)
    for marketplace in crawled(config.marketplaces.values(), config.settings.services):
        for keyword in asked[: marketplace.queries_per_night]:
            yield Task(
                night=night,
                kind=TaskKind.MARKETPLACE,
                source=marketplace.id,
                target=keyword,
                priority=SEARCH_PRIORITY,
            )


def rechecks(config: Config, night: str, urls: Iterable[str]) -> Iterator[Task]:
    for url in urls:
        yield from both_profiles(
            config, night, url, kind=TaskKind.RECHECK, priority=RECHECK_PRIORITY, origin="recheck", round_=0
        )


def crawled(profiles: Iterable[Profile], services: Mapping[str, Service]) -> list[Profile]:
    """Enabled sources a program may ask, in a stable order; a service of the office's own only while it is on."""
    chosen = (profile for profile in profiles if profile.enabled and profile.access not in NOT_ASKED)
    return sorted((profile for profile in chosen if _reachable(profile, services)), key=lambda profile: profile.id)


def _reachable(profile: Profile, services: Mapping[str, Service]) -> bool:
    name = profile.request.service
    return not name or (name in services and services[name].enabled)


def tasks(config: Config, night: str, day: date, recheck_urls: Iterable[str]) -> list[Task]:
    """The whole plan of a night."""
    return [*searches(config, night, day), *keywords(config, night, day), *rechecks(config, night, recheck_urls)]
