"""Equal payloads of one run are kept once: WARC `revisit` records, and the full response made of one, byte for byte.

A revisit (ISO 28500, profile identical-payload-digest) keeps its own WARC and HTTP heads; its payload stands in an
earlier response of the same volume. That response was compressed in two parts, so that the compressed payload can be
copied: what `whole` makes is the same bytes for ever, whichever zlib is installed, and it is these bytes that the line
of custody names. So a packet or an export holds a full response and the hash that was stamped, and no reference.
"""

from __future__ import annotations

import re
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from crawlers.records import ArchiveError
from crawlers.warcfile import END, digest, inflate, parse

PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
PAYLOAD = "Zhengshao-Payload"
"""WARC extension field of our revisits: offset and length, in this volume, of the payload's compressed blocks."""
_PAYLOAD = re.compile(r"(\d{1,15})\+(\d{1,15})\Z")
_OWN = ("WARC-Profile", "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", PAYLOAD)
"""What a revisit says and the full response does not."""
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_TRAILER_BYTES = 8
_STORED_MAX_BYTES = 65_535
_RAW = -15
_MAX_BYTES = 1 << 31


@dataclass(frozen=True, slots=True)
class Payload:
    """Where a payload stands in a volume: in the response at `response`, compressed from `offset` on."""

    record_id: str
    url: str
    date: str
    response: int
    offset: int
    length: int

    def moved(self, offset: int) -> Payload:
        """The same, when the response begins at `offset`."""
        return replace(self, response=self.response + offset, offset=self.offset + offset)

    def headers(self) -> list[tuple[str, str]]:
        """The WARC headers of a revisit to it."""
        values = (PROFILE, self.record_id, self.url, self.date, f"{self.offset}+{self.length}")
        return list(zip(_OWN, values, strict=True))


class Payloads:
    """The payloads of one volume that later ones may be equal to, by SHA-256; the oldest go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[str, Payload] = OrderedDict()

    def find(self, sha256: str) -> Payload | None:
        return self._known.get(sha256)

    def note(self, sha256: str, payload: Payload) -> None:
        self._known[sha256] = payload
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def cut(self, size: int) -> None:
        """Forget what stood behind the first `size` bytes of the volume."""
        for sha256 in [name for name, one in self._known.items() if one.response >= size]:
            del self._known[sha256]


def in_parts(record: bytes, payload_bytes: int, level: int) -> tuple[bytes, int, int]:
    """The record as a gzip member whose payload is compressed on its own; offset and length of that part in it."""
    at = len(record) - payload_bytes - len(END)
    compressor = zlib.compressobj(level, zlib.DEFLATED, 31)
    head = compressor.compress(record[:at]) + compressor.flush(zlib.Z_FULL_FLUSH)
    rest = compressor.compress(record[at:]) + compressor.flush()
    return head + rest, len(head), len(rest) - _TRAILER_BYTES


def whole(view: Any, offset: int) -> tuple[bytes, int]:
    """The gzip member of the full response that the revisit at `offset` of a volume stands for, and where the revisit
    ends. ArchiveError when its payload is not where it says, or differs from its digest."""
    stored, end = inflate(view, offset)
    record, _ = parse(stored)
    blocks = _blocks(view, record.header(PAYLOAD), offset)
    tail = _inflated(blocks, offset)
    payload = tail.removesuffix(END)
    if len(payload) + len(END) != len(tail) or digest(payload) != record.header("WARC-Payload-Digest"):
        raise ArchiveError(f"the revisit at byte {offset} refers to a payload that is not the one it names")
    head = _head(stored, record.block, payload) + record.block
    crc = zlib.crc32(tail, zlib.crc32(head))
    size = (len(head) + len(tail)) & 0xFFFFFFFF
    trailer = crc.to_bytes(4, "little") + size.to_bytes(4, "little")
    return b"".join((_GZIP_HEAD, *_as_it_is(head), blocks, trailer)), end


def standing_alone(view: Any, start: int) -> Iterator[bytes]:
    """What stands in a volume from `start` on, its revisits made full responses; where it is damaged, as it is."""
    while start < len(view):
        try:
            data, end = inflate(view, start)
            revisit = parse(data)[0].kind == "revisit"
            yield whole(view, start)[0] if revisit else bytes(view[start:end])
        except ArchiveError:
            yield bytes(view[start:])
            return
        start = end


def _blocks(view: Any, said: str, offset: int) -> bytes:
    match = _PAYLOAD.match(said)
    start, length = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 0 < length <= offset - start:
        raise ArchiveError(f"the revisit at byte {offset} names no payload before it ({PAYLOAD}: {said!r})")
    return bytes(view[start : start + length])


def _inflated(blocks: bytes, offset: int) -> bytes:
    inflater = zlib.decompressobj(_RAW)
    try:
        tail = inflater.decompress(blocks, _MAX_BYTES)
    except zlib.error as error:
        raise ArchiveError(f"the payload that the revisit at byte {offset} refers to is damaged: {error}") from error
    if not inflater.eof or inflater.unused_data:
        raise ArchiveError(f"the payload that the revisit at byte {offset} refers to is cut off")
    return tail


def _head(stored: bytes, block: bytes, payload: bytes) -> bytes:
    """The WARC head of the response: the lines of the revisit in their order, without what only a revisit says."""
    changed = {
        "WARC-Type": "response",
        "Content-Length": str(len(block) + len(payload)),
        "WARC-Block-Digest": digest(block + payload),
    }
    lines = []
    for line in stored.partition(END)[0].decode("utf-8", "surrogateescape").split("\r\n"):
        name = line.partition(":")[0]
        if name not in _OWN:
            lines.append(f"{name}: {changed[name]}" if name in changed else line)
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + END


def _as_it_is(data: bytes) -> Iterator[bytes]:
    """Deflate blocks that hold the bytes as they are; others follow."""
    for start in range(0, len(data), _STORED_MAX_BYTES):
        part = data[start : start + _STORED_MAX_BYTES]
        size = len(part).to_bytes(2, "little")
        yield b"\0" + size + bytes(byte ^ 0xFF for byte in size) + part
