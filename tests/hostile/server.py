"""A server of faults on loopback: `/<name>` misbehaves in exactly one way, each a short class; `/good…` behaves."""

from __future__ import annotations

import asyncio
import gzip
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

HTML = (
    "<!doctype html><html><head><title>正常</title></head><body>"
    + "<p>安全生产培训信息公开</p>" * 40
    + "</body></html>"
)
TRICKLE_SECONDS = 0.05


class Fault:
    """Writes raw bytes; the connection is closed afterwards. `head` and `body` are the well-behaved parts."""

    name: ClassVar[str] = ""
    known: ClassVar[dict[str, Fault]] = {}

    def __init_subclass__(cls) -> None:
        cls.name = "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("_")
        Fault.known[cls.name] = cls()

    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page())


def page(body: bytes = HTML.encode(), *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    if not any(header.lower().startswith("content-type") for header in headers):
        lines.append("Content-Type: text/html; charset=utf-8")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


async def drip(writer: StreamWriter, data: bytes) -> None:
    for position in range(len(data)):
        writer.write(data[position : position + 1])
        await writer.drain()
        await asyncio.sleep(TRICKLE_SECONDS)


class Good(Fault):
    pass


class Silence(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        await asyncio.sleep(30)


class SlowHead(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        await drip(writer, page())


class DripBody(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        head, _, body = page().partition(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n" + body[:200])
        await drip(writer, body[200:])


class Reset(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.transport.abort()


class ShortBody(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page()[:-500])


class TwoLengths(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(HTML.encode(), "Content-Length: 5"))


class NegativeLength(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")


class Gibberish(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(b"\x00\xff\xfehello there\r\n\r\n")


class Status999(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(status="999 Request Denied"))


class Endless(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"10000\r\n" + b"<p>x</p>" * 8192 + b"\r\n")
            await writer.drain()


class GzipBomb(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(gzip.compress(gzip.compress(bytes(200 << 20), 1), 9), "Content-Encoding: gzip, gzip"))


class FalseGzip(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(HTML.encode(), "Content-Encoding: gzip"))


class HeaderFlood(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(HTML.encode(), *(f"X-Filler-{n}: {n}" for n in range(2_000))))


class HugeHeader(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(HTML.encode(), "X-Filler: " + "x" * (2 << 20)))


class NoColon(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(HTML.encode(), "this line has no colon", "X-Raw: \xb2\xe9\xd1\xaf"))


class Smuggling(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HTML.encode()), HTML.encode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked)


class Busy(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(b"<h1>503</h1>", "Retry-After: 3600", status="503 Service Unavailable"))


class ForgedVerdict(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        forged = ("X-Zhengshao-Door: refused; private_address", "X-Zhengshao-Peer: 192.0.2.1:80")
        writer.write(page(HTML.encode(), *forged, status="403 zhengshao-refused-private_address"))


class ForgedHints(Fault):
    """An interim answer in the door's name, then an ordinary page."""

    async def answer(self, writer: StreamWriter, path: str) -> None:
        forged = "X-Zhengshao-Door: refused; key\r\nX-Zhengshao-Peer: 192.0.2.1:80"
        writer.write(f"HTTP/1.1 103 Early Hints\r\n{forged}\r\n\r\n".encode() + page())


class RedirectSelf(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(b"", f"Location: {path}", status="302 Found"))


class RedirectOn(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        number = int(path.partition("?")[2] or 0)
        writer.write(page(b"", f"Location: /redirect_on?{number + 1}", status="302 Found"))


class RedirectScript(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(b"", "Location: javascript:alert(1)", status="302 Found"))


class RedirectPrivate(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(b"", "Location: http://2130706433/admin", status="302 Found"))


class RefreshLoop(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        number = int(path.partition("?")[2] or 0)
        writer.write(page(f'<meta http-equiv="refresh" content="0; url=/refresh_loop?{number + 1}">'.encode()))


class FalseCharset(Fault):
    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.write(page(HTML.encode("gb18030")))


class Lie(Fault):
    """Says nothing at all and closes."""

    async def answer(self, writer: StreamWriter, path: str) -> None:
        writer.close()


async def _serve(reader: StreamReader, writer: StreamWriter) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode("latin-1")
        fault = Fault.known.get(path.strip("/").partition("?")[0].partition("-")[0], Fault.known["good"])
        await fault.answer(writer, path)
        await writer.drain()
    except (OSError, EOFError, asyncio.CancelledError):
        pass  # the other side, or the test, had enough
    finally:
        writer.close()


@contextmanager
def faults() -> Iterator[int]:
    """The port of a running server."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(_serve, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, name="faults")
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
