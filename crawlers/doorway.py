"""The door's server: a forward proxy on loopback that asks a `Dialer` before every connection.

Plain HTTP is relayed message by message, so that connections stay open and no site can speak in the door's name;
CONNECT copies bytes. Every decision is one JSON line in the log.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import re
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass
from typing import TextIO
from urllib.parse import parse_qs, urlsplit

from crawlers.clock import utc_now
from crawlers.dialing import Dialer, DoorPolicy, DoorVerdict, Line
from crawlers.framing import (
    Body,
    FramingError,
    Head,
    request_body,
    response_body,
    status_of,
    stays_open,
    without_hop_headers,
)
from crawlers.relay import Wire, follow, tunnel

VERDICT_HEADER = "X-Zhengshao-Door"
PEER_HEADER = "X-Zhengshao-Peer"
CONTROL_HOST = "door.invalid"
_OWN_HEADERS = b"x-zhengshao-"
_INTERIM = frozenset({*range(100, 200)} - {101})
_BLANKS = re.compile(r"[\x00-\x20\x7f]")


def secret_for(master: bytes, component: str) -> str:
    """The access key of one component; whoever holds it cannot make another's."""
    return hmac.new(master, component.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the door, understood."""

    head: Head
    method: bytes
    component: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def key(self) -> tuple[str, str, int]:
        return self.component, self.host, self.port

    def origin_form(self) -> bytes:
        """The request as the site gets it."""
        start = b"%s %s HTTP/1.1" % (self.method, self.path.encode())
        return Head(start, without_hop_headers(self.head)).encode()


def understand(head: Head, component: str) -> Asked:
    """Raises DoorVerdict (`name`) for a target that names no host."""
    method, _, rest = head.start.partition(b" ")
    target = rest.rpartition(b" ")[0].decode("utf-8", "replace")
    try:
        if _BLANKS.search(target):
            raise ValueError(target)
        if method == b"CONNECT":
            host, _, port = target.rpartition(":")
            return Asked(head, method, component, "https", host, int(port), "")
        parts = urlsplit(target)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(target)
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        path = target[len("http://") + len(parts.netloc) :].partition("#")[0]
        path = path if path.startswith("/") else f"/{path}"
        return Asked(head, method, component, "http", host, 80 if parts.port is None else parts.port, path)
    except ValueError:
        raise DoorVerdict("refused", "name", target[:200]) from None


class Doorway:
    """Serves connections by one policy; components prove themselves by keys derived from one master secret."""

    def __init__(self, policy: DoorPolicy, master: bytes, *, dialer: Dialer | None = None, log: TextIO | None = None):
        self.policy = policy
        self._master = master
        self._dialer = dialer or Dialer(policy)
        self._log = log
        self._room = asyncio.Semaphore(policy.max_connections)
        self._known: dict[bytes, str] = {}

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One client connection, from its first request to its last."""
        visit = Visit(self, Wire(reader, writer))
        async with self._room:
            try:
                while await visit.one_exchange():
                    pass
            except (OSError, FramingError, TimeoutError):
                pass  # one side went away, stalled or broke off: the other sees the connection end
            finally:
                visit.close()

    def component(self, head: Head) -> str:
        """Who asks. Raises DoorVerdict (`key`) for a request that cannot say."""
        for value in head.values(b"proxy-authorization"):
            name = self._known.get(value) or self._proven(value)
            if name:
                self._known[value] = name
                return name
        raise DoorVerdict("refused", "key")

    def _proven(self, value: bytes) -> str:
        try:
            name, _, secret = base64.b64decode(value.removeprefix(b"Basic ")).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return name if hmac.compare_digest(secret.encode(), secret_for(self._master, name).encode()) else ""

    async def dial(self, asked: Asked) -> Line:
        """A connection for this request; the decision is logged either way."""
        try:
            line = await self._dialer.dial(asked.component, asked.scheme, asked.host, asked.port)
        except DoorVerdict as verdict:
            self.note(asked, str(verdict), "")
            raise
        self.note(asked, "ok", line.peer)
        return line

    def peer(self, query: str) -> str:
        wanted = parse_qs(query)
        port = wanted.get("port", ["0"])[0]
        return self._dialer.peer(wanted.get("host", [""])[0], int(port) if port.isdecimal() and len(port) <= 5 else 0)

    def note(self, asked: Asked, verdict: str, peer: str) -> None:
        if self._log is None:
            return
        entry = {"time": utc_now(), "component": asked.component, "method": asked.method.decode("latin-1")}
        target = f"{asked.scheme}://{asked.host}:{asked.port}"
        self._log.write(json.dumps({**entry, "target": target, "peer": peer, "verdict": verdict}) + "\n")


class Visit:
    """One client connection and the one connection behind it."""

    def __init__(self, doorway: Doorway, client: Wire) -> None:
        self._door = doorway
        self._policy = doorway.policy
        self._client = client
        self._upstream: Wire | None = None
        self._upstream_key: tuple[str, str, int] | None = None
        self._peer = ""

    def close(self) -> None:
        self._client.close()
        self._drop_upstream()

    async def one_exchange(self) -> bool:
        """Answer one request; False when the connection is over."""
        async with asyncio.timeout(self._policy.head_timeout_seconds):
            head = await self._client.head()
        if head is None:
            return False
        try:
            asked = understand(head, self._door.component(head))
            if asked.host == CONTROL_HOST:
                return await self._control(asked)
            if asked.method == b"CONNECT":
                return await self._tunnel(asked)
            return await self._relay(asked)
        except DoorVerdict as verdict:
            await self._client.send(_answer(verdict))
            return False

    async def _control(self, asked: Asked) -> bool:
        path, _, query = asked.path.partition("?")
        body = self._door.peer(query).encode() if path == "/-/peer" else b""
        status = b"200 OK" if path == "/-/peer" else b"404 Not Found"
        await self._client.send(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
        return True

    async def _tunnel(self, asked: Asked) -> bool:
        line = await self._door.dial(asked)
        self._upstream = Wire(line.reader, line.writer)
        await self._client.send(f"HTTP/1.1 200 OK\r\n{PEER_HEADER}: {line.peer}\r\n\r\n".encode())
        limits = self._policy
        await tunnel(self._client, self._upstream, idle_seconds=limits.idle_seconds, max_bytes=limits.max_tunnel_bytes)
        return False

    async def _relay(self, asked: Asked) -> bool:
        head = None
        if self._upstream_key == asked.key and request_body(asked.head).done:
            head = await self._ask(asked)  # None when the site has closed the idle connection meanwhile
        if head is None:
            await self._connect(asked)
            head = await self._ask(asked)
        if head is None:
            raise self._dead(asked, "reset")
        return await self._give_back(asked, head)

    async def _connect(self, asked: Asked) -> None:
        self._drop_upstream()
        line = await self._door.dial(asked)
        self._upstream = Wire(line.reader, line.writer)
        self._upstream_key = asked.key
        self._peer = line.peer

    async def _ask(self, asked: Asked) -> Head | None:
        """Send the request, wait for the answer's head; None when the connection broke before it."""
        assert self._upstream
        try:
            await self._upstream.send(asked.origin_form())
            await self._follow(self._client, request_body(asked.head), self._upstream)
            return await self._next_head()
        except TimeoutError:
            raise self._dead(asked, "timeout") from None
        except FramingError:
            raise self._dead(asked, "protocol") from None
        except OSError:
            return None

    async def _next_head(self) -> Head | None:
        assert self._upstream
        async with asyncio.timeout(self._policy.idle_seconds):
            head = await self._upstream.head()
        if head is not None:
            status_of(head)
        return head

    async def _give_back(self, asked: Asked, head: Head) -> bool:
        assert self._upstream
        while (status := status_of(head)) in _INTERIM:
            await self._client.send(_without_own(head).encode())
            following = await self._next_head()
            if following is None:
                return False
            head = following
        await self._client.send(_without_own(head).encode(f"{PEER_HEADER}: {self._peer}".encode()))
        body = response_body(head, status, asked.method)
        await self._follow(self._upstream, body, self._client, surplus=True)
        if body.until_close or self._upstream.rest or not stays_open(head):
            return False
        return stays_open(asked.head)

    async def _follow(self, source: Wire, body: Body, sink: Wire, *, surplus: bool = False) -> None:
        idle, most = self._policy.idle_seconds, self._policy.max_tunnel_bytes
        await follow(source, body, sink, idle_seconds=idle, max_bytes=most, surplus=surplus)

    def _dead(self, asked: Asked, reason: str) -> DoorVerdict:
        verdict = DoorVerdict("dead", reason)
        self._door.note(asked, str(verdict), self._peer)
        return verdict

    def _drop_upstream(self) -> None:
        if self._upstream is not None:
            self._upstream.close()
        self._upstream = self._upstream_key = None


def _answer(verdict: DoorVerdict) -> bytes:
    """The door's own word: on plain HTTP the header carries it, on CONNECT the reason phrase."""
    lines = [
        f"HTTP/1.1 {verdict.status} zhengshao-{verdict.verdict}-{verdict.reason}",
        f"{VERDICT_HEADER}: {verdict.verdict}; {verdict.reason}",
        "Content-Length: 0",
        "Connection: close",
    ]
    if verdict.reason == "key":
        lines.append('Proxy-Authenticate: Basic realm="zhengshao"')
    return "\r\n".join([*lines, "", ""]).encode()


def _without_own(head: Head) -> Head:
    """The site's answer without any line that could pass for the door's own."""
    if not any(_OWN_HEADERS in line.lower() for line in head.lines):
        return head
    return Head(head.start, tuple(line for line in head.lines if _OWN_HEADERS not in line.lower()))
