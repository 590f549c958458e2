"""HAR (HTTP Archive 1.2) of a browser's network panel, streamed: one entry is in memory at a time, whatever the size.

Bodies in a HAR are decoded: what the headers say of encodings is set aside, text is kept as UTF-8. Kept are pages and
the search replies that profiles know; pictures, scripts and styles are counted. The analyst's cookies are left out.
Specification: http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item, Page, Skipped, utc
from crawlers.imports.longjson import LongJson
from crawlers.imports.problems import Place, Problem, Refused
from crawlers.records import Exchange
from crawlers.urls import canonical
from crawlers.warcfile import MOVED_PREFIX, Headers

ENTRY = "log.entries.item"
PAGES = frozenset({"text/html", "application/xhtml+xml"})
REPLIES = frozenset({"application/json", "text/json", "application/javascript", "text/javascript", "text/plain"})
_HEADERS_MAX = 200
_REDIRECTS_MAX = 50
_UNDONE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_LOG = re.compile(rb'^\s*\{\s*"log"\s*:')
_PLAIN = {
    f"{ENTRY}.{name}": name
    for name in (
        "startedDateTime",
        "request.method",
        "request.url",
        "response.status",
        "response.statusText",
        "response.redirectURL",
        "response.content.mimeType",
        "response.content.text",
        "response.content.encoding",
    )
}


@dataclass(slots=True)
class _Entry:
    number: int
    fields: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {"request": [], "response": []})

    def place(self, name: str, line: int) -> Place:
        return Place("path", f"log.entries[{self.number}].{name} (line {line})")

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""


def _recognises(file: File) -> bool:
    return _LOG.match(file.start.removeprefix(b"\xef\xbb\xbf")) is not None or (
        file.name.lower().endswith(".har") and file.start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    )


def _read(file: File) -> Generator[Item, None, None]:
    json = LongJson(file.path, max_string_bytes=_string_limit(file))
    entry: _Entry | None = None
    number, seen = 0, False
    redirects: dict[str, tuple[Exchange, ...]] = {}
    for path, event, value in json.events():
        if path == "log.entries" and event == "start_array":
            seen = True
        elif path == ENTRY and event == "start_map":
            entry, json.cut = _Entry(number), False
            number += 1
        elif entry is None:
            continue
        elif path == ENTRY and event == "end_map":
            yield from _item(file, entry, json, redirects)
            entry = None
        elif path in _PLAIN:
            entry.fields[_PLAIN[path]] = value
        elif ".headers.item." in path:
            _note_header(entry, path, value)
    if not seen:
        raise Refused("har_no_entries")


def _string_limit(file: File) -> int:
    """Base64 and JSON escapes make a body longer than it is."""
    return 2 * file.limits.max_body_bytes


def _note_header(entry: _Entry, path: str, value: object) -> None:
    side, _, name = path.removeprefix(f"{ENTRY}.").partition(".headers.item.")
    found = entry.headers.get(side)
    if found is None or name not in ("name", "value") or len(found) >= _HEADERS_MAX:
        return
    if not found or name in found[-1]:
        found.append({})
    found[-1][name] = str(value)


def _pairs(found: list[dict[str, str]]) -> Headers:
    return tuple((one["name"], one["value"]) for one in found if one.get("name") and "value" in one)


def _item(file: File, entry: _Entry, json: LongJson, redirects: dict[str, tuple[Exchange, ...]]) -> Iterator[Item]:
    url = entry.text("request.url")
    for name in ("request.url", "response.status", "startedDateTime"):
        if entry.fields.get(name) in (None, ""):
            yield Problem("har_shape", entry.place(name, json.line), {"field": name})
            return
    address = canonical(url)
    if not address:
        yield Problem("har_url", entry.place("request.url", json.line), {"url": url[:200]})
        return
    if json.cut:
        place = entry.place("response.content.text", json.line)
        yield Problem("har_body", place, {"limit": file.limits.max_body_bytes})
        return
    yield from _answer(file, entry, address, json, redirects)


def _answer(
    file: File, entry: _Entry, address: str, json: LongJson, redirects: dict[str, tuple[Exchange, ...]]
) -> Iterator[Item]:
    status = _status(entry)
    before = redirects.pop(address, ())
    target = canonical(entry.text("response.redirectURL"))
    if 300 <= status < 400 and target:
        if len(redirects) < _REDIRECTS_MAX:
            redirects[target] = (*before, _exchange(file, entry, address, status, b""))
        yield Skipped("redirect")
        return
    media = entry.text("response.content.mimeType").partition(";")[0].strip().lower()
    if media not in PAGES | REPLIES:
        yield Skipped(media or "without type")
        return
    if "response.content.text" not in entry.fields:
        yield Skipped("without body")
        return
    body = _body(entry)
    if body is None:
        yield Problem("har_base64", entry.place("response.content.text", json.line))
        return
    if len(body) > file.limits.max_body_bytes:
        place = entry.place("response.content.text", json.line)
        yield Problem("har_body", place, {"limit": file.limits.max_body_bytes})
        return
    page = _exchange(file, entry, address, status, body)
    yield Page(
        exchanges=(*before, page),
        place=Place("path", f"log.entries[{entry.number}]"),
        flags=("decoded_before", *(("time_unknown",) if not utc(entry.text("startedDateTime")) else ())),
        provenance=(("har_entry", str(entry.number)),),
        wanted=media in PAGES,
    )


def _status(entry: _Entry) -> int:
    try:
        status = int(entry.fields["response.status"])
    except (TypeError, ValueError, OverflowError):
        return 0
    return status if 0 <= status <= 999 else 0


def _body(entry: _Entry) -> bytes | None:
    """None when it is not what `encoding` says."""
    text = entry.text("response.content.text")
    if entry.text("response.content.encoding").lower() != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _exchange(file: File, entry: _Entry, address: str, status: int, body: bytes) -> Exchange:
    moment = utc(entry.text("startedDateTime"))
    return Exchange(
        url=address,
        status=status,
        reason=entry.text("response.statusText")[:200],
        method=entry.text("request.method")[:20] or "GET",
        request_headers=_without_secrets(_pairs(entry.headers["request"])),
        response_headers=tuple((_aside(name), value) for name, value in _pairs(entry.headers["response"])),
        body=body,
        fetched_at=moment if moment and moment <= file.received_at else file.received_at,
    )


def _without_secrets(headers: Headers) -> Headers:
    """The analyst's own session is no evidence: whoever holds the packet could use it."""
    secret = {"cookie", "authorization", "proxy-authorization"}
    return tuple(
        (name, "(left out)" if name.lower() in secret else value) for name, value in headers if name[:1] != ":"
    )


def _aside(name: str) -> str:
    return f"{MOVED_PREFIX}{name}" if name.lower() in _UNDONE else name


FORMAT = Format("har", 50, _recognises, _read)
