"""Bodies in chunks (RFC 9112, 7.1), as some archives keep them."""

from __future__ import annotations

import re

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r\n")
_TRAILERS_END = re.compile(rb"(?:[^\r\n:]{1,200}:[^\r\n]{0,4000}\r\n)*\r\n\Z")


def dechunk(body: bytes) -> bytes | None:
    """The body without its chunks (RFC 9112, 7.1); None when it is not chunked from first to last byte."""
    parts: list[bytes] = []
    position = 0
    while match := _CHUNK.match(body, position):
        size, start = int(match[1], 16), match.end()
        if size == 0:
            return b"".join(parts) if _TRAILERS_END.match(body, start) else None
        if body[start + size : start + size + 2] != b"\r\n":
            return None
        parts.append(body[start : start + size])
        position = start + size + 2
    return None


def looks_chunked(body: bytes) -> bool:
    """Whether the body begins with the size of a chunk."""
    return _CHUNK.match(body) is not None
