"""Whether store, archive, blobs and custody tell the same story; every capture is walked, nothing is changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from crawlers import custody, network
from crawlers.archive import SUFFIX, TOMBSTONE, Archive, Removed
from crawlers.blobs import BlobStore
from crawlers.records import ArchiveError, Capture, Hop, WarcPlace
from crawlers.store import Store
from crawlers.tables import custody as custody_rows
from crawlers.tables import removals, volumes

Places = dict[str, dict[int, int]]
TOLD = (
    *("url", "final_url", "status", "fetched_at", "peer"),
    *("profile", "origin", "page_state", "sha256", "size_bytes"),
)


def check_agreement(store: Store, archive: Archive, blobs: BlobStore | None = None) -> list[str]:
    """Problems found, empty when all agree.

    Each capture's records are read back with their digests and compared with its row and with its custody line; each
    volume's size and hash with its row; no volume may hold a record that no capture names. Open volumes are checked
    up to their committed length. Of a capture that was removed, tombstones must stand in its places.
    """
    places: Places = {}
    problems = []
    with store.read() as connection:
        gone = set(connection.scalars(select(removals.c.capture_id)))
    for capture in store.captures():
        others = (*capture.hops, *store.resources(capture.id))
        for place in (capture.place, *(hop.place for hop in others if hop.place)):
            places.setdefault(place.volume, {})[place.offset] = place.length
        left = None if capture.id in gone else blobs
        found = _capture(store, archive, left, capture, others, capture.id in gone)
        problems += [f"{capture.label}: {problem}" for problem in found]
    return problems + list(_volumes(store, archive, places))


def _capture(
    store: Store, archive: Archive, blobs: BlobStore | None, capture: Capture, others: tuple[Hop, ...], gone: bool
) -> Iterator[str]:
    detail = _custody_detail(store, capture)
    if detail is None:
        yield f"no custody line {capture.custody_seq} tells of it"
        return
    yield from (f"{name} in its row differs from its custody line" for name in _differing(capture, detail))
    told = [detail["page"], *detail["redirects"], *detail["resources"]]
    if [_told_place(item) for item in told] != [capture.place, *(hop.place for hop in others)]:
        yield "the places of its records differ from its custody line"
    for item in told:
        yield from _tombstone(archive, item) if gone else _records(archive, item)
    if [a.sha256 for a in capture.artefacts] != [item["sha256"] for item in detail["artefacts"]]:
        yield "its artefacts differ from its custody line"
    if blobs is not None:
        yield from _artefacts(blobs, capture)


def _custody_detail(store: Store, capture: Capture) -> dict[str, Any] | None:
    wanted = custody_rows.c.seq == capture.custody_seq, custody_rows.c.capture_id == capture.id
    with store.read() as connection:
        text = connection.scalar(select(custody_rows.c.detail).where(*wanted, custody_rows.c.event == "captured"))
    return None if text is None else json.loads(text)


def _differing(capture: Capture, detail: dict[str, Any]) -> Iterator[str]:
    yield from (name for name in TOLD if getattr(capture, name) != detail[name])
    if list(capture.flags) != detail["flags"]:
        yield "flags"


def _told_place(item: dict[str, Any]) -> WarcPlace:
    return WarcPlace(item["volume"], item["offset"], item["length"])


def _records(archive: Archive, item: dict[str, Any]) -> Iterator[str]:
    """The records of one exchange, read strictly and compared with the hashes in the custody line."""
    place = _told_place(item)
    try:
        exchange = archive.read(place)
        records = archive.raw_exchange(place)
        stored = archive.stored_exchange(place) if "revisit" in item else b""
    except ArchiveError as error:
        yield str(error)
        return
    if hashlib.sha256(exchange.body).hexdigest() != item["sha256"] or exchange.url != item["url"]:
        yield f"{place.volume} at byte {place.offset} holds another page than its custody line says"
    elif hashlib.sha256(records).hexdigest() != item["records_sha256"] or (
        stored and hashlib.sha256(stored).hexdigest() != item["revisit"]["stored_sha256"]
    ):
        yield f"{place.volume} at byte {place.offset}: its records were changed"


def _tombstone(archive: Archive, item: dict[str, Any]) -> Iterator[str]:
    place = _told_place(item)
    try:
        archive.read(place)
    except Removed:
        return
    except ArchiveError as error:
        yield str(error)
    else:
        yield f"{place.volume} at byte {place.offset}: given up, but its bytes stand there: run `zhengshao retention`"


def _artefacts(blobs: BlobStore, capture: Capture) -> Iterator[str]:
    for artefact in capture.artefacts:
        try:
            blobs.read(artefact.sha256)
        except ArchiveError as error:
            yield str(error)


def _volumes(store: Store, archive: Archive, places: Places) -> Iterator[str]:
    with store.read() as connection:
        rows = connection.execute(select(volumes).order_by(volumes.c.name)).all()
    for row in rows:
        try:
            yield from _volume(archive, row, places.pop(row.name, {}))
        except ArchiveError as error:
            yield f"volume {row.name}: {error}"
    yield from (f"volume {name} has captures but no row" for name in sorted(places))
    known = {row.name for row in rows}
    files = sorted(path.name for path in archive.root.glob(f"*{SUFFIX}"))
    yield from (f"volume {name} is in the archive but not in the store" for name in files if name not in known)


def _volume(archive: Archive, row: Any, places: dict[int, int]) -> Iterator[str]:
    path = archive.path(row.name)
    size = path.stat().st_size if path.is_file() else -1
    if size < row.committed_bytes or (row.state != "open" and size != row.committed_bytes):
        found = "missing" if size < 0 else f"{size} bytes long"
        yield f"volume {row.name} is {found}, {row.committed_bytes} bytes were committed"
        return
    if row.state != "open" and archive.sha256(row.name) != row.sha256:
        yield f"volume {row.name} was changed after it was sealed: its SHA-256 differs"
    ids = set()
    for offset, length, record in archive.scan(row.name, row.committed_bytes):
        if record.header("Content-Type") == TOMBSTONE:
            places.pop(offset, None)
        elif record.kind in ("response", "revisit") and places.pop(offset, None) == length:
            ids.add(record.header("WARC-Record-ID"))
        elif record.kind != "warcinfo" and record.header("WARC-Concurrent-To") not in ids:
            yield f"volume {row.name} holds a {record.kind} record at byte {offset} that no capture names"
    yield from (f"volume {row.name} has no record at byte {offset}, a capture names it" for offset in places)


def audit(store: Store, archive: Archive, blobs: BlobStore | None = None) -> list[str]:
    """The custody chain first, then agreement, then what was kept of look-ups; every problem found."""
    with store.read() as connection:
        problems = custody.verify_custody(connection)
    problems += check_agreement(store, archive, blobs)
    return problems if blobs is None else [*problems, *network.problems(store, blobs)]
