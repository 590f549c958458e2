"""What the packet says it holds, and whether it does: manifest, file set, hashes, lists."""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections import deque
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, Deque, Dict, Optional, Tuple

from review.packets.verify.container import CHUNK_BYTES, Entry, Packet
from review.packets.verify.reasons import Finding, Unknown
from review.packets.verify.values import moment

PACKET, BUNDLE, REDACTED = "zhengshao-packet/1", "zhengshao-bundle/1", "zhengshao-redacted/1"
UNLISTED = ("SHA256SUMS", "manifest.json", "seal.json", "seal.tsr", "approvals.json")
REQUIRED: Dict[str, Tuple[str, ...]] = {
    PACKET: ("archive/data.warc.gz", "capture.json", "custody.jsonl", "findings.json", "law.json", "stamps.json"),
    BUNDLE: (),
    REDACTED: ("capture.json", "redactions.json"),
}
"""By format of the manifest, the files without which nothing can be claimed."""
CHUNKS_BEHIND = 4
"""How many pieces may wait for the thread that computes SM3."""
FILE_LIST = "02_电子数据清单.csv"


def check_manifest(packet: Packet) -> str:
    manifest = packet.json("manifest.json", exact=True)
    if manifest["format"] not in REQUIRED:
        raise Unknown("FORMAT_UNKNOWN", str(manifest["format"]))
    if manifest["timestamp"] not in ("required", "queued"):
        raise Finding("MALFORMED", "timestamp")
    moment(manifest["built_at"])
    packet.manifest = manifest
    return str(manifest["packet_id"])


def check_files(packet: Packet) -> str:
    listed = [row["path"] for row in packet.manifest["files"]]
    if listed != sorted(set(listed)) or set(listed) & set(UNLISTED):
        raise Finding("MALFORMED", "manifest.json files")
    required = set(REQUIRED[packet.manifest["format"]])
    wanted = set(listed) | set(UNLISTED[:3]) | required
    for name in sorted(wanted - set(packet.entries)):
        raise Finding("FILE_MISSING", name)
    for name in sorted(set(packet.entries) - wanted - set(UNLISTED[3:]) | required - set(listed)):
        raise Finding("FILE_UNLISTED", name)
    return str(len(listed))


def new_sm3() -> Any:
    """None where the OpenSSL of this Python cannot."""
    try:
        return hashlib.new("sm3")
    except ValueError:
        return None


def digests(packet: Packet, name: str, sm3: bool, helper: Executor) -> Tuple[int, str, Optional[str]]:
    """CRC-32, SHA-256 and, where this Python can, SM3 of one entry.

    SM3 takes longer than all else together, so `helper`, one thread, works on it meanwhile.
    """
    crc, sha256, second = 0, hashlib.sha256(), new_sm3() if sm3 else None
    behind: Deque[Future[None]] = deque()
    for chunk in packet.chunks(name):
        if second is not None and packet.entries[name].size > CHUNK_BYTES:
            behind.append(helper.submit(second.update, chunk))
        elif second is not None:
            second.update(chunk)
        crc = zlib.crc32(chunk, crc)
        sha256.update(chunk)
        if len(behind) > CHUNKS_BEHIND:
            behind.popleft().result()
    for one in behind:
        one.result()
    return crc, sha256.hexdigest(), second.hexdigest() if second is not None else None


def check_hashes(packet: Packet) -> str:
    rows = {row["path"]: row for row in packet.manifest["files"]}
    with ThreadPoolExecutor(1) as helper:
        for name, entry in packet.entries.items():
            check_file(packet, entry, rows.get(name, {}), helper)
    return str(len(packet.sha256))


def check_file(packet: Packet, entry: Entry, row: Dict[str, Any], helper: Executor) -> None:
    crc, sha256, sm3 = digests(packet, entry.name, bool(row.get("sm3")), helper)
    packet.sha256[entry.name] = sha256
    if row and row["bytes"] != entry.size:
        raise Finding("FILE_SIZE", entry.name)
    if row and row["sha256"] != sha256:
        raise Finding("FILE_SHA256", entry.name)
    if row and sm3 is not None and row["sm3"] != sm3:
        raise Finding("FILE_SM3", entry.name)
    if crc != entry.crc:
        raise Finding("ZIP_CRC", entry.name)


def sums(hashes: Dict[str, str]) -> bytes:
    """The text of SHA256SUMS: what `sha256sum -c` reads, sorted by path, itself left out."""
    names = sorted(name for name in hashes if name != "SHA256SUMS")
    return "".join(f"{hashes[name]}  {name}\n" for name in names).encode("utf-8")


def check_lists(packet: Packet) -> str:
    """SHA256SUMS and the list for people say what the files are; the documents name one packet, case and subject."""
    for name in sorted({"capture.json", "findings.json"} & set(REQUIRED[packet.manifest["format"]])):
        document = packet.json(name)
        if any(document[key] != packet.manifest[key] for key in ("packet_id", "case_id", "subject")):
            raise Finding("IDENTITY_MISMATCH", name)
    if packet.read("SHA256SUMS") != sums(packet.sha256):
        raise Finding("SUMS_MISMATCH")
    if FILE_LIST in packet.entries:
        rows = {row["path"]: row for row in packet.manifest["files"]}
        table = csv.DictReader(io.StringIO(packet.read(FILE_LIST).decode("utf-8-sig")))
        for row in table:
            listed = rows.get(row["名称"], {})
            same = listed.get("sha256") == row["SHA-256"] and listed.get("sm3", "") in ("", row["SM3"])
            if not same or packet.sha256[row["名称"]] != row["SHA-256"]:
                raise Finding("LIST_MISMATCH", row["名称"])
    return ""
