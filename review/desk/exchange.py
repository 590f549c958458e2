"""What another office's platform is told of ours: plain documents, nothing that names a private person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, select

from review.cases import Case, CaseState
from review.desk import handed
from review.tables import case_events, case_subjects, nights, packets
from review.tables import cases as rows

if TYPE_CHECKING:
    from config import Config


def cases(connection: Connection, *, state: str, after: int, limit: int) -> list[dict[str, Any]]:
    query = select(rows).where(rows.c.id > after).order_by(rows.c.id).limit(limit)
    if state:
        query = query.where(rows.c.state == state)
    return [_case(row) for row in connection.execute(query).mappings()]


def _case(row: RowMapping) -> dict[str, Any]:
    return {
        "id": f"A-{row['id']:06d}",
        "state": str(row["state"]),
        "class": row["cls"],
        "imitates": row["imitates"],
        "title": row["title"],
        "score": row["score_milli"] / 1000,
        "opened_at": row["opened_at"],
        "updated_at": row["updated_at"],
        "merged_into": f"A-{row['merged_into']:06d}" if row["merged_into"] else None,
    }


def case(connection: Connection, found: Case) -> dict[str, Any]:
    """With its subjects and, of its events, kinds and times."""
    row = connection.execute(select(rows).where(rows.c.id == found.id)).mappings().one()
    subjects = select(case_subjects.c.subject).where(case_subjects.c.case_id == found.id)
    events = select(case_events.c.at, case_events.c.kind).where(case_events.c.case_id == found.id)
    held = select(packets).where(packets.c.case_id == found.id, handed.left(packets.c.id)).order_by(packets.c.id)
    return {
        **_case(row),
        "subjects": list(connection.scalars(subjects.order_by(case_subjects.c.subject))),
        "events": [{"at": at, "kind": kind} for at, kind in connection.execute(events.order_by(case_events.c.id))],
        "packets": [packet(one) for one in connection.execute(held).mappings()],
    }


def packet(row: RowMapping) -> dict[str, Any]:
    return {
        "id": row["id"],
        "case": f"A-{row['case_id']:06d}",
        "agency": row["agency"],
        "built_at": row["built_at"],
        "manifest_sha256": row["sha256"],
    }


def blocked(connection: Connection, config: Config) -> list[dict[str, Any]]:
    """Confirmed subjects that are sites; on a hosting platform the address of the page, never the platform's host."""
    platforms = {one.suffix for one in config.policy.hosting_platforms}
    query = (
        select(case_subjects.c.subject, rows)
        .join(rows, rows.c.id == case_subjects.c.case_id)
        .where(rows.c.state == CaseState.CONFIRMED.value, case_subjects.c.subject.startswith("site:"))
        .order_by(case_subjects.c.subject)
    )
    return [_entry(row, platforms) for row in connection.execute(query).mappings()]


def _entry(row: RowMapping, platforms: set[str]) -> dict[str, Any]:
    host, slash, path = row["subject"].removeprefix("site:").partition("/")
    shared = bool(slash) or host in platforms
    return {
        "unit": "url" if shared else "host",
        "host": host,
        "path": f"/{path}" if slash else "/",
        "class": row["cls"],
        "imitates": row["imitates"],
        "case": f"A-{row['id']:06d}",
        "confirmed_at": row["updated_at"],
    }


def runs(connection: Connection, limit: int) -> list[dict[str, Any]]:
    query = select(nights).order_by(nights.c.started_at.desc()).limit(limit)
    return [_run(row) for row in connection.execute(query).mappings()]


def run(connection: Connection, night: str) -> dict[str, Any] | None:
    row = connection.execute(select(nights).where(nights.c.id == night)).mappings().first()
    return {**_run(row), "report": json.loads(row["report"]) if row["report"] else None} if row else None


def _run(row: RowMapping) -> dict[str, Any]:
    report = json.loads(row["report"]) if row["report"] else {}
    sources = [{"source": one["source"], "verdict": one["verdict"]} for one in report.get("sources", [])]
    return {
        "night": row["id"],
        "started_at": row["started_at"],
        "finished_at": row["finished_at"],
        "captures": report.get("captures", 0),
        "sources": sources,
    }
