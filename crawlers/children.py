"""Spider runs as child processes with limits of memory and time; parent and child meet in the store.

`python -m crawlers.children NAME --night N --data DIR [--config DIR] [--stats FILE] [--memory-mb N]` is the child.
Children stay in the parent's process group: who ends the group ends all of a night.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAUSES = "network/pauses"
"""Statistic of a spider run: how often it had to wait for the network."""
_DRAIN_SECONDS = 30
"""What is under way may end before a child is killed."""
_HARD_MEMORY_FACTOR = 2


@dataclass(frozen=True, slots=True)
class ChildLimits:
    memory_mb: int = 1500
    time_seconds: float = 3600


@dataclass(frozen=True, slots=True)
class ChildReport:
    """How a spider run ended. `exit` is 0 when every claimed task was handled; negative: killed by that signal."""

    name: str
    exit: int
    seconds: float
    stats: Mapping[str, Any] = field(default_factory=dict)
    killed: str = ""
    """`time` when the parent ended it; otherwise empty."""


def run_spider(
    name: str,
    *,
    night: str,
    data: Path,
    config_dir: Path | None,
    door_environment: Mapping[str, str],
    limits: ChildLimits | None = None,
) -> ChildReport:
    """Run one spider to its end in a child process. Its log is `data/log/<night>-<name>.log`."""
    limits = limits or ChildLimits()
    stats = _statistics(data, night, name)
    arguments = [name, "--stats", str(stats), "--memory-mb", str(limits.memory_mb)]
    child = Child(name, night, data, config_dir, door_environment)
    code, seconds, killed = child.run("crawlers.children", arguments, limits.time_seconds)
    return ChildReport(name, code, seconds, _taken(stats), killed)


def run_browser(
    *, night: str, data: Path, config_dir: Path | None, door_environment: Mapping[str, str], time_seconds: float
) -> ChildReport:
    """Run the browser over its tasks in a child process; Chromium has its own processes and no common memory limit."""
    stats = _statistics(data, night, "browser")
    child = Child("browser", night, data, config_dir, door_environment)
    code, seconds, killed = child.run("crawlers.rendering", ["--stats", str(stats)], time_seconds)
    return ChildReport("browser", code, seconds, _taken(stats), killed)


def _statistics(data: Path, night: str, name: str) -> Path:
    """Where the child leaves its statistics."""
    stats = data / "runs" / f"{night}-{name}-{os.getpid()}.json"
    stats.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return stats


@dataclass(frozen=True, slots=True)
class Child:
    """A program of this floor as a child process: where it works and what it says goes to its log."""

    name: str
    night: str
    data: Path
    config_dir: Path | None
    door_environment: Mapping[str, str]

    def run(self, module: str, arguments: Sequence[str], time_seconds: float) -> tuple[int, float, str]:
        """Exit code, seconds, and why it was ended early (empty when it was not)."""
        log = self.data / "log" / f"{self.night}-{self.name}.log"
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        command = [sys.executable, "-P", "-m", module, *arguments, "--night", self.night, "--data", str(self.data)]
        command += ["--config", str(self.config_dir)] if self.config_dir else []
        environment = {**os.environ, **self.door_environment}
        started = time.monotonic()
        with log.open("ab") as output:
            child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            killed = _wait(child, time_seconds)
        return child.returncode, time.monotonic() - started, killed


def _wait(child: subprocess.Popen[bytes], seconds: float) -> str:
    """Let the child run its time, then ask it to drain, then end it."""
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.terminate()
    else:
        return ""
    try:
        child.wait(_DRAIN_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    return "time"


def _taken(stats: Path) -> dict[str, Any]:
    """The child's statistics; empty when it did not live to write them."""
    try:
        read: dict[str, Any] = json.loads(stats.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    stats.unlink()
    return read


def _crawl(name: str, arguments: Mapping[str, str], stats: str) -> int:
    """Run the spider in this process; 1 when it ended for any other reason than being done."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.project import get_project_settings

    process = AsyncCrawlerProcess(get_project_settings())
    crawler = process.create_crawler(name)
    process.crawl(crawler, **arguments)
    process.start()
    found = crawler.stats.get_stats() if crawler.stats else {}
    if stats:
        Path(stats).write_text(json.dumps(found, default=str, ensure_ascii=False), encoding="utf-8")
    return 0 if found.get("finish_reason") == "finished" else 1


def limit_memory(megabytes: int) -> None:
    """The kernel refuses this process more than twice what Scrapy stops a run at."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, ((megabytes * _HARD_MEMORY_FACTOR) << 20, hard))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--night", required=True)
    parser.add_argument("--data", default="")
    parser.add_argument("--config", default="")
    parser.add_argument("--stats", default="")
    parser.add_argument("--memory-mb", type=int, default=ChildLimits().memory_mb)
    given = parser.parse_args()
    limit_memory(given.memory_mb)
    os.environ["SCRAPY_SETTINGS_MODULE"] = "crawlers.settings"
    return _crawl(given.name, {"night": given.night, "data": given.data, "config": given.config}, given.stats)


if __name__ == "__main__":
    sys.exit(main())
