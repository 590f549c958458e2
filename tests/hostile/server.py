"""Servers of faults on loopback, plain and TLS: `/<name>` misbehaves in exactly one way; any other path behaves.

Each fault is one short class, in `tests/hostile/faults/`, known by its name in snake case.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

HTML = (
    "<!doctype html><html><head><title>正常</title></head><body>"
    + "<p>安全生产培训信息公开</p>" * 40
    + "</body></html>"
)
TRICKLE_SECONDS = 0.05
ACCEPT_SECONDS = 0.02
"""Until a connection that just arrived has its transport: one that gets it from a closed server is never closed."""


def page(body: bytes = HTML.encode(), *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    if not any(header.lower().startswith("content-type") for header in headers):
        lines.append("Content-Type: text/html; charset=utf-8")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass(frozen=True)
class Heard:
    """One request as it came; `raw` is its head."""

    path: str
    raw: str

    def header(self, name: str) -> str:
        lines = (line.partition(":") for line in self.raw.split("\r\n")[1:])
        return next((value.strip() for key, _, value in lines if key.lower() == name.lower()), "")

    @property
    def name(self) -> str:
        """Of the fault that was asked for."""
        return self.path.strip("/").partition("?")[0].partition("/")[0].replace(".", "_")

    @property
    def number(self) -> int:
        """What stands behind the question mark; 0 when nothing does."""
        return int(self.path.partition("?")[2] or 0)


class Fault:
    """Writes raw bytes; the connection is closed afterwards. Most faults only say what they `send`."""

    name: ClassVar[str] = ""
    known: ClassVar[dict[str, Fault]] = {}

    def __init_subclass__(cls) -> None:
        cls.name = "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("_")
        Fault.known[cls.name] = cls()

    async def answer(self, writer: StreamWriter, heard: Heard) -> None:
        writer.write(self.send(heard))

    def send(self, heard: Heard) -> bytes:
        return page()


async def drip(writer: StreamWriter, data: bytes) -> None:
    for position in range(len(data)):
        writer.write(data[position : position + 1])
        await writer.drain()
        await asyncio.sleep(TRICKLE_SECONDS)


class Good(Fault):
    pass


@dataclass
class Server:
    """A listener and what it heard; `connections` counts those that said nothing, too.

    With `always`, the name of a fault, it speaks first and to everybody so: protocols without a head are served thus.
    """

    port: int = 0
    always: str = ""
    connections: int = 0
    heard: list[Heard] = field(default_factory=list)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        try:
            heard = Heard(self.always, "") if self.always else await self._heard(reader)
            self.heard.append(heard)
            await Fault.known.get(heard.name, Fault.known["good"]).answer(writer, heard)
            await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError, ssl.SSLError):
            pass  # the other side, or the test, had enough
        finally:
            writer.close()

    @staticmethod
    async def _heard(reader: StreamReader) -> Heard:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        return Heard(head.split(" ", 2)[1], head)

    def asked(self, name: str) -> list[Heard]:
        """The requests for one fault."""
        return [heard for heard in self.heard if heard.name == name]


@contextmanager
def serving(*contexts: ssl.SSLContext | None) -> Iterator[list[Server]]:
    """One running server for each TLS context; None is plain."""
    loop = asyncio.new_event_loop()
    servers = [Server() for _ in contexts]
    listening = []
    for server, tls in zip(servers, contexts, strict=True):
        started = asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls, backlog=512, limit=1 << 20)
        listening.append(loop.run_until_complete(started))
        server.port = listening[-1].sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="faults")
    thread.start()
    try:
        yield servers
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def faults() -> Iterator[int]:
    """The port of one plain server."""
    with serving(None) as (server,):
        yield server.port


async def _end(listening: list[asyncio.Server]) -> None:
    await asyncio.sleep(ACCEPT_SECONDS)
    for server in listening:
        server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)
