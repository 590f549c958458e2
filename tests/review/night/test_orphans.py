"""`kill -9` of the night's process alone: its children end by themselves, and the same command finishes the night."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from crawlers.agreement import audit
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.chromium import find_executable
from crawlers.records import TaskState
from crawlers.store import Store, store_url
from tests.review.small import TRUTH, make_office, make_web, run_demo

START_SECONDS = 90
FLAGGED = {row["subject"] for row in TRUTH if row["verdict"] == "flag"}
needs_chromium = pytest.mark.skipif(find_executable() is None, reason="no Chromium on this machine")


@contextmanager
def night(web: Path, office: Path, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A demo in a process group of its own; whoever of it is left at the end is ended."""
    command = [sys.executable, "-m", "review.cli", "demo", "--json"]
    command += ["--web", str(web), "--data", str(data), "--config", str(office)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True) as running:
        try:
            yield running
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def leased(data: Path, kind: str) -> int:
    """How many tasks of a kind are under way; none while there is no store."""
    question = "SELECT count(*) FROM tasks WHERE kind = ? AND state = 'leased'"
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{data}/store.sqlite?mode=ro", uri=True)) as store:
        return int(store.execute(question, (kind,)).fetchone()[0])
    return 0


def wait_for(running: subprocess.Popen[bytes], data: Path, kind: str) -> None:
    end = time.monotonic() + START_SECONDS
    while not leased(data, kind):
        assert running.poll() is None, f"the night ended before it had any {kind} under way"
        assert time.monotonic() < end, f"no {kind} under way after {START_SECONDS} s"
        time.sleep(0.01)


@pytest.mark.parametrize("kind", ["site", pytest.param("browser", marks=needs_chromium)])
def test_a_night_without_its_parent_costs_no_task(kind: str, tmp_path: Path) -> None:
    web, data = make_web(tmp_path / "web"), tmp_path / "data"
    office = make_office(tmp_path / "office", browser=kind == "browser")
    with night(web, office, data) as running:
        wait_for(running, data, kind)
        running.kill()
        running.wait()
        again = run_demo(web, office, data)
    assert again.returncode == 0, again.stderr
    assert set(json.loads(again.stdout)["found"]) == FLAGGED
    store = Store.open(store_url(data))
    try:
        ended = store.tasks()
        assert audit(store, Archive(data / "archive"), BlobStore(data / "blobs")) == []
    finally:
        store.close()
    assert {status.state for status in ended} == {TaskState.DONE}
    assert [status.reason for status in ended if status.task.kind == kind and status.outcome == "failed"] == []
