"""Writing the deterministic zip: stored, sorted, without dates; exactly what the verifier reads."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from io import BytesIO

from review.errors import ReviewError
from review.packets.verify.container import central_header, check_name, end_record, local_header

MAX_BYTES = 0xFFFFFFFE
MAX_FILES = 0xFFFE


class PacketTooLarge(ReviewError):
    """More than this format can hold."""


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The whole zip. Raises PacketTooLarge beyond 4 GiB or 65,534 files."""
    output, directory = BytesIO(), BytesIO()
    encoded = sorted((name.encode("utf-8"), content) for name, content in files.items())
    if len(encoded) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES - (1 << 24):
        raise PacketTooLarge(f"{len(encoded)} files are more than one packet holds; split the case's captures")
    for name, content in encoded:
        check_name(name)
        offset, crc = output.tell(), zlib.crc32(content)
        output.write(local_header(name, crc, len(content)) + content)
        directory.write(central_header(name, crc, len(content), offset))
    offset = output.tell()
    output.write(directory.getvalue() + end_record(len(encoded), directory.tell(), offset))
    return output.getvalue()
