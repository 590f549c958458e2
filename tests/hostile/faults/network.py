"""Connections that break, stall or never begin (cases N)."""

from __future__ import annotations

import asyncio
from asyncio import StreamWriter

from tests.hostile.server import Fault, Heard, drip, page


class Reset(Fault):
    async def answer(self, writer: StreamWriter, heard: Heard) -> None:
        writer.transport.abort()


class Closed(Fault):
    """Says nothing at all and closes."""

    def send(self, heard: Heard) -> bytes:
        return b""


class Silence(Fault):
    async def answer(self, writer: StreamWriter, heard: Heard) -> None:
        await asyncio.sleep(60)


class SlowHead(Fault):
    async def answer(self, writer: StreamWriter, heard: Heard) -> None:
        await drip(writer, page())


class DripBody(Fault):
    async def answer(self, writer: StreamWriter, heard: Heard) -> None:
        head, _, body = page().partition(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n" + body[:200])
        await drip(writer, body[200:])


class Dripping(Fault):
    """Begins to answer and never ends: no single read waits long."""

    async def answer(self, writer: StreamWriter, heard: Heard) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n{")
        while True:
            await drip(writer, b" ")


class SlowHandshake(Fault):
    """The first record of a TLS handshake, a byte at a time."""

    async def answer(self, writer: StreamWriter, heard: Heard) -> None:
        await drip(writer, b"\x16\x03\x03\x3f\xff\x02" + bytes(1 << 14))
