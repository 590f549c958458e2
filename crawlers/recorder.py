"""The recorder: what spiders fetched goes into the archive and the store, in batches, whole or not at all.

One batch: records appended, one fsync, one transaction. A batch that fails leaves nothing: the volume is cut back to
what the store says, and every later submission is refused.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import urlsplit

from sqlalchemy import select, update

from crawlers import custody, exchanges, leases
from crawlers.archive import Archive, Volume
from crawlers.batches import Batches
from crawlers.clock import utc_now
from crawlers.keeping import Kept, Placed, claim_volume, end_tasks, host_of, keep
from crawlers.marks import mark
from crawlers.records import ArchiveError, CrawlError, Exchange, Fetched, StoreError
from crawlers.store import Store
from crawlers.tables import captures, volumes

if TYPE_CHECKING:
    from config.schema import ArchiveSettings

VOLUME_MAX_BYTES = 1 << 30
Item = tuple[Fetched, "Future[int | None]"]


class Peers(Protocol):
    """The door's memory of which address it dialled for a host."""

    def peer(self, host: str, port: int) -> str: ...


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
        self._archive = archive
        self._owner = owner
        self._writer = f"{owner}@{socket.gethostname()}:{os.getpid()}"
        self._peers = peers
        self._dialled: dict[tuple[str, int], str] = {}
        self._volume_max_bytes = volume_max_bytes
        self._volume: Volume | None = None
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
            self._seal()
            failure = ""
        except (OSError, CrawlError) as error:
            failure = f"nothing more can be kept by {self._owner}: {error}"
        finally:
            if failure:
                self._cut_back()
                self._let_go()
            _fail([*batch, *self._batches.fail(failure)], failure)

    def _keep(self, batch: Sequence[Item]) -> None:
        while True:
            try:
                ids = self._try([fetched for fetched, _ in batch])
            except _Overtaken:
                self._cut_back()
                continue
            break
        for (_, future), capture_id in zip(batch, ids, strict=True):
            future.set_result(capture_id)
        if self._volume is not None and self._volume.size >= self._volume_max_bytes:
            self._seal()

    def _try(self, batch: Sequence[Fetched]) -> list[int | None]:
        """One append, fsync and transaction; capture ids (None for no capture) in the order of the batch."""
        fresh = self._fresh(batch)
        self._dialled.clear()
        mark("recorder-before-append")
        kept = {index: self._append(batch[index]) for index in fresh if batch[index].exchanges}
        mark("recorder-after-append")
        if kept and self._volume is not None:
            self._volume.sync()
        mark("recorder-after-fsync")
        with self.store.write() as connection:
            if leases.done_among(connection, _task_ids(batch[index] for index in fresh)):
                raise _Overtaken
            if kept and self._volume is not None:
                claim_volume(connection, self._volume, self._writer)
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

    def _append(self, fetched: Fetched) -> Kept:
        placed = tuple(self._place(exchange) for exchange in fetched.exchanges)
        return Kept(fetched, placed[:-1], placed[-1], tuple(self._place(item) for item in fetched.resources))

    def _place(self, exchange: Exchange) -> Placed:
        if self._volume is None:
            self._volume = self._archive.new_volume(self._owner)
        exchange = replace(
            exchange,
            peer=exchange.peer or self._peer(exchange.url),
            fetched_at=exchange.fetched_at or utc_now(),
        )
        written = exchanges.write(exchange, self._archive.gzip_level)
        return Placed.of(exchange, written, self._volume.name, self._volume.append(written.data))

    def _peer(self, url: str) -> str:
        """What the door dialled, asked once a batch and target; unknown when the door is gone: the page is kept."""
        if self._peers is None:
            return ""
        target = host_of(url), urlsplit(url).port or (443 if url.startswith("https:") else 80)
        if target not in self._dialled:
            try:
                self._dialled[target] = self._peers.peer(*target)
            except CrawlError:
                self._dialled[target] = ""
        return self._dialled[target]

    def _cut_back(self) -> None:
        """Take back what was appended and not committed; what cannot be cut now, `recover` cuts later."""
        volume, self._volume = self._volume, None
        if volume is None:
            return
        with suppress(OSError, StoreError):
            committed = self._committed(volume)
            volume.cut(committed)
            if committed:
                self._volume = volume
                return
            volume.path.unlink()
        volume.close()

    def _let_go(self) -> None:
        """Leave an unsealed volume to `recover`."""
        if self._volume is not None:
            self._volume.close()

    def _committed(self, volume: Volume) -> int:
        with self.store.read() as connection:
            size = connection.scalar(select(volumes.c.committed_bytes).where(volumes.c.name == volume.name))
        return size or 0

    def _seal(self) -> None:
        if self._volume is None:
            return
        volume, self._volume = self._volume, None
        digest = self._archive.sha256(volume.name)
        with self.store.write() as connection:
            sealed = update(volumes).values(state="sealed", sha256=digest, sealed_at=utc_now())
            connection.execute(sealed.where(volumes.c.name == volume.name))
            detail = {"volume": volume.name, "bytes": volume.size, "sha256": digest}
            custody.append(connection, "volume_sealed", self._owner, detail)
        volume.close()


def _task_ids(batch: Iterable[Fetched]) -> set[int]:
    return {fetched.task.id for fetched in batch if fetched.task.id is not None}


def _fail(items: Iterable[Item], failure: str) -> None:
    for _, future in items:
        if not future.done():
            future.set_exception(ArchiveError(failure))
