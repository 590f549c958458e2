"""运行: what each night did, and how far the one that is running has come."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, render_template
from sqlalchemy import Connection, RowMapping, func, select

from crawlers.records import TaskState
from crawlers.tables import tasks
from review.desk.roles import OFFICE
from review.strings import SOURCE_DEGRADED, SOURCE_FAILED, SOURCE_NORMAL
from review.tables import nights
from review.web.desk import desk
from review.web.entry import entry
from review.web.paging import pages_of
from review.web.showing import Nav

page = Blueprint("runs", __name__)
NAV = Nav(60, "runs", "runs.show")
PER_PAGE = 30


@page.get("/runs")
@entry(*OFFICE)
def show() -> str:
    with desk().read() as connection:
        count = connection.execute(select(func.count()).select_from(nights)).scalar_one()
        number, pages = pages_of(count, PER_PAGE)
        newest = select(nights).order_by(nights.c.started_at.desc()).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
        found = [_told(row) for row in connection.execute(newest).mappings()]
    return render_template("runs.html", nights=found, count=count, number=number, pages=pages)


def _told(row: RowMapping) -> dict[str, Any]:
    report = json.loads(row["report"]) if row["report"] else {}
    sources = report.get("sources", [])
    verdicts = {one["verdict"] for one in sources}
    worst = next((verdict for verdict in (SOURCE_FAILED, SOURCE_DEGRADED) if verdict in verdicts), SOURCE_NORMAL)
    return {
        "id": row["id"],
        "started_at": row["started_at"],
        "finished_at": row["finished_at"],
        "report": report,
        "verdict": worst if sources else "",
        "advice": [one for one in sources if one["advice"]],
    }


@page.get("/runs/<night>")
@entry(*OFFICE)
def detail(night: str) -> str:
    return _page(night, "run.html")


@page.get("/runs/<night>/progress")
@entry(*OFFICE)
def progress(night: str) -> str:
    """The part of the page that a running night brings up to date every few seconds."""
    return _page(night, "parts/progress.html")


def _page(night: str, template: str) -> str:
    with desk().read() as connection:
        row = connection.execute(select(nights).where(nights.c.id == night)).mappings().first()
        if row is None:
            abort(404)
        counts = _counts(connection, night)
    return render_template(template, night=_told(row), counts=counts)


def _counts(connection: Connection, night: str) -> list[dict[str, Any]]:
    """Tasks of a night by kind and state."""
    query = select(tasks.c.kind, tasks.c.state, func.count().label("count")).where(tasks.c.night == night)
    found: dict[str, dict[str, int]] = {}
    for kind, state, count in connection.execute(query.group_by(tasks.c.kind, tasks.c.state)):
        found.setdefault(kind, {})[state] = count
    return [
        {"kind": kind, "done": states.get(TaskState.DONE.value, 0), "all": sum(states.values())}
        for kind, states in sorted(found.items())
    ]
