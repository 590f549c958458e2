"""`kill -9` at every marked point of a night, then the same command: nothing twice, nothing half, nothing lost."""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawlers.agreement import audit
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.chromium import find_executable
from crawlers.records import TaskState
from crawlers.store import Store, store_url
from crawlers.tables import captures, stamps
from detectors.tables import judgements
from review.cases import find
from review.tables import nights, packets
from tests.review.small import TRUTH, make_office, make_web, run_demo

FLAGGED = {row["subject"] for row in TRUTH if row["verdict"] == "flag"}
MARKS = (
    "plan-ended",
    "recorder-before-append",
    "recorder-after-append",
    "recorder-after-fsync",
    "recorder-before-commit",
    "recorder-after-commit",
    "visits-before-plan",
    "detect-before-save",
    "detect-after-save",
    "preserve-before-plan",
    "case-before-commit",
    "night-before-finish",
    "packet-before-row",
)
MORE_MARKS = (
    "file-before-name",
    "packet-before-name",
    "night-begun",
    "crawl-child-ended",
    "detect-ended",
    "case-after-commit",
    "campaigns-built",
    "night-after-finish",
    "demo-decided",
)


def _check(data: Path, printed: str) -> None:
    report: dict[str, Any] = json.loads(printed)
    assert set(report["found"]) == FLAGGED
    assert (report["missed"], report["accused"]) == ([], [])
    store = Store.open(store_url(data))
    try:
        assert audit(store, Archive(data / "archive"), BlobStore(data / "blobs")) == []
        _nothing_twice_or_lost(store)
        _one_packet_each(store, data)
    finally:
        store.close()


def _nothing_twice_or_lost(store: Store) -> None:
    ended = store.tasks()
    assert {status.state for status in ended} == {TaskState.DONE}
    with store.read() as connection:
        per_task = Counter(connection.execute(select(captures.c.task_id)).scalars())
        rows = connection.execute(select(judgements.c.capture_id, judgements.c.listing_id))
        judged = Counter((row.capture_id, row.listing_id) for row in rows)
        unstamped = connection.execute(select(stamps.c.id).where(stamps.c.state != "stamped")).scalars().all()
        cases = list(find(connection))
        finished = connection.execute(select(nights.c.finished_at)).scalars().all()
    kept = {status.task.id for status in ended if status.outcome == "captured"}
    assert set(per_task) == kept
    assert set(per_task.values()) == {1}
    assert set(judged.values()) == {1}
    assert unstamped == []
    assert all(finished)
    assert len({subject for case in cases for subject in case.subjects}) == len(cases) == len(FLAGGED)
    assert all([event.kind for event in case.events].count("opened") == 1 for case in cases)
    assert all([event.kind for event in case.events].count("decided") == 1 for case in cases)


def _one_packet_each(store: Store, data: Path) -> None:
    with store.read() as connection:
        rows = connection.execute(select(packets.c.case_id, packets.c.agency, packets.c.file)).all()
    assert len({(row.case_id, row.agency) for row in rows}) == len(rows)
    assert {row.file for row in rows} == {path.name for path in (data / "packets").glob("P-*.zip")}
    assert not list((data / "packets").glob(".*"))


@pytest.mark.parametrize("point", [*MARKS, *(pytest.param(name, marks=pytest.mark.long) for name in MORE_MARKS)])
def test_a_night_killed_anywhere_goes_on_where_it_stopped(point: str, tmp_path: Path) -> None:
    web, office, data = make_web(tmp_path / "web"), make_office(tmp_path / "office"), tmp_path / "data"
    killed = run_demo(web, office, data, crash_at=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run_demo(web, office, data)
    assert again.returncode == 0, again.stderr
    _check(data, again.stdout)


@pytest.mark.skipif(find_executable() is None, reason="no Chromium on this machine")
def test_a_browser_killed_before_it_handed_over_loses_nothing(tmp_path: Path) -> None:
    web, data = make_web(tmp_path / "web"), tmp_path / "data"
    office = make_office(tmp_path / "office", browser=True)
    assert run_demo(web, office, data, crash_at="browser-before-submit").returncode == -signal.SIGKILL
    again = run_demo(web, office, data)
    assert again.returncode == 0, again.stderr
    _check(data, again.stdout)
