"""Which packets were built for which case and recipient; a packet that lies there without a row is entered."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from config.strings import cause_of
from crawlers import custody
from review import audit
from review.cases import parse_label
from review.errors import ReviewError
from review.packets.hashes import sha256_hex
from review.strings import FOREIGN_PACKET
from review.tables import packets

ACTOR = "zhengshao"


class NotOurPacket(ReviewError):
    """A file among the packets is not one that this program built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketRow:
    """A packet as the register knows it; `sha256` is of its manifest."""

    id: str
    case_id: int
    agency: str
    built_at: str
    file: str
    sha256: str


def enter_found(connection: Connection, folder: Path) -> int:
    """Enter the packets in `folder` that have no row: a crash came between the file and its row. Returns how many."""
    known = known_files(connection)
    found = [read(path) for path in sorted(folder.glob("P-*.zip")) if path.name not in known]
    for row in found:
        values = {name: getattr(row, name) for name in ("id", "case_id", "agency", "built_at", "file", "sha256")}
        connection.execute(insert(packets).values(values))
        told = {"packet": row.id, "case": f"A-{row.case_id:06d}", "agency": row.agency, "sha256": row.sha256}
        audit.append(connection, ACTOR, "packet.built", told, now=row.built_at)
        custody.append(connection, "packet_sealed", ACTOR, told)
    return len(found)


def known_files(connection: Connection) -> set[str]:
    """Names of every packet ever registered, whether it still lies in the folder or was handed over."""
    return set(connection.execute(select(packets.c.file)).scalars())


def read(path: Path) -> PacketRow:
    """What a packet of our own says of itself. Raises NotOurPacket for any other file of that name."""
    try:
        with zipfile.ZipFile(path) as packet:
            text = packet.read("manifest.json")
        said = json.loads(text)
        return _row(path, said, sha256_hex(text))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise NotOurPacket(FOREIGN_PACKET.format(path=path, error=cause_of(error))) from error


def _row(path: Path, said: Mapping[str, Any], sha256: str) -> PacketRow:
    return PacketRow(
        id=said["packet_id"],
        case_id=parse_label(said["case_id"]),
        agency=said["agency"],
        built_at=said["built_at"],
        file=path.name,
        sha256=sha256,
    )


def newest(connection: Connection, case_id: int, agency: str) -> PacketRow | None:
    query = select(packets).where(packets.c.case_id == case_id, packets.c.agency == agency)
    row = connection.execute(query.order_by(packets.c.built_at.desc(), packets.c.id.desc())).mappings().first()
    return PacketRow(**row) if row else None
