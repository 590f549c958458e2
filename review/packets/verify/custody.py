"""The chain of custody: each line hashed together with the one before it."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, Optional

from review.packets.verify.container import Packet
from review.packets.verify.reasons import Finding
from review.packets.verify.values import SKEW, canonical, moment, strict_json

HASHED = ("seq", "at", "event", "actor", "capture_id", "detail")
GENESIS = "0" * 64


def check_custody(packet: Packet) -> str:
    previous: Optional[Dict[str, Any]] = None
    *written, rest = packet.read("custody.jsonl").split(b"\n")
    if rest:
        raise Finding("MALFORMED", "custody.jsonl: something behind the last line")
    for number, raw in enumerate(written, 1):
        line = strict_json(raw, f"custody.jsonl:{number}", exact=True)
        if set(line) != {*HASHED, "prev_hash", "hash"} or type(line["seq"]) is not int:
            raise Finding("MALFORMED", f"custody.jsonl:{number}")
        entry = {key: line[key] for key in HASHED}
        if hashlib.sha256(canonical(entry) + line["prev_hash"].encode("ascii")).hexdigest() != line["hash"]:
            raise Finding("CUSTODY_HASH", str(line["seq"]))
        if line["seq"] == 1 and line["prev_hash"] != GENESIS:
            raise Finding("CUSTODY_LINK", "1")
        if previous is not None:
            check_step(previous, line)
        packet.lines[line["seq"]] = previous = line
    said = packet.manifest["custody"]
    if previous is None or (said["lines"], said["last_hash"]) != (len(packet.lines), previous["hash"]):
        raise Finding("CUSTODY_HEAD")
    is_head = said["head_seq"] == previous["seq"]
    if said["head_seq"] < previous["seq"] or (is_head and said["head_hash"] != said["last_hash"]):
        raise Finding("CUSTODY_HEAD", str(said["head_seq"]))
    if moment(previous["at"]) > moment(packet.manifest["built_at"]) + SKEW:
        raise Finding("CUSTODY_TIME", str(previous["seq"]))
    return str(len(packet.lines))


def check_step(before: Dict[str, Any], line: Dict[str, Any]) -> None:
    """Neighbours in the chain are tied by hash; lines with a gap between them only by number and time."""
    if line["seq"] <= before["seq"]:
        raise Finding("CUSTODY_ORDER", str(line["seq"]))
    if line["seq"] == before["seq"] + 1 and line["prev_hash"] != before["hash"]:
        raise Finding("CUSTODY_LINK", str(line["seq"]))
    if moment(line["at"]) < moment(before["at"]) - SKEW:
        raise Finding("CUSTODY_TIME", str(line["seq"]))
