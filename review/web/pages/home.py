"""今日: what there is to do, how the night went and the one line to act on, where the cases come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from review import watching
from review.clock import as_text
from review.desk import handed, tallies
from review.desk.index import CHINA, local_day
from review.desk.roles import CASEWORK
from review.night.nights import reports
from review.strings import SOURCE_FAILED, SOURCE_NORMAL
from review.web import svg
from review.web.desk import desk
from review.web.entry import entry, everyone, roles_here
from review.web.showing import Nav
from review.web.words import words

page = Blueprint("home", __name__)
NAV = Nav(10, "home", "home.show")
TREND_DAYS = 30
SHOWN_VALUES = 6
BREAKDOWNS = ("cls", "platform", "place")


@page.get("/")
@everyone
def first() -> Response:
    """Each duty begins where its work is."""
    return redirect("/today" if roles_here() & CASEWORK else "/account")


@page.get("/today")
@entry(*CASEWORK)
def show() -> str:
    today = local_day(desk().now())
    with desk().read() as connection:
        return render_template(
            "home.html",
            today=today,
            numbers=_numbers(connection, today),
            night=_night(connection),
            trend=_trend(connection, today),
            breakdowns=[_breakdown(connection, facet) for facet in BREAKDOWNS],
        )


@dataclass(frozen=True, slots=True)
class Number:
    """One big number of the page and where it leads."""

    key: str
    value: int
    link: str
    level: str = ""


def _numbers(connection: Connection, today: str) -> list[Number]:
    overdue_before = (date.fromisoformat(today) - timedelta(days=desk().web.queue.review_days)).isoformat()
    new = sum(count for _, count in tallies.by_value(connection, "opened_day", since=today))
    overdue = tallies.before_day(connection, overdue_before, "open")
    until = (date.fromisoformat(overdue_before) - timedelta(days=1)).isoformat()
    month = as_text(datetime.fromisoformat(f"{today[:7]}-01T00:00:00").replace(tzinfo=CHINA))
    return [
        Number("new", new, f"/queue?since={today}"),
        Number("open", tallies.total(connection, "open"), "/queue?state=open"),
        Number("overdue", overdue, f"/queue?state=open&until={until}", "bad" if overdue else ""),
        Number("watched", watching.count(connection, watching.Part.TIED), "/watched?part=tied"),
        Number("referred", handed.referred(connection), "/referrals"),
        Number("blocked", handed.ended_since(connection, month), "/referrals?state=answered"),
    ]


def _night(connection: Connection) -> dict[str, Any] | None:
    """The last night's verdict as its worst source gives it, and the lines to act on."""
    found = reports(connection, limit=1)
    if not found:
        return None
    sources = found[0].get("sources", [])
    verdicts = {source["verdict"] for source in sources}
    worst = SOURCE_FAILED if SOURCE_FAILED in verdicts else next(iter(verdicts - {SOURCE_NORMAL}), SOURCE_NORMAL)
    advice = [source["advice"] for source in sources if source["advice"]]
    pages = sum(source["pages"] for source in sources)
    return {"night": found[0]["night"], "verdict": worst, "advice": advice, "sources": len(sources), "pages": pages}


def _trend(connection: Connection, today: str) -> Any:
    since = date.fromisoformat(today) - timedelta(days=TREND_DAYS - 1)
    opened = dict(tallies.by_value(connection, "opened_day", since=since.isoformat(), limit=TREND_DAYS))
    decided = dict(tallies.by_value(connection, "decided_day", since=since.isoformat(), limit=TREND_DAYS))
    days = [(since + timedelta(days=number)).isoformat() for number in range(TREND_DAYS)]
    points = [(day, opened.get(day, 0), decided.get(day, 0)) for day in days]
    said = words().home
    return svg.trend(points, title=said.trend, names=(said.opened, said.decided))


def _breakdown(connection: Connection, facet: str) -> dict[str, Any]:
    rows = tallies.by_value(connection, facet, states=["open", "doubtful", "confirmed"], limit=SHOWN_VALUES)
    top = max((count for _, count in rows), default=1)
    return {"facet": facet, "rows": [(value, count, svg.bar(count / top)) for value, count in rows]}
