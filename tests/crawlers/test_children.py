"""Spider runs as child processes: reports, limits, and the group they stay in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers import children
from crawlers.children import ChildLimits, run_spider
from crawlers.egress import Door, DoorPolicy
from crawlers.records import Task, TaskKind, TaskState
from crawlers.store import Store
from tests.hostile.server import faults

NIGHT = "2026-01-31"


@pytest.fixture
def door() -> Iterator[Door]:
    with faults() as port, Door.spawn(DoorPolicy(host_map={"a.test": f"127.0.0.1:{port}"})) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(f"sqlite:///{tmp_path}/store.sqlite")
    yield made
    made.close()


def plan(store: Store, *urls: str) -> None:
    store.plan(Task(night=NIGHT, kind=TaskKind.SITE, source="web", target=url) for url in urls)


def test_a_run_reports_what_it_did(door: Door, store: Store, tmp_path: Path) -> None:
    plan(store, "http://a.test/good")
    report = run_spider("sites", night=NIGHT, data=tmp_path, config_dir=None, door_environment=door.environment())
    assert (report.name, report.exit, report.killed) == ("sites", 0, "")
    assert report.seconds > 0
    assert report.stats["finish_reason"] == "finished"
    assert report.stats["source/web/state/results"] == 1
    assert "Spider closed" in (tmp_path / "log" / f"{NIGHT}-sites.log").read_text(encoding="utf-8")
    assert list((tmp_path / "runs").iterdir()) == []


def test_nothing_to_do_is_a_good_end(door: Door, store: Store, tmp_path: Path) -> None:
    report = run_spider("search", night=NIGHT, data=tmp_path, config_dir=None, door_environment=door.environment())
    assert (report.exit, report.stats["finish_reason"]) == (0, "finished")


def test_a_run_that_takes_too_long_is_ended_and_its_tasks_stay(
    door: Door, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_DRAIN_SECONDS", 1)
    office = tmp_path / "office"
    office.mkdir()
    (office / "crawl.toml").write_text("timeout_seconds = 25\ndelay_seconds = 30.0\n", encoding="utf-8")
    plan(store, "http://a.test/good", "http://a.test/good-2", "http://a.test/good-3")
    for seconds in (6, 30):  # a busy machine may need the first six to start
        report = run_spider(
            "sites",
            night=NIGHT,
            data=tmp_path,
            config_dir=office,
            door_environment=door.environment(),
            limits=ChildLimits(time_seconds=seconds),
        )
        assert report.killed == "time"
        states = [status.state for status in store.tasks(night=NIGHT)]
        if TaskState.LEASED in states:
            break
    assert TaskState.LEASED in states
    assert TaskState.DEAD not in states


def test_a_run_that_cannot_start_says_so_in_its_log(tmp_path: Path) -> None:
    report = run_spider("sites", night=NIGHT, data=tmp_path, config_dir=None, door_environment={})
    assert report.exit != 0
    assert "db upgrade" in (tmp_path / "log" / f"{NIGHT}-sites.log").read_text(encoding="utf-8")


def test_memory_has_a_hard_limit() -> None:
    code = "from crawlers.children import limit_memory; limit_memory(100); bytearray(400 << 20)"
    ended = subprocess.run([sys.executable, "-P", "-c", code], stderr=subprocess.PIPE, text=True, check=False)
    assert "MemoryError" in ended.stderr


def test_children_stay_in_the_group(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    groups: list[int] = []

    class Noting(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)  # type: ignore[call-overload]
            groups.append(os.getpgid(self.pid))

    monkeypatch.setattr(children.subprocess, "Popen", Noting)
    run_spider("sites", night=NIGHT, data=tmp_path, config_dir=None, door_environment={})
    assert groups[0] == os.getpgrp()


def test_the_parent_does_not_load_scrapy() -> None:
    code = "import sys, crawlers.children; sys.exit('scrapy' in sys.modules)"
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0
