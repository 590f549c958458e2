"""A small data directory and invented pages for the tests of keeping."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import config
from crawlers import custody
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.imports import Intake
from crawlers.recorder import Recorder
from crawlers.records import Capture, Exchange, Fetched, Outcome, Task, TaskKind
from crawlers.store import Store, store_url

NIGHT = "2026-01-31"


@dataclass
class House:
    """Store, archive and blobs in one directory."""

    data: Path
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store.create(store_url(self.data))
        self.archive = Archive(self.data / "archive", 1)
        self.blobs = BlobStore(self.data / "blobs")

    def recorder(self, owner: str = "test", **options: Any) -> Recorder:
        return Recorder(self.store, self.archive, owner=owner, max_wait_ms=5, **options)

    def keep(self, *fetched: Fetched) -> list[int | None]:
        """Record and seal; capture ids."""
        with self.recorder() as recorder:
            futures = [recorder.submit(item) for item in fetched]
        return [future.result() for future in futures]

    def intake(self, **limits: int) -> Intake:
        """For files handed in, with the packaged limits but for those named."""
        found = config.load()
        changed = found.settings.imports.model_copy(update=limits)
        profiles = [*found.engines.values(), *found.marketplaces.values()]
        return Intake(self.store, self.archive, self.blobs, changed, profiles=profiles)

    def claimed(self, count: int, kind: TaskKind = TaskKind.SITE) -> list[Task]:
        self.store.plan(task(f"http://site-{number}.example/", kind=kind) for number in range(count))
        return self.store.claim(NIGHT, [kind], limit=count, lease_seconds=600, owner="test")

    def asked(self, wanted: Task) -> Task:
        """The task, planned and claimed: a capture of it has its place in the night."""
        self.store.plan([wanted])
        return self.store.claim(wanted.night, [wanted.kind], limit=1, lease_seconds=600, owner="test")[0]

    def volume(self, name: str = "") -> Path:
        """The only volume, or the one named."""
        return self.archive.path(name) if name else next(iter(sorted(self.archive.root.glob("*.warc.gz"))))

    def tamper(self, statement: str, *values: object) -> None:
        """Change the database behind the program's back, as one can who owns the file: the guards fall first."""
        with closing(sqlite3.connect(self.data / "store.sqlite")) as connection, connection:
            drop_guards(connection)
            connection.execute(statement, values)


def drop_guards(connection: sqlite3.Connection) -> None:
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")


@contextmanager
def house(data: Path) -> Iterator[House]:
    made = House(data)
    try:
        yield made
    finally:
        made.store.close()


def task(target: str = "http://site.example/", **fields: object) -> Task:
    named: dict[str, object] = {"night": NIGHT, "kind": TaskKind.SITE, "source": "web", "target": target}
    return Task(**{**named, **fields})  # type: ignore[arg-type]


def exchange(url: str = "http://site.example/", body: bytes = b"<html>page</html>", **fields: object) -> Exchange:
    named: dict[str, object] = {
        "url": url,
        "status": 200,
        "reason": "OK",
        "request_headers": (("Host", "site.example"), ("User-Agent", "test")),
        "response_headers": (("Content-Type", "text/html; charset=utf-8"),),
        "body": body,
        "peer": "192.0.2.7:80",
        "fetched_at": "2026-01-31T16:00:00.000Z",
    }
    return Exchange(**{**named, **fields})  # type: ignore[arg-type]


def page(of: Task | None = None, *exchanges: Exchange, **fields: object) -> Fetched:
    """A captured page; without exchanges, one response at the task's target."""
    of = of or task()
    named: dict[str, object] = {"task": of, "outcome": Outcome.CAPTURED}
    kept: Sequence[Exchange] = exchanges or (exchange(of.target, f"<p>{of.target}</p>".encode()),)
    return Fetched(**{**named, "exchanges": tuple(kept), **fields})  # type: ignore[arg-type]


def custody_detail(house: House, capture: Capture) -> dict[str, Any]:
    """What the custody line of a capture tells."""
    with house.store.read() as connection:
        (line,) = custody.lines(connection, from_seq=capture.custody_seq, to_seq=capture.custody_seq)
    told: dict[str, Any] = json.loads(line.detail)
    return told
