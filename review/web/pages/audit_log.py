"""审计: who did what and read what, whether the chain is whole, and the log as a table to take along."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, and_, func, select, true
from werkzeug.wrappers import Response

from crawlers.custody import verify_custody
from review import audit as chain
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
_DAY_CHARS = 10


def _wanted() -> ColumnElement[bool]:
    """`?actor=`, `?action=` (whole or its beginning), `?from=` and `?to=` (days)."""
    said = {name: request.args.get(name, "").strip()[:64] for name in ("actor", "action", "from", "to")}
    parts: list[ColumnElement[bool]] = [true()]
    if said["actor"]:
        parts.append(audit.c.actor == said["actor"])
    if said["action"]:
        parts.append(audit.c.action.startswith(said["action"], autoescape=True))
    if said["from"]:
        parts.append(audit.c.at >= said["from"][:_DAY_CHARS])
    if said["to"]:
        parts.append(audit.c.at < said["to"][:_DAY_CHARS] + "T99")
    return and_(*parts)


@page.get("/audit")
@entry(Role.AUDITOR)
def show() -> str:
    wanted = _wanted()
    with desk().read() as connection:
        count = connection.execute(select(func.count()).select_from(audit).where(wanted)).scalar_one()
        number, pages = pages_of(count, PER_PAGE)
        newest = select(audit).where(wanted).order_by(audit.c.seq.desc())
        rows = connection.execute(newest.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).mappings().all()
        actions = connection.execute(select(audit.c.action).distinct().order_by(audit.c.action)).scalars().all()
        head = chain.head(connection)
    kept = [(name, value) for name, value in request.args.items() if name != "page"]
    return render_template(
        "audit_log.html",
        rows=rows,
        count=count,
        number=number,
        pages=pages,
        actions=actions,
        head=head,
        kept=kept,
        args=request.args,
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
    wanted = _wanted()
    with desk().read() as connection:
        query = select(audit).where(wanted).order_by(audit.c.seq).limit(EXPORT_ROWS)
        rows = connection.execute(query).mappings().all()
    with desk().write() as connection:
        told = {"rows": len(rows), **{name: value for name, value in request.args.items() if value}}
        chain.append(connection, actor(), "audit.export", told, now=desk().now())
    columns = ["seq", "at", "actor", "action", "detail", "prev_hash", "hash"]
    return csv_answer("audit.csv", columns, ([str(row[name]) for name in columns] for row in rows))
