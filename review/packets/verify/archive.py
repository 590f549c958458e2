"""The web archive, read strictly, and the captures compared with it and with the chain."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Deque, Dict, Iterable, Iterator, List, Tuple
from urllib.parse import urlsplit

from review.packets.verify.container import Packet
from review.packets.verify.reasons import Finding
from review.packets.verify.values import SKEW, moment

RECORD_MAX_BYTES, PIECE_BYTES = 256 << 20, 1 << 15
HEAD_MAX_BYTES, KEPT_MAX_CHARS, LABEL_MAX_CHARS = 1 << 20, 256 << 20, 63
READING_MAX_BYTES, READING_MAX = 32 << 20, 64
"""How much unpacked archive may wait for the threads that check it."""
Span = Tuple[int, int, str, str]
"""Part of the archive: offset, bytes, SHA-256 as the chain noted it, and whose it is."""


def gzip_members(chunks: Iterable[bytes]) -> Iterator[Tuple[int, int, bytes]]:
    """Offset, length and content of each gzip member; nothing may stand between or after them."""
    source = pieces(chunks)
    pending, offset = next(source, b""), 0
    while pending:
        stream, parts, size, length = zlib.decompressobj(31), [], 0, 0
        while not stream.eof:
            if not pending:
                raise Finding("WARC_TRUNCATED", str(offset))
            try:
                parts.append(stream.decompress(pending, RECORD_MAX_BYTES + 1 - size))
            except zlib.error as error:
                raise Finding("WARC_GZIP", str(offset)) from error
            size += len(parts[-1])
            if size > RECORD_MAX_BYTES:
                raise Finding("WARC_TOO_LARGE", str(offset))
            length += len(pending) - len(stream.unused_data)
            pending = stream.unused_data or next(source, b"")
        yield offset, length, b"".join(parts)
        offset += length


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Small enough that what is left after a member is cheap to copy."""
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE_BYTES):
            yield chunk[start : start + PIECE_BYTES]


def split_head(data: bytes, start: int, where: str) -> Tuple[str, Dict[str, str], int]:
    """First line, headers (names in lower case) and where the content begins, of what begins at `start`."""
    end = data.find(b"\r\n\r\n", start, start + HEAD_MAX_BYTES)
    if end < 0:
        raise Finding("WARC_MALFORMED", where)
    lines = data[start:end].decode("utf-8", "replace").split("\r\n")
    fields = [line.partition(":") for line in lines[1:]]
    return lines[0], {name.strip().lower(): value.strip() for name, _, value in fields}, end + 4


def right_digest(said: str, digest: bytes) -> bool:
    """Compare with `sha256:` followed by base32 or hex, as WARC writers put it."""
    value = said.partition(":")[2]
    base32 = base64.b32encode(digest).decode("ascii").rstrip("=")
    return value.lower() == digest.hex() or value.rstrip("=") == base32


def read_record(offset: int, length: int, content: bytes) -> Dict[str, Any]:
    """Check one WARC record against its own lengths and digests; what the captures are compared with."""
    where = f"archive/data.warc.gz@{offset}"
    first, headers, start = split_head(content, 0, where)
    end = start + int(headers["content-length"])
    if not first.startswith("WARC/1.") or content[end:] != b"\r\n\r\n" or end < start:
        raise Finding("WARC_MALFORMED", where)
    record: Dict[str, Any] = {"type": headers["warc-type"], "length": length, "payload_sha256": "", "status": 0}
    record.update(url=headers.get("warc-target-uri", ""), date=headers.get("warc-date", ""))
    record["size"] = len(content)
    view = memoryview(content)
    block_digest = payload_digest = hashlib.sha256(view[start:end]).digest()
    if headers.get("content-type", "").startswith("application/http"):
        first, _, start = split_head(content, start, where)
        payload_digest = hashlib.sha256(view[start : max(start, end)]).digest()
        record["payload_sha256"] = payload_digest.hex()
    if record["type"] == "response":
        record["status"] = int(first.split(" ")[1])
    for key, digest in (("warc-block-digest", block_digest), ("warc-payload-digest", payload_digest)):
        said = headers.get(key, "")
        if said.startswith("sha256:") and not right_digest(said, digest):
            raise Finding("WARC_DIGEST", where)
        if record["type"] == "response" and not said.startswith("sha256:"):
            raise Finding("WARC_DIGEST_MISSING", where)
    return record


def check_warc(packet: Packet) -> str:
    reading: Deque[Tuple[int, Future[Dict[str, Any]]]] = deque()
    waiting = 0
    with ThreadPoolExecutor(2) as helpers:
        for offset, length, content in gzip_members(packet.chunks("archive/data.warc.gz")):
            reading.append((offset, helpers.submit(read_record, offset, length, content)))
            waiting += len(content)
            while waiting > READING_MAX_BYTES or len(reading) > READING_MAX:
                waiting -= finish(packet, reading)
        while reading:
            finish(packet, reading)
    return str(len(packet.records))


def finish(packet: Packet, reading: "Deque[Tuple[int, Future[Dict[str, Any]]]]") -> int:
    """Enter the record that was begun first; how many bytes it had."""
    offset, record = reading.popleft()
    packet.records[offset] = record.result()
    packet.kept_chars += len(packet.records[offset]["url"])
    if packet.kept_chars > KEPT_MAX_CHARS:
        raise Finding("WARC_TOO_LARGE", str(offset))
    return int(packet.records[offset].pop("size"))


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
    archive, first = packet.entries["archive/data.warc.gz"], packet.records[0]
    expected = first["length"] if first["type"] == "warcinfo" else 0
    for start, size, sha256, label in spans:
        if start > expected:
            raise Finding("WARC_UNCLAIMED", str(expected))
        if start < expected or size <= 0 or start + size > archive.size:
            raise Finding("CUSTODY_MISMATCH", label)
        digest = hashlib.sha256()
        for chunk in packet.span(archive.offset + start, size):
            digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise Finding("CUSTODY_MISMATCH", label)
        expected = start + size
    if expected != archive.size:
        raise Finding("WARC_UNCLAIMED", str(expected))


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
