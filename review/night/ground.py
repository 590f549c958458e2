"""What every stage of a night stands on: the configuration, the store, the archive, the door, and the night's name."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from review.errors import NightLocked
from review.strings import NOT_RECOVERED

if TYPE_CHECKING:
    from config import Config
    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from crawlers.egress import Door
    from crawlers.practice.world import World
    from crawlers.recovery import RecoveryReport
    from crawlers.store import Store
    from detectors.context import Context


@dataclass(slots=True)
class Ground:
    """One night at work. `say` tells the person at the terminal; it decides nothing."""

    night: str
    config: Config
    world: World
    data: Path
    config_dir: Path | None
    store: Store
    archive: Archive
    blobs: BlobStore
    door: Door
    context: Context
    say: Callable[[str, str], None] = field(default=lambda stage, words: None)
    problems: list[str] = field(default_factory=list)
    """What putting right after crashes could not put right, each once: evidence that is missing or cannot be read."""

    def note(self, recovered: RecoveryReport) -> None:
        for problem in recovered.problems:
            if problem not in self.problems:
                self.problems.append(problem)
                self.say("crawl", NOT_RECOVERED.format(problem=problem))


@contextmanager
def night_lock(data: Path) -> Iterator[None]:
    """Only one night at a time on a data directory; the holder's process id stands in the lock file."""
    place = data / "night.lock"
    with place.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "?"
            told = f"另一个夜间任务（进程 {holder}）正在使用 {data}：等它结束，或另选 --data 目录。"
            raise NightLocked(told) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
