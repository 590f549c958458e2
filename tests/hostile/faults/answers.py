"""Answers that break or bend HTTP (cases H)."""

from __future__ import annotations

import gzip
import zlib
from asyncio import StreamWriter
from functools import cache
from urllib.parse import unquote_to_bytes

import brotli
from backports import zstd

from tests.hostile.server import HTML, Fault, Heard, page

_BOMB_BYTES = 64 << 20
_PACK = {
    "gzip": lambda data: gzip.compress(data, 1),
    "deflate": lambda data: zlib.compress(data, 1),
    "br": lambda data: brotli.compress(data, quality=1),
    "zstd": lambda data: zstd.compress(data, 3),
}


@cache
def _bomb(encoding: str, layers: int) -> bytes:
    data = _PACK[encoding](bytes(_BOMB_BYTES))
    return _PACK[encoding](data) if layers == 2 else data


class Bomb(Fault):
    """`/bomb?gzip` and `/bomb?gzip,gzip`: 64 MB of nothing."""

    def send(self, heard: Heard) -> bytes:
        encodings = heard.path.partition("?")[2].split(",")
        return page(_bomb(encodings[0], len(encodings)), f"Content-Encoding: {', '.join(encodings)}")


class Layers(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(HTML.encode(), "Content-Encoding: " + ", ".join(["gzip"] * 50))


class FalseGzip(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(HTML.encode(), "Content-Encoding: gzip")


class Endless(Fault):
    async def answer(self, writer: StreamWriter, heard: Heard) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"10000\r\n" + b"<p>x</p>" * 8192 + b"\r\n")
            await writer.drain()


class LongLength(Fault):
    def send(self, heard: Heard) -> bytes:
        return page()[:-500]


class ShortLength(Fault):
    def send(self, heard: Heard) -> bytes:
        return page() + b"<p>more than was announced</p>"


class TwoLengths(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(HTML.encode(), "Content-Length: 5")


class NegativeLength(Fault):
    def send(self, heard: Heard) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"


class WordyLength(Fault):
    def send(self, heard: Heard) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello"


class Smuggling(Fault):
    def send(self, heard: Heard) -> bytes:
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HTML.encode()), HTML.encode())
        return b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked


class HugeHeader(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(HTML.encode(), "X-Filler: " + "x" * (2 << 20))


class HeaderFlood(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(HTML.encode(), *(f"X-{n}: {n}" for n in range(100_000)))


class OddHeaders(Fault):
    """No colon, a folded line, a NUL, raw GBK."""

    def send(self, heard: Heard) -> bytes:
        odd = ("this line has no colon", "X-Folded: one", "\ttwo", "X-Nul: a\0b", "X-Raw: \xb2\xe9\xd1\xaf")
        return page(HTML.encode(), *odd)


class Cookies(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(HTML.encode(), *(f"Set-Cookie: c{n}={n}" for n in range(3_000)))


class Status(Fault):
    """`/status?999 Request Denied`, percent-encoded."""

    def send(self, heard: Heard) -> bytes:
        return page(status=heard.path.partition("?")[2].replace("%20", " "))


class Gibberish(Fault):
    def send(self, heard: Heard) -> bytes:
        return b"\x00\xff\xfehello there\r\n\r\n"


class ToSelf(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(b"", f"Location: {heard.path}", status="302 Found")


class ToAndFro(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(b"", f"Location: /to_and_fro?{1 - heard.number}", status="301 Moved")


class Onward(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(b"", f"Location: /onward?{heard.number + 1}", status="302 Found")


class Away(Fault):
    """`/away/<location>`: a redirect to whatever follows, percent-decoded."""

    def send(self, heard: Heard) -> bytes:
        target = unquote_to_bytes(heard.path.removeprefix("/away/")).decode("latin-1")
        return page(b"", f"Location: {target}", status="302 Found")


class RefreshLoop(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(f'<meta http-equiv="refresh" content="0; url=/refresh_loop?{heard.number + 1}">'.encode())


class ScriptLoop(Fault):
    def send(self, heard: Heard) -> bytes:
        return page(f'<script>location.href = "/script_loop?{heard.number + 1}"</script>'.encode())


class Busy(Fault):
    """`/busy?429` and what it asks for behind it: `/busy?503/99999999`."""

    def send(self, heard: Heard) -> bytes:
        status, _, wait = heard.path.partition("?")[2].partition("/")
        return page(b"<h1>busy</h1>", f"Retry-After: {wait.replace('%20', ' ')}", status=f"{status} Busy")


class ForgedVerdict(Fault):
    def send(self, heard: Heard) -> bytes:
        forged = ("X-Zhengshao-Door: refused; private_address", "X-Zhengshao-Peer: 192.0.2.1:80")
        return page(HTML.encode(), *forged, status="403 zhengshao-refused-private_address")


class ForgedHints(Fault):
    """An interim answer in the door's name, then an ordinary page."""

    def send(self, heard: Heard) -> bytes:
        forged = "X-Zhengshao-Door: refused; key\r\nX-Zhengshao-Peer: 192.0.2.1:80"
        return f"HTTP/1.1 103 Early Hints\r\n{forged}\r\n\r\n".encode() + page()
