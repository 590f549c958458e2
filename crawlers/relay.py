"""Moving bytes for the door: reading heads, following bodies, copying tunnels; bounded in time and in size."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter

from crawlers.framing import HEAD_END, Body, FramingError, Head

_READ_BYTES = 256 * 1024
_HEAD_MAX_BYTES = 4 << 20
_WRITE_AHEAD_BYTES = 512 * 1024


class Wire:
    """A connection with a push-back buffer: heads are found by searching what was read, not byte by byte."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.rest = b""

    async def read(self) -> bytes:
        if self.rest:
            data, self.rest = self.rest, b""
            return data
        return await self.reader.read(_READ_BYTES)

    async def head(self) -> Head | None:
        """The next head; None when the other side closed before it began one."""
        buffer = bytearray()
        searched = 0
        while (end := HEAD_END.search(buffer, searched)) is None:
            searched = max(0, len(buffer) - 3)
            data = await self.read()
            if not data:
                if buffer:
                    raise FramingError("closed in the middle of a head")
                return None
            buffer += data if buffer else data.lstrip(b"\r\n")
            if len(buffer) > _HEAD_MAX_BYTES:
                raise FramingError("the head is too long")
        self.rest = bytes(buffer[end.end() :])
        return Head.parse(bytes(buffer[: end.start()]))

    async def send(self, data: bytes) -> None:
        if self.writer.is_closing():
            raise ConnectionResetError("the other side is gone")
        self.writer.write(data)
        if self.writer.transport.get_write_buffer_size() > _WRITE_AHEAD_BYTES:
            await self.writer.drain()

    def close(self) -> None:
        self.writer.close()


async def follow(
    source: Wire, body: Body, sink: Wire, *, idle_seconds: float, max_bytes: int, surplus: bool = False
) -> None:
    """Copy one body; with `surplus`, what came right behind it goes along, so that the reader learns of it.

    Raises FramingError when the body is cut, malformed or over the cap, TimeoutError when it stalls.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(idle_seconds) as limit:
        while not body.done:
            data = await source.read()
            limit.reschedule(loop.time() + idle_seconds)
            if not data:
                if body.until_close:
                    return
                raise FramingError("the body was cut")
            try:
                used = body.take(data)
            except FramingError:
                await sink.send(data)  # the reader shall see what the site sent
                raise
            source.rest = data[used:]
            await sink.send(data if used == len(data) or surplus else data[:used])
            max_bytes -= used
            if max_bytes < 0:
                raise FramingError("the body is over the cap")


async def tunnel(client: Wire, upstream: Wire, *, idle_seconds: float, max_bytes: int) -> None:
    """Copy bytes both ways until both sides have finished; each may finish alone (half-close)."""
    async with asyncio.timeout(idle_seconds) as limit:
        await asyncio.gather(
            _copy(client, upstream, limit, idle_seconds, max_bytes),
            _copy(upstream, client, limit, idle_seconds, max_bytes),
        )


async def _copy(source: Wire, sink: Wire, limit: asyncio.Timeout, idle_seconds: float, max_bytes: int) -> None:
    loop = asyncio.get_running_loop()
    while data := await source.read():
        limit.reschedule(loop.time() + idle_seconds)
        await sink.send(data)
        max_bytes -= len(data)
        if max_bytes < 0:
            raise FramingError("the tunnel is over the cap")
    if sink.writer.can_write_eof():
        sink.writer.write_eof()
