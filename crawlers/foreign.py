"""A response record of somebody else's WARC as our exchange, with what was odd about it as flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from crawlers.chunks import dechunk
from crawlers.clock import iso
from crawlers.exchanges import split_request
from crawlers.records import ArchiveError, Exchange
from crawlers.salvage import Damage, Found
from crawlers.unpacking import unpack
from crawlers.warcfile import END, MOVED_PREFIX, Headers, Record, digest_holds, split_headers
from crawlers.warcreader import Entry

_STATUS = re.compile(rb"((?:HTTP/\d(?:\.\d)?[ \t]+)+)(\d{3})(?:[ \t]+([^\r\n]*))?\r?\n")
_METHOD = re.compile(rb"(?:HTTP/\d(?:\.\d)?[ \t]+)+(?=[A-Z]+ )")
_WAYBACK = re.compile(r"https?://web\.archive\.org/web/(\d{4,14})([a-z]{2}_)?/(.+)", re.DOTALL)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """A response record and the request that belongs to it, if the file has one."""

    offset: int
    response: Record
    request: Record | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """An exchange as it will be kept. `warc_date` is the record's own date; the exchange has the capture's.

    Flags: `digest_mismatch` (the block is not what its WARC-Block-Digest says), `doubled_status_line`,
    `dechunked_before` and `decoded_before` (the headers name an encoding that the body no longer has), `wayback`
    (unwrapped from the Internet Archive), `wayback_rewritten` (its links were rewritten there).
    """

    exchange: Exchange
    flags: tuple[str, ...]
    target_uri: str
    warc_date: str


def pairs(items: Iterable[Found | Entry | Damage]) -> Iterator[Pair | Record | Damage]:
    """Responses with their requests, whichever stands first; other records and damage as they are, in between."""
    request: Record | None = None
    held: Pair | None = None
    for item in items:
        if isinstance(item, Damage):
            yield item
        elif item.record.kind == "request":
            if held is not None and held.request is None and _same_target(held.response, item.record):
                held = Pair(held.offset, held.response, item.record)
            else:
                request = item.record
        elif item.record.kind == "response":
            if held is not None:
                yield held
            mine = request if request is not None and _same_target(item.record, request) else None
            held, request = Pair(item.offset, item.record, mine), None
        else:
            yield item.record
    if held is not None:
        yield held


def _same_target(response: Record, request: Record) -> bool:
    named = request.header("WARC-Concurrent-To")
    if named:
        return named == response.header("WARC-Record-ID")
    return request.header("WARC-Target-URI") == response.header("WARC-Target-URI")


def to_exchange(pair: Pair) -> Foreign:
    """ArchiveError when the record is no HTTP response of a web address or has no date."""
    status, reason, headers, body, flags = _response(pair.response.block)
    target_uri = pair.response.header("WARC-Target-URI").strip("<>")
    warc_date = pair.response.header("WARC-Date")
    url, fetched_at, unwrapped = _unwrap(target_uri, warc_date)
    if not _SCHEME.match(url):
        raise ArchiveError(f"{target_uri[:200]!r} is no web address")
    headers, body, undone = _consistent(headers, body)
    # what was sent to the Internet Archive is no request to the site
    method, request_headers = _request(None if unwrapped else pair.request)
    exchange = Exchange(
        url=url,
        status=status,
        reason=reason,
        method=method,
        request_headers=request_headers,
        response_headers=headers,
        body=body,
        peer=pair.response.header("WARC-IP-Address"),
        fetched_at=fetched_at,
    )
    mismatch = (
        ()
        if digest_holds(pair.response.header("WARC-Block-Digest"), pair.response.block) is not False
        else ("digest_mismatch",)
    )
    return Foreign(exchange, (*mismatch, *flags, *undone, *unwrapped), target_uri, warc_date)


def _response(block: bytes) -> tuple[int, str, Headers, bytes, tuple[str, ...]]:
    match = _STATUS.match(block)
    if match is None:
        raise ArchiveError(f"no HTTP response: it begins with {block[:40]!r}")
    head, _, body = block[match.end() - 2 :].partition(END)
    doubled = len(match[1].split()) > 1
    reason = (match[3] or b"").decode("latin-1").strip()
    return int(match[2]), reason, split_headers(head, "latin-1"), body, ("doubled_status_line",) if doubled else ()


def _request(record: Record | None) -> tuple[str, Headers]:
    if record is None:
        return "GET", ()
    return split_request(_METHOD.sub(b"", record.block, count=1))


def _unwrap(uri: str, warc_date: str) -> tuple[str, str, tuple[str, ...]]:
    """URL and time of the capture: an Internet Archive address holds both of the original."""
    match = _WAYBACK.fullmatch(uri)
    if match is None:
        return uri, _time(warc_date), ()
    url = match[3] if _SCHEME.match(match[3]) else f"http://{match[3]}"
    flags = ("wayback",) if match[2] == "id_" else ("wayback", "wayback_rewritten")
    digits = match[1]
    shape = "%Y%m%d%H%M%S"[: len(digits) - 2] if len(digits) % 2 == 0 else ""
    try:
        return url, iso(datetime.strptime(digits, shape).replace(tzinfo=UTC)), flags
    except ValueError as error:
        raise ArchiveError(f"{digits} in {uri[:200]!r} is no time") from error


def _time(warc_date: str) -> str:
    try:
        moment = datetime.fromisoformat(warc_date)
        return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:  # the first day there is, seen from further east
        raise ArchiveError(f"WARC-Date {warc_date[:80]!r} is no time") from error


def _consistent(headers: Headers, body: bytes) -> tuple[Headers, bytes, tuple[str, ...]]:
    """Headers and body that fit: de-chunked, and no encoding named that the body no longer has."""
    flags: tuple[str, ...] = ()
    if "chunked" in _values(headers, "transfer-encoding"):
        plain = dechunk(body)
        if plain is None:
            flags = ("dechunked_before",)
        else:
            body = plain
    encodings = [value for value in _values(headers, "content-encoding") if value != "identity"]
    if encodings and body:
        unpacked, problems = unpack(body, encodings)
        if "content_encoding_broken" in problems and unpacked == body:
            flags = (*flags, "decoded_before")
            headers = tuple((_set_aside(name), value) for name, value in headers)
    return headers, body, flags


def _set_aside(name: str) -> str:
    return f"{MOVED_PREFIX}{name}" if name.lower() == "content-encoding" else name


def _values(headers: Headers, name: str) -> list[str]:
    found = ",".join(value for key, value in headers if key.lower() == name)
    return [value.strip().lower() for value in found.split(",") if value.strip()]
