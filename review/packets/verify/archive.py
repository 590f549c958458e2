"""The web archive, read strictly, and the captures compared with it and with the chain."""

from __future__ import annotations

import base64
import hashlib
import zlib
from datetime import timedelta
from typing import Any, Dict, Iterable, Iterator, Tuple
from urllib.parse import urlsplit

from review.packets.verify.container import Packet
from review.packets.verify.reasons import Finding
from review.packets.verify.values import SKEW, moment

RECORD_MAX_BYTES = 256 << 20


def gzip_members(chunks: Iterable[bytes]) -> Iterator[Tuple[int, int, bytes]]:
    """Offset, length and content of each gzip member; nothing may stand between or after them."""
    source = iter(chunks)
    pending, offset = next(source, b""), 0
    while pending:
        stream, content, length = zlib.decompressobj(31), bytearray(), 0
        while not stream.eof:
            if not pending:
                raise Finding("WARC_TRUNCATED", str(offset))
            try:
                content += stream.decompress(pending, RECORD_MAX_BYTES + 1 - len(content))
            except zlib.error as error:
                raise Finding("WARC_GZIP", str(offset)) from error
            if len(content) > RECORD_MAX_BYTES:
                raise Finding("WARC_TOO_LARGE", str(offset))
            length += len(pending) - len(stream.unused_data)
            pending = stream.unused_data or next(source, b"")
        yield offset, length, bytes(content)
        offset += length


def split_head(data: bytes, where: str) -> Tuple[str, Dict[str, str], bytes]:
    """First line, headers (names in lower case, none twice where it matters) and what follows the blank line."""
    head, found, rest = data.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    if not found:
        raise Finding("WARC_MALFORMED", where)
    fields = [line.partition(":") for line in lines[1:]]
    return lines[0], {name.strip().lower(): value.strip() for name, _, value in fields}, rest


def right_digest(said: str, digest: bytes) -> bool:
    """Compare with `sha256:` followed by base32 or hex, as WARC writers put it."""
    value = said.partition(":")[2]
    base32 = base64.b32encode(digest).decode("ascii").rstrip("=")
    return value.lower() == digest.hex() or value.rstrip("=") == base32


def read_record(offset: int, length: int, content: bytes) -> Dict[str, Any]:
    """Check one WARC record against its own lengths and digests; what the captures are compared with."""
    where = f"archive/data.warc.gz@{offset}"
    first, headers, rest = split_head(content, where)
    size = int(headers["content-length"])
    block = rest[:size]
    if not first.startswith("WARC/1.") or rest[size:] != b"\r\n\r\n" or len(block) != size:
        raise Finding("WARC_MALFORMED", where)
    record = {"type": headers["warc-type"], "length": length, "headers": headers, "payload_sha256": "", "status": 0}
    block_digest = payload_digest = hashlib.sha256(block).digest()
    if headers.get("content-type", "").startswith("application/http"):
        first, _, payload = split_head(block, where)
        payload_digest = hashlib.sha256(payload).digest()
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
    for offset, length, content in gzip_members(packet.chunks("archive/data.warc.gz")):
        packet.records[offset] = read_record(offset, length, content)
    return str(len(packet.records))


def check_captures(packet: Packet) -> str:
    """Every capture stands in the archive and in the chain; every response in the archive is some capture's."""
    captures = packet.json("capture.json")["captures"]
    claimed = {place["offset"] for capture in captures for place in capture["records"]}
    for capture in captures:
        check_capture(packet, capture)
    for offset, record in packet.records.items():
        if record["type"] == "response" and offset not in claimed:
            raise Finding("WARC_UNCLAIMED", record["headers"].get("warc-target-uri", str(offset)))
    if not captures:
        raise Finding("CAPTURE_NOT_IN_WARC")
    return str(len(captures))


def check_capture(packet: Packet, capture: Dict[str, Any]) -> None:
    """One capture against the archive, its line in the chain and the files kept beside it."""
    label = capture["label"]
    for place in capture["records"]:
        found = packet.records.get(place["offset"])
        if found is None or found["type"] != "response" or found["length"] != place["length"]:
            raise Finding("CAPTURE_NOT_IN_WARC", label)
        if (found["headers"]["warc-target-uri"], found["status"]) != (place["url"], place["status"]):
            raise Finding("CAPTURE_MISMATCH", f"{label} {place['url']}")
    page = packet.records.get(capture["page_offset"])
    if page is None or page["payload_sha256"] != capture["sha256"]:
        raise Finding("CAPTURE_NOT_IN_WARC", label)
    if (page["headers"]["warc-target-uri"], page["status"]) != (capture["final_url"], capture["status"]):
        raise Finding("CAPTURE_MISMATCH", label)
    check_host(capture)
    if abs(moment(page["headers"]["warc-date"]) - moment(capture["fetched_at"])) > timedelta(seconds=1):
        raise Finding("CAPTURE_MISMATCH", f"{label} {capture['fetched_at']}")
    line = packet.lines.get(capture["custody_seq"])
    if line is None or line["event"] != "captured" or line["capture_id"] != capture["id"]:
        raise Finding("CUSTODY_NO_CAPTURE", label)
    if moment(line["at"]) < moment(capture["fetched_at"]) - SKEW:
        raise Finding("CUSTODY_TIME", label)
    check_against_line(packet, capture, line["detail"])


def check_host(capture: Dict[str, Any]) -> None:
    """The name stands in ASCII, is that of the address, and its shown form is this name and no look-alike."""
    host, shown = capture["host"], capture["host_unicode"]
    if not host.isascii() or urlsplit(capture["final_url"]).hostname != host:
        raise Finding("CAPTURE_HOST", f"{capture['label']} {host!a}")
    if shown and [in_ascii(label) for label in shown.split(".")] != host.split("."):
        raise Finding("CAPTURE_HOST", f"{capture['label']} {shown!a}")


def in_ascii(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def check_against_line(packet: Packet, capture: Dict[str, Any], detail: Dict[str, Any]) -> None:
    """What the chain noted when the capture was taken: its facts, the bytes of each exchange, each artefact."""
    label = capture["label"]
    for key in ("url", "final_url", "status", "fetched_at", "peer", "profile", "origin", "page_state", "sha256"):
        if capture[key] != detail[key]:
            raise Finding("CUSTODY_MISMATCH", f"{label} {key}")
    noted = [*detail["redirects"], detail["page"], *detail["resources"]]
    if [place["url"] for place in capture["records"]] != [record["url"] for record in noted]:
        raise Finding("CUSTODY_MISMATCH", f"{label} records")
    start = packet.entries["archive/data.warc.gz"].offset
    for number, record in enumerate(noted):
        digest = hashlib.sha256()
        for chunk in packet.span(start + capture["records"][number]["offset"], record["records_bytes"]):
            digest.update(chunk)
        if digest.hexdigest() != record["records_sha256"]:
            raise Finding("CUSTODY_MISMATCH", f"{label} {record['url']}")
    if [(a["role"], a["sha256"]) for a in capture["artefacts"]] != [
        (a["role"], a["sha256"]) for a in detail["artefacts"]
    ]:
        raise Finding("ARTEFACT_MISMATCH", label)
    for artefact in capture["artefacts"]:
        if packet.sha256.get(artefact["path"]) != artefact["sha256"]:
            raise Finding("ARTEFACT_MISMATCH", f"{label} {artefact['path']}")
