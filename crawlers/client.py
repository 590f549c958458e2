"""The crawler's HTTP/1.1 client: through the door, lenient with heads, and exact about what was sent.

General clients normalise or refuse what evidence must show: order and spelling of headers, lines that are no headers,
bodies cut short, old and broken TLS.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crawlers.dialing import DoorVerdict
from crawlers.doorclient import DoorClient, DoorDown
from crawlers.framing import LENGTH, ChunkedBody, FramingError, Head, response_body, stays_open
from crawlers.relay import Wire

Headers = tuple[tuple[str, str], ...]

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{1,4})(?: (.*))?\Z", re.DOTALL)
_READ_BUFFER_BYTES = 1 << 20
_IDLE_SECONDS = 15
_IDLE_MAX = 64
_HEADERS_KEPT_MAX = 200
_HEADER_LINE_MAX_BYTES = 64 * 1024
_RAW_HEAD_MAX_BYTES = 64 * 1024
_OWN_PREFIX = "x-zhengshao-"
_OLD_TLS = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})
"""RFC 8996 forbids them."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads. `path` includes the query."""

    scheme: str
    host: str
    port: int
    netloc: str
    path: str

    @classmethod
    def of(cls, url: str) -> Target:
        """Raises ValueError for what cannot be asked."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not a web address: {url[:200]!r}")
        default = 443 if parts.scheme == "https" else 80
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        netloc = parts.netloc.rpartition("@")[2]
        return cls(parts.scheme, host, parts.port or default, netloc, path)


@dataclass(slots=True)
class Answer:
    """A response, as far as it came; certificates as the server sent them, its own first; the raw head only where
    `headers` do not tell all of it. Flags: `truncated` (by us), `dataloss` (by the site), `stalled` (time limit),
    `header_flood`, `bad_header_line`, `smuggling_shape`, `tls_old_version`."""

    status: int
    reason: str
    headers: Headers
    sent: Headers
    peer: str
    certificates_der: tuple[bytes, ...]
    raw_head: bytes
    parts: list[bytes] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)


Key = tuple[str, str, str, int]


@dataclass(slots=True)
class _Connection:
    wire: Wire
    peer: str = ""
    certificates_der: tuple[bytes, ...] = ()
    tls_version: str = ""
    idle_since: float = 0.0

    def drop(self) -> None:
        self.wire.writer.transport.abort()


class Client:
    """Asks through one door; keeps connections open per component and target."""

    def __init__(self, door: DoorClient, *, timeout_seconds: float, max_body_bytes: int) -> None:
        self._door = door
        self._timeout_seconds = timeout_seconds
        self._max_body_bytes = max_body_bytes
        where = urlsplit(door.proxy)
        self._door_address = (where.hostname or "", where.port or 0)
        self._tls = trusting_context()
        self._idle: list[tuple[Key, _Connection]] = []
        """Longest idle first; bounded, for the hosts of a night are many and the door's room is not."""

    async def fetch(self, method: str, url: str, headers: Headers, body: bytes, component: str) -> Answer:
        """One exchange. Raises DoorVerdict, DoorDown or NoKey for the door, ValueError for the URL; TimeoutError,
        SSLError, FramingError or OSError when no answer came."""
        target = Target.of(url)
        asked = Asked(method, target, headers, body, component)
        deadline = asyncio.get_running_loop().time() + self._timeout_seconds
        async with asyncio.timeout_at(deadline):
            connection, head = await self._head(asked)
        keep = False
        try:
            answer = _answer(asked, connection, head)
            try:
                async with asyncio.timeout_at(deadline):
                    keep = await self._read_body(answer, asked, head, connection.wire)
            except TimeoutError:
                answer.flags += ["dataloss", "stalled"]
            except (FramingError, OSError):
                answer.flags.append("dataloss")
        finally:
            self._park(asked.key, connection) if keep else connection.drop()
        return answer

    def close(self) -> None:
        for _, connection in self._idle:
            connection.drop()
        self._idle.clear()

    async def _head(self, asked: Asked) -> tuple[_Connection, Head]:
        """The answer's head and the connection it came by: a parked one, or a new one when that had been closed."""
        connection = self._unpark(asked.key) if asked.method in ("GET", "HEAD") else None
        if connection is not None:
            try:
                return connection, await self._ask(connection, asked)
            except OSError:
                connection.drop()
        connection = await self._connect(asked)
        try:
            return connection, await self._ask(connection, asked)
        except BaseException:
            connection.drop()
            raise

    async def _ask(self, connection: _Connection, asked: Asked) -> Head:
        proof = {} if asked.target.scheme == "https" else self._door.headers_for(asked.component)
        await connection.wire.send(asked.encode(proof))
        while True:
            head = await connection.wire.head()
            if head is None:
                raise ConnectionResetError("closed without an answer")
            if not 100 <= _status(head)[0] < 200 or _status(head)[0] == 101:
                break  # the door's word is never an interim answer
        if asked.target.scheme == "http":
            _listen(head)
        return head

    async def _connect(self, asked: Asked) -> _Connection:
        try:
            reader, writer = await asyncio.open_connection(*self._door_address, limit=_READ_BUFFER_BYTES)
        except OSError as error:
            raise DoorDown(f"the door at {self._door.proxy} does not answer: {error}") from error
        connection = _Connection(Wire(reader, writer))
        if asked.target.scheme == "http":
            return connection
        try:
            await self._encrypt(connection, asked)
        except BaseException:
            connection.drop()
            raise
        return connection

    async def _encrypt(self, connection: _Connection, asked: Asked) -> None:
        """CONNECT, then TLS inside."""
        where = f"{asked.target.host}:{asked.target.port}"
        lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
        lines += [f"{name}: {value}" for name, value in self._door.headers_for(asked.component).items()]
        wire = connection.wire
        await wire.send("\r\n".join([*lines, "", ""]).encode("ascii"))
        head = await wire.head()
        if head is None:
            raise DoorDown(f"the door at {self._door.proxy} closed without an answer")
        _listen(head)
        connection.peer = _own(head, b"x-zhengshao-peer")
        await wire.writer.start_tls(self._tls, server_hostname=asked.target.host.strip("[]"))
        secured = wire.writer.get_extra_info("ssl_object")
        connection.certificates_der, connection.tls_version = sent_certificates(secured), secured.version() or ""

    async def _read_body(self, answer: Answer, asked: Asked, head: Head, wire: Wire) -> bool:
        """Fill `answer.parts`; True when the connection can serve again."""
        body = response_body(head, answer.status, asked.method.encode(), answer.parts.append)
        chunked = isinstance(body, ChunkedBody)
        room = self._max_body_bytes
        while not body.done:
            data = await wire.read()
            if not data:
                if body.until_close:
                    return False
                raise FramingError("the body was cut")
            used = body.take(data)
            wire.rest = data[used:]
            if not chunked:
                answer.parts.append(data[:used])
            room -= used
            if room < 0:
                answer.parts = [answer.body[: self._max_body_bytes]]
                answer.flags.append("truncated")
                return False
        if wire.rest:
            answer.flags.append("dataloss")  # more came than was announced; no browser would show it
        return not wire.rest and stays_open(head)

    def _park(self, key: Key, connection: _Connection) -> None:
        connection.idle_since = asyncio.get_running_loop().time()
        self._idle.append((key, connection))
        while len(self._idle) > _IDLE_MAX:
            self._idle.pop(0)[1].drop()

    def _unpark(self, key: Key) -> _Connection | None:
        oldest = asyncio.get_running_loop().time() - _IDLE_SECONDS
        for place in reversed([place for place, (parked, _) in enumerate(self._idle) if parked == key]):
            _, connection = self._idle.pop(place)
            if connection.idle_since > oldest and not connection.wire.reader.at_eof():
                return connection
            connection.drop()
        return None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    target: Target
    headers: Headers
    body: bytes
    component: str

    @property
    def key(self) -> Key:
        return self.component, self.target.scheme, self.target.host, self.target.port

    @property
    def sent(self) -> Headers:
        """The header lines the site gets."""
        length = (("Content-Length", str(len(self.body))),) if self.body else ()
        return (("Host", self.target.netloc), *self.headers, *length)

    def encode(self, proof: Mapping[str, str]) -> bytes:
        origin = "" if self.target.scheme == "https" else f"http://{self.target.netloc}"
        lines = [f"{self.method} {origin}{self.target.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in (*self.sent, *proof.items())]
        if any("\n" in line or "\r" in line for line in lines):
            raise ValueError("a line break in a header")
        return "\r\n".join([*lines, "", ""]).encode("utf-8") + self.body


def trusting_context() -> ssl.SSLContext:
    """Counterfeits have bad certificates and old servers old ciphers: both are seen, kept and flagged, not refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF | getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


def sent_certificates(secured: Any) -> tuple[bytes, ...]:
    """DER of what the server of an `SSLObject` sent, its own certificate first; empty when it sent none."""
    inner = secured if hasattr(secured, "get_unverified_chain") else secured._sslobj  # public since Python 3.13
    chain = inner.get_unverified_chain() or ()
    return tuple(one if isinstance(one, bytes) else ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in chain)


def _answer(asked: Asked, connection: _Connection, head: Head) -> Answer:
    """Raises FramingError when the head contradicts itself about the body."""
    status, reason = _status(head)
    encrypted = asked.target.scheme == "https"
    headers, flags, told = _headers(head, own=not encrypted)
    if connection.tls_version in _OLD_TLS:
        flags.append("tls_old_version")
    names = [name.lower() for name, _ in headers]
    if "transfer-encoding" not in names:
        lengths = {value for name, value in headers if name.lower() == "content-length"}
        if len(lengths) > 1 or not all(LENGTH.fullmatch(length.encode()) for length in lengths):
            raise FramingError(f"contradicting lengths: {sorted(lengths)}"[:200])
    elif "content-length" in names:
        flags.append("smuggling_shape")
    peer = connection.peer if encrypted else _own(head, b"x-zhengshao-peer")
    raw = b"" if told else _raw(head, own=not encrypted)
    return Answer(status, reason, headers, asked.sent, peer, connection.certificates_der, raw, flags=flags)


def _status(head: Head) -> tuple[int, str]:
    matched = _STATUS.match(head.start)
    if not matched:
        raise FramingError(f"no status line: {head.start[:60]!r}")
    return int(matched[1]), (matched[2] or b"").decode("latin-1")


def _headers(head: Head, *, own: bool) -> tuple[Headers, list[str], bool]:
    """Names and values in the order sent, flags, and whether that tells all; the door's own lines (`own`) are left
    out."""
    found: list[tuple[str, str]] = []
    flags: list[str] = []
    told = True
    for line in head.lines:
        if len(line) > _HEADER_LINE_MAX_BYTES:
            raise FramingError("a header line is too long")
        text = line.decode("latin-1")
        name, colon, value = text.partition(":")
        told = told and text[:1] not in (" ", "\t") and "\0" not in text
        if text[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {text.strip()}")
        elif not colon:
            flags, told = ["bad_header_line"], False
        elif not (own and name.lower().startswith(_OWN_PREFIX)):
            found.append((name.strip(), value.strip()))
    if len(found) > _HEADERS_KEPT_MAX:
        return tuple(found[:_HEADERS_KEPT_MAX]), [*flags, "header_flood"], False
    return tuple(found), flags, told


def _raw(head: Head, *, own: bool) -> bytes:
    lines = (line for line in head.lines if not (own and line.lower().startswith(_OWN_PREFIX.encode())))
    return b"\r\n".join((head.start, *lines))[:_RAW_HEAD_MAX_BYTES]


def _own(head: Head, name: bytes) -> str:
    return next((value.decode("ascii", "replace") for value in head.values(name)), "")


def _listen(head: Head) -> None:
    """Raises DoorVerdict when the door itself answered. Not for what came through a tunnel: that is the site alone."""
    verdict, _, reason = _own(head, b"x-zhengshao-door").partition("; ")
    if verdict:
        raise DoorVerdict(verdict, reason)
