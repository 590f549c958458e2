"""Undoing Content-Encoding within a limit: gzip, deflate, br and zstd, the four that browsers of today ask for."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import brotli  # type: ignore[import-untyped]
from backports import zstd

MAX_UNPACKED_BYTES = 16 << 20
_MAX_LAYERS = 3
_STEP_BYTES = 64 * 1024
_ZSTD_WINDOW_LOG_MAX = 23
"""8 MiB: what RFC 9659 lets a server ask of a browser."""

ACCEPTED = "gzip, deflate, br, zstd"
"""What the crawler offers in Accept-Encoding."""


class _TooLarge(Exception):
    """The unpacked body is over the limit."""


def unpack(
    body: bytes, encodings: Sequence[str], *, max_bytes: int = MAX_UNPACKED_BYTES
) -> tuple[bytes, tuple[str, ...]]:
    """The body without its encodings (given in the order applied), and flags.

    `bomb`: over the limit or too many layers, nothing is given; `content_encoding_broken`: what could be read is
    given, the body itself when it was never encoded; `content_encoding_unknown`: the body as it is.
    """
    if len(encodings) > _MAX_LAYERS:
        return b"", ("bomb",)
    flags: tuple[str, ...] = ()
    for encoding in reversed(encodings):
        decoder = _DECODERS.get(encoding)
        if decoder is None:
            return body, (*flags, "content_encoding_unknown")
        try:
            body, whole = decoder(body, max_bytes)
        except _TooLarge:
            return b"", (*flags, "bomb")
        if not whole:
            flags = ("content_encoding_broken",)
    return body, flags


def _gunzip(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    if not body.startswith(b"\x1f\x8b"):
        return body, not body
    return _inflate(body, max_bytes, zlib.MAX_WBITS | 16)


def _undeflate(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """`deflate` means zlib (RFC 9110); some servers send the bare stream."""
    data, whole = _inflate(body, max_bytes, zlib.MAX_WBITS)
    if data or whole:
        return data, whole
    data, whole = _inflate(body, max_bytes, -zlib.MAX_WBITS)
    return (data, whole) if data else (body, False)


def _inflate(body: bytes, max_bytes: int, window_bits: int) -> tuple[bytes, bool]:
    """What the stream's members hold up to the first error, and whether all of it could be read."""
    out = _Limited(max_bytes)
    stream = zlib.decompressobj(window_bits)
    position = 0
    while position < len(body):
        step = body[position : position + _STEP_BYTES]
        try:
            out.add(stream.decompress(step, out.room + 1))
        except zlib.error:
            return out.joined(), False
        position += len(step) - len(stream.unused_data or stream.unconsumed_tail)
        if stream.eof:
            if body[position : position + 1] in (b"", b"\0"):  # the end, or padding behind the last member
                break
            stream = zlib.decompressobj(window_bits)
    return out.joined(), stream.eof


def _unbrotli(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    out = _Limited(max_bytes)
    stream = brotli.Decompressor()
    try:
        out.add(stream.process(body, output_buffer_limit=_STEP_BYTES))
        while not stream.can_accept_more_data():
            out.add(stream.process(b"", output_buffer_limit=_STEP_BYTES))
    except brotli.error:
        return out.joined() or body, False
    return out.joined(), stream.is_finished()


def _unzstd(body: bytes, max_bytes: int) -> tuple[bytes, bool]:
    out = _Limited(max_bytes)
    stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG_MAX})
    try:
        out.add(stream.decompress(body, _STEP_BYTES))
        while not (stream.eof or stream.needs_input):
            out.add(stream.decompress(b"", _STEP_BYTES))
    except zstd.ZstdError:
        return out.joined() or body, False
    return out.joined(), stream.eof


class _Limited:
    """Parts of an output that may not grow over a limit."""

    def __init__(self, max_bytes: int) -> None:
        self.room = max_bytes
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        self.room -= len(part)
        if self.room < 0:
            raise _TooLarge
        self._parts.append(part)

    def joined(self) -> bytes:
        return b"".join(self._parts)


_DECODERS: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
