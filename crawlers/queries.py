"""Rows of the store read back into captures, hits and listings."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from crawlers.records import (
    Artefact,
    Capture,
    FetchProfile,
    Hit,
    HitKind,
    Hop,
    Listing,
    Origin,
    PageState,
    WarcPlace,
)
from crawlers.tables import artefacts, hops
from crawlers.tables import captures as capture_rows
from crawlers.tables import hits as hit_rows
from crawlers.tables import listings as listing_rows


def capture_filter(
    *,
    night: str | None = None,
    ids: Sequence[int] | None = None,
    task_ids: Sequence[int] | None = None,
    host: str | None = None,
    source: str | None = None,
    origin: str | None = None,
) -> list[ColumnElement[bool]]:
    columns = capture_rows.c
    exact = ((columns.night, night), (columns.host, host), (columns.source, source), (columns.origin, origin))
    among = ((columns.id, ids), (columns.task_id, task_ids))
    return [column == value for column, value in exact if value is not None] + [
        column.in_(values) for column, values in among if values is not None
    ]


def captures(
    connection: Connection, wanted: Iterable[ColumnElement[bool]], *, after_id: int, limit: int
) -> list[Capture]:
    """Captures with their hops and artefacts, by id, after `after_id`."""
    statement = select(capture_rows).where(capture_rows.c.id > after_id, *wanted)
    rows = connection.execute(statement.order_by(capture_rows.c.id).limit(limit)).all()
    ids = [row.id for row in rows]
    before, beside = exchanges(connection, ids, "hop"), _artefacts(connection, ids)
    return [_capture(row, before.get(row.id, ()), beside.get(row.id, ())) for row in rows]


def exchanges(connection: Connection, ids: Sequence[int], role: str) -> dict[int, tuple[Hop, ...]]:
    """The `hop` or `resource` exchanges of captures, in order, by capture id."""
    statement = select(hops).where(hops.c.capture_id.in_(ids), hops.c.role == role)
    found: defaultdict[int, list[Hop]] = defaultdict(list)
    for row in connection.execute(statement.order_by(hops.c.capture_id, hops.c.position)):
        found[row.capture_id].append(Hop(row.url, row.status, row.peer, _place(row)))
    return {capture_id: tuple(values) for capture_id, values in found.items()}


def _artefacts(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Artefact, ...]]:
    statement = select(artefacts).where(artefacts.c.capture_id.in_(ids))
    found: defaultdict[int, list[Artefact]] = defaultdict(list)
    for row in connection.execute(statement.order_by(artefacts.c.capture_id, artefacts.c.position)):
        found[row.capture_id].append(Artefact(row.role, row.sha256, row.bytes, row.media_type))
    return {capture_id: tuple(values) for capture_id, values in found.items()}


def hits(
    connection: Connection,
    *,
    night: str | None = None,
    capture_id: int | None = None,
    kinds: Iterable[HitKind] | None = None,
    after_id: int = 0,
) -> list[Hit]:
    statement = _kept(select(hit_rows), hit_rows, night, capture_id, after_id)
    if kinds is not None:
        statement = statement.where(hit_rows.c.kind.in_(list(kinds)))
    return [_hit(row) for row in connection.execute(statement)]


def listings(
    connection: Connection,
    *,
    night: str | None = None,
    capture_id: int | None = None,
    subject: str | None = None,
    after_id: int = 0,
) -> list[Listing]:
    statement = _kept(select(listing_rows), listing_rows, night, capture_id, after_id)
    if subject is not None:
        platform, _, item_id = subject.partition(":")
        statement = statement.where(listing_rows.c.platform == platform, listing_rows.c.item_id == item_id)
    return [_listing(row) for row in connection.execute(statement)]


def _kept(statement: Select[Any], rows: Any, night: str | None, capture_id: int | None, after_id: int) -> Select[Any]:
    statement = statement.where(rows.c.id > after_id).order_by(rows.c.id)
    if night is not None:
        statement = statement.join(capture_rows).where(capture_rows.c.night == night)
    if capture_id is not None:
        statement = statement.where(rows.c.capture_id == capture_id)
    return statement


def _place(row: Row[Any]) -> WarcPlace:
    return WarcPlace(row.volume, row.offset, row.length)


def _capture(row: Row[Any], before: tuple[Hop, ...], beside: tuple[Artefact, ...]) -> Capture:
    return Capture(
        id=row.id,
        task_id=row.task_id,
        night=row.night,
        source=row.source,
        url=row.url,
        final_url=row.final_url,
        host=row.host,
        status=row.status,
        peer=row.peer,
        profile=FetchProfile(row.profile),
        origin=Origin(row.origin),
        fetched_at=row.fetched_at,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        place=_place(row),
        page_state=PageState(row.page_state),
        reason=row.reason,
        flags=tuple(json.loads(row.flags)),
        media_type=row.media_type,
        custody_seq=row.custody_seq,
        stamp_id=row.stamp_id,
        hops=before,
        artefacts=beside,
        title=row.title,
    )


def _hit(row: Row[Any]) -> Hit:
    return Hit(
        engine=row.engine,
        query=row.query,
        kind=HitKind(row.kind),
        rank=row.rank,
        title=row.title,
        url=row.url,
        resolved=row.resolved,
        resolution=row.resolution,
        display=row.display,
        snippet=row.snippet,
        advertiser=row.advertiser,
        id=row.id,
        capture_id=row.capture_id,
    )


def _listing(row: Row[Any]) -> Listing:
    return Listing(
        platform=row.platform,
        item_id=row.item_id,
        title=row.title,
        url=row.url,
        price=row.price,
        price_cny=row.price_cny,
        seller=row.seller,
        shop_id=row.shop_id,
        place=row.place,
        text=row.text,
        images=tuple(json.loads(row.images)),
        promoted=row.promoted,
        published_at=row.published_at,
        rank=row.rank,
        id=row.id,
        capture_id=row.capture_id,
    )
