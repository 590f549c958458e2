"""What happened to evidence: a chain of lines, each hashed together with the one before it.

hash_n = SHA-256(canonical JSON of line n ‖ hash_{n-1}), the previous hash as 64 ASCII characters, the first line's
being 64 zeros. Canonical JSON is `canonical()`: sorted keys, no spaces, UTF-8, no floating-point numbers. A line holds
`seq, at, event, actor, capture_id, detail`. Lines are appended only inside a store's write transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from crawlers.clock import utc_now
from crawlers.tables import custody, custody_head, stamps

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """What is to be noted; `detail` is plain JSON without floats."""

    event: str
    actor: str
    detail: Mapping[str, Any]
    capture_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the chain as stored; `detail` is its canonical JSON text."""

    seq: int
    at: str
    event: str
    actor: str
    capture_id: int | None
    detail: str
    prev_hash: str
    hash: str


def canonical(value: Any) -> str:
    """The one JSON text of a value. Raises ValueError for a float: its text differs between writers."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError(f"a custody line holds no floating-point number, got {value!r}")
    if isinstance(value, Mapping):
        value = value.values()
    elif isinstance(value, str) or not isinstance(value, Sequence):
        return
    for item in value:
        _refuse_floats(item)


def line_hash(seq: int, at: str, event: str, actor: str, capture_id: int | None, detail: Any, prev_hash: str) -> str:
    """The hash of a line from its fields; `detail` is the parsed JSON value."""
    entry = {"seq": seq, "at": at, "event": event, "actor": actor, "capture_id": capture_id, "detail": detail}
    return hashlib.sha256((canonical(entry) + prev_hash).encode()).hexdigest()


def head(connection: Connection) -> tuple[int, str]:
    """Sequence number and hash of the last line; (0, zeros) for an empty chain. Locks it against other writers."""
    row = connection.execute(select(custody_head.c.seq, custody_head.c.hash).with_for_update()).one()
    return row.seq, row.hash


def append_many(connection: Connection, events: Iterable[Event]) -> list[Line]:
    """Append lines in order, inside the caller's write transaction."""
    start, previous = head(connection)
    at = utc_now()
    added: list[Line] = []
    for seq, item in enumerate(events, start + 1):
        detail = dict(item.detail)
        digest = line_hash(seq, at, item.event, item.actor, item.capture_id, detail, previous)
        added.append(Line(seq, at, item.event, item.actor, item.capture_id, canonical(detail), previous, digest))
        previous = digest
    if added:
        connection.execute(insert(custody), [_row(line) for line in added])
        connection.execute(update(custody_head).values(seq=added[-1].seq, hash=added[-1].hash))
    return added


def append(
    connection: Connection, event: str, actor: str, detail: Mapping[str, Any], capture_id: int | None = None
) -> int:
    """Append one line; returns its sequence number."""
    return append_many(connection, [Event(event, actor, detail, capture_id)])[0].seq


def verify_custody(connection: Connection) -> list[str]:
    """Problems of the chain, the first bad line first; empty when it is whole.

    Finds edited, deleted, inserted and reordered lines. A tail cut together with its head row can only be seen
    against a checkpoint kept elsewhere.
    """
    seq, previous = 0, GENESIS
    for row in connection.execute(select(custody).order_by(custody.c.seq)).yield_per(1000):
        problem = _check(Line(**row._mapping), seq + 1, previous)
        if problem:
            return [problem]
        seq, previous = row.seq, row.hash
    ends = connection.execute(select(custody_head.c.seq, custody_head.c.hash)).all()
    if [tuple(end) for end in ends] != [(seq, previous)]:
        named = ", ".join(str(end.seq) for end in ends) or "none"
        return [f"custody ends at line {seq}, but its head names line {named}: the end of the chain was changed"]
    return []


def lines(
    connection: Connection, *, capture_ids: Sequence[int] | None = None, from_seq: int = 1, to_seq: int | None = None
) -> list[Line]:
    """Lines of the chain in order: those about some captures, or of a range."""
    statement = select(custody).where(custody.c.seq >= from_seq).order_by(custody.c.seq)
    if capture_ids is not None:
        statement = statement.where(custody.c.capture_id.in_(capture_ids))
    if to_seq is not None:
        statement = statement.where(custody.c.seq <= to_seq)
    return [Line(**row._mapping) for row in connection.execute(statement)]


def batch_ends(connection: Connection, after: int = 0) -> list[Line]:
    """The last line of each batch that is stamped as one, in order: where a second office notes the chain."""
    ends = select(stamps.c.to_seq).where(stamps.c.to_seq > after)
    rows = connection.execute(select(custody).where(custody.c.seq.in_(ends)).order_by(custody.c.seq))
    return [Line(**row._mapping) for row in rows]


def _check(line: Line, expected_seq: int, previous: str) -> str:
    if line.seq != expected_seq:
        return f"custody line {expected_seq} is missing (found {line.seq} in its place)"
    if line.prev_hash != previous:
        return f"custody line {line.seq} does not follow line {line.seq - 1}: its previous hash differs"
    try:
        detail = json.loads(line.detail)
        digest = line_hash(line.seq, line.at, line.event, line.actor, line.capture_id, detail, previous)
    except ValueError as error:
        return f"custody line {line.seq} cannot be read: {error}"
    if digest != line.hash or canonical(detail) != line.detail:
        return f"custody line {line.seq} was changed: its hash does not match what it says"
    return ""


def digest_of(hashes: Iterable[str]) -> str:
    """What a stamp covers: SHA-256 over the raw 32-byte hashes of consecutive lines."""
    return hashlib.sha256(joined(hashes)).hexdigest()


def joined(hashes: Iterable[str]) -> bytes:
    return b"".join(bytes.fromhex(value) for value in hashes)


def _row(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Line.__slots__}
