"""What people report: a link with what they said of it, waiting for the night. Who reported is not kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crawlers import identities
from crawlers.clock import utc_now
from crawlers.tables import tips

CHUNK = 1000
_SAID = ("title", "seller", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """One reported link; without `url` it is for a person to read."""

    url: str = ""
    row: int = 0
    """In its file, from 1; 0 outside one."""
    title: str = ""
    platform: str = ""
    seller: str = ""
    price: str = ""
    place: str = ""
    text: str = ""
    channel: str = ""
    reference: str = ""
    """The number it has where it was received, such as a 工单编号."""
    reported_at: str = ""
    page: int | None = None
    """Of its file the page it was read from, from 0."""
    sheet: str = ""

    @property
    def key(self) -> str:
        """What tells it from the others of its file."""
        return self.url or f"{self.sheet} row {self.row}".strip()

    def stored(self) -> dict[str, Any]:
        """The columns; identity and certificate numbers in what people wrote are masked."""
        row = {name: getattr(self, name) for name in _STORED}
        return row | {name: identities.mask(row[name], tell=True) for name in _SAID if row[name]}

    def as_line(self) -> str:
        return json.dumps([getattr(self, name) for name in _ALL], ensure_ascii=False) + "\n"

    @classmethod
    def of_line(cls, line: str) -> Tip:
        """Back from `as_line`."""
        return cls(**dict(zip(_ALL, json.loads(line), strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TipRow:
    """A tip as stored. `night` is when it became tasks; empty while it waits."""

    id: int
    tip: Tip
    import_id: int | None
    capture_id: int | None
    received_at: str
    night: str


_ALL = tuple(field.name for field in fields(Tip))
_STORED = tuple(name for name in _ALL if name not in ("page", "sheet"))


def add(
    connection: Connection,
    found: Iterable[Tip],
    *,
    import_id: int | None = None,
    captures: Iterable[int] = (),
    now: str = "",
) -> int:
    """Store tips in the caller's transaction; returns how many were new. Within one import a link counts once."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(tips).on_conflict_do_nothing()
    known, now, added = list(captures), now or utc_now(), 0
    rows = (_row(tip, import_id, known, now) for tip in found)
    for chunk in _chunks(rows):
        before = connection.scalar(select(func.count()).select_from(tips)) or 0
        connection.execute(statement, chunk)
        added += (connection.scalar(select(func.count()).select_from(tips)) or 0) - before
    return added


def _row(tip: Tip, import_id: int | None, captures: list[int], now: str) -> dict[str, Any]:
    capture = captures[tip.page] if tip.page is not None and tip.page < len(captures) else None
    return {**tip.stored(), "key": tip.key, "import_id": import_id, "capture_id": capture, "received_at": now}


def _chunks(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def waiting(connection: Connection, limit: int) -> list[TipRow]:
    """Tips with a link that no night has taken yet, the oldest first."""
    chosen = select(tips).where(tips.c.night == "", tips.c.url != "").order_by(tips.c.id).limit(limit)
    return [_read(row) for row in connection.execute(chosen)]


def listed(
    connection: Connection, *, import_id: int | None = None, after_id: int = 0, limit: int = 100
) -> list[TipRow]:
    """Tips in the order received, of one import or of all."""
    chosen = select(tips).where(tips.c.id > after_id).order_by(tips.c.id).limit(limit)
    if import_id is not None:
        chosen = chosen.where(tips.c.import_id == import_id)
    return [_read(row) for row in connection.execute(chosen)]


def take(connection: Connection, taken: Iterable[TipRow], night: str) -> None:
    """Note in which night tips became tasks."""
    ids = [row.id for row in taken]
    for start in range(0, len(ids), CHUNK):
        these = tips.c.id.in_(ids[start : start + CHUNK])
        connection.execute(update(tips).where(these).values(night=night))


def _read(row: Any) -> TipRow:
    tip = Tip(**{name: getattr(row, name) for name in _STORED})
    return TipRow(
        id=row.id,
        tip=tip,
        import_id=row.import_id,
        capture_id=row.capture_id,
        received_at=row.received_at,
        night=row.night,
    )
