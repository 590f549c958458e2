"""One writer's own WARC volumes: what is appended counts only once the store says how far the volume reaches."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import Connection, select, update

from crawlers import custody, exchanges
from crawlers.archive import Archive, Volume
from crawlers.clock import utc_now
from crawlers.keeping import Kept, Placed, claim_volume, host_of
from crawlers.records import CrawlError, Exchange, Fetched, StoreError
from crawlers.revisits import Payloads, whole
from crawlers.store import Store
from crawlers.tables import volumes

VOLUME_MAX_BYTES = 1 << 30


class Peers(Protocol):
    """The door's memory of which address it dialled for a host."""

    def peer(self, host: str, port: int) -> str: ...


class Writer:
    """Appends exchanges to the present volume, opening one when there is none. For one thread."""

    def __init__(self, store: Store, archive: Archive, owner: str, peers: Peers | None = None) -> None:
        self.owner = owner
        self._store = store
        self._archive = archive
        self._name = f"{owner}@{socket.gethostname()}:{os.getpid()}"
        self._peers = peers
        self._dialled: dict[tuple[str, int], str] = {}
        self._volume: Volume | None = None
        self._payloads = Payloads(archive.revisit_payloads)

    @property
    def size(self) -> int:
        """Bytes of the present volume; 0 when none is open."""
        return self._volume.size if self._volume is not None else 0

    def begin(self) -> None:
        """A new batch: the door is asked again whom it dialled."""
        self._dialled.clear()

    def append(self, fetched: Fetched) -> Kept:
        """What the store is to say of it; the bodies stay in the volume."""
        placed = tuple(self._place(exchange) for exchange in fetched.exchanges)
        beside = tuple(self._place(item) for item in fetched.resources)
        return Kept(replace(fetched, exchanges=(), resources=()), placed[:-1], placed[-1], beside)

    def sync(self) -> None:
        if self._volume is not None:
            self._volume.sync()

    def claim(self, connection: Connection) -> None:
        """Note in the batch's transaction how far the volume now reaches."""
        if self._volume is not None:
            claim_volume(connection, self._volume, self._name)

    def cut_back(self) -> None:
        """Take back what was appended and not committed; what cannot be cut now, `recover` cuts later."""
        volume, self._volume = self._volume, None
        if volume is None:
            return
        with suppress(OSError, StoreError):
            committed = self._committed(volume)
            volume.cut(committed)
            if committed:
                self._volume = volume
                self._payloads.cut(committed)
                return
            volume.path.unlink()
        volume.close()

    def let_go(self) -> None:
        """Leave an unsealed volume to `recover`."""
        if self._volume is not None:
            self._volume.close()

    def seal(self) -> None:
        """Close the volume for good and note its digest."""
        if self._volume is None:
            return
        volume, self._volume = self._volume, None
        digest = self._archive.sha256(volume.name)
        with self._store.write() as connection:
            sealed = update(volumes).values(state="sealed", sha256=digest, sealed_at=utc_now())
            connection.execute(sealed.where(volumes.c.name == volume.name))
            detail = {"volume": volume.name, "bytes": volume.size, "sha256": digest}
            custody.append(connection, "volume_sealed", self.owner, detail)
        volume.close()

    def _place(self, exchange: Exchange) -> Placed:
        if self._volume is None:
            self._volume, self._payloads = self._opened()
        exchange = replace(
            exchange,
            peer=exchange.peer or self._peer(exchange.url),
            fetched_at=exchange.fetched_at or utc_now(),
        )
        least = self._archive.revisit_min_bytes
        written = exchanges.write(exchange, self._archive.gzip_level, revisit_min_bytes=least, known=self._payloads)
        offset = self._volume.append(written.data)
        if written.payload is not None:
            self._payloads.note(written.payload_sha256, written.payload.moved(offset))
        if written.revisit is None:
            return Placed.of(exchange, written, self._volume.name, offset)
        with self._volume.view() as view:
            made, end = whole(view, offset)
            return Placed.of(exchange, written, self._volume.name, offset, made + view[end:])

    def _opened(self) -> tuple[Volume, Payloads]:
        """A volume of its own payloads: what it holds never rests on another file."""
        return self._archive.new_volume(self.owner), Payloads(self._archive.revisit_payloads)

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

    def _committed(self, volume: Volume) -> int:
        with self._store.read() as connection:
            size = connection.scalar(select(volumes.c.committed_bytes).where(volumes.c.name == volume.name))
        return size or 0
