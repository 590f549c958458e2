"""The hostile world as a test meets it: servers, a victim, the door, and a crawl that goes on between tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import ClassVar, Self

import pytest

from crawlers.archive import Archive
from crawlers.egress import Door, DoorPolicy
from crawlers.leases import TaskStatus
from crawlers.records import Capture, Exchange, FetchProfile, Outcome, Task, TaskKind, TaskState
from crawlers.store import Store
from tests.conftest import ROOT
from tests.hostile import faults  # noqa: F401  (makes them known)
from tests.hostile.certificates import by_name, old_tls
from tests.hostile.door import WORLD
from tests.hostile.living import JUMP, ROBOTS
from tests.hostile.server import Server, serving

NIGHT = "2026-11-21"
CRAWL = """
delay_seconds = 0.0
timeout_seconds = 2.0
concurrency = 4
concurrency_per_host = 4
redirect_max = 8
retry_times = 1

[network]
down_hosts = 3
pause_seconds = 0.3
"""
SETTINGS = "[archive]\nbatch_wait_ms = 5\n"
PATIENCE_SECONDS = 120
"""How long a test waits before it calls a crawl stuck; the bound of a case is its own."""


class HostileDoor(Door):
    program: ClassVar[str] = "tests.hostile.door"


@dataclass(frozen=True)
class Seen:
    """How one visit went, and what it cost the crawling process."""

    task: TaskStatus
    capture: Capture | None
    exchange: Exchange | None
    seconds: float
    cpu_seconds: float
    """What the crawling process computed meanwhile, whatever else the machine does."""
    grown_mb: float
    """How far its resident memory rose above what it was before."""

    @property
    def ending(self) -> tuple[Outcome | None, str]:
        return self.task.outcome, self.task.reason

    @property
    def flags(self) -> tuple[str, ...]:
        return self.page.flags

    @property
    def page(self) -> Capture:
        assert self.capture is not None, self.ending
        return self.capture

    @property
    def sent(self) -> Exchange:
        assert self.exchange is not None, self.ending
        return self.exchange


@dataclass
class World:
    """Where everything is. Every host under `.test` is the plain server (443: the TLS one); see `door.py`."""

    folder: Path
    plain: Server
    tls: Server
    old_tls: Server
    victim: Server
    store: Store
    door: Door
    process: subprocess.Popen[bytes]
    end_door: Callable[[], None]
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def down(self) -> Path:
        """While this file exists there is no network."""
        return self.folder / "down"

    def jump(self, seconds: float) -> None:
        """From now on the crawl's wall clock is off by so much."""
        (self.folder / "jump").write_text(str(seconds))

    def dialled(self) -> list[str]:
        """`address port` of every connection the door tried."""
        log = self.folder / "dialled"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def url(self, path: str, *, host: str = "", scheme: str = "http") -> str:
        """An address nobody visited before: each has its own host."""
        name = path.strip("/").partition("?")[0].partition("/")[0].replace("_", "-") or "root"
        return f"{scheme}://{name}{next(self._numbers)}.{host or 'test'}/{path.lstrip('/')}"

    def visit(self, url: str, *, profile: FetchProfile = FetchProfile.DESKTOP, referrer: str = "") -> Seen:
        """The crawl visits one address."""
        task = Task(
            night=NIGHT, kind=TaskKind.SITE, source="web", target=url, profile=profile, referrer=referrer,
            page=next(self._numbers) + 1,
        )  # fmt: skip
        before = self._begin_measuring()
        started, cpu = time.monotonic(), self._cpu_seconds()
        self.store.plan([task])
        status = self.ended(task)
        seconds, cpu = time.monotonic() - started, self._cpu_seconds() - cpu
        captured = next(self.store.captures(task_ids=[status.task.id or 0]), None)
        exchange = Archive(self.data / "archive").read(captured.place) if captured else None
        return Seen(status, captured, exchange, seconds, cpu, self._memory_mb("VmHWM") - before)

    def plan(self, *urls: str) -> list[Task]:
        """Addresses to be visited meanwhile."""
        tasks = [
            Task(night=NIGHT, kind=TaskKind.SITE, source="web", target=url, page=next(self._numbers) + 1)
            for url in urls
        ]
        self.store.plan(tasks)
        return tasks

    def ended(self, task: Task) -> TaskStatus:
        """How a task ended, when it has."""
        found: list[TaskStatus] = []

        def done() -> bool:
            mine = (one for one in self.store.tasks(states=[TaskState.DONE]) if one.task.page == task.page)
            found.extend(mine)
            return bool(found)

        self.wait_for(done)
        return found[0]

    def wait_for(self, done: Callable[[], bool]) -> None:
        limit = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert self.process.poll() is None, f"the crawl ended: {self.log()[-4000:]}"
            assert time.monotonic() < limit, f"nothing came of it: {self.log()[-4000:]}"
            time.sleep(0.02)

    def log(self) -> str:
        return (self.folder / "crawl.log").read_text(encoding="utf-8", errors="replace")

    def _cpu_seconds(self) -> float:
        """User and system time so far (proc(5), stat); 0 where the system does not tell."""
        if sys.platform != "linux":
            return 0.0
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _begin_measuring(self) -> float:
        """Forget the highest memory so far (proc(5), clear_refs); resident memory now, in MB."""
        if sys.platform == "linux":
            Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        return self._memory_mb("VmRSS")

    def _memory_mb(self, name: str) -> float:
        """0 where the system does not tell."""
        if sys.platform != "linux":
            return 0.0
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, *, crawl: str = CRAWL, ends: int = 0, robots: bool = False) -> Iterator[Self]:
        """A world of a test's own: its crawl ends with the exit code `ends`; `robots`: it obeys.

        The door believes no look-up for longer than it takes to dial.
        """
        with ExitStack() as stack:
            changed = stack.enter_context(pytest.MonkeyPatch.context())
            (folder / "office").mkdir()
            (folder / "data").mkdir()
            (folder / "office" / "crawl.toml").write_text(crawl, encoding="utf-8")
            (folder / "office" / "settings.toml").write_text(SETTINGS, encoding="utf-8")
            servers = stack.enter_context(serving(None, by_name(folder), old_tls(folder), None))
            changed.setenv("PYTHONPATH", str(ROOT))
            changed.setenv(WORLD, json.dumps(_places(folder, servers)))
            store = Store.create(f"sqlite:///{folder}/data/store.sqlite")
            stack.callback(store.close)
            policy = DoorPolicy(pin_seconds=0, connect_timeout_seconds=1, idle_seconds=3)
            open_door = stack.enter_context(ExitStack())
            door = open_door.enter_context(HostileDoor.spawn(policy, log=folder / "door.jsonl"))
            changed.setenv(JUMP, str(folder / "jump"))
            if robots:
                changed.setenv(ROBOTS, "1")
            process = stack.enter_context(crawling(folder, door.environment(), ends))
            world = cls(folder, *servers, store, door, process, open_door.close)
            world.visit(world.url("good"))  # what is loaded when first used is no page's doing
            yield world


def _places(folder: Path, servers: list[Server]) -> dict[str, object]:
    plain, tls, old_tls, victim = (server.port for server in servers)
    files = {name: str(folder / name) for name in ("down", "dialled")}
    return {"plain": plain, "tls": tls, "old_tls": old_tls, "victim": victim, **files}


@contextmanager
def crawling(folder: Path, door: Mapping[str, str], ends: int) -> Iterator[subprocess.Popen[bytes]]:
    """The crawling process; it ends by itself when told to stop, with the exit code `ends`."""
    command = [sys.executable, "-P", "-m", "tests.hostile.living", "--night", NIGHT]
    command += ["--data", str(folder / "data"), "--config", str(folder / "office")]
    with (folder / "crawl.log").open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, **door}, stdout=log, stderr=log)
        try:
            yield process
            (folder / "data" / "stop").touch()
            assert process.wait(PATIENCE_SECONDS) == ends
        finally:
            process.kill()
            process.wait()
