"""What stands in a volume where records were removed: one gzip member of exactly the bytes they took up.

So every other record keeps its place, and the volume is still read strictly from end to end. A tombstone says what
stood there and that it was removed; where there is room it is filled with zeros that take up no space on disk.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any
from uuid import NAMESPACE_URL, uuid5

from crawlers.archive import TOMBSTONE
from crawlers.durable import sync_directory
from crawlers.records import ArchiveError
from crawlers.warcfile import serialise

_STORED_MAX_BYTES = 65_535
_HEAD = b"\x1f\x8b\x08%c\0\0\0\0\0\xff"
_COMMENT = 0x10
_ROOMY_BYTES = 8_192
"""From here on a tombstone is stored and filled with zeros; a smaller one is compressed and filled by a comment."""
_PAGE_BYTES = 4_096
_COPY_BYTES = 1 << 20


def tombstone(told: Mapping[str, Any], date: str, length: int) -> bytes:
    """A member of `length` bytes with a metadata record that holds `told`. ArchiveError when there is no room."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    named = [
        ("WARC-Record-ID", f"<urn:uuid:{uuid5(NAMESPACE_URL, text.decode())}>"),
        ("WARC-Target-URI", str(told["url"])),
        ("WARC-Date", date),
    ]
    if length >= _ROOMY_BYTES + len(text):
        return _stored(text, named, length)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    record = serialise("metadata", named, TOMBSTONE, text)
    body = packed.compress(record) + packed.flush() + _trailer(record)
    comment = length - len(_HEAD % 0) - len(body) - 1
    if comment < 0:
        raise ArchiveError(f"no room for a tombstone in {length} bytes")
    return _HEAD % _COMMENT + b" " * comment + b"\0" + body


def _stored(text: bytes, named: list[tuple[str, str]], length: int) -> bytes:
    """The record as it is in stored blocks, filled up with zeros behind its text."""
    room = length - len(_HEAD % 0) - 8
    blocks = -(-room // (_STORED_MAX_BYTES + 5))
    record = _of_length(text, named, room - 5 * blocks)
    out = [_HEAD % 0]
    for number in range(blocks):
        part = record[number * _STORED_MAX_BYTES : (number + 1) * _STORED_MAX_BYTES]
        last = number == blocks - 1
        size = len(part).to_bytes(2, "little")
        out += [bytes([last]), size, bytes(byte ^ 0xFF for byte in size), part]
    return b"".join(out) + _trailer(record)


def _of_length(text: bytes, named: list[tuple[str, str]], length: int) -> bytes:
    """The number of digits of Content-Length depends on what is filled in; a header of one more byte settles it."""
    for extra in ("", "0"):
        headers = [*named, ("X-Filled", f"0{extra}")]
        fill = length - len(serialise("metadata", headers, TOMBSTONE, text))
        for _ in range(4):
            record = serialise("metadata", headers, TOMBSTONE, text + bytes(fill))
            if len(record) == length:
                return record
            fill += length - len(record)
    raise ArchiveError(f"no tombstone of {length} bytes can be made")


def _trailer(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")


def replace(path: Path, stones: Iterable[tuple[int, bytes]]) -> None:
    """Write the volume anew with tombstones at their offsets, and put it in the place of the old one: whole or not at
    all. Runs of zeros become holes."""
    draft = path.with_name(f".{path.name}.part")
    with path.open("rb") as old, os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "wb") as new:
        for offset, stone in sorted(stones):
            _copy(old, new, offset - old.tell())
            _sparse(new, stone)
            old.seek(len(stone), os.SEEK_CUR)
        _copy(old, new, os.fstat(old.fileno()).st_size - old.tell())
        new.truncate(new.tell())
        new.flush()
        os.fsync(new.fileno())
    draft.replace(path)
    sync_directory(path.parent)


def _copy(old: IO[bytes], new: IO[bytes], length: int) -> None:
    while length > 0:
        data = old.read(min(length, _COPY_BYTES))
        if not data:
            raise ArchiveError("the volume ends before a place that a capture names")
        new.write(data)
        length -= len(data)


def _sparse(new: IO[bytes], data: bytes) -> None:
    for start in range(0, len(data), _PAGE_BYTES):
        page = data[start : start + _PAGE_BYTES]
        if page.count(0) == len(page) and len(page) == _PAGE_BYTES:
            new.seek(len(page), os.SEEK_CUR)
        else:
            new.write(page)
