"""Serving the name system of a practice web: two resolvers and a WHOIS server over TCP, RDAP over https."""

from __future__ import annotations

import asyncio
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from crawlers.practice.registry import Registry

_LENGTH = struct.Struct("!H")
_LINE_MAX_BYTES = 512


async def serve_resolver(stack: AsyncExitStack, registry: Registry, number: int, host: str) -> int:
    """DNS over TCP; the port."""

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
            wire = registry.resolve(await reader.readexactly(length), number)
            writer.write(_LENGTH.pack(len(wire)) + wire)
            await writer.drain()

    return await _serve(stack, answer, host)


async def serve_whois(stack: AsyncExitStack, registry: Registry, host: str) -> int:
    """RFC 3912: one line in, one text out; the port."""

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        line = await reader.readuntil(b"\n")
        writer.write(registry.whois(line[:_LINE_MAX_BYTES].decode("utf-8", "replace")).encode())
        await writer.drain()

    return await _serve(stack, answer, host)


async def _serve(
    stack: AsyncExitStack, answer: Callable[[StreamReader, StreamWriter], Awaitable[None]], host: str
) -> int:
    async def connected(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            pass  # whoever asked has gone, or asked nothing that can be read
        finally:
            writer.close()

    server = await asyncio.start_server(connected, host, 0)
    stack.callback(server.close)
    return int(server.sockets[0].getsockname()[1])
