"""A source that writes its pages otherwise than in its last fourteen nights is noticed, by page (E14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawlers.drift import Finding, Kind, ReadPage, Run, findings, runs
from crawlers.records import Origin, PageState, Reading, TaskKind
from tests.crawlers.keeping import House, exchange, page, task

FULL = {"title": 10, "url": 10, "snippet": 9, "display": 2}
GOOD = ReadPage(1, "2026-01-10", "sogou", PageState.RESULTS, "", "desktop", 10, 1, FULL)


def run(*pages: ReadPage, night: str = "2026-01-10") -> Run:
    return Run("sogou", night, [replace(one, night=night, capture_id=number) for number, one in enumerate(pages, 1)])


BEFORE = [run(GOOD, GOOD, night=f"2026-01-0{day}") for day in (5, 6, 7)]


def kinds(found: list[Finding]) -> list[Kind]:
    return [one.kind for one in found]


def test_a_night_like_the_others_gives_nothing() -> None:
    assert findings(run(GOOD, GOOD), BEFORE) == []


def test_a_field_that_vanishes_is_named_with_its_page() -> None:
    bare = replace(GOOD, filled={**FULL, "snippet": 0})
    (found,) = findings(run(GOOD, bare, bare), BEFORE)
    assert (found.kind, found.what, found.capture, found.pages) == (Kind.FIELD, "snippet", "C-00000002", 2)
    assert (found.now, found.before) == (0.3, 0.9)


@pytest.mark.parametrize("less", [7, 9])
def test_a_small_fall_is_chance(less: int) -> None:
    assert findings(run(replace(GOOD, filled={**FULL, "snippet": less})), BEFORE) == []


def test_a_field_that_was_seldom_there_and_few_rows_say_nothing() -> None:
    assert findings(run(replace(GOOD, filled={**FULL, "display": 0})), BEFORE) == []
    few = replace(GOOD, rows=5, filled={"title": 5, "url": 5})
    assert findings(run(few), BEFORE) == []


def test_two_nights_are_no_history() -> None:
    bare = replace(GOOD, filled={"title": 10, "url": 10}, layout="other")
    assert findings(run(bare), BEFORE[:2]) == []
    assert kinds(findings(run(bare), BEFORE)) == [Kind.OTHER_LAYOUT, Kind.FIELD]


def test_results_without_a_row() -> None:
    advert = replace(GOOD, rows=0, filled={})
    (found,) = findings(run(GOOD, advert), [])
    assert (found.kind, found.capture, found.now) == (Kind.NO_ROWS, "C-00000002", 0.5)


@pytest.mark.parametrize("reason", ["no_rows", "count_without_rows", "no_rows: x"])
def test_a_page_nothing_is_known_of(reason: str) -> None:
    unknown = replace(GOOD, state=PageState.PARTIAL, reason=reason, layout="", rows=0, filled={})
    (found,) = findings(run(unknown), [])
    assert (found.kind, found.as_json()["capture"]) == (Kind.UNKNOWN_LAYOUT, "C-00000001")


@pytest.mark.parametrize(
    "state",
    [(PageState.PARTIAL, "engines_unresponsive"), (PageState.BLOCKED, "captcha"), (PageState.EMPTY, "no_results")],
)
def test_what_the_source_says_itself_is_no_change_of_layout(state: tuple[PageState, str]) -> None:
    assert findings(run(replace(GOOD, state=state[0], reason=state[1], layout="", rows=0, filled={})), []) == []


def test_another_layout_takes_over() -> None:
    (found,) = findings(run(GOOD, replace(GOOD, layout="loose")), BEFORE)
    assert (found.kind, found.what, found.capture) == (Kind.OTHER_LAYOUT, "loose", "C-00000002")


def test_runs_are_read_from_what_was_kept(house: House) -> None:
    reading = Reading(source="sogou", layout="desktop", rows=3, ads=1, cards=0, filled=(("title", 3), ("snippet", 2)))
    for night in ("2025-12-01", "2026-01-09", "2026-01-10", "2026-01-10"):
        asked = task("焊工证", night=night, kind=TaskKind.SEARCH, source="sogou")
        house.keep(page(asked, exchange("https://www.sogou.com/web"), reading=reading))
    imported = task("x", night="2026-01-10", source="sogou")
    house.keep(page(imported, exchange(), reading=reading, origin=Origin.IMPORT))
    with house.store.read() as connection:
        found = runs(connection, "2026-01-10")
    assert [(one.night, one.rows, len(one.pages)) for one in found["sogou"]] == [
        ("2026-01-09", 3, 1),
        ("2026-01-10", 6, 2),
    ]
    assert found["sogou"][1].shares() == {"title": 1.0, "snippet": pytest.approx(2 / 3)}
