"""Reading WARC files of others: what is good in them, and where they are damaged."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers.records import ArchiveError, ImportRefused
from crawlers.warcfile import Record, inflate, parse

MAX_RECORD_BYTES = 256 << 20
GZIP_MAGIC = b"\x1f\x8b\x08"
_RECORD = re.compile(rb"WARC/(?:1\.[01]|0\.1[78])\r?\n")


@dataclass(frozen=True, slots=True)
class Found:
    """A record and the byte of the file (or of its gzip member's start) where it stands."""

    offset: int
    record: Record


@dataclass(frozen=True, slots=True)
class Damage:
    """A place that could not be read; reading goes on at the next record."""

    offset: int
    reason: str


def records(path: Path, *, max_record_bytes: int = MAX_RECORD_BYTES) -> Iterator[Found | Damage]:
    """Every record of a .warc or .warc.gz, damaged places between them. ImportRefused when it is neither."""
    with _mapped(path) as view:
        if view[: len(GZIP_MAGIC)] == GZIP_MAGIC:
            yield from _compressed(view, max_record_bytes)
        elif _RECORD.match(view[:64]):
            yield from _plain(view)
        else:
            start = bytes(view[:16])
            raise ImportRefused(f"{path} is no WARC file, it begins with {start!r}: give a .warc or .warc.gz")


@contextmanager
def _mapped(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ImportRefused(f"{path} cannot be read: {error}") from error
    with view:
        yield view


def _compressed(view: Any, max_record_bytes: int) -> Iterator[Found | Damage]:
    offset, damaged = 0, False
    while 0 <= offset < len(view):
        try:
            data, end = inflate(view, offset, max_bytes=max_record_bytes)
        except ArchiveError as error:
            if not damaged:
                yield Damage(offset, str(error))
            damaged, offset = True, view.find(GZIP_MAGIC, offset + 1)
            continue
        damaged = False
        for item in _plain(data):
            yield Found(offset, item.record) if isinstance(item, Found) else Damage(offset, item.reason)
        offset = end


def _plain(data: Any) -> Iterator[Found | Damage]:
    offset = 0
    while offset < len(data):
        try:
            record, end = parse(data, offset)
        except ArchiveError as error:
            yield Damage(offset, str(error))
            following = _RECORD.search(data, offset + 1)
            if following is None:
                return
            offset = following.start()
            continue
        yield Found(offset, record)
        offset = end
