"""The strict reader of WARC files (ISO 28500): good records one by one, bad places with their reason in between.

`warcio check` passes over cut members, digests that were taken out and revisits; this reader does not:

    for item in read(path):                     # .warc or .warc.gz; ImportRefused when it is neither
        if isinstance(item, Damage):
            ...                                 # item.offset, item.code, item.reason
        else:
            item.record, item.payload, item.verified, item.notes
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crawlers.chunks import dechunk, looks_chunked
from crawlers.framing import LENGTH
from crawlers.salvage import MAX_RECORD_BYTES, Damage, Found, again, mapped, records
from crawlers.warcfile import ALGORITHMS, END, Headers, Record, digest_holds, split_headers

__all__ = ["Damage", "Entry", "read"]

MAX_REVISITED_BYTES = 4 << 30
"""Bytes read again for revisit records of one file."""
MAX_REMEMBERED = 1_000_000
"""Responses of one file that a revisit can refer to."""
WEAK = ("md5", "sha1")
MISMATCH = "digest_mismatch"
_OWN_DIGESTS = frozenset({"warc-block-digest", "content-length"})
"""What a revisit says of its own short block, and is not true of the response made of it."""
NEEDED = {
    "response": ("WARC-Record-ID", "WARC-Date", "WARC-Target-URI"),
    "revisit": ("WARC-Record-ID", "WARC-Date", "WARC-Target-URI"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A sound record.

    Notes say what it is not: `no_digest` (none is named that can be computed), `weak_digest` (MD5 or SHA-1 alone),
    `shared_member` (its gzip member holds more records), `repeated_id`, `dechunked_before` (the head names chunks,
    the body has none), `short_body` and `long_body` (against the Content-Length of the site), `revisit`.
    """

    offset: int
    length: int
    """Bytes of the file; 0 in a shared gzip member."""
    record: Record
    """Of a revisit, a response made whole: its own headers, the payload it refers to."""
    payload: bytes = b""
    """Of an HTTP record: the body without its chunks, Content-Encoding still applied; of others the block."""
    algorithms: frozenset[str] = frozenset()
    """Of the digests that were named and hold."""
    notes: tuple[str, ...] = ()
    refers_to: int | None = None
    """Of a revisit: the offset of the response that has its payload."""

    @property
    def verified(self) -> bool:
        """Whether a digest that nobody can forge today holds for it."""
        return bool(self.algorithms - frozenset(WEAK))


def read(
    path: Path,
    *,
    require_digests: bool = False,
    keep_mismatched: bool = False,
    max_record_bytes: int | None = None,
) -> Iterator[Entry | Damage]:
    """Every record of the file in its order. ImportRefused when it is no WARC file.

    Beside the codes of `salvage`, Damage has `digest` (block or payload is not what its digest says), `no_digest`
    (with `require_digests`), `chunks` (the body breaks off between its chunks), `header` (type, date, id or address is
    missing), `http` (no HTTP head where one is promised), `revisit` (what it refers to is not in the file or differs).
    With `keep_mismatched` a record whose digest differs is given all the same, noted `digest_mismatch`.
    """
    with mapped(path) as view:
        limits = {} if max_record_bytes is None else {"max_record_bytes": max_record_bytes}
        reading = _Reading(view, require_digests, keep_mismatched, max_record_bytes or MAX_RECORD_BYTES)
        for item in records(path, **limits):
            yield reading.judge(item) if isinstance(item, Found) else item


class _Unsound(Exception):
    """A record that is not to be believed."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass
class _Reading:
    """What was seen of one file so far."""

    view: Any
    require_digests: bool
    keep_mismatched: bool
    max_record_bytes: int
    ids: set[bytes] = field(default_factory=set)
    responses: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    """Where a response stands, by its id, by address and date, and by its payload's digest."""
    room_bytes: int = MAX_REVISITED_BYTES

    def judge(self, found: Found) -> Entry | Damage:
        try:
            return self._judge(found)
        except _Unsound as error:
            return Damage(found.offset, str(error), error.code)

    def _judge(self, found: Found) -> Entry:
        record = found.record
        _complete(record)
        entry = _http(found) if _is_http(record) else Entry(found.offset, found.length, record, record.block)
        entry = self._digested(entry)
        entry = replace(entry, notes=(*self._notes(found, entry), *entry.notes))
        if not entry.algorithms and record.kind != "warcinfo" and MISMATCH not in entry.notes:
            if self.require_digests:
                raise _Unsound("no_digest", f"{_called(record)} names no digest")
            entry = replace(entry, notes=(*entry.notes, "no_digest"))
        if record.kind == "revisit":
            entry = self._revisited(entry)
        elif record.kind == "response":
            self._remember(found, entry)
        return entry

    def _digested(self, entry: Entry) -> Entry:
        try:
            return replace(entry, algorithms=_digests(entry))
        except _Unsound:
            if not self.keep_mismatched:
                raise
            return replace(entry, notes=(*entry.notes, MISMATCH))

    def _notes(self, found: Found, entry: Entry) -> Iterator[str]:
        key = _key(found.record.header("WARC-Record-ID"))
        if key in self.ids:
            yield "repeated_id"
        if len(self.ids) < MAX_REMEMBERED:
            self.ids.add(key)
        if not found.length:
            yield "shared_member"
        if entry.algorithms and not entry.verified:
            yield "weak_digest"

    def _remember(self, found: Found, entry: Entry) -> None:
        if len(self.responses) >= 3 * MAX_REMEMBERED:
            return
        record, place = found.record, (found.offset, found.inner)
        names = [record.header("WARC-Record-ID"), _address(record, "WARC-Target-URI", "WARC-Date")]
        names.append(record.header("WARC-Payload-Digest"))
        for name in filter(None, names):
            self.responses.setdefault(_key(name), place)

    def _revisited(self, entry: Entry) -> Entry:
        """The revisit as a response. Only `identical-payload-digest` has a payload elsewhere; `server-not-modified`
        tells that the server said 304, and needs the page it refers to all the same."""
        record = entry.record
        names = (
            record.header("WARC-Refers-To"),
            _address(record, "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date"),
            record.header("WARC-Payload-Digest"),
        )
        place = next((self.responses[_key(name)] for name in names if name and _key(name) in self.responses), None)
        if place is None:
            raise _Unsound("revisit", f"{_called(record)}: the response it refers to is not in the file")
        original = self._again(*place)
        whole = _http(Found(place[0], original))
        if digest_holds(record.header("WARC-Payload-Digest"), whole.payload) is False:
            named = record.header("WARC-Payload-Digest")
            if digest_holds(named, original.block.partition(END)[2]) is not True:
                raise _Unsound("revisit", f"{_called(record)}: the response it refers to has another payload")
        block = _head(record.block) + _raw_body(record.block, original.block)
        headers = tuple(line for line in record.headers if line[0].lower() not in _OWN_DIGESTS)
        made = Record("response", headers, block)
        return replace(entry, record=made, payload=whole.payload, refers_to=place[0], notes=(*entry.notes, "revisit"))

    def _again(self, offset: int, inner: int) -> Record:
        record = again(self.view, offset, inner, max_record_bytes=self.max_record_bytes)
        self.room_bytes -= len(record.block)
        if self.room_bytes < 0:
            raise _Unsound("revisit", f"revisits of more than {MAX_REVISITED_BYTES} bytes together")
        return record


def _called(record: Record) -> str:
    return f"{record.kind or 'record'} {record.header('WARC-Record-ID')[:80] or 'without id'}"


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _address(record: Record, uri: str, date: str) -> str:
    where, when = record.header(uri).strip("<>"), record.header(date)
    return f"{when} {where}" if where and when else ""


def _complete(record: Record) -> None:
    if not record.kind:
        raise _Unsound("header", "a record without WARC-Type")
    missing = [name for name in NEEDED.get(record.kind, ()) if not record.header(name)]
    if missing:
        raise _Unsound("header", f"{_called(record)} has no {', '.join(missing)}")


def _is_http(record: Record) -> bool:
    kind = record.header("Content-Type").replace(" ", "").lower()
    return record.kind in ("response", "revisit") and (
        kind.startswith("application/http") or record.header("WARC-Target-URI").strip("<").startswith("http")
    )


def _http(found: Found) -> Entry:
    """The record with its payload, held against what its own HTTP head promises."""
    record = found.record
    head, blank, body = record.block.partition(END)
    if not head.startswith(b"HTTP/") and not (record.kind == "revisit" and not record.block):
        raise _Unsound("http", f"{_called(record)}: no HTTP response, it begins with {record.block[:40]!r}")
    headers = split_headers(head.partition(b"\n")[2], "latin-1")
    notes: tuple[str, ...] = ()
    if "chunked" in _values(headers, "transfer-encoding"):
        plain = dechunk(body)
        if plain is None and looks_chunked(body):
            raise _Unsound("chunks", f"{_called(record)}: its body breaks off between its chunks")
        body, notes = (body, ("dechunked_before",)) if plain is None else (plain, ())
    elif record.kind == "response" and blank:
        notes = _length_note(_values(headers, "content-length"), len(body))
    return Entry(found.offset, found.length, record, body, notes=notes)


def _length_note(said: list[str], length: int) -> tuple[str, ...]:
    if len(said) != 1 or not LENGTH.fullmatch(said[0].encode("utf-8", "replace")) or int(said[0]) == length:
        return ()
    return ("short_body",) if int(said[0]) > length else ("long_body",)


def _values(headers: Headers, name: str) -> list[str]:
    found = ",".join(value for key, value in headers if key.lower() == name)
    return [value.strip().lower() for value in found.split(",") if value.strip()]


def _digests(entry: Entry) -> frozenset[str]:
    """The algorithms of the digests that hold; _Unsound when one does not. Of a revisit the payload is elsewhere."""
    record = entry.record
    named = record.header("WARC-Block-Digest")
    holding = _held(named, record, "block", record.block)
    payload = record.header("WARC-Payload-Digest")
    if record.kind == "revisit":
        return holding
    # writers differ: the payload of a chunked body is taken with its chunks, or without
    return holding | _held(payload, record, "payload", entry.payload, record.block.partition(END)[2])


def _held(named: str, record: Record, what: str, *candidates: bytes) -> frozenset[str]:
    found = [digest_holds(named, data) for data in dict.fromkeys(candidates)]
    if True in found:
        return frozenset({named.partition(":")[0].lower()} & frozenset(ALGORITHMS))
    if False in found:
        raise _Unsound("digest", f"{_called(record)}: its {what} is not what its digest {named[:90]} says")
    return frozenset()


def _head(block: bytes) -> bytes:
    head, blank, _ = block.partition(END)
    return head + blank if blank else b""


def _raw_body(own: bytes, original: bytes) -> bytes:
    """Body of the original; with its head, when the revisit kept none of its own."""
    return original.partition(END)[2] if _head(own) else original
