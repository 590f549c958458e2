"""The nights themselves: begun, gone on with after a crash, finished."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from review.tables import night_stages, nights


def current_or_new(connection: Connection, *, day: str, now: str) -> tuple[str, bool]:
    """The unfinished night, else a new one named after `day` (`2026-11-21`, then `2026-11-21-2` …).

    Returns the name, and whether it goes on from where an earlier process stopped.
    """
    unfinished = connection.execute(
        select(nights.c.id).where(nights.c.finished_at.is_(None)).order_by(nights.c.started_at.desc())
    ).scalar()
    if unfinished is not None:
        return str(unfinished), True
    taken = set(connection.execute(select(nights.c.id).where(nights.c.id.like(f"{day}%"))).scalars())
    names = (day if number == 1 else f"{day}-{number}" for number in range(1, len(taken) + 2))
    name = next(name for name in names if name not in taken)
    connection.execute(insert(nights).values(id=name, started_at=now))
    return name, False


def done(connection: Connection, night: str, stage: str) -> bool:
    query = select(night_stages.c.stage).where(night_stages.c.night == night, night_stages.c.stage == stage)
    return connection.execute(query).first() is not None


def finish_stage(connection: Connection, night: str, stage: str, detail: Mapping[str, Any], *, now: str) -> None:
    if not done(connection, night, stage):
        row = {"night": night, "stage": stage, "finished_at": now, "detail": json.dumps(detail, ensure_ascii=False)}
        connection.execute(insert(night_stages).values(row))


def finish(connection: Connection, night: str, report: Mapping[str, Any], *, now: str) -> None:
    text = json.dumps(report, ensure_ascii=False)
    connection.execute(update(nights).where(nights.c.id == night).values(finished_at=now, report=text))


def reports(connection: Connection, *, limit: int, before: str = "") -> list[dict[str, Any]]:
    """The reports of finished nights, newest first."""
    query = select(nights.c.id, nights.c.report).where(nights.c.report.is_not(None))
    query = query.where(nights.c.id != before).order_by(nights.c.started_at.desc()).limit(limit)
    return [{"night": name, **json.loads(report)} for name, report in connection.execute(query)]
