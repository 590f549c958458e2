from __future__ import annotations

from dataclasses import replace

import pytest

from crawlers.leases import TaskStatus
from crawlers.records import (
    Capture,
    FetchProfile,
    Origin,
    Outcome,
    PageState,
    Task,
    TaskKind,
    TaskState,
    WarcPlace,
)
from review.night.health import judge, judge_sites

TASK = Task(night="N", kind=TaskKind.SEARCH, source="sogou", target="焊工证")
CAPTURE = Capture(
    id=1,
    task_id=1,
    night="N",
    source="sogou",
    url="https://www.sogou.com/web",
    final_url="https://www.sogou.com/web",
    host="www.sogou.com",
    status=200,
    peer="",
    profile=FetchProfile.DESKTOP,
    origin=Origin.CRAWL,
    fetched_at="2026-11-21T00:00:00.000Z",
    sha256="0" * 64,
    size_bytes=10,
    place=WarcPlace("v", 0, 10),
    page_state=PageState.RESULTS,
    reason="",
    flags=(),
    media_type="text/html",
    custody_seq=1,
    stamp_id=None,
)


def _task(outcome: Outcome | None = Outcome.CAPTURED, reason: str = "") -> TaskStatus:
    return TaskStatus(TASK, TaskState.DONE if outcome else TaskState.PLANNED, outcome, reason, "")


def _pages(*states: PageState) -> list[Capture]:
    return [replace(CAPTURE, page_state=state) for state in states]


def test_a_good_night_needs_nothing() -> None:
    health = judge("sogou", [_task()], _pages(PageState.RESULTS, PageState.EMPTY), rows=10, new=4)
    assert (health.verdict, health.advice, health.rows) == ("正常", "", 10)


@pytest.mark.parametrize("state", [PageState.BLOCKED, PageState.LOGIN, PageState.UNDECODABLE, PageState.PARTIAL])
def test_a_page_that_says_nothing_degrades_its_source_and_names_it(state: PageState) -> None:
    health = judge("sogou", [_task()] * 2, _pages(PageState.RESULTS, state), rows=10, new=0)
    assert health.verdict == "降级"
    assert "sogou" in health.advice
    assert health.states[state.value] == 1


def test_only_blocked_pages_are_never_nothing_found() -> None:
    health = judge("sogou", [_task()] * 3, _pages(*[PageState.BLOCKED] * 3), rows=0, new=0)
    assert health.verdict == "降级"
    assert "不能当作" in health.advice


def test_no_page_at_all_is_a_failure_with_its_reason() -> None:
    health = judge("sogou", [_task(Outcome.FAILED, "door_down")] * 2, [], rows=0, new=0)
    assert health.verdict == "失败"
    assert "出口程序停止" in health.advice


def test_an_empty_source_is_a_healthy_one() -> None:
    assert judge("sogou", [_task()], _pages(PageState.EMPTY), rows=0, new=0).verdict == "正常"


def test_results_without_a_single_row_are_a_changed_layout() -> None:
    health = judge("sogou", [_task()], _pages(PageState.RESULTS), rows=0, new=0)
    assert (health.verdict, "source check" in health.advice) == ("降级", True)


@pytest.mark.parametrize(("rows", "verdict"), [(6, "降级"), (8, "正常")])
def test_a_fall_against_its_own_history_degrades(rows: int, verdict: str) -> None:
    health = judge("sogou", [_task()], _pages(PageState.RESULTS), rows=rows, new=0, history=[10.0, 10.0, 9.0])
    assert health.verdict == verdict


def test_two_earlier_nights_are_no_history() -> None:
    assert judge("sogou", [_task()], _pages(PageState.RESULTS), rows=1, new=0, history=[10.0, 10.0]).verdict == "正常"


def test_work_that_never_ended_is_not_silence() -> None:
    health = judge("sogou", [_task(), _task(None)], _pages(PageState.RESULTS), rows=10, new=0)
    assert (health.verdict, health.errors["unfinished"]) == ("降级", 1)


def test_a_dead_site_is_a_finding_but_a_dead_door_a_fault() -> None:
    assert judge_sites([_task(Outcome.FAILED, "dns")], []).verdict == "正常"
    assert judge_sites([_task(Outcome.FAILED, "door_down")], []).verdict == "失败"
    assert judge_sites([_task(None)], _pages(PageState.RESULTS)).verdict == "降级"


def _visits(reason: str, *hosts: str, kind: TaskKind = TaskKind.SITE) -> list[TaskStatus]:
    task = replace(TASK, kind=kind, source="web")
    failed = _task(Outcome.FAILED, reason)
    return [replace(failed, task=replace(task, target=f"http://{host}/")) for host in hosts]


def test_when_no_site_answers_the_network_is_looked_at() -> None:
    dead = _visits("dns", "a.example", "b.example", "c.example")
    health = judge_sites(dead, [])
    assert (health.verdict, "域名不能解析" in health.advice) == ("失败", True)
    assert judge_sites([*dead, _task()], _pages(PageState.RESULTS)).verdict == "正常"
    assert judge_sites(_visits("dns", "a.example", "a.example", "b.example"), []).verdict == "正常"


def test_a_browser_that_is_wanted_and_missing_degrades() -> None:
    missing = _visits("no_browser", "a.example", kind=TaskKind.BROWSER)
    health = judge_sites([_task(), *missing], _pages(PageState.RESULTS))
    assert (health.verdict, "截图" in health.advice) == ("降级", True)
    assert judge_sites([_task(), *missing], _pages(PageState.RESULTS), browser=False).verdict == "正常"


def test_a_browser_that_shows_no_page_at_all_degrades() -> None:
    shown = _visits("browser:crashed", "a.example", "b.example", "c.example", kind=TaskKind.BROWSER)
    assert judge_sites([_task(), *shown], _pages(PageState.RESULTS)).verdict == "降级"
    assert judge_sites([_task(), *shown[:2]], _pages(PageState.RESULTS)).verdict == "正常"


def test_advice_calls_a_source_by_its_title() -> None:
    health = judge("sogou", [_task()], _pages(PageState.BLOCKED), rows=0, new=0, title="搜狗网页搜索")
    assert health.source == "sogou"
    assert health.advice.startswith("搜狗网页搜索 有 1/1 页")
