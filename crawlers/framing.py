"""HTTP/1.1 on the wire, as far as a forward proxy must know it: heads, and where a body ends. Pure, no I/O."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from crawlers.records import CrawlError

HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |$)")
_HOP_HEADERS = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"upgrade",
    }
)
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,12}")
LENGTH = re.compile(rb"[0-9]{1,18}")
"""A Content-Length: nobody sends more, and Python refuses to read numbers of thousands of digits."""
_CHUNK_LINE_MAX_BYTES = 4096


class FramingError(CrawlError):
    """The bytes are not the HTTP/1.1 they claim to be."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the header lines of a message, as bytes, without line ends."""

    start: bytes
    lines: tuple[bytes, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Head:
        first, *lines = raw.replace(b"\r\n", b"\n").split(b"\n")
        return cls(first, tuple(lines))

    def values(self, name: bytes) -> list[bytes]:
        """All values of one header; `name` in lower case."""
        found = (line.partition(b":") for line in self.lines)
        return [value.strip() for key, _, value in found if key.strip().lower() == name]

    def encode(self, *more: bytes) -> bytes:
        return b"\r\n".join((self.start, *self.lines, *more, b"", b""))


def without_hop_headers(head: Head) -> tuple[bytes, ...]:
    return tuple(line for line in head.lines if line.partition(b":")[0].strip().lower() not in _HOP_HEADERS)


def status_of(head: Head) -> int:
    matched = _STATUS_LINE.match(head.start)
    if not matched:
        raise FramingError(f"no status line: {head.start[:60]!r}")
    return int(matched[1])


class Body:
    """Follows a body through the stream. `take(data)` says how many of these bytes still belong to it."""

    done = True
    until_close = False

    def take(self, data: bytes) -> int:
        return 0


class FixedBody(Body):
    def __init__(self, length: int) -> None:
        self.left = length
        self.done = length == 0

    def take(self, data: bytes) -> int:
        used = min(self.left, len(data))
        self.left -= used
        self.done = self.left == 0
        return used


class OpenBody(Body):
    """Ends only when the sender closes."""

    done = False
    until_close = True

    def take(self, data: bytes) -> int:
        return len(data)


class ChunkedBody(Body):
    """RFC 9112 section 7.1: size line, data, CRLF, …, zero size, trailers, empty line.

    `payload` is called with each piece of data proper.
    """

    def __init__(self, payload: Callable[[bytes], object] | None = None) -> None:
        self.done = False
        self._payload = payload
        self._data_left = 0
        self._line = b""
        self._in_trailers = False

    def take(self, data: bytes) -> int:
        position = 0
        while position < len(data) and not self.done:
            if self._data_left:
                step = min(self._data_left, len(data) - position)
                if self._payload:
                    self._payload(data[position : position + step])
                self._data_left -= step
                position += step
            else:
                position = self._take_line(data, position)
        return position

    def _take_line(self, data: bytes, position: int) -> int:
        end = data.find(b"\n", position)
        self._line += data[position : end + 1 if end >= 0 else len(data)]
        if len(self._line) > _CHUNK_LINE_MAX_BYTES:
            raise FramingError("a chunk's size line is too long")
        if end < 0:
            return len(data)
        line, self._line = self._line.strip(b"\r\n"), b""
        self._line_read(line)
        return end + 1

    def _line_read(self, line: bytes) -> None:
        if self._in_trailers:
            self.done = not line
            return
        if not line:  # the line end behind a chunk's data
            return
        size = line.partition(b";")[0].strip()
        if not _CHUNK_SIZE.fullmatch(size):
            raise FramingError(f"not a chunk size: {line[:40]!r}")
        self._data_left = int(size, 16)
        self._in_trailers = self._data_left == 0


def request_body(head: Head) -> Body:
    if b"chunked" in b",".join(head.values(b"transfer-encoding")).lower():
        return ChunkedBody()
    lengths = set(head.values(b"content-length"))
    if not lengths:
        return Body()
    if len(lengths) > 1 or not LENGTH.fullmatch(value := lengths.pop()):
        raise FramingError("the request's length is not one number")
    return FixedBody(int(value))


def response_body(head: Head, status: int, method: bytes, payload: Callable[[bytes], object] | None = None) -> Body:
    """Chunked wins over a length; with lengths that contradict each other only the end of the connection is sure
    (RFC 9112 section 6.3)."""
    if method == b"HEAD" or status in (204, 304) or 100 <= status < 200:
        return Body()
    if b"chunked" in b",".join(head.values(b"transfer-encoding")).lower():
        return ChunkedBody(payload)
    lengths = set(head.values(b"content-length"))
    if len(lengths) == 1 and LENGTH.fullmatch(value := lengths.pop()):
        return FixedBody(int(value))
    return OpenBody()


def stays_open(head: Head) -> bool:
    """Whether the sender means to keep the connection."""
    tokens = b",".join(head.values(b"connection")).lower()
    if b"close" in tokens:
        return False
    return b"HTTP/1.1" in head.start or b"keep-alive" in tokens
