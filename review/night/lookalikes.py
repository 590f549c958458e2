"""Look-alike names that nobody told us of: those never asked for become tonight's Tasks, within a budget.

What a name showed when it was asked for is in the store; a night that finds it again learns nothing, so it rests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.records import Task, TaskKind
from detectors.lookalike.variants import variants
from review.night.targets import both_profiles

if TYPE_CHECKING:
    from crawlers.leases import TaskStatus
    from detectors.context import Context

PRIORITY = 5


def lookalikes(context: Context, night: str, day: date, before: Iterable[TaskStatus]) -> Iterator[Task]:
    """`before` are the look-alike tasks of all nights so far; an earlier part of this very night counts too."""
    config, budget = context.config, context.config.crawl.budget
    resting = asked_since(before, day - timedelta(days=budget.lookalike_rest_days))
    made = variants(context.names, config.places, config.settings.office.region)
    for host in islice(_rested(made, resting), budget.lookalikes_per_night):
        yield from both_profiles(
            config, night, f"http://{host}/", kind=TaskKind.LOOKALIKE, priority=PRIORITY, origin="plan", round_=0
        )


def _rested(names: Iterable[str], resting: Collection[str]) -> Iterator[str]:
    return (name for name in names if name not in resting)


def asked_since(tasks: Iterable[TaskStatus], since: date) -> set[str]:
    """Hosts of look-alike tasks of the nights from a day on."""
    return {
        urlsplit(status.task.target).hostname or ""
        for status in tasks
        if date.fromisoformat(status.task.night[:10]) >= since
    }
