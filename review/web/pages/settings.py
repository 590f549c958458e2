"""设置: what the office works by, read-only: sites, certificates, rules, keys, and who changed what when."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, render_template
from sqlalchemy import select

from review import trusted
from review.desk.configured import ACTION
from review.desk.roles import OFFICE
from review.tables import audit
from review.web.desk import desk
from review.web.entry import entry
from review.web.showing import Nav

page = Blueprint("settings", __name__)
NAV = Nav(80, "settings", "settings.show")
TABS = ("office", "sites", "certificates", "rules", "keys", "changes")
CHANGES_SHOWN = 50


@page.get("/settings")
@entry(*OFFICE)
def show() -> str:
    return tab("office")


@page.get("/settings/<name>")
@entry(*OFFICE)
def tab(name: str) -> str:
    if name not in TABS:
        abort(404)
    return render_template("settings.html", tab=name, tabs=TABS, config=desk().config, data=desk().data, **_told(name))


def _told(name: str) -> dict[str, Any]:
    if name == "keys":
        return {"keys": trusted.read(desk().data / "trust")}
    if name == "changes":
        query = select(audit).where(audit.c.action == ACTION).order_by(audit.c.seq.desc()).limit(CHANGES_SHOWN)
        with desk().read() as connection:
            rows = connection.execute(query).mappings().all()
        return {"changes": [{**row, "detail": json.loads(row["detail"])} for row in rows]}
    return {}
