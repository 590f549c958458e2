"""What a spider works with: the configuration, the store, the recorder and the door."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import config as configuration
from crawlers.archive import Archive
from crawlers.doorclient import DOOR, DoorClient
from crawlers.egress import Door, crawler_components, policy_from
from crawlers.recorder import Recorder
from crawlers.store import Store, store_url


@dataclass(frozen=True, slots=True)
class Equipment:
    config: configuration.Config
    store: Store
    recorder: Recorder
    door: DoorClient
    _open: ExitStack

    @classmethod
    def open(cls, owner: str, data: str, config_dir: str) -> Equipment:
        """Open everything; a process that was given no door starts its own.

        `data` and `config_dir` may be empty: the office's own are used then.
        """
        config = configuration.load(Path(config_dir) if config_dir else None)
        directory = Path(data) if data else config.settings.office.data_dir
        archive = config.settings.archive
        with ExitStack() as stack:
            if DOOR not in os.environ:
                os.environ.update(own_door(stack, config, directory))
            door = DoorClient.from_environment()
            store = Store.open(
                store_url(directory, config.settings.store.url),
                busy_timeout_seconds=config.settings.store.busy_timeout_seconds,
            )
            stack.callback(store.close)
            volumes = Archive.by_settings(directory / "archive", archive)
            recorder = Recorder.by_settings(store, volumes, archive, owner=owner, peers=door)
            stack.callback(recorder.close)
            return cls(config, store, recorder, door, stack.pop_all())
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Keep what is pending; raises ArchiveError when that failed."""
        self._open.close()


def own_door(stack: ExitStack, config: configuration.Config, directory: Path) -> dict[str, str]:
    log = directory / "log" / "door.jsonl"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    door = stack.enter_context(Door.spawn(policy_from(config), log=log))
    return door.environment(*crawler_components(config))
