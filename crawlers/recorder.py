"""The recorder: what spiders fetched goes into the archive and the store, in batches, whole or not at all.

One batch: records appended, one fsync, one transaction. A batch that fails leaves nothing: the volume is cut back to
what the store says, and every later submission is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import select

from crawlers import leases
from crawlers.archive import Archive
from crawlers.batches import Batches
from crawlers.keeping import end_tasks, keep
from crawlers.marks import mark
from crawlers.records import ArchiveError, CrawlError, Fetched
from crawlers.store import Store
from crawlers.tables import captures
from crawlers.writing import VOLUME_MAX_BYTES, Peers, Writer

if TYPE_CHECKING:
    from config.schema import ArchiveSettings

Item = tuple[Fetched, "Future[int | None]"]


class _Overtaken(Exception):
    """Another worker ended a task of this batch between our look and our transaction."""


class Recorder:
    """Keeps what is submitted, from any thread, through one writer thread and its own volumes."""

    def __init__(
        self,
        store: Store,
        archive: Archive,
        *,
        owner: str,
        peers: Peers | None = None,
        max_records: int = 50,
        max_wait_ms: int = 200,
        volume_max_bytes: int = VOLUME_MAX_BYTES,
    ) -> None:
        self.store = store
        self._owner = owner
        self._writer = Writer(store, archive, owner, peers)
        self._volume_max_bytes = volume_max_bytes
        self._batches: Batches[Item] = Batches(max_records, max_wait_ms)
        self._thread = threading.Thread(target=self._run, name=f"recorder-{owner}", daemon=True)
        self._thread.start()

    @classmethod
    def by_settings(
        cls, store: Store, archive: Archive, settings: ArchiveSettings, *, owner: str, peers: Peers | None = None
    ) -> Self:
        """A recorder whose batches and volumes are as large as the office wants them."""
        return cls(
            store,
            archive,
            owner=owner,
            peers=peers,
            max_records=settings.batch_records,
            max_wait_ms=settings.batch_wait_ms,
            volume_max_bytes=settings.volume_max_bytes,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def submit(self, fetched: Fetched) -> Future[int | None]:
        """The capture id, once it is on disk and committed; None when there was nothing to capture.

        Waits while the queue is full. A Fetched for a task that is done already changes nothing and gives the
        capture kept before. Raises ArchiveError when the recorder is closed or has failed.
        """
        future: Future[int | None] = Future()
        future.set_running_or_notify_cancel()  # what is queued is kept: nobody can cancel it
        self._batches.put((fetched, future))
        return future

    def close(self) -> None:
        """Keep what is pending and seal the volume; returns when done. Raises ArchiveError when that failed."""
        self._batches.end()
        self._thread.join()
        if self._batches.failure:
            raise ArchiveError(self._batches.failure)

    def _run(self) -> None:
        failure = f"the writer of {self._owner} stopped unexpectedly; see the log"
        batch: list[Item] = []
        try:
            while batch := self._batches.take():
                self._keep(batch)
            self._writer.seal()
            failure = ""
        except (OSError, CrawlError) as error:
            failure = f"nothing more can be kept by {self._owner}: {error}"
        finally:
            if failure:
                self._writer.cut_back()
                self._writer.let_go()
            _fail([*batch, *self._batches.fail(failure)], failure)

    def _keep(self, batch: Sequence[Item]) -> None:
        while True:
            try:
                ids = self._try([fetched for fetched, _ in batch])
            except _Overtaken:
                self._writer.cut_back()
                continue
            break
        for (_, future), capture_id in zip(batch, ids, strict=True):
            future.set_result(capture_id)
        if self._writer.size >= self._volume_max_bytes:
            self._writer.seal()

    def _try(self, batch: Sequence[Fetched]) -> list[int | None]:
        """One append, fsync and transaction; capture ids (None for no capture) in the order of the batch."""
        fresh = self._fresh(batch)
        self._writer.begin()
        mark("recorder-before-append")
        kept = {index: self._writer.append(batch[index]) for index in fresh if batch[index].exchanges}
        mark("recorder-after-append")
        if kept:
            self._writer.sync()
        mark("recorder-after-fsync")
        with self.store.write() as connection:
            if leases.done_among(connection, _task_ids(batch[index] for index in fresh)):
                raise _Overtaken
            if kept:
                self._writer.claim(connection)
            ids = dict(zip(kept, keep(connection, list(kept.values()), self._owner), strict=True))
            end_tasks(connection, (batch[index] for index in fresh - kept.keys()))
            mark("recorder-before-commit")
        mark("recorder-after-commit")
        known = self._known([batch[index] for index in range(len(batch)) if index not in fresh])
        return [ids.get(index, known.get(fetched.task.id)) for index, fetched in enumerate(batch)]

    def _fresh(self, batch: Sequence[Fetched]) -> set[int]:
        """Positions of what is not done yet, the first of several for one task."""
        with self.store.read() as connection:
            seen: set[int | None] = set(leases.done_among(connection, _task_ids(batch)))
        fresh = set()
        for index, fetched in enumerate(batch):
            if fetched.task.id is None or fetched.task.id not in seen:
                fresh.add(index)
                seen.add(fetched.task.id)
        return fresh

    def _known(self, dropped: Sequence[Fetched]) -> dict[int | None, int]:
        """Captures kept earlier for these tasks, by task id."""
        if not dropped:
            return {}
        statement = select(captures.c.task_id, captures.c.id).where(captures.c.task_id.in_(_task_ids(dropped)))
        with self.store.read() as connection:
            return {row.task_id: row.id for row in connection.execute(statement.order_by(captures.c.id.desc()))}


def _task_ids(batch: Iterable[Fetched]) -> set[int]:
    return {fetched.task.id for fetched in batch if fetched.task.id is not None}


def _fail(items: Iterable[Item], failure: str) -> None:
    for _, future in items:
        if not future.done():
            future.set_exception(ArchiveError(failure))
