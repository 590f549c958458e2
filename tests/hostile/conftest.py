"""One spider run over every fault, a good page after each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawlers.children import ChildLimits, ChildReport, run_spider
from crawlers.egress import Door, DoorPolicy
from crawlers.leases import TaskStatus
from crawlers.records import Capture, Task, TaskKind
from crawlers.store import Store
from tests.hostile.server import Fault, faults

CRAWL = """
delay_seconds = 0.0
timeout_seconds = 2.0
concurrency = 16
concurrency_per_host = 16
max_body_bytes = 1048576
redirect_max = 4
retry_times = 1
"""


@dataclass(frozen=True)
class Ended:
    """How the task of one path ended."""

    status: TaskStatus
    capture: Capture | None


@dataclass(frozen=True)
class Run:
    report: ChildReport
    data: Path
    ended: dict[str, Ended]


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    data = tmp_path_factory.mktemp("hostile")
    office = data / "office"
    office.mkdir()
    (office / "crawl.toml").write_text(CRAWL, encoding="utf-8")
    store = Store.create(f"sqlite:///{data}/store.sqlite")
    paths = [path for name in Fault.known for path in (name, f"good-after-{name}")]
    tasks = [
        Task(night="N", kind=TaskKind.SITE, source="web", target=f"http://{p.replace('_', '-')}.test/{p}")
        for p in paths
    ]
    store.plan(tasks)
    with faults() as port:
        policy = DoorPolicy(host_map={f"{path.replace('_', '-')}.test": f"127.0.0.1:{port}" for path in paths})
        with Door.spawn(policy, log=data / "door.jsonl") as door:
            report = run_spider(
                "sites",
                night="N",
                data=data,
                config_dir=office,
                door_environment=door.environment(),
                limits=ChildLimits(memory_mb=700, time_seconds=60),
            )
    captures = {capture.task_id: capture for capture in store.captures(night="N")}
    ended = {
        status.task.target.rpartition("/")[2]: Ended(status, captures.get(status.task.id))
        for status in store.tasks(night="N")
    }
    yield Run(report, data, ended)
    store.close()
