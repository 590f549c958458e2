"""Rows of the 台账, read from the sealed packets themselves, so that list and packets cannot tell two stories."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from review.packets.hashes import sha256_hex
from review.packets.times import beijing


def ledger_rows(packets: Sequence[Path]) -> list[dict[str, str]]:
    """One row a packet, numbered in this order, by column id of `strings.LEDGER`."""
    return [{"number": str(number), **_row(path)} for number, path in enumerate(packets, 1)]


def _row(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as packet:
        manifest = packet.read("manifest.json")
        papers, said = json.loads(packet.read("papers.json")), json.loads(manifest)
    facts = papers["facts"]
    return {
        "case": said["case_id"],
        "packet": said["packet_id"],
        "subject": facts.get("subject_shown", said["subject"]),
        "title": facts["title"],
        "class": facts.get("class", ""),
        "imitates": facts.get("imitates", ""),
        "url": facts.get("final_url", ""),
        "measures": "\n".join(f"{n}. {one['text']}" for n, one in enumerate(papers["measures"], 1)),
        "first_seen": beijing(facts["first_seen"]),
        "last_seen": beijing(facts["last_seen"]),
        "decided": f"{facts.get('decision', '')} {facts.get('decided_by', '')}".strip(),
        "manifest": sha256_hex(manifest),
    }
