"""Removing what need not be kept any longer: bytes go, hashes stay.

A capture that is removed keeps its row, its line of custody and a tombstone in the archive that names its hashes; a
further line says when, why and what was removed. Who calls says what is still needed.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from crawlers import custody
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.marks import mark
from crawlers.store import Store
from crawlers.tables import artefacts, captures, hits, hops, listings, network_lookups, removals, revisits, volumes
from crawlers.tables import custody as custody_rows
from crawlers.tombstones import replace, tombstone

ACTOR = "retention"
REASON = "retention"
PRUNING = "pruning"
"""State of a volume whose captures were given up and whose bytes are still being replaced."""
LOG_KEPT = "checkpoints.jsonl"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go, and what is too new or still needed."""

    before: str
    """Captures fetched before this moment (UTC) are old."""
    captures: tuple[int, ...]
    needed: int
    """Old captures that stay, because a case, a packet or a reference needs them or a kept one rests on them."""
    bytes: int
    """Of records and artefacts that would go."""
    lookups: tuple[int, ...]
    logs: tuple[str, ...]


def plan(store: Store, data: Path, before: str, needed: Set[int], needed_hosts: Set[str] = frozenset()) -> Plan:
    """What is older than `before`, in sealed volumes, and not among the captures and hosts needed. Changes nothing."""
    with store.read() as connection:
        old = _old(connection, before)
        gone = tuple(_unless_borne(connection, [number for number in old if number not in needed]))
        looked = select(network_lookups.c.id, network_lookups.c.host).where(
            network_lookups.c.ended_at < before, network_lookups.c.document != ""
        )
        lookups = tuple(row.id for row in connection.execute(looked) if row.host not in needed_hosts)
        size = sum(_stored_bytes(item) for one in _details(connection, gone) for item in _records(one.detail))
        blobs = _sole_blobs(connection, gone)
    size += sum(blobs.values())
    return Plan(before, gone, len(old) - len(gone), size, lookups, tuple(_old_logs(data, before)))


def apply(store: Store, archive: Archive, blobs: BlobStore, data: Path, planned: Plan) -> int:
    """Remove what was planned; how many captures. May be repeated: what a crash left half done is finished first."""
    with store.write() as connection:
        sole = _sole_blobs(connection, planned.captures)
        _give_up(connection, planned.captures)
        documents = _forget_lookups(connection, planned.lookups)
    mark("retention-given-up")
    finish(store, archive)
    for sha256 in {*sole, *documents}:
        blobs.path(sha256).unlink(missing_ok=True)
    _remove_logs(store, data, planned.logs)
    return len(planned.captures)


def finish(store: Store, archive: Archive) -> int:
    """Replace the bytes of everything given up; how many volumes were written."""
    with store.read() as connection:
        names = list(connection.scalars(select(volumes.c.name).where(volumes.c.state == PRUNING)))
    for name in names:
        stones = list(_stones(store, name))
        replace(archive.path(name), stones)
        mark("retention-replaced")
        sha256 = archive.sha256(name)
        with store.write() as connection:
            before = connection.scalar(select(volumes.c.sha256).where(volumes.c.name == name))
            connection.execute(update(volumes).where(volumes.c.name == name).values(state="sealed", sha256=sha256))
            detail = {"volume": name, "sha256": sha256, "sha256_before": before, "tombstones": len(stones)}
            custody.append(connection, "volume_pruned", ACTOR, detail)
    return len(names)


def _old(connection: Connection, before: str) -> list[int]:
    """Old captures all of whose records stand in sealed volumes, and which were not removed before."""
    open_volumes = select(volumes.c.name).where(volumes.c.state.not_in(("sealed", "cut")))
    busy = select(hops.c.capture_id).where(hops.c.volume.in_(open_volumes))
    statement = select(captures.c.id).where(
        captures.c.fetched_at < before,
        captures.c.volume.not_in(open_volumes),
        captures.c.id.not_in(busy),
        captures.c.id.not_in(select(removals.c.capture_id)),
    )
    return list(connection.scalars(statement.order_by(captures.c.id)))


def _unless_borne(connection: Connection, leaving: Sequence[int]) -> Iterator[int]:
    """Without the captures that hold the payload of one that stays: they may go when it goes."""
    gone = set(leaving)
    borne = _borne(connection)
    while held := {holder for holder, resting in borne if holder in gone and resting not in gone}:
        gone -= held
    return (number for number in leaving if number in gone)


def _borne(connection: Connection) -> list[tuple[int, int]]:
    """(capture that holds a payload, another one that is kept and rests on it)."""
    pairs = [
        select(holders.c.capture_id if holders is hops else holders.c.id, revisits.c.capture_id)
        .join(revisits, (holders.c.volume == revisits.c.volume) & (holders.c.offset == revisits.c.refers_to))
        .where(revisits.c.capture_id.not_in(select(removals.c.capture_id)))
        for holders in (captures, hops)
    ]
    return [(row[0], row[1]) for statement in pairs for row in connection.execute(statement)]


def _details(connection: Connection, ids: Sequence[int]) -> Iterator[Any]:
    """(capture_id, what its line of custody tells), in chunks."""
    for start in range(0, len(ids), 500):
        about = custody_rows.c.capture_id.in_(ids[start : start + 500]), custody_rows.c.event == "captured"
        for row in connection.execute(select(custody_rows.c.capture_id, custody_rows.c.detail).where(*about)).all():
            yield _Told(row.capture_id, json.loads(row.detail))


@dataclass(frozen=True, slots=True)
class _Told:
    capture_id: int
    detail: dict[str, Any]


def _records(detail: dict[str, Any]) -> list[dict[str, Any]]:
    return [*detail["redirects"], detail["page"], *detail["resources"]]


def _stored_bytes(item: dict[str, Any]) -> int:
    """What an exchange takes up in its volume."""
    return int(item.get("revisit", {}).get("stored_bytes", item["records_bytes"]))


def _sole_blobs(connection: Connection, gone: Sequence[int]) -> dict[str, int]:
    """Blobs that nothing but these captures names, with their sizes."""
    leaving = set(gone)
    sizes: dict[str, int] = {}
    stay = set()
    kept = select(artefacts.c.capture_id, artefacts.c.sha256, artefacts.c.bytes).where(
        artefacts.c.capture_id.not_in(select(removals.c.capture_id))
    )
    for row in connection.execute(kept):
        if row.capture_id in leaving:
            sizes[row.sha256] = row.bytes
        else:
            stay.add(row.sha256)
    stay |= set(connection.scalars(select(network_lookups.c.document)))
    return {sha256: size for sha256, size in sizes.items() if sha256 not in stay}


def _give_up(connection: Connection, gone: Sequence[int]) -> None:
    """Rows and a line of custody for each capture; their volumes are marked. Bytes are untouched yet."""
    told = list(_details(connection, gone))
    if not told:
        return
    events = [custody.Event("removed", ACTOR, _removal(one.detail), one.capture_id) for one in told]
    lines = custody.append_many(connection, events)
    rows = [
        {"capture_id": one.capture_id, "removed_at": line.at, "reason": REASON, "custody_seq": line.seq}
        for one, line in zip(told, lines, strict=True)
    ]
    connection.execute(insert(removals), rows)
    touched = {item["volume"] for one in told for item in _records(one.detail)}
    connection.execute(update(volumes).where(volumes.c.name.in_(touched)).values(state=PRUNING))
    ids = [one.capture_id for one in told]
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        connection.execute(update(hits).where(hits.c.capture_id.in_(some)).values(snippet="", advertiser=""))
        connection.execute(update(listings).where(listings.c.capture_id.in_(some)).values(text="", seller=""))


def _removal(detail: dict[str, Any]) -> dict[str, Any]:
    names = ("url", "volume", "offset", "records_bytes", "records_sha256", "sha256")
    return {
        "reason": REASON,
        "fetched_at": detail["fetched_at"],
        "records": [
            {name: item[name] for name in names} | {"stored_bytes": _stored_bytes(item)} for item in _records(detail)
        ],
        "artefacts": detail["artefacts"],
    }


def _stones(store: Store, volume: str) -> Iterator[tuple[int, bytes]]:
    """Offset and tombstone of every removed exchange in a volume, the same each time."""
    statement = select(custody_rows.c.capture_id, custody_rows.c.at, custody_rows.c.seq, custody_rows.c.detail).where(
        custody_rows.c.event == "removed"
    )
    with store.read() as connection:
        for row in connection.execute(statement.order_by(custody_rows.c.seq)):
            for item in json.loads(row.detail)["records"]:
                if item["volume"] == volume:
                    told = {
                        "removed_at": row.at,
                        "reason": REASON,
                        "capture": f"C-{row.capture_id:08d}",
                        "custody_seq": row.seq,
                        **{name: item[name] for name in ("url", "sha256", "records_bytes", "records_sha256")},
                    }
                    yield item["offset"], tombstone(told, row.at, item.get("stored_bytes", item["records_bytes"]))


def _forget_lookups(connection: Connection, ids: Sequence[int]) -> list[str]:
    """Blobs of look-ups that nobody else names; their rows stay, with masked values only."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row in connection.execute(select(network_lookups.c.id, network_lookups.c.host, network_lookups.c.document)):
        if row.id in ids:
            found[row.document].append(row.id)
            detail = {"host": row.host, "document": row.document, "reason": REASON}
            custody.append(connection, "lookup_removed", ACTOR, detail)
    connection.execute(update(network_lookups).where(network_lookups.c.id.in_(ids)).values(document=""))
    still = select(network_lookups.c.document).where(network_lookups.c.document != "")
    return [sha256 for sha256 in found if sha256 not in set(connection.scalars(still))]


def _old_logs(data: Path, before: str) -> Iterator[str]:
    """Logs last written to before that day; the checkpoints of the chains are no log."""
    from datetime import UTC, datetime

    for path in sorted((data / "log").glob("*")):
        if path.is_file() and path.name != LOG_KEPT:
            moment = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
            if moment < before:
                yield path.name


def _remove_logs(store: Store, data: Path, names: Sequence[str]) -> None:
    for name in names:
        path = data / "log" / name
        if not path.is_file():
            continue
        detail = {"log": name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        with store.write() as connection:
            custody.append(connection, "log_removed", ACTOR, {**detail, "reason": REASON})
        path.unlink()


def removed(connection: Connection) -> int:
    """How many captures were removed so far."""
    return connection.scalar(select(func.count()).select_from(removals)) or 0
