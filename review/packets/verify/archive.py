"""The web archive, read strictly, and the captures compared with it and with the chain."""

from __future__ import annotations

import base64
import hashlib
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple
from urllib.parse import urlsplit

from review.packets.verify.container import Packet
from review.packets.verify.reasons import MALFORMED, Finding
from review.packets.verify.values import SKEW, moment

RECORD_MAX_BYTES, PIECE_BYTES, UNPACKED_BYTES = 256 << 20, 1 << 16, 1 << 18
"""Of a record; of what is read and of what is unpacked at a time."""
HEAD_MAX_BYTES, KEPT_MAX_CHARS, LABEL_MAX_CHARS = 1 << 20, 256 << 20, 63
PART_BYTES, READERS = 8 << 20, min(4, os.cpu_count() or 1)
"""How long a part of the archive is that one thread reads by itself, and how many threads there are."""
PLAIN_MEMBER = b"\x1f\x8b\x08\0"
"""How a gzip member without name or odd flags begins. What of others is refused differs between programs."""
END_OF_RECORD = b"\r\n\r\n"
WARC = "archive/data.warc.gz"
Span = Tuple[int, int, str, str]
"""Part of the archive: offset, bytes, SHA-256 as the chain noted it, and whose it is."""


class Record:
    """One WARC record, checked piece by piece as it is unpacked, and what the captures are compared with."""

    def __init__(self, offset: int) -> None:
        self.where = f"{WARC}@{offset}"
        self.head, self.tail, self.at = b"", b"", 0
        self.headers: Dict[str, str] = {}
        self.status_line = ""
        self.digests: List[Tuple[int, Any]] = []  # of the block and of a payload in it, with where each begins
        self.end = 0
        self.wrong: Optional[Exception] = None

    def feed(self, piece: bytes) -> None:
        """What is wrong in it is said at the end: that the compressed data are damaged is said first."""
        if self.wrong is None:
            try:
                self.read(piece)
            except (*MALFORMED, Finding) as error:
                self.wrong = error

    def read(self, piece: bytes) -> None:
        if self.digests:
            self.take(piece)
            return
        self.head += piece
        if self.begin():
            self.take(self.head)
            self.head = b""
        elif len(self.head) > 2 * HEAD_MAX_BYTES:
            raise Finding("WARC_MALFORMED", self.where)

    def begin(self) -> bool:
        """Whether the record's head, and that of a message in it, have come whole."""
        found = split_head(self.head, 0)
        if found is None:
            return False
        first, headers, start = found
        self.end = start + int(headers["content-length"])
        if not first.startswith("WARC/1.") or self.end < start:
            raise Finding("WARC_MALFORMED", self.where)
        begins = [start]
        if headers.get("content-type", "").startswith("application/http"):
            inner = split_head(self.head, start)
            if inner is None:
                return False
            self.status_line = inner[0]
            begins.append(inner[2])
        self.headers, self.digests = headers, [(begin, hashlib.sha256()) for begin in begins]
        return True

    def take(self, piece: bytes) -> None:
        """Each digest gets its part of what is next."""
        view, at = memoryview(piece), self.at
        for start, digest in self.digests:
            digest.update(view[max(0, start - at) : max(0, self.end - at)])
        self.tail += view[max(0, self.end - at) : max(0, self.end - at) + len(END_OF_RECORD) + 1]
        self.at += len(piece)

    def close(self, length: int) -> Dict[str, Any]:
        """What the record is, if it holds against its own lengths and digests; `length` is its gzip member's."""
        if self.wrong is not None:
            raise self.wrong
        if not self.digests or self.tail != END_OF_RECORD or self.at != self.end + len(END_OF_RECORD):
            raise Finding("WARC_MALFORMED", self.where)
        headers, kind = self.headers, self.headers["warc-type"]
        block, payload = self.digests[0][1].digest(), self.digests[-1][1].digest()
        for key, digest in (("warc-block-digest", block), ("warc-payload-digest", payload)):
            said = headers.get(key, "")
            if said.startswith("sha256:") and not right_digest(said, digest):
                raise Finding("WARC_DIGEST", self.where)
            if kind == "response" and not said.startswith("sha256:"):
                raise Finding("WARC_DIGEST_MISSING", self.where)
        return {
            "type": kind,
            "length": length,
            "payload_sha256": payload.hex() if len(self.digests) > 1 else "",
            "status": int(self.status_line.split(" ")[1]) if kind == "response" else 0,
            "url": headers.get("warc-target-uri", ""),
            "date": headers.get("warc-date", ""),
        }


def split_head(data: bytes, start: int) -> Optional[Tuple[str, Dict[str, str], int]]:
    """First line, headers (names in lower case) and where the content begins, of what begins at `start`."""
    end = data.find(b"\r\n\r\n", start, start + HEAD_MAX_BYTES)
    if end < 0:
        return None
    lines = data[start:end].decode("utf-8", "replace").split("\r\n")
    fields = [line.partition(":") for line in lines[1:]]
    return lines[0], {name.strip().lower(): value.strip() for name, _, value in fields}, end + 4


def right_digest(said: str, digest: bytes) -> bool:
    """Compare with `sha256:` followed by base32 or hex, as WARC writers put it."""
    value = said.partition(":")[2]
    base32 = base64.b32encode(digest).decode("ascii").rstrip("=")
    return value.lower() == digest.hex() or value.rstrip("=") == base32


def quick_inflater() -> Any:
    """A faster one than Python's, where it is installed. What it refuses is put to `zlib`, which names the damage."""
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib
    return isal_zlib


def read_records(chunks: Iterable[bytes], offset: int, inflater: Any = zlib) -> Iterator[Tuple[int, Dict[str, Any]]]:
    """Each gzip member, of which each is one record; nothing may stand between or after them."""
    source = iter(chunks)
    pending = next(source, b"")
    while pending:
        if len(pending) < len(PLAIN_MEMBER):
            pending += next(source, b"")
        if inflater is not zlib and not pending.startswith(PLAIN_MEMBER):
            raise Finding("WARC_GZIP", str(offset))
        stream, record, size, length = inflater.decompressobj(31), Record(offset), 0, 0
        while not stream.eof:
            if not pending:
                raise Finding("WARC_TRUNCATED", str(offset))
            try:
                piece = stream.decompress(pending, UNPACKED_BYTES)
            except inflater.error as error:
                raise Finding("WARC_GZIP", str(offset)) from error
            size += len(piece)
            if size > RECORD_MAX_BYTES:
                raise Finding("WARC_TOO_LARGE", str(offset))
            if piece:
                record.feed(piece)
            rest = stream.unused_data if stream.eof else stream.unconsumed_tail
            length += len(pending) - len(rest)
            pending = rest or next(source, b"")
        yield offset, record.close(length)
        offset += length


def read_part(packet: Packet, start: int, end: int, inflater: Any = zlib) -> Dict[int, Dict[str, Any]]:
    """The records by offset of a part of the archive that begins and ends with a record."""
    chunks = packet.span(packet.entries[WARC].offset + start, end - start, PIECE_BYTES)
    records, kept_chars = {}, 0
    for offset, record in read_records(chunks, start, inflater):
        records[offset] = record
        kept_chars += len(record["url"])
        if kept_chars > KEPT_MAX_CHARS:
            raise Finding("WARC_TOO_LARGE", str(offset))
    return records


def parts(packet: Packet) -> List[int]:
    """Where records are said to begin, far enough from each other; at the end that of the archive."""
    size = packet.entries[WARC].size
    try:
        captures = packet.json("capture.json")["captures"]
        said = sorted({int(place["offset"]) for capture in captures for place in capture["records"]})
    except (*MALFORMED, Finding):
        said = []
    marks = [0]
    for offset in said:
        if offset - marks[-1] >= PART_BYTES and size - offset >= PART_BYTES:
            marks.append(offset)
    return [*marks, size]


def check_warc(packet: Packet) -> str:
    """Several threads read a part each. Parts that all hold are, one behind the other, what one reader would have read.

    Where one does not, the archive is read again from the front: that names the first place that is wrong.
    """
    marks, quick = parts(packet), quick_inflater()
    try:
        with ThreadPoolExecutor(READERS) as readers:
            begun = [
                readers.submit(read_part, packet, at, marks[number], quick) for number, at in enumerate(marks[:-1], 1)
            ]
            for part in begun:
                packet.records.update(part.result())
    except (*MALFORMED, Finding):
        packet.records = read_part(packet, 0, marks[-1])
    return str(len(packet.records))


def check_captures(packet: Packet) -> str:
    """Every capture stands in the archive and in the chain; the archive holds nothing but the captures' exchanges."""
    captures = packet.json("capture.json")["captures"]
    spans: List[Span] = []
    for capture in captures:
        spans += check_capture(packet, capture)
    claimed = {start for start, *_ in spans}
    for offset, record in packet.records.items():
        if record["type"] == "response" and offset not in claimed:
            raise Finding("WARC_UNCLAIMED", record["url"] or str(offset))
    if not captures:
        raise Finding("CAPTURE_NOT_IN_WARC")
    check_spans(packet, sorted(spans))
    return str(len(captures))


def check_spans(packet: Packet, spans: "List[Span]") -> None:
    """The exchanges stand one behind the other after a `warcinfo`, each of the bytes that the chain noted.

    A record of any other type between them would be shown by programs that replay an archive.
    """
    archive, first = packet.entries[WARC], packet.records[0]
    expected = first["length"] if first["type"] == "warcinfo" else 0
    for start, size, _, label in spans:
        if start > expected:
            raise Finding("WARC_UNCLAIMED", str(expected))
        if start < expected or size <= 0 or start + size > archive.size:
            raise Finding("CUSTODY_MISMATCH", label)
        expected = start + size
    if expected != archive.size:
        raise Finding("WARC_UNCLAIMED", str(expected))
    with ThreadPoolExecutor(READERS) as readers:
        for number, holds in enumerate(readers.map(lambda span: span_holds(packet, *span), spans)):
            if not holds:
                raise Finding("CUSTODY_MISMATCH", spans[number][3])


def span_holds(packet: Packet, start: int, size: int, sha256: str, _label: str) -> bool:
    digest = hashlib.sha256()
    for chunk in packet.span(packet.entries[WARC].offset + start, size):
        digest.update(chunk)
    return digest.hexdigest() == sha256


def check_capture(packet: Packet, capture: Dict[str, Any]) -> "List[Span]":
    """One capture against the archive, its line in the chain and the files kept beside it; its part of the archive."""
    label = capture["label"]
    for place in capture["records"]:
        found = packet.records.get(place["offset"])
        if found is None or found["type"] != "response" or found["length"] != place["length"]:
            raise Finding("CAPTURE_NOT_IN_WARC", label)
        if (found["url"], found["status"]) != (place["url"], place["status"]):
            raise Finding("CAPTURE_MISMATCH", f"{label} {place['url']}")
    page = packet.records.get(capture["page_offset"])
    if page is None or page["payload_sha256"] != capture["sha256"]:
        raise Finding("CAPTURE_NOT_IN_WARC", label)
    if (page["url"], page["status"]) != (capture["final_url"], capture["status"]):
        raise Finding("CAPTURE_MISMATCH", label)
    check_host(capture)
    if abs(moment(page["date"]) - moment(capture["fetched_at"])) > timedelta(seconds=1):
        raise Finding("CAPTURE_MISMATCH", f"{label} {capture['fetched_at']}")
    line = packet.lines.get(capture["custody_seq"])
    if line is None or line["event"] != "captured" or line["capture_id"] != capture["id"]:
        raise Finding("CUSTODY_NO_CAPTURE", label)
    if moment(line["at"]) < moment(capture["fetched_at"]) - SKEW:
        raise Finding("CUSTODY_TIME", label)
    return check_against_line(packet, capture, line["detail"])


def check_host(capture: Dict[str, Any]) -> None:
    """The name stands in ASCII, is that of the address, and its shown form is this name and no look-alike."""
    host, shown = capture["host"], capture["host_unicode"]
    if not host.isascii() or (urlsplit(capture["final_url"]).hostname or "").rstrip(".") != host:
        raise Finding("CAPTURE_HOST", f"{capture['label']} {host!a}")
    if shown and max(map(len, shown.split("."))) > LABEL_MAX_CHARS:
        raise Finding("CAPTURE_HOST", capture["label"])
    if shown and [in_ascii(label) for label in shown.split(".")] != host.split("."):
        raise Finding("CAPTURE_HOST", f"{capture['label']} {shown!a}")


def in_ascii(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def check_against_line(packet: Packet, capture: Dict[str, Any], detail: Dict[str, Any]) -> "List[Span]":
    """What the chain noted when the capture was taken: its facts, the bytes of each exchange, each artefact."""
    label = capture["label"]
    for key in ("url", "final_url", "status", "fetched_at", "peer", "profile", "origin", "page_state", "sha256"):
        if capture[key] != detail[key]:
            raise Finding("CUSTODY_MISMATCH", f"{label} {key}")
    noted = [*detail["redirects"], detail["page"], *detail["resources"]]
    if [place["url"] for place in capture["records"]] != [record["url"] for record in noted]:
        raise Finding("CUSTODY_MISMATCH", f"{label} records")
    if [(a["role"], a["sha256"]) for a in capture["artefacts"]] != [
        (a["role"], a["sha256"]) for a in detail["artefacts"]
    ]:
        raise Finding("ARTEFACT_MISMATCH", label)
    for artefact in capture["artefacts"]:
        if packet.sha256.get(artefact["path"]) != artefact["sha256"]:
            raise Finding("ARTEFACT_MISMATCH", f"{label} {artefact['path']}")
    return [
        (place["offset"], noted[at]["records_bytes"], noted[at]["records_sha256"], f"{label} {place['url']}")
        for at, place in enumerate(capture["records"])
    ]
