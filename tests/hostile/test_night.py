"""A night of generated pages of which every tenth is a fault: each is accounted for, in bounded memory."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import config
from crawlers.agreement import audit
from crawlers.archive import Archive
from crawlers.children import ChildLimits, run_spider
from crawlers.egress import Door, DoorPolicy
from crawlers.leases import TaskStatus
from crawlers.practice.spawn import Practice
from crawlers.practice.world import World
from crawlers.records import Outcome, TaskKind, TaskState
from crawlers.store import Store
from review.night import Say, run_night
from tests.hostile import faults  # noqa: F401  (makes them known)
from tests.hostile.night import Night, generated
from tests.hostile.server import serving

SEED = 20_261_121
MEMORY_MAX_MB = 600
OFFICE = """
delay_seconds = 0.0
concurrency_per_host = 8
timeout_seconds = {timeout}
"""


def office(folder: Path, timeout: float) -> Path:
    (folder / "office").mkdir()
    (folder / "office" / "crawl.toml").write_text(OFFICE.format(timeout=timeout), encoding="utf-8")
    return folder / "office"


def _clock() -> Say:
    """Prints what a night says with the minute it says it in: `-s` shows where the time of a long one goes."""
    started = time.monotonic()
    return lambda stage, text: print(f"{time.monotonic() - started:8.1f} s  {stage}: {text}", flush=True)


def accounted(night: Night, ended: list[TaskStatus], store: Store) -> Counter[str]:
    """Every page ended once: captured and kept, refused with a reason, or failed with a type. What is asked of a
    browser because of a page is not the page's end."""
    urls = set(night.urls)
    mine = [one for one in ended if one.task.target in urls and one.task.kind is TaskKind.SITE]
    assert len({status.task.target for status in mine}) == len(night.urls)
    assert {status.state for status in mine} == {TaskState.DONE}
    captured = {capture.task_id for capture in store.captures()}
    for status in mine:
        if status.outcome is Outcome.CAPTURED:
            assert status.task.id in captured, status
        else:
            assert status.reason, status
            assert status.task.target in night.faults, status
    return Counter(f"{status.outcome}:{status.reason.partition(':')[0]}" for status in mine)


def test_two_hundred_pages_are_accounted_for(tmp_path: Path) -> None:
    store = Store.create(f"sqlite:///{tmp_path}/store.sqlite")
    with serving(None) as (server,):
        night = generated(200, SEED, server.port)
        store.plan(night.tasks("N"))
        with Door.spawn(DoorPolicy(host_map=night.hosts)) as door:
            report = run_spider(
                "sites",
                night="N",
                data=tmp_path,
                config_dir=office(tmp_path, 1.5),
                door_environment=door.environment(),
                limits=ChildLimits(memory_mb=MEMORY_MAX_MB, time_seconds=300),
            )
    assert (report.exit, report.stats["finish_reason"]) == (0, "finished")
    assert accounted(night, store.tasks(night="N"), store)["captured:"] >= 180
    assert audit(store, Archive(tmp_path / "archive")) == []
    assert report.stats["memusage/max"] <= MEMORY_MAX_MB << 20
    store.close()


@pytest.mark.long
def test_a_night_on_the_practice_web_with_five_thousand_pages(tmp_path: Path) -> None:
    """The whole night: searches, visits, detection, cases; the generated pages are beside the packaged web."""
    folder, data = office(tmp_path, 8.0), tmp_path / "data"
    (folder / "settings.toml").write_text("[browser]\nenabled = false\n", encoding="utf-8")
    settings = config.load(folder)
    data.mkdir()
    store = Store.create(f"sqlite:///{data}/store.sqlite")
    name = datetime.now(ZoneInfo(settings.settings.office.timezone)).date().isoformat()
    with serving(None) as (server,), Practice.spawn() as practice:
        night = generated(5_000, SEED, server.port)
        store.plan(night.tasks(name))
        world = World({**practice.host_map, **night.hosts}, practice.services, practice.trust)
        run_night(settings, world, data, config_dir=folder, say=_clock())
    ended = accounted(night, store.tasks(night=name), store)
    assert ended["captured:"] >= 4_500, ended
    assert audit(store, Archive(data / "archive")) == []
    said = (data / "log" / f"{name}-sites.log").read_text(encoding="utf-8", errors="replace")
    peaks = [int(found) >> 20 for found in re.findall(r"'memusage/max': (\d+)", said)]
    print(f"peak of the crawling process: {max(peaks)} MB; {dict(ended)}")
    assert max(peaks) <= MEMORY_MAX_MB
    store.close()
