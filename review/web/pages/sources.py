"""来源: how each source does, against its own history, and what its profile says of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template

from review.desk.charts import bars
from review.desk.roles import OFFICE
from review.night.health import HISTORY_NIGHTS
from review.night.nights import reports
from review.strings import SOURCE_DEGRADED, SOURCE_FAILED, SOURCE_NORMAL
from review.web.desk import desk
from review.web.entry import entry
from review.web.showing import Nav

page = Blueprint("sources", __name__)
NAV = Nav(50, "sources", "sources.show")


def _reports() -> list[dict[str, Any]]:
    with desk().read() as connection:
        return reports(connection, limit=HISTORY_NIGHTS)


def _history(found: list[dict[str, Any]], source: str) -> list[dict[str, Any]]:
    """Newest first, the nights in which the source was asked."""
    return [
        {**one, "night": report["night"]}
        for report in found
        for one in report.get("sources", [])
        if one["source"] == source
    ]


def _profiles() -> dict[str, Any]:
    config = desk().config
    return {**config.engines, **config.marketplaces}


@page.get("/sources")
@entry(*OFFICE)
def show() -> str:
    found, known = _reports(), _profiles()
    names = [*known, *({one["source"] for report in found for one in report.get("sources", [])} - set(known))]
    rows = []
    for name in names:
        history = _history(found, name)
        profile = known.get(name)
        rows.append({"name": name, "profile": profile, "last": history[0] if history else None, "history": history})
    order = {SOURCE_FAILED: 0, SOURCE_DEGRADED: 1, SOURCE_NORMAL: 2}
    rows.sort(key=lambda row: (order.get(row["last"]["verdict"], 3) if row["last"] else 4, row["name"]))
    return render_template("sources.html", rows=rows)


@page.get("/sources/<source>")
@entry(*OFFICE)
def detail(source: str) -> str:
    history, profile = _history(_reports(), source), _profiles().get(source)
    if profile is None and not history:
        abort(404)
    oldest = list(reversed(history))
    chart = bars([(one["night"][5:10], one["rows"] / one["pages"] if one["pages"] else 0) for one in oldest])
    return render_template("source.html", source=source, profile=profile, history=history, chart=chart)
