"""Stage 2: spiders and the browser fetch what is planned, each in a child process; store and archive hold the result.

A child that dies loses nothing: its tasks go back to the plan and the next child takes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crawlers import leases
from crawlers.children import PAUSES, ChildLimits, ChildReport, run_browser, run_spider
from crawlers.egress import CRAWLER
from crawlers.marks import mark
from crawlers.records import PageState, Task, TaskKind
from crawlers.recovery import recover
from review.night.plan import next_pages
from review.night.stamping import stamp
from review.night.targets import from_hits, from_listings, in_browser
from review.strings import CHILD_DIED, NETWORK_PAUSED

if TYPE_CHECKING:
    from review.night.ground import Ground

SPIDERS: dict[str, tuple[TaskKind, ...]] = {
    "search": (TaskKind.SEARCH,),
    "marketplace": (TaskKind.MARKETPLACE,),
    "lookalikes": (TaskKind.LOOKALIKE,),
    "sites": (TaskKind.SITE, TaskKind.RECHECK),
}
ASKED_TO_WAIT = "asked_to_wait"
SHOWN_IN_BROWSER = frozenset({"needs_rendering", "text_in_image", "font_map"})
"""Reasons of partial pages that a browser can complete."""


def ask_sources(ground: Ground) -> list[ChildReport]:
    """Engines, marketplaces and look-alike names, side by side: they mostly wait for politeness and for an answer.
    Full pages are followed by the next."""
    reports = _run(ground, ("search", "marketplace", "lookalikes"))
    for _ in range(1, ground.config.crawl.budget.pages_per_query):
        if not ground.store.plan(_next_pages(ground)):
            break
        reports += _run(ground, ("search",))
    return reports


def _next_pages(ground: Ground) -> list[Task]:
    captures = list(ground.store.captures(night=ground.night))
    task_of = {capture.id: capture.task_id for capture in captures}
    bodies = {capture.task_id: capture.sha256 for capture in captures if capture.task_id is not None}
    found = (task_of.get(hit.capture_id or 0) for hit in ground.store.hits(night=ground.night))
    rows = Counter(task_id for task_id in found if task_id is not None)
    asked = ground.store.tasks(night=ground.night, kinds=[TaskKind.SEARCH])
    return list(next_pages(ground.config, (status.task for status in asked), rows, bodies))


def waiting_seconds(ground: Ground) -> float | None:
    """Until the first of the tasks that wait for their source may be asked; None when none waits."""
    with ground.store.read() as connection:
        until = leases.due(connection, ground.night)
    if not until:
        return None
    return max(0.0, (datetime.fromisoformat(until) - datetime.now(UTC)).total_seconds()) + 0.1


def give_up_waiting(ground: Ground) -> None:
    with ground.store.write() as connection:
        leases.give_up(connection, ground.night, ASKED_TO_WAIT)


def visit_sites(ground: Ground) -> list[ChildReport]:
    return _run(ground, ("sites",))


def _run(ground: Ground, names: Sequence[str]) -> list[ChildReport]:
    """Side by side; who died with tasks left is started once more, unless it had all the time there is."""
    reports = _side_by_side(ground, names)
    died = [report.name for report in reports if report.exit and not report.killed]
    return reports + _side_by_side(ground, died)


def _side_by_side(ground: Ground, names: Sequence[str]) -> list[ChildReport]:
    waiting = [name for name in names if ground.store.waiting(ground.night, SPIDERS[name])]
    if not waiting:
        return []
    with ThreadPoolExecutor(len(waiting)) as pool:
        reports = list(pool.map(lambda name: _spider(ground, name), waiting))
    _afterwards(ground, reports)
    return reports


def _spider(ground: Ground, name: str) -> ChildReport:
    components = [service.component for service in ground.config.settings.services.values() if service.enabled]
    return run_spider(
        name,
        night=ground.night,
        data=ground.data,
        config_dir=ground.config_dir,
        door_environment=ground.door.environment(CRAWLER, *components),
        limits=_limits(ground),
    )


def use_browser(ground: Ground) -> list[ChildReport]:
    """The browser tasks that are waiting, in one child process."""
    if not ground.store.waiting(ground.night, [TaskKind.BROWSER]):
        return []
    report = run_browser(
        night=ground.night,
        data=ground.data,
        config_dir=ground.config_dir,
        door_environment=ground.door.environment(CRAWLER),
        time_seconds=ground.config.settings.night.child_time_seconds,
    )
    _afterwards(ground, [report])
    return [report]


def _limits(ground: Ground) -> ChildLimits:
    night = ground.config.settings.night
    return ChildLimits(memory_mb=night.child_memory_mb, time_seconds=night.child_time_seconds)


def _afterwards(ground: Ground, reports: Sequence[ChildReport]) -> None:
    """A dead child's volume is cut to what was committed and its tasks are free again; then stamps are asked for."""
    mark("crawl-child-ended")
    if any(report.exit for report in reports):
        ground.note(recover(ground.store, ground.archive))
    for report in reports:
        if pauses := report.stats.get(PAUSES):
            ground.problems.append(NETWORK_PAUSED.format(name=report.name, count=pauses))
        if report.exit:
            log = ground.data / "log" / f"{ground.night}-{report.name}.log"
            ground.say("crawl", CHILD_DIED.format(name=report.name, how=report.killed or report.exit, log=log))
    stamp(ground)


def plan_visits(ground: Ground, round_: int) -> int:
    """Tonight's hits and offers become visits; running it again plans nothing twice."""
    planned = from_hits(ground.config, ground.night, ground.store.hits(night=ground.night), round_=round_)
    planned += from_listings(ground.config, ground.night, ground.store.listings(night=ground.night), round_=round_)
    mark("visits-before-plan")
    return ground.store.plan(planned)


def plan_rendering(ground: Ground, round_: int) -> int:
    """Pages whose text only scripts or pictures hold are shown in a browser before they are judged, within a budget."""
    budget = ground.config.settings.browser.render_budget
    pages = [
        capture.final_url
        for capture in ground.store.captures(night=ground.night, origin="crawl")
        if capture.page_state is PageState.PARTIAL and capture.reason in SHOWN_IN_BROWSER
    ]
    tasks: list[Task] = in_browser(ground.config, ground.night, pages, origin="render", round_=round_)
    return ground.store.plan(tasks[: 2 * budget])
