"""Who changed what: a hash chain of entries, and checkpoints of both chains in a file outside the database.

hash_n = SHA-256(canonical JSON of entry n ‖ hash_{n-1}), as in `crawlers.custody`. An entry is written in the
transaction of what it tells of, so an action that cannot be audited does not happen. A cut tail shows only against a
checkpoint: keep copies of that file elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select

from crawlers.custody import GENESIS, canonical
from crawlers.custody import head as custody_head
from crawlers.tables import custody
from review.strings import AUDIT_CHANGED, AUDIT_MISSING, BAD_CHECKPOINT, CHAINS, CHECKPOINT_OFF
from review.tables import audit

CHECKPOINTS = Path("log") / "checkpoints.jsonl"
_CHAIN_LOCK = 0x7A687301


def append(connection: Connection, actor: str, action: str, detail: Mapping[str, Any], *, now: str) -> int:
    """Add one entry inside the caller's write transaction; returns its sequence number."""
    if connection.dialect.name == "postgresql":  # SQLite's write transactions wait for each other anyway
        connection.execute(select(func.pg_advisory_xact_lock(_CHAIN_LOCK)))
    last_seq, last_hash = head(connection)
    entry = {"seq": last_seq + 1, "at": now, "actor": actor, "action": action, "detail": dict(detail)}
    row = {**entry, "detail": canonical(entry["detail"]), "prev_hash": last_hash, "hash": _hash(entry, last_hash)}
    connection.execute(insert(audit).values(row))
    return last_seq + 1


def head(connection: Connection) -> tuple[int, str]:
    """Sequence number and hash of the last entry; (0, zeros) when there is none."""
    row = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else (0, GENESIS)


def verify(connection: Connection) -> list[str]:
    """Problems of the chain, the first bad entry named; empty when it is whole."""
    seq, previous = 0, GENESIS
    for row in connection.execute(select(audit).order_by(audit.c.seq)).mappings():
        if row["seq"] != seq + 1:
            return [AUDIT_MISSING.format(seq=seq + 1)]
        if row["prev_hash"] != previous or row["hash"] != _hash(_entry(row), previous):
            return [AUDIT_CHANGED.format(seq=row["seq"])]
        seq, previous = row["seq"], row["hash"]
    return []


def _entry(row: RowMapping) -> dict[str, Any]:
    told = {name: row[name] for name in ("seq", "at", "actor", "action")}
    return {**told, "detail": json.loads(row["detail"])}


def _hash(entry: Mapping[str, Any], previous: str) -> str:
    return hashlib.sha256((canonical(entry) + previous).encode()).hexdigest()


def checkpoint(connection: Connection, data: Path, *, night: str, now: str) -> None:
    """Append where both chains stand to the file outside the database, once a night."""
    path = data / CHECKPOINTS
    if any(point["night"] == night for point in _points(path)):
        return
    (custody_seq, custody_hash), (audit_seq, audit_hash) = custody_head(connection), head(connection)
    point = {
        "at": now,
        "night": night,
        "custody": {"seq": custody_seq, "hash": custody_hash},
        "audit": {"seq": audit_seq, "hash": audit_hash},
    }
    with path.open("a", encoding="utf-8") as file:
        file.truncate(_whole_bytes(path))
        file.write(json.dumps(point, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def against_checkpoints(connection: Connection, data: Path) -> list[str]:
    """Checkpoints that the chains no longer pass through: their end was cut, or an older database was put back."""
    path = data / CHECKPOINTS
    try:
        points = list(_points(path))
    except ValueError:
        return [BAD_CHECKPOINT.format(path=CHECKPOINTS, line=_first_bad_line(path))]
    return [
        CHECKPOINT_OFF.format(path=CHECKPOINTS, at=point["at"], chain=CHAINS[chain], seq=point[chain]["seq"])
        for point in points
        for chain, table in (("custody", custody), ("audit", audit))
        if point[chain]["seq"] and not _passes(connection, table, point[chain])
    ]


def _passes(connection: Connection, table: Any, point: Mapping[str, Any]) -> bool:
    query = select(table.c.hash).where(table.c.seq == point["seq"])
    return bool(connection.execute(query).scalar() == point["hash"])


def _points(path: Path) -> Iterator[dict[str, Any]]:
    """Whole lines only: a crash may have left half of the last one, which is then no checkpoint."""
    if path.exists():
        for line in path.read_bytes()[: _whole_bytes(path)].splitlines():
            yield json.loads(line)


def _first_bad_line(path: Path) -> int:
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            json.loads(line)
        except ValueError:
            return number
    return 0


def _whole_bytes(path: Path) -> int:
    return path.read_bytes().rfind(b"\n") + 1
