"""The archive: WARC volumes in one directory, each written by one process and never changed once sealed."""

from __future__ import annotations

import hashlib
import mmap
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from crawlers import exchanges, revisits
from crawlers.clock import utc_now
from crawlers.durable import lock, sync_directory
from crawlers.records import ArchiveError, Exchange, WarcPlace
from crawlers.warcfile import Record, check_digests, inflate, member, members, parse, record_id, serialise

if TYPE_CHECKING:
    from config.schema import ArchiveSettings

SUFFIX = ".warc.gz"
GZIP_LEVEL = 1
REVISIT_MIN_BYTES = 4_096
REVISIT_PAYLOADS = 20_000
TOMBSTONE = "application/vnd.zhengshao.tombstone+json"
"""Content type of what stands where records were removed."""
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


class Removed(ArchiveError):
    """The records stood there, and were removed when they need not be kept any longer."""


class Volume:
    """A volume being written. Holds a file lock for as long as its writer lives."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.name = path.name
        self.size = 0
        self._descriptor = descriptor
        self._listed = False

    @classmethod
    def create(cls, root: Path, stem: str) -> Self:
        """A new file `<stem>-<n>.warc.gz`, mode 0600, locked."""
        for number in range(1, 1_000_000):
            path = root / f"{stem}-{number:04d}{SUFFIX}"
            try:
                descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            except FileExistsError:
                continue
            if lock(descriptor) and path.exists():
                return cls(path, descriptor)
            os.close(descriptor)
        raise ArchiveError(f"no free volume name for {stem} in {root}")

    def append(self, data: bytes) -> int:
        """Write at the end; returns the offset written at. Not durable before `sync`."""
        start, rest = self.size, memoryview(data)
        while rest:
            written = os.pwrite(self._descriptor, rest, self.size)
            self.size += written
            rest = rest[written:]
        return start

    @contextmanager
    def view(self) -> Iterator[Any]:
        """All that was written so far."""
        with mmap.mmap(self._descriptor, self.size, access=mmap.ACCESS_READ) as view:
            yield view

    def sync(self) -> None:
        os.fsync(self._descriptor)
        if not self._listed:
            sync_directory(self.path.parent)
            self._listed = True

    def cut(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)
        self.size = size

    def close(self) -> None:
        """Give up the lock; the file stays as it is."""
        os.close(self._descriptor)


class Archive:
    """Reads any volume; makes new ones for a Recorder."""

    def __init__(
        self,
        root: Path,
        gzip_level: int = GZIP_LEVEL,
        *,
        revisit_min_bytes: int = REVISIT_MIN_BYTES,
        revisit_payloads: int = REVISIT_PAYLOADS,
    ) -> None:
        self.root = root
        self.gzip_level = gzip_level
        self.revisit_min_bytes = revisit_min_bytes
        self.revisit_payloads = revisit_payloads

    @classmethod
    def by_settings(cls, root: Path, settings: ArchiveSettings) -> Self:
        """An archive that writes as the office wants it."""
        return cls(
            root,
            settings.gzip_level,
            revisit_min_bytes=settings.revisit_min_bytes,
            revisit_payloads=settings.revisit_payloads,
        )

    def path(self, volume: str) -> Path:
        if Path(volume).name != volume:
            raise ArchiveError(f"{volume!r} is no volume name")
        return self.root / volume

    def raw(self, place: WarcPlace) -> bytes:
        """The bytes of one record as it stands there: a gzip member that stands alone."""
        with self._bytes(place.volume) as view:
            data = view[place.offset : place.offset + place.length]
        if len(data) != place.length:
            raise ArchiveError(f"{place.volume} ends before byte {place.offset + place.length}: the volume was cut")
        return bytes(data)

    def raw_exchange(self, place: WarcPlace) -> bytes:
        """The bytes of a response with the request and metadata records that follow it, as its line of custody names
        them: in the place of a revisit stands the full response."""
        with self._bytes(place.volume) as view:
            group = self._group(view, place)
            if not group.revisit:
                return bytes(view[place.offset : group.end])
            made, end = revisits.whole(view, place.offset)
            return made + bytes(view[end : group.end])

    def stored_exchange(self, place: WarcPlace) -> bytes:
        """The bytes that an exchange takes up in its volume."""
        with self._bytes(place.volume) as view:
            return bytes(view[place.offset : self._group(view, place).end])

    def read(self, place: WarcPlace) -> Exchange:
        """The exchange whose response stands at `place`; ArchiveError when its bytes are not what they were."""
        with self._bytes(place.volume) as view:
            group = self._group(view, place)
        try:
            exchange = exchanges.read(group.response, group.beside)
            check_digests(group.response, exchange.body)
        except ArchiveError as error:
            raise ArchiveError(f"{place.volume} at byte {place.offset}: {error}") from error
        return exchange

    def scan(self, volume: str, end: int) -> Iterator[tuple[int, int, Record]]:
        """Every record in the first `end` bytes of a volume: (offset, length, record). Strict."""
        if end:
            with self._bytes(volume) as view:
                yield from members(view, end)

    def sha256(self, volume: str) -> str:
        with self.path(volume).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def new_volume(self, owner: str) -> Volume:
        """A new volume of one writer, with its warcinfo record appended."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        date = utc_now()[:10].replace("-", "")
        volume = Volume.create(self.root, f"{date}-{_UNSAFE.sub('-', owner).strip('-') or 'writer'}")
        fields = "software: zhengshao\r\nformat: WARC File Format 1.1\r\n"
        named = [("WARC-Record-ID", record_id()), ("WARC-Filename", volume.name), ("WARC-Date", utc_now())]
        record = serialise("warcinfo", named, "application/warc-fields", fields.encode())
        volume.append(member(record, self.gzip_level))
        return volume

    @contextmanager
    def _bytes(self, volume: str) -> Iterator[Any]:
        try:
            with self.path(volume).open("rb") as file:
                view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise ArchiveError(f"cannot read volume {self.path(volume)}: {error}") from error
        with view:
            yield view

    def _group(self, view: Any, place: WarcPlace) -> _Group:
        """The response at a place and the records concurrent to it. A revisit gives the response it stands for."""
        data, end = inflate(view, place.offset)
        response, _ = parse(data)
        if response.header("Content-Type") == TOMBSTONE:
            raise Removed(f"{place.volume} at byte {place.offset}: removed when its time was over; hashes are kept")
        if end != place.offset + place.length:
            raise ArchiveError(f"{place.volume}: the record at byte {place.offset} is not {place.length} bytes long")
        if revisit := response.kind == "revisit":
            check_digests(response)
            response, _ = parse(inflate(revisits.whole(view, place.offset)[0], 0)[0])
        beside: list[Record] = []
        while end < len(view):
            try:
                data, after = inflate(view, end)
                record, _ = parse(data)
            except ArchiveError:
                break  # half a batch behind ours, or damage: `agreement` compares the whole group with its custody line
            if record.header("WARC-Concurrent-To") != response.header("WARC-Record-ID"):
                break
            check_digests(record)
            beside.append(record)
            end = after
        return _Group(response, beside, end, revisit)


@dataclass(frozen=True, slots=True)
class _Group:
    """The records of one exchange, and where the last of them ends."""

    response: Record
    beside: list[Record]
    end: int
    revisit: bool
