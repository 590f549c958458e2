"""Building a packet: evidence and papers of one case for one recipient, sealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from config.schema_agencies import Agency
from review.packets.documents import how_to, papers
from review.packets.evidence import evidence
from review.packets.item import Item
from review.packets.seal import Sealed, Sealer, Timestamp, seal
from review.packets.source import PacketSource
from review.packets.standalone import single_file
from review.packets.verify.contents import PACKET
from review.packets.windows import checker


def build(source: PacketSource, agency: Agency, sealer: Sealer) -> Sealed:
    """The sealed packet; see `seal` for what happens when no authority answers."""
    items = [*evidence(source, sealer.built_at), verifier(sealer.built_at), checker(sealer.built_at)]
    made = papers(source, agency, items, sealer.built_at)

    def contents(timestamp: Timestamp) -> Sequence[Item]:
        return [*items, *made, how_to(source, sealer.built_at, timestamp)]

    return seal(_head(source), contents, sealer)


def verifier(built_at: str) -> Item:
    """The program to check with, as every sealed container carries it."""
    return Item("verify.py", single_file(), "tool", built_at)


def _head(source: PacketSource) -> dict[str, Any]:
    head_seq, head_hash = source.custody_head
    return {
        "format": PACKET,
        "packet_id": source.packet_id,
        "case_id": source.case_id,
        "subject": source.subject,
        "agency": source.agency,
        "office": source.office.name,
        "custody": {
            "lines": len(source.custody),
            "last_hash": source.custody[-1]["hash"],
            "head_seq": head_seq,
            "head_hash": head_hash,
        },
    }
