"""Children of a night that die: started once more, and what could not be put right after them is in the report."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import select

from crawlers.children import PAUSES, ChildReport
from crawlers.records import Outcome, TaskKind
from crawlers.store import Store, store_url
from review.night import NightReport, crawl
from review.night.ground import Ground
from review.tables import nights
from tests.crawlers.keeping import House
from tests.review.night.grounds import NIGHT, ground, seen, visit
from tests.review.small import make_office, make_web, run_demo

KILLED = -signal.SIGKILL


class Spiders:
    """In place of child processes: each run ends one task of its kind, with the next exit code it is given."""

    def __init__(self, night: Ground, exits: Iterable[int], killed: str = "") -> None:
        self.night, self.exits, self.killed = night, iter(exits), killed
        self.started: list[str] = []

    def run(self, name: str, **_: object) -> ChildReport:
        self.started.append(name)
        store = self.night.store
        (task,) = store.claim(NIGHT, crawl.SPIDERS[name], limit=1, lease_seconds=60, owner=name)
        assert task.id is not None
        store.finish(task.id, Outcome.FAILED, "dns")
        return ChildReport(name, next(self.exits), 0.1, killed=self.killed)


def _with(monkeypatch: pytest.MonkeyPatch, house: House, exits: Iterable[int], tasks: int, killed: str = "") -> Spiders:
    night = ground(house)
    spiders = Spiders(night, exits, killed)
    monkeypatch.setattr(crawl, "_spider", lambda _, name: spiders.run(name))
    monkeypatch.setattr(crawl, "stamp", lambda _: None)
    house.store.plan(visit(NIGHT, f"http://site-{number}.example/") for number in range(tasks))
    return spiders


def test_a_child_that_died_is_started_once_more(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    spiders = _with(monkeypatch, house, [KILLED, 0], tasks=2)
    assert [report.exit for report in crawl.visit_sites(spiders.night)] == [KILLED, 0]
    assert house.store.waiting(NIGHT) == 0


def test_it_is_not_started_for_ever(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    spiders = _with(monkeypatch, house, [1, 1, 1], tasks=3)
    crawl.visit_sites(spiders.night)
    assert spiders.started == ["sites", "sites"]


@pytest.mark.parametrize(("exits", "tasks", "killed"), [([1], 1, ""), ([0], 2, ""), ([1], 2, "time")])
def test_without_work_or_time_left_it_stays_ended(
    monkeypatch: pytest.MonkeyPatch, house: House, exits: list[int], tasks: int, killed: str
) -> None:
    spiders = _with(monkeypatch, house, exits, tasks, killed)
    crawl.visit_sites(spiders.night)
    assert spiders.started == ["sites"]


def test_only_the_one_that_died_is_started_again(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    spiders = _with(monkeypatch, house, [], tasks=0)
    for kind in (TaskKind.SEARCH, TaskKind.MARKETPLACE):
        house.store.plan(visit(NIGHT, word, kind=kind, source="x") for word in ("a", "b"))
    exits = {"search": [KILLED, 0], "marketplace": [0]}
    monkeypatch.setattr(crawl, "_spider", lambda _, name: ChildReport(name, exits[name].pop(0), 0.1))
    crawl.ask_sources(spiders.night)
    assert exits == {"search": [], "marketplace": []}


def test_missing_evidence_is_noted_once(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    spiders = _with(monkeypatch, house, [KILLED, KILLED], tasks=3)
    seen(house, NIGHT, "http://kept.example/", "<p>x</p>")
    house.tamper("UPDATE volumes SET state = 'open', sha256 = ''")
    house.volume().write_bytes(b"")
    said: list[str] = []
    spiders.night.say = lambda _, words: said.append(words)
    crawl.visit_sites(spiders.night)
    (problem,) = spiders.night.problems
    assert "evidence is missing" in problem
    assert sum("evidence is missing" in words for words in said) == 1


def test_a_night_with_missing_evidence_is_not_healthy() -> None:
    report = NightReport(
        night=NIGHT,
        resumed=False,
        seconds=1.0,
        sources=(),
        captures=0,
        cases={},
        rechecked={},
        stamps_queued=0,
        problems=("volume v: evidence is missing",),
    )
    assert not report.healthy
    assert report.as_json()["problems"] == ["volume v: evidence is missing"]


def test_evidence_lost_before_a_night_goes_on_stands_in_its_report(tmp_path: Path) -> None:
    web, office, data = make_web(tmp_path / "web"), make_office(tmp_path / "office"), tmp_path / "data"
    assert run_demo(web, office, data, crash_at="recorder-after-commit").returncode == KILLED
    for volume in (data / "archive").glob("*.warc.gz"):
        volume.write_bytes(b"")
    again = run_demo(web, office, data)
    assert "证据不完整" in again.stderr
    store = Store.open(store_url(data))
    with store.read() as connection:
        report = json.loads(connection.execute(select(nights.c.report)).scalars().one())
    store.close()
    assert all("evidence is missing" in problem for problem in report["problems"])
    assert report["problems"]


def test_a_run_that_had_to_wait_for_the_network_makes_no_healthy_night(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawl, "stamp", lambda _: None)
    night = ground(house)
    crawl._afterwards(night, [ChildReport("sites", 0, 1.0, {PAUSES: 2}), ChildReport("search", 0, 1.0)])
    assert [("sites" in problem, "2" in problem) for problem in night.problems] == [(True, True)]
