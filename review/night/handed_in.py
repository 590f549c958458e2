"""What people handed in becomes tonight's work: links of tips, and pages of imports that were flagged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from crawlers import leases
from crawlers.imports import NIGHT as IMPORTS
from crawlers.imports import tips
from crawlers.records import Task, TaskKind
from crawlers.tables import tasks
from crawlers.urls import canonical
from review.night.suspects import suspects
from review.night.targets import both_profiles, is_official

if TYPE_CHECKING:
    from config import Config
    from review.night.ground import Ground

TIP_PRIORITY = 25
CHUNK = 500


def plan_handed_in(ground: Ground) -> int:
    """Tips waiting become tasks in the transaction that says so; a flagged import is seen with our own eyes, once."""
    flagged = [url for url in _flagged(ground) if url]
    with ground.store.write() as connection:
        taken = tips.waiting(connection, ground.config.crawl.budget.tips_per_night)
        fresh = never_asked(connection, flagged)
        addresses = [*(canonical(row.tip.url) for row in taken), *fresh]
        planned = leases.plan(connection, _visits(ground.config, ground.night, addresses))
        tips.take(connection, taken, ground.night)
    return planned


def _flagged(ground: Ground) -> list[str]:
    ids = [number for suspect in suspects(ground.store, night=IMPORTS) for number in suspect.capture_ids]
    return [
        canonical(capture.final_url)
        for start in range(0, len(ids), CHUNK)
        for capture in ground.store.captures(ids=ids[start : start + CHUNK])
    ]


def never_asked(connection: Connection, addresses: Iterable[str]) -> list[str]:
    """Those that no night had as a task, each once."""
    wanted = list(dict.fromkeys(addresses))
    known: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        these = tasks.c.target.in_(wanted[start : start + CHUNK])
        known.update(connection.scalars(select(tasks.c.target).where(these)))
    return [address for address in wanted if address not in known]


def _visits(config: Config, night: str, addresses: Iterable[str]) -> Iterator[Task]:
    for address in dict.fromkeys(addresses):
        if address and not is_official(config, urlsplit(address).hostname or ""):
            yield from both_profiles(
                config, night, address, kind=TaskKind.SITE, priority=TIP_PRIORITY, origin="tip", round_=0
            )
