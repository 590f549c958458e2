"""Writing the deterministic zip: stored, sorted, without dates; exactly what the verifier reads."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from review.errors import ReviewError
from review.packets.verify.container import central_header, check_name, end_record, local_header

MAX_BYTES = 0xFFFFFFFE
MAX_FILES = 0xFFFE


class PacketTooLarge(ReviewError):
    """More than this format can hold."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the zip; `chunks` gives its content, which must be `size` long, as often as it is called."""

    name: str
    size: int
    crc: int
    chunks: Callable[[], Iterable[bytes]]


def write_entries(output: BinaryIO, entries: Sequence[Entry]) -> None:
    """The whole zip. Raises PacketTooLarge beyond 4 GiB or 65,534 files."""
    named = sorted((entry.name.encode("utf-8"), entry) for entry in entries)
    if len(named) > MAX_FILES or sum(entry.size for entry in entries) > MAX_BYTES - (1 << 24):
        raise PacketTooLarge(f"{len(named)} files are more than one packet holds; split the case's captures")
    directory, offset = BytesIO(), 0
    for name, entry in named:
        check_name(name)
        header = local_header(name, entry.crc, entry.size)
        output.write(header)
        written = sum(map(output.write, entry.chunks()))
        if written != entry.size:
            raise ReviewError(f"{entry.name}: the file changed while the packet was written; build it again")
        directory.write(central_header(name, entry.crc, entry.size, offset))
        offset += len(header) + written
    output.write(directory.getvalue() + end_record(len(named), directory.tell(), offset))


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The same from contents in memory."""
    entries = [Entry(name, len(c), zlib.crc32(c), lambda c=c: [c]) for name, c in files.items()]  # type: ignore[misc]
    write_entries(output := BytesIO(), entries)
    return output.getvalue()
