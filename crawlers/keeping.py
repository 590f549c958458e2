"""The rows of one batch: what the store and the custody chain say about exchanges that already stand in the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urldefrag, urlsplit

from sqlalchemy import Connection, insert, select, update

from crawlers import custody, identities, leases
from crawlers.archive import Volume
from crawlers.clock import utc_now
from crawlers.exchanges import Written
from crawlers.records import ArchiveError, Exchange, Fetched, Hit, Listing, WarcPlace
from crawlers.tables import artefacts, captures, hits, hops, listings, readings, revisits, stamps, volumes


@dataclass(frozen=True, slots=True)
class Placed:
    """An exchange in a volume, its body left there; `records_*` cover its response, request and metadata members. Of a
    revisit they cover the full response that is made of it, and `revisit` tells what is stored."""

    exchange: Exchange
    size_bytes: int
    place: WarcPlace
    payload_sha256: str
    records_bytes: int
    records_sha256: str
    revisit: dict[str, Any] | None = None

    @classmethod
    def of(cls, exchange: Exchange, written: Written, volume: str, offset: int, made: bytes = b"") -> Placed:
        """`made`: of a revisit, the full response with the members beside it."""
        place, records = WarcPlace(volume, offset, written.length), made or written.data
        digest = hashlib.sha256(records).hexdigest()
        size, bare = len(exchange.body), replace(exchange, body=b"")
        placed = cls(bare, size, place, written.payload_sha256, len(records), digest)
        if written.revisit is None:
            return placed
        stored = {"stored_bytes": len(written.data), "stored_sha256": hashlib.sha256(written.data).hexdigest()}
        refers = {"refers_to": written.revisit.record_id, "refers_to_offset": written.revisit.response}
        return replace(placed, revisit={**refers, **stored})


@dataclass(frozen=True, slots=True)
class Kept:
    """A Fetched whose exchanges are in the archive: redirects, the page, then what a browser fetched for it."""

    fetched: Fetched
    redirects: tuple[Placed, ...]
    page: Placed
    resources: tuple[Placed, ...]

    def roles(self) -> Iterator[tuple[str, Placed]]:
        yield from (("hop", placed) for placed in self.redirects)
        yield from (("resource", placed) for placed in self.resources)


def host_of(url: str) -> str:
    """Host name of a URL in lower case, without the dot at its end; "" when it has none."""
    return (urlsplit(url).hostname or "").rstrip(".")


def media_type(exchange: Exchange) -> str:
    found = (value for name, value in exchange.response_headers if name.lower() == "content-type")
    return next(found, "").partition(";")[0].strip().lower()[:128]


def claim_volume(connection: Connection, volume: Volume, writer: str) -> None:
    """Note how far the volume now reaches; ArchiveError when it was sealed under our hands."""
    known = connection.scalar(select(volumes.c.state).where(volumes.c.name == volume.name))
    if known is None:
        row = {"name": volume.name, "state": "open", "committed_bytes": volume.size}
        connection.execute(insert(volumes).values(**row, writer=writer, opened_at=utc_now()))
    elif known == "open":
        size = update(volumes).values(committed_bytes=volume.size)
        connection.execute(size.where(volumes.c.name == volume.name))
    else:
        raise ArchiveError(f"volume {volume.name} is {known}: it was recovered while its writer was still at work")


def keep(connection: Connection, batch: Sequence[Kept], actor: str) -> list[int]:
    """Insert captures with all that belongs to them, end their tasks, write custody and queue one stamp.

    Returns the capture ids in the order of the batch.
    """
    if not batch:
        return []
    seq, _ = custody.head(connection)
    rows = [_capture(item, seq + number) for number, item in enumerate(batch, 1)]
    returning = insert(captures).returning(captures.c.id, sort_by_parameter_order=True)
    ids = list(connection.scalars(returning, rows))
    _insert(connection, hops, (row for i, item in zip(ids, batch, strict=True) for row in _hops(i, item)))
    _insert(connection, revisits, (row for i, item in zip(ids, batch, strict=True) for row in _revisits(i, item)))
    _insert(connection, artefacts, (row for i, item in zip(ids, batch, strict=True) for row in _artefacts(i, item)))
    _insert(connection, readings, (row for i, item in zip(ids, batch, strict=True) for row in _reading(i, item)))
    _insert(connection, hits, (_hit(i, hit) for i, item in zip(ids, batch, strict=True) for hit in item.fetched.hits))
    _insert(connection, listings, (row for i, item in zip(ids, batch, strict=True) for row in _listings(i, item)))
    lines = custody.append_many(
        connection,
        [
            custody.Event("captured", actor, captured_detail(item), capture_id)
            for capture_id, item in zip(ids, batch, strict=True)
        ],
    )
    stamp_id = queue_stamp(connection, lines)
    connection.execute(update(captures).where(captures.c.id.in_(ids)).values(stamp_id=stamp_id))
    end_tasks(connection, (item.fetched for item in batch))
    return ids


def end_tasks(connection: Connection, batch: Iterable[Fetched]) -> None:
    ends = [(item.task.id, item.outcome, item.reason) for item in batch if item.task.id is not None]
    leases.finish_all(connection, ends)


def captured_detail(item: Kept) -> dict[str, Any]:
    """What the custody line of a capture says."""
    fetched, page = item.fetched, item.page
    return {
        "url": (item.redirects or (page,))[0].exchange.url,
        "final_url": page.exchange.url,
        "status": page.exchange.status,
        "fetched_at": page.exchange.fetched_at,
        "peer": page.exchange.peer,
        "profile": fetched.task.profile,
        "origin": fetched.origin,
        "page_state": fetched.page_state,
        "flags": list(fetched.flags),
        "sha256": page.payload_sha256,
        "size_bytes": page.size_bytes,
        "page": _placed_detail(page),
        "redirects": [_placed_detail(placed) for placed in item.redirects],
        "resources": [_placed_detail(placed) for placed in item.resources],
        "provenance": dict(fetched.provenance),
        "artefacts": [{"role": a.role, "sha256": a.sha256, "bytes": a.bytes} for a in fetched.artefacts],
    }


def _placed_detail(placed: Placed) -> dict[str, Any]:
    told = {"revisit": placed.revisit} if placed.revisit is not None else {}
    return told | {
        "url": placed.exchange.url,
        "sha256": placed.payload_sha256,
        "volume": placed.place.volume,
        "offset": placed.place.offset,
        "length": placed.place.length,
        "records_bytes": placed.records_bytes,
        "records_sha256": placed.records_sha256,
    }


def queue_stamp(connection: Connection, lines: Sequence[custody.Line]) -> int:
    """A stamp to be asked for over consecutive lines; its id."""
    statement = insert(stamps).values(
        digest=custody.digest_of(line.hash for line in lines),
        from_seq=lines[0].seq,
        to_seq=lines[-1].seq,
        state="queued",
        queued_at=utc_now(),
    )
    stamp_id: int = connection.execute(statement.returning(stamps.c.id)).scalar_one()
    return stamp_id


def _insert(connection: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        connection.execute(insert(table), values)


def _capture(item: Kept, custody_seq: int) -> dict[str, Any]:
    fetched, page = item.fetched, item.page
    return {
        "task_id": fetched.task.id,
        "night": fetched.task.night,
        "source": fetched.task.source,
        "url": (item.redirects or (page,))[0].exchange.url,
        "final_url": page.exchange.url,
        "host": host_of(page.exchange.url),
        "status": page.exchange.status,
        "peer": page.exchange.peer,
        "profile": fetched.task.profile,
        "origin": fetched.origin,
        "fetched_at": page.exchange.fetched_at,
        "sha256": page.payload_sha256,
        "size_bytes": page.size_bytes,
        **_place(page),
        "page_state": fetched.page_state,
        "reason": fetched.reason,
        "flags": custody.canonical(list(fetched.flags)),
        "media_type": media_type(page.exchange),
        "title": identities.mask(fetched.title, tell=True),
        "custody_seq": custody_seq,
    }


def _place(placed: Placed) -> dict[str, Any]:
    return {"volume": placed.place.volume, "offset": placed.place.offset, "length": placed.place.length}


def _hops(capture_id: int, item: Kept) -> Iterator[dict[str, Any]]:
    for position, (role, placed) in enumerate(item.roles()):
        yield {
            "capture_id": capture_id,
            "position": position,
            "role": role,
            "url": placed.exchange.url,
            "status": placed.exchange.status,
            "peer": placed.exchange.peer,
            "sha256": placed.payload_sha256,
            **_place(placed),
        }


def _revisits(capture_id: int, item: Kept) -> Iterator[dict[str, Any]]:
    for placed in (*item.redirects, item.page, *item.resources):
        if placed.revisit is not None:
            at, refers_to = placed.place, placed.revisit["refers_to_offset"]
            yield {"capture_id": capture_id, "volume": at.volume, "offset": at.offset, "refers_to": refers_to}


def _artefacts(capture_id: int, item: Kept) -> Iterator[dict[str, Any]]:
    for position, found in enumerate(item.fetched.artefacts):
        row = {"role": found.role, "sha256": found.sha256, "bytes": found.bytes, "media_type": found.media_type}
        yield {"capture_id": capture_id, "position": position, **row}


def _reading(capture_id: int, item: Kept) -> Iterator[dict[str, Any]]:
    found = item.fetched.reading
    if found is not None:
        counts = {"rows": found.rows, "ads": found.ads, "cards": found.cards}
        filled = custody.canonical(dict(found.filled))
        yield {"capture_id": capture_id, "source": found.source, "layout": found.layout, **counts, "filled": filled}


_SAID = frozenset({"title", "snippet", "advertiser", "seller", "text"})
"""Fields in which people write: identity and certificate numbers in them are masked, the archive holds the page."""


def _hit(capture_id: int, hit: Hit) -> dict[str, Any]:
    return _fields(hit, hits.c.keys(), {"id", "capture_id"}) | {"capture_id": capture_id}


def _fields(record: Hit | Listing, names: Iterable[str], without: Set[str]) -> dict[str, Any]:
    """The columns of a record, what people wrote without their numbers."""
    row = {name: getattr(record, name) for name in names if name not in without}
    return row | {name: identities.mask(row[name], tell=True) for name in _SAID & row.keys()}


def _listings(capture_id: int, item: Kept) -> Iterator[dict[str, Any]]:
    """The listings of a page, each item once: a page that shows one twice (advert and organic) counts as one offer."""
    seen: set[str] = set()
    for listing in item.fetched.listings:
        if listing.subject not in seen:
            seen.add(listing.subject)
            yield _listing(capture_id, listing)


def _listing(capture_id: int, listing: Listing) -> dict[str, Any]:
    row = _fields(listing, listings.c.keys(), {"id", "capture_id", "images"})
    # a fragment names a place on the page; the page is what is visited and compared
    page = urldefrag(listing.url).url
    return row | {"capture_id": capture_id, "url": page, "images": custody.canonical(list(listing.images))}
