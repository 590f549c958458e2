"""The store: tasks to be fetched and what is known of every capture, in SQLite (WAL) or PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from crawlers import leases, queries, schema
from crawlers.records import Capture, Hit, HitKind, Hop, Listing, Outcome, StoreError, Task, TaskKind, TaskState

SQLITE_FILE = "store.sqlite"
BUSY_TIMEOUT_SECONDS = 30
MAX_ATTEMPTS = 3
READ_CHUNK = 500


def store_url(data_dir: Path, configured: str = "") -> str:
    """The URL of the office's store: the configured one, or the SQLite file in the data directory."""
    return configured or f"sqlite:///{data_dir / SQLITE_FILE}"


class Store:
    """One database. Safe for several threads and, on one file, several processes; writers wait for each other."""

    def __init__(self, engine: Engine, *, max_attempts: int = MAX_ATTEMPTS) -> None:
        self.engine = engine
        self._max_attempts = max_attempts

    @classmethod
    def open(cls, url: str, *, busy_timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> Self:
        """An existing store of exactly this program's version; StoreError says what to run otherwise."""
        path = _sqlite_path(url)
        if path is not None and not path.is_file():
            raise StoreError(f"no store at {path}: {schema.UPGRADE}")
        store = cls(_engine(url, busy_timeout_seconds))
        with store.read() as connection:
            problem = schema.difference(connection)
        if problem:
            store.close()
            raise StoreError(f"{_shown(url)}: {problem}")
        return store

    @classmethod
    def create(cls, url: str, *, busy_timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> Self:
        """Make the store or bring it up to date, all installed floors; refuses one that is newer than this program."""
        path = _sqlite_path(url)
        if path is not None:
            _make_private(path)
        store = cls(_engine(url, busy_timeout_seconds))
        with store.write() as connection:
            problem = schema.difference(connection)
            if "newer" in problem:
                raise StoreError(f"{_shown(url)}: {problem}")
            schema.upgrade(connection)
        return store

    def close(self) -> None:
        self.engine.dispose()

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, or None on a database server."""
        return _sqlite_path(self.engine.url.render_as_string(hide_password=False))

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its start; commits at the end, rolls back on any error."""
        with _explained(self.engine), self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction: everything read in it is of one moment."""
        with _explained(self.engine), self.engine.connect() as connection, connection.begin():
            yield connection

    def plan(self, tasks: Iterable[Task]) -> int:
        """Insert the tasks that are new to their night; returns how many were."""
        with self.write() as connection:
            return leases.plan(connection, tasks)

    def claim(
        self, night: str, kinds: Iterable[TaskKind], *, limit: int, lease_seconds: float, owner: str
    ) -> list[Task]:
        """Lease up to `limit` tasks, highest priority first, then in the order planned.

        A task whose lease ran out may be claimed again; one tried `max_attempts` times becomes dead instead.
        """
        with self.write() as connection:
            leases.bury(connection, night, self._max_attempts)
            return leases.claim(connection, night, kinds, limit=limit, lease_seconds=lease_seconds, owner=owner)

    def release_leases(self, night: str, owner: str | None = None) -> int:
        """Give leased tasks (of one owner, or all of the night) back to the plan; returns how many."""
        with self.write() as connection:
            return leases.release(connection, night, owner)

    def postpone(self, night: str, source: str, until: str) -> int:
        """A source's open tasks wait until a moment that the source named; returns how many."""
        with self.write() as connection:
            return leases.postpone(connection, night, source, until)

    def finish(self, task_id: int, outcome: Outcome, reason: str = "") -> bool:
        """End a task that kept nothing; False when it had already ended."""
        with self.write() as connection:
            return leases.finish(connection, task_id, outcome, reason)

    def waiting(self, night: str, kinds: Iterable[TaskKind] | None = None) -> int:
        """How many tasks of the night are not yet done or dead."""
        with self.read() as connection:
            return leases.waiting(connection, night, kinds)

    def tasks(
        self,
        *,
        night: str | None = None,
        kinds: Iterable[TaskKind] | None = None,
        states: Iterable[TaskState] | None = None,
        ids: Iterable[int] | None = None,
    ) -> list[leases.TaskStatus]:
        """Tasks with how they stand, in the order planned."""
        with self.read() as connection:
            return leases.statuses(connection, night=night, kinds=kinds, states=states, ids=ids)

    def captures(
        self,
        *,
        night: str | None = None,
        ids: Sequence[int] | None = None,
        task_ids: Sequence[int] | None = None,
        host: str | None = None,
        source: str | None = None,
        origin: str | None = None,
        after_id: int = 0,
    ) -> Iterator[Capture]:
        """Captures in order of id, read in chunks so that no transaction stays open while the caller works."""
        wanted = queries.capture_filter(
            night=night, ids=ids, task_ids=task_ids, host=host, source=source, origin=origin
        )
        while True:
            with self.read() as connection:
                chunk = queries.captures(connection, wanted, after_id=after_id, limit=READ_CHUNK)
            yield from chunk
            if len(chunk) < READ_CHUNK:
                return
            after_id = chunk[-1].id

    def capture(self, capture_id: int) -> Capture:
        """One capture; StoreError when there is none of that id."""
        for found in self.captures(ids=[capture_id]):
            return found
        raise StoreError(f"no capture {capture_id} in {_shown(str(self.engine.url))}")

    def resources(self, capture_id: int) -> tuple[Hop, ...]:
        """What a browser fetched to show the page of a capture."""
        with self.read() as connection:
            return queries.exchanges(connection, [capture_id], "resource").get(capture_id, ())

    def hits(
        self,
        *,
        night: str | None = None,
        capture_id: int | None = None,
        kinds: Iterable[HitKind] | None = None,
        after_id: int = 0,
    ) -> list[Hit]:
        """Search results in the order kept."""
        with self.read() as connection:
            return queries.hits(connection, night=night, capture_id=capture_id, kinds=kinds, after_id=after_id)

    def listings(
        self,
        *,
        night: str | None = None,
        capture_id: int | None = None,
        subject: str | None = None,
        after_id: int = 0,
    ) -> list[Listing]:
        """Offers in the order kept; `subject` is `platform:item_id`."""
        with self.read() as connection:
            return queries.listings(connection, night=night, capture_id=capture_id, subject=subject, after_id=after_id)


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"{_shown(str(engine.url))}: {error.orig}; see `zhengshao doctor`") from error


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _sqlite_path(url: str) -> Path | None:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise StoreError(f"{url}: the store must be a file, several processes share it")
    return Path(parsed.database)


def _make_private(path: Path) -> None:
    """The file for the owner alone before SQLite opens it; its -wal and -shm files inherit the mode.

    A file that is there is not opened: closing it again would drop every lock this process has on it (fcntl(2)), and
    the next child to end would take the write-ahead log away under the stores that are open here.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _engine(url: str, busy_timeout_seconds: float) -> Engine:
    if _sqlite_path(url) is None:
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": busy_timeout_seconds, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """WAL lets readers go on beside the writer. FULL, because a capture reported as kept must survive a power cut;
    with one transaction per batch it costs one more fsync."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
