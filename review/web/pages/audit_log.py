"""审计: who did what and read what, whether the chain is whole, and the log as a table to take along."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, and_, func, select, true
from werkzeug.wrappers import Response

from crawlers.custody import verify_custody
from review import audit as chain
from review.clock import as_text
from review.desk.index import CHINA
from review.desk.roles import Role
from review.tables import audit
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.paging import pages_of
from review.web.sheets import csv_answer
from review.web.showing import Nav
from review.web.words import words

page = Blueprint("audit_log", __name__)
NAV = Nav(90, "audit", "audit_log.show")
PER_PAGE = 100
EXPORT_ROWS = 100_000
ASKED = ("actor", "action", "from", "to")


def _asked() -> dict[str, str]:
    """What the address asks for and nothing else of it: `?actor=`, `?action=`, `?from=` and `?to=`."""
    return {name: said for name in ASKED if (said := request.args.get(name, "").strip()[:64])}


def _wanted(said: dict[str, str]) -> ColumnElement[bool]:
    """The account, the action (whole or its beginning), the first and the last day in China; 400 for no day."""
    parts: list[ColumnElement[bool]] = [true()]
    if "actor" in said:
        parts.append(audit.c.actor == said["actor"])
    if "action" in said:
        parts.append(audit.c.action.startswith(said["action"], autoescape=True))
    if "from" in said:
        parts.append(audit.c.at >= _begins(said["from"]))
    if "to" in said:
        parts.append(audit.c.at < _begins(said["to"], later=1))
    return and_(*parts)


def _begins(text: str, *, later: int = 0) -> str:
    """When a day begins in China, as times are stored."""
    try:
        day = date.fromisoformat(text) + timedelta(days=later)
        return as_text(datetime.combine(day, time(), CHINA))
    except (ValueError, OverflowError):
        abort(400)


@page.get("/audit")
@entry(Role.AUDITOR)
def show() -> str:
    asked = _asked()
    wanted = _wanted(asked)
    with desk().read() as connection:
        count = connection.execute(select(func.count()).select_from(audit).where(wanted)).scalar_one()
        number, pages = pages_of(count, PER_PAGE)
        newest = select(audit).where(wanted).order_by(audit.c.seq.desc())
        rows = connection.execute(newest.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).mappings().all()
        actions = connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars().all()
        head = chain.head(connection)
    return render_template(
        "audit_log.html",
        rows=rows,
        count=count,
        number=number,
        pages=pages,
        actions=actions,
        head=head,
        asked=asked,
    )


@page.post("/audit/verify")
@entry(Role.AUDITOR)
def verify() -> Response:
    """Recompute both chains and hold them to the checkpoints outside the database."""
    with desk().read() as connection:
        problems = [
            *chain.verify(connection),
            *verify_custody(connection),
            *chain.against_checkpoints(connection, desk().data),
        ]
    with desk().write() as connection:
        chain.append(connection, actor(), "audit.verify", {"problems": problems[:20]}, now=desk().now())
    said = words().audit
    flash(
        said.broken.format(problems="；".join(problems[:5])) if problems else said.whole,
        "error" if problems else "success",
    )
    return redirect(url_for("audit_log.show"))


@page.get("/audit/log.csv")
@entry(Role.AUDITOR)
def log_csv() -> Any:
    """What the filter finds, all of it: what is too long for one table is refused, not cut."""
    asked = _asked()
    with desk().read() as connection:
        query = select(audit).where(_wanted(asked)).order_by(audit.c.seq).limit(EXPORT_ROWS + 1)
        rows = connection.execute(query).mappings().all()
    if len(rows) > EXPORT_ROWS:
        flash(words().audit.too_many.format(rows=EXPORT_ROWS), "error")
        return redirect(f"{url_for('audit_log.show')}?{urlencode(asked)}")
    with desk().write() as connection:
        told = {"rows": len(rows), **asked}
        chain.append(connection, actor(), "audit.export", told, now=desk().now())
    columns = ["seq", "at", "actor", "action", "detail", "prev_hash", "hash"]
    return csv_answer("audit.csv", columns, ([str(row[name]) for name in columns] for row in rows))
