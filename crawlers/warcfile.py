"""WARC 1.1 records as bytes: written one gzip member each with SHA-256 digests, and read back strictly.

Digests are `sha256:` and 64 hexadecimal digits, as `sha256sum` prints them. A response's payload is the body as
transferred, Content-Encoding still applied. De-chunked bodies keep their `Transfer-Encoding` header under
`MOVED_PREFIX`, so that no reader de-chunks them again. Serialising is warcio's; reading is our own, because warcio
passes over truncated members, missing digests and mismatching bodies.
"""

from __future__ import annotations

import hashlib
import io
import re
import uuid
import zlib
from base64 import b32encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.framing import LENGTH
from crawlers.records import ArchiveError

Headers = tuple[tuple[str, str], ...]

VERSION = "WARC/1.1"
MOVED_PREFIX = "X-Crawler-"
GZIP = 31
ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
"""Of digests in other people's archives; ours are SHA-256."""
CHUNK_BYTES = 1 << 16
END = b"\r\n\r\n"
_FIRST_LINE = re.compile(rb"WARC/(?:1\.[01]|0\.1[78])\r?\n")
_BREAKS = re.compile(r"[\r\n]+")
_BLANK = " \t"
"""What HTTP calls white space (RFC 9110, 5.6.3); a no-break space belongs to the value."""


class Truncated(ArchiveError):
    """The bytes end inside a record."""


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record; `block` is everything after the WARC headers."""

    kind: str
    headers: Headers
    block: bytes

    def header(self, name: str) -> str:
        """First value of a WARC header, "" when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


def record_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def serialise(kind: str, headers: Sequence[tuple[str, str]], content_type: str, block: bytes) -> bytes:
    """One uncompressed record; adds type, block digest, content type and length to the given headers."""
    named = [("WARC-Type", kind), *((name, _BREAKS.sub(" ", value)) for name, value in headers if value)]
    if not any(name == "WARC-Payload-Digest" for name, _ in named) and kind != "warcinfo":
        named.append(("WARC-Payload-Digest", digest(block)))
    named.append(("WARC-Block-Digest", digest(block)))
    out = io.BytesIO()
    status = StatusAndHeaders("", named, protocol=VERSION)
    written = "response" if kind == "revisit" else kind  # of a revisit warcio would write no block
    record = ArcWarcRecord("warc", written, status, io.BytesIO(block), None, content_type, len(block))
    WARCWriter(out, gzip=False, warc_version=VERSION).write_record(record)
    return out.getvalue()


def member(data: bytes, level: int) -> bytes:
    """One gzip member."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, GZIP)
    return compressor.compress(data) + compressor.flush()


def inflate(view: Any, offset: int, *, max_bytes: int = 1 << 31) -> tuple[bytes, int]:
    """The gzip member at `offset` of a bytes-like object: its data and where it ends.

    Raises Truncated when the bytes end inside it, ArchiveError when it is not gzip, is damaged or is over `max_bytes`.
    """
    inflater = zlib.decompressobj(GZIP)
    parts, size, position = [], 0, offset
    while not inflater.eof:
        chunk = bytes(view[position : position + CHUNK_BYTES])
        if not chunk:
            raise Truncated(f"the gzip member at byte {offset} is cut off")
        position += len(chunk)
        try:
            part = inflater.decompress(chunk, max_bytes - size + 1)
        except zlib.error as error:
            raise ArchiveError(f"the gzip member at byte {offset} is damaged: {error}") from error
        size += len(part)
        if size > max_bytes or inflater.unconsumed_tail:
            raise ArchiveError(f"the gzip member at byte {offset} unpacks to more than {max_bytes} bytes")
        parts.append(part)
    return b"".join(parts), position - len(inflater.unused_data)


def parse(data: Any, offset: int = 0) -> tuple[Record, int]:
    """The record at `offset` of uncompressed bytes, and where it ends (after its two empty lines).

    Raises Truncated or ArchiveError; digests are not looked at, see `check_digests`.
    """
    head_end, body_start = _header_end(data, offset)
    lines = bytes(data[offset:head_end])
    if not _FIRST_LINE.match(lines):
        raise ArchiveError(f"no WARC record at byte {offset}")
    if b"\0" in lines:
        raise ArchiveError(f"the headers of the WARC record at byte {offset} are damaged")
    headers = split_headers(lines.split(b"\n", 1)[1], "utf-8")
    record = Record("", headers, b"")
    length = record.header("Content-Length")
    if not LENGTH.fullmatch(length.encode()):
        raise ArchiveError(f"the WARC record at byte {offset} has no valid Content-Length ({length[:40]!r})")
    body_end = body_start + int(length)
    block = bytes(data[body_start:body_end])
    if len(block) < int(length):
        raise Truncated(f"the WARC record at byte {offset} is cut off: {len(block)} of {length} bytes")
    end = body_end + len(END)
    if bytes(data[body_end:end]) != END:
        raise ArchiveError(f"the WARC record at byte {offset} does not end with two empty lines")
    return Record(record.header("WARC-Type").lower(), headers, block), end


def _header_end(data: Any, offset: int, limit: int = 1 << 20) -> tuple[int, int]:
    window = bytes(data[offset : offset + limit])
    at = window.find(END)
    if at < 0:
        raise Truncated(f"the WARC record at byte {offset} has no end of headers")
    return offset + at + 2, offset + at + len(END)


def split_headers(lines: bytes, encoding: str) -> Headers:
    """`Name: value` lines; a line that begins with a space continues the one before it; others are passed over."""
    found: list[tuple[str, str]] = []
    for raw in _BREAKS.split(lines.decode(encoding, "replace")):
        name, colon, value = raw.partition(":")
        if raw[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {raw.strip(_BLANK)}")
        elif colon and name.strip(_BLANK):
            found.append((name.strip(_BLANK), value.strip(_BLANK)))
    return tuple(found)


def check_digests(record: Record, payload: bytes | None = None) -> None:
    """ArchiveError when a SHA-256 digest is missing or differs from the bytes."""
    named = record.header("WARC-Block-Digest")
    if named != digest(record.block):
        raise ArchiveError(f"record {record.header('WARC-Record-ID')}: block digest {named or 'missing'} differs")
    named = record.header("WARC-Payload-Digest")
    if payload is not None and named != digest(payload):
        raise ArchiveError(f"record {record.header('WARC-Record-ID')}: payload digest {named or 'missing'} differs")


def digest_holds(named: str, data: bytes) -> bool | None:
    """Whether `data` has the digest named for it, in base 16 or 32; None when none is named that we can compute."""
    algorithm, _, value = named.partition(":")
    if algorithm.lower() not in ALGORITHMS:
        return None
    found = hashlib.new(algorithm.lower(), data, usedforsecurity=False).digest()
    return value.lower() == found.hex() or value.upper().rstrip("=") == b32encode(found).decode().rstrip("=")


def members(view: Any, end: int) -> Iterator[tuple[int, int, Record]]:
    """(offset, length, record) of every member in the first `end` bytes, one record each; strict."""
    offset = 0
    while offset < end:
        data, after = inflate(view, offset)
        if after > end:
            raise Truncated(f"the gzip member at byte {offset} goes on beyond byte {end}")
        record, used = parse(data)
        if used != len(data):
            raise ArchiveError(f"the gzip member at byte {offset} holds more than one record")
        check_digests(record)
        yield offset, after - offset, record
        offset = after
