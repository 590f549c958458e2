"""Zip files of strangers, read strictly: refused before anything is unpacked, and counted while it is."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawlers.imports.handed import File
from crawlers.imports.problems import Place, Refused

MAGIC = b"PK\x03\x04"
CHUNK_BYTES = 1 << 16
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END_WITHIN_BYTES = 65_557
_ENTRY_BYTES = 1024
"""Of the central directory, on average at most."""
_OUTSIDE = re.compile(r"[\x00-\x1f\\]|^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _PATCHED = 0x41, 0x20
"""Bits of an entry's flags (APPNOTE 4.4.4): encrypted, by any means; only what has changed against another file."""


class Zip:
    """An opened zip whose directory is sound. `limit` bounds what all reads together may unpack."""

    def __init__(self, archive: zipfile.ZipFile, limit: int, setting: str) -> None:
        self._archive = archive
        self._left = limit
        self._limit = limit
        self._setting = setting
        self.entries = {info.filename: info for info in archive.infolist() if not info.is_dir()}

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of an entry. Refused when it is more or other than the directory says, or too much."""
        info, read = self.entries[name], 0
        try:
            with self._archive.open(info) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    read += len(chunk)
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise Refused("zip_size", limit=self._limit, name=name, setting=self._setting)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Refused("zip_lie", Place("entry", name), name=name) from error
        if read != info.file_size:
            raise Refused("zip_lie", Place("entry", name), name=name)

    def read(self, name: str, limit: int) -> bytes:
        """A small entry. Refused when it is over `limit` bytes."""
        if self.entries[name].file_size > limit:
            raise Refused("zip_size", limit=limit, name=name, setting=self._setting)
        return b"".join(self.chunks(name))


@contextmanager
def opened(file: File, limit: int, setting: str) -> Iterator[Zip]:
    """Refused for names that lead outside, links, encryption, overlaps, duplicates, too many or too much."""
    count = _counted(file.path)
    if count > file.limits.max_entries:
        raise Refused("zip_entries", count=count, limit=file.limits.max_entries)
    try:
        archive = zipfile.ZipFile(file.path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise Refused("zip_broken", detail=str(error)) from error
    with archive:
        _check(archive, file.path, limit, setting)
        yield Zip(archive, limit, setting)


def _counted(path: Path) -> int:
    """How many entries there really are, walking the directory without keeping it."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - _END_WITHIN_BYTES)
        file.seek(start)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            raise Refused("zip_broken", detail="no end record")
        count, length, offset = _END.unpack_from(tail, at)[4:7]
        if at >= _LOCATOR.size and tail[at - _LOCATOR.size :].startswith(b"PK\x06\x07"):
            place = _LOCATOR.unpack_from(tail, at - _LOCATOR.size)[2]
            file.seek(min(place, size))
            end = file.read(_END64.size)
            if len(end) < _END64.size or not end.startswith(b"PK\x06\x06"):
                raise Refused("zip_broken", detail="no ZIP64 end record where the locator says")
            count, length, offset = _END64.unpack(end)[7:10]
        if offset + length > size or length > max(count, 1) * _ENTRY_BYTES * 64:
            raise Refused("zip_broken", detail="the directory does not lie where the end record says")
        file.seek(offset)
        return _walked(file.read(min(length, size)), count)


def _walked(directory: bytes, said: int) -> int:
    found = position = 0
    while len(directory) - position >= _CENTRAL.size and directory.startswith(b"PK\x01\x02", position):
        name, extra, comment = _CENTRAL.unpack_from(directory, position)[10:13]
        position += _CENTRAL.size + name + extra + comment
        found += 1
    if found != said or position != len(directory):
        raise Refused("zip_broken", detail=f"the end record says {said} entries, there are {found}")
    return found


def _check(archive: zipfile.ZipFile, path: Path, limit: int, setting: str) -> None:
    names: set[str] = set()
    for info in archive.infolist():
        name = info.orig_filename
        shown = repr(name[:120])
        if not name or _OUTSIDE.search(name):
            raise Refused("zip_name", name=shown)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Refused("zip_symlink", name=shown)
        if info.flag_bits & _ENCRYPTED:
            raise Refused("zip_encrypted", name=shown)
        if info.compress_type not in _METHODS or info.flag_bits & _PATCHED:
            raise Refused("zip_method", name=shown)
        if name.casefold() in names:
            raise Refused("zip_duplicate", name=shown)
        names.add(name.casefold())
    total = sum(info.file_size for info in archive.infolist())
    if total > limit:
        raise Refused("zip_size", limit=limit, name=f"{total} bytes", setting=setting)
    _check_places(archive, path)


def _check_places(archive: zipfile.ZipFile, path: Path) -> None:
    """Each entry begins with a header and ends before the next: no byte belongs to two. (That the header names the
    entry is checked by `zipfile` when it is read.)"""
    before = 0
    with path.open("rb") as file:
        for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
            file.seek(info.header_offset)
            head = file.read(_LOCAL.size)
            if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
                raise Refused("zip_lie", name=repr(info.filename[:120]))
            name, extra = _LOCAL.unpack(head)[9:11]
            if info.header_offset < before:
                raise Refused("zip_overlap", name=repr(info.filename[:120]))
            before = info.header_offset + _LOCAL.size + name + extra + info.compress_size
    if before > archive.start_dir:
        raise Refused("zip_overlap", name="central directory")
