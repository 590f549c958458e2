from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from config import Config, load
from crawlers.records import FetchProfile, TaskKind
from review.night.plan import FULL_PAGE_ROWS, crawled, keywords, next_pages, queries, searches, tasks, tonight

DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def config() -> Config:
    return load()


def test_what_the_office_wrote_out_is_asked_first(config: Config) -> None:
    made = queries(config.queries)
    assert made[: len(config.queries.verbatim)] == list(config.queries.verbatim)
    assert len(made) == len(set(made))
    assert not any("{" in query or "  " in query for query in made)


def test_the_window_moves_every_day_and_comes_round() -> None:
    choices = [str(number) for number in range(10)]
    nights = [tonight(choices, 3, date.fromordinal(DAY.toordinal() + day)) for day in range(10)]
    assert all(len(set(night)) == 3 for night in nights)
    assert nights[0] != nights[1]
    assert {choice for night in nights for choice in night} == set(choices)


def test_the_fixed_ones_are_asked_every_night() -> None:
    choices = ["fixed", "a", "b", "c", "d"]
    for day in range(5):
        assert tonight(choices, 2, date.fromordinal(DAY.toordinal() + day), fixed=1)[0] == "fixed"


@pytest.mark.parametrize(("budget", "expected"), [(0, 0), (2, 2), (99, 5)])
def test_the_budget_is_kept(budget: int, expected: int) -> None:
    assert len(tonight(["fixed", "a", "b", "c", "d"], budget, DAY, fixed=1)) == expected


def test_every_crawled_engine_is_asked_the_same(config: Config) -> None:
    planned = list(searches(config, "N", DAY))
    by_source = {task.source: {t.target for t in planned if t.source == task.source} for task in planned}
    assert by_source.keys() == {engine.id for engine in crawled(config.engines.values(), config.settings.services)}
    assert len({frozenset(asked) for asked in by_source.values()}) == 1
    assert "google" not in by_source


def test_a_service_that_is_switched_off_is_not_asked(config: Config, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[services.searxng]\nenabled = false\n")
    asked, rest = ({task.source for task in searches(one, "N", DAY)} for one in (config, load(tmp_path)))
    assert asked - rest == {"searxng"}
    assert "baidu" in rest


def test_a_service_nobody_named_is_not_asked(config: Config) -> None:
    assert "searxng" not in {engine.id for engine in crawled(config.engines.values(), {})}


def test_only_full_pages_are_followed_and_the_next_waits_behind(config: Config) -> None:
    first = [replace(task, id=number) for number, task in enumerate(searches(config, "N", DAY), 1)][:3]
    (following,) = next_pages(config, first, {1: FULL_PAGE_ROWS, 2: FULL_PAGE_ROWS - 1}, {})
    assert (following.target, following.page, following.id) == (first[0].target, 2, None)
    assert following.priority < first[0].priority
    last = replace(first[0], page=config.crawl.budget.pages_per_query)
    assert list(next_pages(config, [last], {1: 10}, {})) == []


def test_a_window_as_wide_as_the_trades_asks_for_every_trade(config: Config) -> None:
    made = queries(config.queries)[len(config.queries.verbatim) :]
    for start in range(0, 40, 7):
        window = made[start : start + len(config.queries.trades) + 1]
        assert all(any(trade in query for query in window) for trade in config.queries.trades)


def test_keywords_respect_their_budget(config: Config) -> None:
    planned = list(keywords(config, "N", DAY))
    per_source = {source: sum(t.source == source for t in planned) for source in {t.source for t in planned}}
    assert per_source
    budget = config.crawl.budget.keywords_per_marketplace
    for source, count in per_source.items():
        own = config.marketplaces[source].queries_per_night
        assert count == (budget if own is None else min(budget, own)), source


def test_a_source_with_a_quota_is_asked_less_and_one_without_further_pages_once(config: Config) -> None:
    keyed = config.settings.services["qianfan"].model_copy(update={"enabled": True})
    services = {**config.settings.services, "qianfan": keyed}
    settings = config.settings.model_copy(update={"services": services})
    office = SimpleNamespace(settings=settings, crawl=config.crawl, engines=config.engines, queries=config.queries)
    asked = [one for one in searches(office, "N", DAY) if one.source == "baidu_qianfan"]  # type: ignore[arg-type]
    assert len(asked) == min(config.crawl.budget.queries_per_engine, 40)
    first = replace(asked[0], id=1)
    assert list(next_pages(config, [first, replace(first, source="bing")], {1: 10}, {})) == [
        replace(first, id=None, source="bing", page=2, priority=first.priority - 1)
    ]
    assert not [one for one in searches(config, "N", DAY) if one.source == "baidu_qianfan"]


def test_the_same_day_gives_the_same_plan(config: Config) -> None:
    url = "https://www.example.top/"
    first = tasks(config, "N", DAY, [url])
    assert first == tasks(config, "N", DAY, [url])
    again = [task for task in first if task.kind is TaskKind.RECHECK]
    assert [task.profile for task in again] == [FetchProfile.DESKTOP, FetchProfile.PHONE]
    assert again[1].referrer
