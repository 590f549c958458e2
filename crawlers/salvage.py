"""Where the records of somebody else's WARC file stand, and where the file is damaged; `warcreader` judges them."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers.records import ArchiveError, ImportRefused
from crawlers.warcfile import Record, Truncated, inflate, parse

MAX_RECORD_BYTES = 256 << 20
MAX_ATTEMPTS = 10_000
"""Places tried in vain before the rest of a file is given up."""
GZIP_MAGIC = b"\x1f\x8b\x08"
_MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
"""Three bits of the flags are reserved and must be 0 (RFC 1952, 2.3.1.2)."""
_RECORD = re.compile(rb"WARC/(?:1\.[01]|0\.1[78])\r?\n")


@dataclass(frozen=True, slots=True)
class Found:
    """A record and where it stands: its own first byte, or that of its gzip member and `inner` bytes into it.

    `length` counts the bytes of the file it takes up, 0 when it shares its gzip member with other records.
    """

    offset: int
    record: Record
    length: int = 0
    inner: int = 0


@dataclass(frozen=True, slots=True)
class Damage:
    """A place that could not be read, or not be believed; reading goes on at the next record.

    Codes of a broken file: `gzip` (damaged, or over the size allowed), `cut` (the bytes end inside a record),
    `record` (no sound WARC record), `given_up`. What `warcreader` adds is listed there.
    """

    offset: int
    reason: str
    code: str = "record"


def records(path: Path, *, max_record_bytes: int = MAX_RECORD_BYTES) -> Iterator[Found | Damage]:
    """Every record of a .warc or .warc.gz, damaged places between them. ImportRefused when it is neither."""
    with mapped(path) as view:
        if view[: len(GZIP_MAGIC)] == GZIP_MAGIC:
            yield from _compressed(view, max_record_bytes)
        elif _RECORD.match(view[:64]):
            yield from _plain(view)
        else:
            start = bytes(view[:16])
            raise ImportRefused(f"{path} is no WARC file, it begins with {start!r}: give a .warc or .warc.gz")


def again(view: Any, offset: int, inner: int, *, max_record_bytes: int = MAX_RECORD_BYTES) -> Record:
    """The record of a `Found` once more. Raises ArchiveError."""
    if view[: len(GZIP_MAGIC)] != GZIP_MAGIC:
        return parse(view, offset)[0]
    return parse(inflate(view, offset, max_bytes=max_record_bytes)[0], inner)[0]


@contextmanager
def mapped(path: Path) -> Iterator[Any]:
    """The bytes of a file without reading it into memory. ImportRefused when it cannot be read or is empty."""
    try:
        with path.open("rb") as file:
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ImportRefused(f"{path} cannot be read: {error}") from error
    with view:
        yield view


def _compressed(view: Any, max_record_bytes: int) -> Iterator[Found | Damage]:
    offset, damaged, attempts = 0, False, 0
    while 0 <= offset < len(view):
        try:
            data, end = inflate(view, offset, max_bytes=max_record_bytes)
        except ArchiveError as error:
            if not damaged:
                yield Damage(offset, str(error), "cut" if isinstance(error, Truncated) else "gzip")
            attempts += 1
            if attempts > MAX_ATTEMPTS:
                yield _given_up(offset)
                return
            following = _MEMBER.search(view, offset + 1)
            damaged, offset = True, following.start() if following else -1
            continue
        damaged = False
        yield from _in_member(data, offset, end - offset)
        offset = end


def _in_member(data: bytes, offset: int, length: int) -> Iterator[Found | Damage]:
    for item in _plain(data):
        if isinstance(item, Damage):
            yield Damage(offset, item.reason, item.code)
        else:
            alone = item.offset == 0 and item.length == len(data)
            yield Found(offset, item.record, length if alone else 0, item.offset)


def _plain(data: Any) -> Iterator[Found | Damage]:
    offset = attempts = 0
    while offset < len(data):
        try:
            record, end = parse(data, offset)
        except ArchiveError as error:
            yield Damage(offset, str(error), "cut" if isinstance(error, Truncated) else "record")
            attempts += 1
            if attempts > MAX_ATTEMPTS:
                yield _given_up(offset)
                return
            following = _RECORD.search(data, offset + 1)
            if following is None:
                return
            offset = following.start()
            continue
        yield Found(offset, record, end - offset)
        offset = end


def _given_up(offset: int) -> Damage:
    return Damage(offset, f"more than {MAX_ATTEMPTS} places cannot be read: the rest was left out", "given_up")
