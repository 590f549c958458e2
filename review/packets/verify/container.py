"""The zip: every byte of it is either content or what three functions here write."""

from __future__ import annotations

import os
import re
import struct
import threading
import unicodedata
import zlib
from datetime import datetime
from typing import Any, BinaryIO, Dict, Iterator, List, Optional, Tuple, Union

from review.packets.verify.reasons import Finding
from review.packets.verify.values import strict_json

CHUNK_BYTES, JSON_MAX_BYTES = 1 << 20, 64 << 20
END = struct.Struct("<4s4H2LH")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
FLAGS, MIDNIGHT, FILE_MODE = 0x0800, (0, 0x21), 0o100644 << 16  # UTF-8 names, 1980-01-01 00:00, plain file


def local_header(name: bytes, crc: int, size: int) -> bytes:
    return LOCAL.pack(b"PK\3\4", 20, FLAGS, 0, *MIDNIGHT, crc, size, size, len(name), 0) + name


def central_header(name: bytes, crc: int, size: int, offset: int) -> bytes:
    fields = (0x0314, 20, FLAGS, 0, *MIDNIGHT, crc, size, size, len(name), 0, 0, 0, 0, FILE_MODE, offset)
    return CENTRAL.pack(b"PK\1\2", *fields) + name


def end_record(count: int, size: int, offset: int) -> bytes:
    return END.pack(b"PK\5\6", 0, 0, count, count, size, offset, 0)


DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[\d¹²³]) *(\..*)?", re.IGNORECASE)
DIRECTORY_MAX_BYTES = 0xFFFF * (CENTRAL.size + 200)
"""As many names, each as long, as this format allows."""


def check_name(raw: bytes) -> str:
    """The name, if every system would unpack it to just that place below the folder."""
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Finding("NAME_ILLEGAL", ascii(raw)) from error
    odd = any(unicodedata.category(c)[0] == "C" or c in '\\:*?"<>|' for c in name)
    parts = name.split("/")
    bad_part = any(p in ("", ".", "..") or p[-1] in ". " or p[0] == " " or DEVICES.fullmatch(p) for p in parts)
    if odd or bad_part or len(raw) > 200 or unicodedata.normalize("NFC", name) != name:
        raise Finding("NAME_ILLEGAL", ascii(name))
    return name


class Entry:
    def __init__(self, name: str, offset: int, size: int, crc: int) -> None:
        self.name, self.offset, self.size, self.crc = name, offset, size, crc


class Window:
    """A part of an open file, read as a file of its own: a packet inside a bundle."""

    def __init__(self, file: "Union[BinaryIO, Window]", start: int, size: int) -> None:
        self.file, self.start, self.size, self.position = file, start, size, 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self.position = offset + (self.size if whence == os.SEEK_END else 0)
        return self.position

    def read(self, size: int) -> bytes:
        self.file.seek(self.start + self.position)
        data = self.file.read(max(0, min(size, self.size - self.position)))
        self.position += len(data)
        return data


class Packet:
    """An opened packet and what the checks learn about it on the way. Several threads may read it."""

    def __init__(self, file: Union[BinaryIO, Window], trust: Optional[str]) -> None:
        self.file, self.trust, self.lock = file, trust, threading.Lock()
        self.entries: Dict[str, Entry] = {}
        self.manifest: Dict[str, Any] = {}
        self.sha256: Dict[str, str] = {}
        self.lines: Dict[int, Dict[str, Any]] = {}
        self.records: Dict[int, Dict[str, Any]] = {}
        self.kept_chars = 0  # of the addresses in `records`
        self.token_time: Optional[datetime] = None
        self.notes: List[Tuple[str, str]] = []  # reason codes of what is odd but harmless, until their check ends
        self.reports: List[Dict[str, Any]] = []  # of the packets in a bundle
        self.original: Optional[str] = None  # path of what a copy for circulation was made from
        self.stopped = False  # a check that all others rest on has failed

    def take(self, offset: int, size: int) -> bytes:
        with self.lock:
            self.file.seek(offset)
            data = self.file.read(size)
        if len(data) != size:
            raise Finding("ZIP_TRUNCATED")
        return data

    def span(self, offset: int, size: int, chunk: int = CHUNK_BYTES) -> Iterator[bytes]:
        """A part of the file, piece by piece."""
        for start in range(0, size, chunk):
            yield self.take(offset + start, min(chunk, size - start))

    def chunks(self, name: str) -> Iterator[bytes]:
        return self.span(self.entries[name].offset, self.entries[name].size)

    def read(self, name: str, max_bytes: int = JSON_MAX_BYTES) -> bytes:
        if name not in self.entries:
            raise Finding("FILE_MISSING", name)
        if self.entries[name].size > max_bytes:
            raise Finding("FILE_SIZE", name)
        content = b"".join(self.chunks(name))
        if zlib.crc32(content) != self.entries[name].crc:
            raise Finding("ZIP_CRC", name)
        return content

    def json(self, name: str, exact: bool = False) -> Any:
        return strict_json(self.read(name), name, exact)


def read_end(packet: Packet) -> Tuple[int, int, int]:
    """Number of entries, offset and size of the central directory, which must reach to the last 22 bytes."""
    size = packet.file.seek(0, os.SEEK_END)
    if size < END.size or packet.take(0, 4) == b"":
        raise Finding("ZIP_TRUNCATED")
    tail_at = max(0, size - 65557)
    tail = packet.take(tail_at, size - tail_at)
    if tail[-22:-18] != b"PK\5\6":
        raise Finding("ZIP_TRAILING_BYTES" if b"PK\5\6" in tail else "ZIP_TRUNCATED")
    if b"PK\6\7" in tail[-42:-22] or b"\xff" * 4 in tail[-10:-2]:
        raise Finding("ZIP_ZIP64")
    count, length, offset = END.unpack(tail[-22:])[4:7]
    if tail[-22:] != end_record(count, length, offset):
        raise Finding("ZIP_HEADER", "end")
    if offset + length != size - END.size:
        raise Finding("ZIP_LEADING_BYTES" if offset + length < size - END.size else "ZIP_TRUNCATED")
    if length > DIRECTORY_MAX_BYTES:
        raise Finding("ZIP_SIZE", "central directory")
    return count, offset, length


def refuse_header(fields: Tuple[int, ...], name: str) -> None:
    """Name what is wrong with a central header that is not as this format writes it."""
    _, _, flags, method, _, _, _, packed, size, _, extra, _, _, _, mode, offset = fields
    if flags & 1:
        raise Finding("ZIP_ENCRYPTED", name)
    if method:
        raise Finding("ZIP_COMPRESSED", name)
    if (mode >> 16) & 0o170000 not in (0, 0o100000):
        raise Finding("ZIP_SYMLINK", name)
    if 0xFFFFFFFF in (packed, size, offset) or extra:
        raise Finding("ZIP_ZIP64", name)
    raise Finding("ZIP_SIZE" if packed != size else "ZIP_HEADER", name)


def add_entry(packet: Packet, name: str, crc: int, size: int, offset: int, expected: int) -> int:
    """Check the local header and the place of one entry; returns where the next must begin."""
    if offset != expected:
        raise Finding("ZIP_OVERLAP" if offset < expected else "ZIP_LEADING_BYTES", name)
    header = local_header(name.encode("utf-8"), crc, size)
    if packet.take(offset, len(header)) != header:
        raise Finding("ZIP_HEADER_MISMATCH", name)
    packet.entries[name] = Entry(name, offset + len(header), size, crc)
    return offset + len(header) + size


def check_zip(packet: Packet) -> str:
    count, directory, length = read_end(packet)
    raw, position, expected = packet.take(directory, length), 0, 0
    seen: Dict[str, str] = {}
    previous = b""
    for _ in range(count):
        if len(raw) - position < CENTRAL.size:
            raise Finding("ZIP_TRUNCATED")
        fields = CENTRAL.unpack_from(raw, position)
        crc, size, name_length, offset = fields[7], fields[9], fields[10], fields[16]
        name_bytes = raw[position + CENTRAL.size : position + CENTRAL.size + name_length]
        name = check_name(name_bytes)
        header = central_header(name_bytes, crc, size, offset)
        if raw[position : position + len(header)] != header or 0xFFFFFFFF in (size, offset):
            refuse_header(fields[1:], name)
        if name.casefold() in seen:
            raise Finding("NAME_DUPLICATE" if seen[name.casefold()] == name else "NAME_CASE_CLASH", name)
        if name_bytes < previous:
            raise Finding("ZIP_ORDER", name)
        seen[name.casefold()], previous = name, name_bytes
        expected = add_entry(packet, name, crc, size, offset, expected)
        position += len(header)
    if position != length or expected != directory:
        raise Finding("ZIP_LEADING_BYTES")
    for folder in {name[: slash.start()] for name in seen for slash in re.finditer("/", name)}:
        if folder in seen:  # nobody can unpack a file and a folder of one name
            raise Finding("NAME_DUPLICATE", seen[folder])
    return str(count)
