"""One HTTP exchange as WARC records and back: response, request and, where there is more to tell, metadata."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawlers.clock import utc_now
from crawlers.records import ArchiveError, Exchange
from crawlers.revisits import Payload, Payloads, in_parts
from crawlers.warcfile import END, MOVED_PREFIX, Headers, Record, digest, member, record_id, serialise, split_headers

PEER = "Zhengshao-Peer"
"""WARC extension field: `address:port` dialled (WARC-IP-Address has no room for the port)."""
CERTIFICATE = "tls-certificate-der"
"""Once for each certificate, the server's own first."""
RAW_HEAD = "http-head-raw"
MOVED = "transfer-encoding"
HTTP_RESPONSE = "application/http; msgtype=response"
HTTP_REQUEST = "application/http; msgtype=request"
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?: +([^\r\n]*))?\Z")


@dataclass(frozen=True, slots=True)
class Written:
    """An exchange ready to be appended: `data` holds all its members, the first `length` bytes are the response, or
    the `revisit` of an equal payload. `payload`: where later ones find that of a response, from its first byte on."""

    data: bytes
    length: int
    payload_sha256: str
    payload: Payload | None = None
    revisit: Payload | None = None


def write(exchange: Exchange, gzip_level: int, *, revisit_min_bytes: int = 0, known: Payloads | None = None) -> Written:
    """A payload of `revisit_min_bytes` (0: none) or more is written so that it can be referred to; one that is `known`
    in the volume is not written again."""
    sha256, response_id, date = digest(exchange.body), record_id(), exchange.fetched_at or utc_now()
    shared = [("WARC-Target-URI", exchange.url), ("WARC-Date", date)]
    address = exchange.peer.rpartition(":")[0].strip("[]")
    named = [("WARC-Record-ID", response_id), *shared, ("WARC-IP-Address", address), (PEER, exchange.peer)]
    named.append(("WARC-Payload-Digest", sha256))
    name, head, payload = sha256.removeprefix("sha256:"), _http_head(exchange), None
    worth = 0 < revisit_min_bytes <= len(exchange.body)
    equal = known.find(name) if worth and known is not None else None
    if equal is not None:
        first = member(serialise("revisit", [*named, *equal.headers()], HTTP_RESPONSE, head), gzip_level)
    elif worth:
        record = serialise("response", named, HTTP_RESPONSE, head + exchange.body)
        first, at, length = in_parts(record, len(exchange.body), gzip_level)
        payload = Payload(response_id, exchange.url, date, 0, at, length)
    else:
        first = member(serialise("response", named, HTTP_RESPONSE, head + exchange.body), gzip_level)
    beside = _concurrent(exchange, [("WARC-Concurrent-To", response_id), *shared])
    data = first + b"".join(member(record, gzip_level) for record in beside)
    return Written(data, len(first), name, payload, equal)


def _concurrent(exchange: Exchange, shared: list[tuple[str, str]]) -> Iterator[bytes]:
    """Records of the request, and of what else there is to tell."""
    if exchange.request_headers:  # an import may not know its request: nothing is made up for it
        named = [("WARC-Record-ID", record_id()), *shared, ("WARC-Payload-Digest", digest(b""))]
        yield serialise("request", named, HTTP_REQUEST, _request_block(exchange))
    if fields := _fields(exchange):
        named = [("WARC-Record-ID", record_id()), *shared]
        yield serialise("metadata", named, "application/warc-fields", fields)


def read(response: Record, beside: Iterable[Record] = ()) -> Exchange:
    """The exchange of a response record and the records concurrent to it. ArchiveError when it is no HTTP response."""
    status, reason, headers, body = split_response(response.block)
    request_headers: Headers = ()
    method, found = "GET", _Beside()
    for record in beside:
        if record.kind == "request":
            method, request_headers = split_request(record.block)
        elif record.kind == "metadata":
            found = _beside(record.block)
    return Exchange(
        url=response.header("WARC-Target-URI").strip("<>"),
        status=status,
        reason=reason,
        method=method,
        request_headers=request_headers,
        response_headers=tuple((_unmoved(name), value) for name, value in headers),
        body=body,
        peer=response.header(PEER) or response.header("WARC-IP-Address"),
        fetched_at=response.header("WARC-Date"),
        certificate_der=found.certificates[0] if found.certificates else b"",
        issuers_der=found.certificates[1:],
        raw_head=found.raw_head,
    )


def split_response(block: bytes) -> tuple[int, str, Headers, bytes]:
    """Status, reason, headers and payload of an HTTP response block."""
    head, _, body = block.partition(END)
    first, _, lines = head.partition(b"\r\n")
    match = _STATUS.match(first)
    if match is None:
        raise ArchiveError(f"not an HTTP response: {first[:60]!r}")
    reason = (match[2] or b"").decode("latin-1")
    return int(match[1]), reason, split_headers(lines, "latin-1"), body


def split_request(block: bytes) -> tuple[str, Headers]:
    head, _, _ = block.partition(END)
    first, _, lines = head.partition(b"\r\n")
    return first.split(b" ", 1)[0].decode("latin-1"), split_headers(lines, "latin-1")


def _http_head(exchange: Exchange) -> bytes:
    first = f"HTTP/1.1 {exchange.status:03d} {exchange.reason}".rstrip()
    return _head(first, [(_moved(name), value) for name, value in exchange.response_headers])


def _request_block(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = exchange.request_headers
    if not any(name.lower() == "host" for name, _ in headers):
        headers = (("Host", parts.netloc.rpartition("@")[2]), *headers)
    return _head(f"{exchange.method} {path} HTTP/1.1", headers)


def _head(first: str, headers: Sequence[tuple[str, str]]) -> bytes:
    """Status or request line and headers; a value of several lines (as Chromium joins them) becomes several headers."""
    lines = [" ".join(first.splitlines())]
    lines += [f"{name}: {value}" for name, values in headers for value in values.splitlines() or [""]]
    return b"".join(_encoded(line) + b"\r\n" for line in lines) + b"\r\n"


def _encoded(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8")


def _moved(name: str) -> str:
    return f"{MOVED_PREFIX}{name}" if name.lower() == MOVED else name


def _unmoved(name: str) -> str:
    return name.removeprefix(MOVED_PREFIX) if name.lower() == f"{MOVED_PREFIX}{MOVED}".lower() else name


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a metadata record tells of an exchange."""

    certificates: tuple[bytes, ...] = ()
    raw_head: bytes = b""


def _fields(exchange: Exchange) -> bytes:
    """The lines of the metadata record; empty when there is nothing to tell."""
    certificates = (exchange.certificate_der, *exchange.issuers_der) if exchange.certificate_der else ()
    fields = [*((CERTIFICATE, der) for der in certificates), (RAW_HEAD, exchange.raw_head)]
    return b"".join(f"{name}: {base64.b64encode(value).decode()}\r\n".encode() for name, value in fields if value)


def _beside(block: bytes) -> _Beside:
    named = split_headers(block, "utf-8")
    try:
        values = [
            (name, base64.b64decode(value, validate=True)) for name, value in named if name in (CERTIFICATE, RAW_HEAD)
        ]
    except binascii.Error as error:
        raise ArchiveError(f"a value in a metadata record cannot be read: {error}") from error
    certificates = tuple(value for name, value in values if name == CERTIFICATE)
    return _Beside(certificates, next((value for name, value in values if name == RAW_HEAD), b""))
