"""Look-alike names of a night: a budget, nothing asked for twice while it rests, both visitors."""

from __future__ import annotations

from datetime import date

import pytest

import config
from crawlers.leases import TaskStatus
from crawlers.records import FetchProfile, Outcome, Task, TaskKind, TaskState
from detectors.context import Context
from review.night.lookalikes import asked_since, lookalikes

NIGHT, DAY = "2026-11-22", date(2026, 11, 22)


@pytest.fixture(scope="module")
def context() -> Context:
    return Context.build(config.load())


def status(task: Task, night: str) -> TaskStatus:
    asked = Task(night=night, kind=task.kind, source=task.source, target=task.target, profile=task.profile)
    return TaskStatus(asked, TaskState.DONE, Outcome.FAILED, "dns", "")


def hosts(tasks: list[Task]) -> list[str]:
    return list(dict.fromkeys(task.target for task in tasks))


def test_a_night_asks_for_as_many_names_as_its_budget_by_both_visitors(context: Context) -> None:
    planned = list(lookalikes(context, NIGHT, DAY, []))
    assert len(hosts(planned)) == context.config.crawl.budget.lookalikes_per_night
    assert len(planned) == 2 * len(hosts(planned))
    assert {task.profile for task in planned} == set(FetchProfile)
    assert {task.kind for task in planned} == {TaskKind.LOOKALIKE}
    assert all(task.target.startswith("http://") and task.target.endswith("/") for task in planned)


def test_the_next_night_asks_for_others(context: Context) -> None:
    first = list(lookalikes(context, NIGHT, DAY, []))
    second = list(lookalikes(context, "2026-11-23", date(2026, 11, 23), [status(task, NIGHT) for task in first]))
    assert len(hosts(second)) == len(hosts(first))
    assert not set(hosts(first)) & set(hosts(second))


def test_a_name_is_asked_for_again_when_it_has_rested(context: Context) -> None:
    first = list(lookalikes(context, NIGHT, DAY, []))
    before = [status(task, "2026-09-01-2") for task in first]
    assert hosts(list(lookalikes(context, NIGHT, DAY, before))) == hosts(first)


def test_only_nights_from_the_day_on_count() -> None:
    tasks = [
        Task(night=night, kind=TaskKind.LOOKALIKE, source="web", target=f"http://{night}.test/")
        for night in (NIGHT, "2026-10-01")
    ]
    assert asked_since([status(task, task.night) for task in tasks], date(2026, 11, 1)) == {f"{NIGHT}.test"}
