"""Building a packet: evidence, papers, manifest, seal, stamp, zip. Same source, key, time and token: same bytes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from config.schema_agencies import Agency
from review.errors import ReviewError
from review.keys import OfficeKey
from review.packets.container import write_zip
from review.packets.documents import papers
from review.packets.evidence import Item, evidence
from review.packets.hashes import sha256_hex, sm3_hex
from review.packets.source import PacketSource
from review.packets.standalone import single_file
from review.packets.verify.contents import FORMAT, sums
from review.packets.verify.values import canonical

Timestamp = Literal["required", "queued"]
SealStamper = Callable[[bytes], bytes]
"""From the bytes of `seal.json` to an RFC 3161 response; empty when no authority answers."""


class Unstamped(ReviewError):
    """No authority gave a time stamp, and the office's policy asks for one."""


@dataclass(frozen=True, slots=True)
class Built:
    packet_id: str
    content: bytes
    manifest_sha256: str
    timestamp: Timestamp


def build(
    source: PacketSource, agency: Agency, key: OfficeKey, built_at: str, stamp: SealStamper, policy: Timestamp
) -> Built:
    """The sealed packet. Without an answer from an authority it is sealed as `queued` where the policy allows that."""
    items = [*evidence(source, built_at), Item("verify.py", single_file(), "tool", built_at)]
    sealed = _sealed(source, agency, key, built_at, items, "required")
    token = stamp(sealed["seal.json"])
    if token:
        return _packed(source, {**sealed, "seal.tsr": token}, "required")
    if policy == "required":
        raise Unstamped(
            f"{source.packet_id}: no time-stamp authority answered; check [stamp] authorities, or set policy"
        )
    return _packed(source, _sealed(source, agency, key, built_at, items, "queued"), "queued")


def _sealed(
    source: PacketSource, agency: Agency, key: OfficeKey, built_at: str, items: Sequence[Item], timestamp: Timestamp
) -> dict[str, bytes]:
    whole = [*items, *papers(source, agency, items, built_at, timestamp)]
    manifest = canonical(_manifest(source, key, built_at, whole, timestamp))
    return {
        **{item.path: item.content for item in whole},
        "manifest.json": manifest,
        "seal.json": canonical(_seal(source.packet_id, key, manifest)),
    }


def _packed(source: PacketSource, files: dict[str, bytes], timestamp: Timestamp) -> Built:
    files["SHA256SUMS"] = sums({path: sha256_hex(content) for path, content in files.items()})
    return Built(source.packet_id, write_zip(files), sha256_hex(files["manifest.json"]), timestamp)


def _manifest(
    source: PacketSource, key: OfficeKey, built_at: str, items: Iterable[Item], timestamp: Timestamp
) -> dict[str, Any]:
    head_seq, head_hash = source.custody_head
    return {
        "format": FORMAT,
        "packet_id": source.packet_id,
        "case_id": source.case_id,
        "subject": source.subject,
        "agency": source.agency,
        "office": source.office.name,
        "built_at": built_at,
        "key_id": key.id,
        "timestamp": timestamp,
        "custody": {
            "lines": len(source.custody),
            "last_hash": source.custody[-1]["hash"],
            "head_seq": head_seq,
            "head_hash": head_hash,
        },
        "files": sorted((_row(item) for item in items), key=lambda row: str(row["path"])),
    }


def _row(item: Item) -> dict[str, Any]:
    sm3 = sm3_hex(item.content)
    row = {"path": item.path, "bytes": len(item.content), "sha256": sha256_hex(item.content), "role": item.role}
    return {**row, "sm3": sm3} if sm3 else row


def _seal(packet_id: str, key: OfficeKey, manifest: bytes) -> dict[str, str]:
    return {
        "format": "zhengshao-seal/1",
        "packet_id": packet_id,
        "alg": "Ed25519",
        "key_id": key.id,
        "manifest_sha256": sha256_hex(manifest),
        "sig": base64.b64encode(key.sign(manifest)).decode("ascii"),
    }
