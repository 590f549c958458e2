"""我要举报: where the office wants it, anybody may hand in a link; what others sent is never shown."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from crawlers.imports import Tip
from crawlers.imports.tips import add
from review import audit
from review.web.desk import desk
from review.web.entry import public
from review.web.pages.intake import already_waits, bad_link

page = Blueprint("report", __name__)
CHANNEL = "web"
TEXT_CHARS = 500
URL_CHARS = 500


@page.get("/report")
@public
def show() -> str:
    _open()
    return render_template("report.html", problem="", done=session.pop("reported", False), said={})


@page.post("/report")
@public
def send() -> Response | str:
    """Kept as a tip that waits for the night; the same answer whether it was new or not."""
    _open()
    url = request.form.get("url", "").strip()[:URL_CHARS]
    text = request.form.get("text", "").strip()[:TEXT_CHARS]
    if problem := bad_link(url):
        return render_template("report.html", problem=problem, done=False, said={"url": url, "text": text})
    with desk().write() as connection:
        if not already_waits(connection, url):
            add(connection, [Tip(url=url, text=text, channel=CHANNEL)], now=desk().now())
        audit.append(connection, "public", "tip.public", {"host": urlsplit(url).hostname or ""}, now=desk().now())
    session["reported"] = True
    return redirect(url_for("report.show"))


def _open() -> None:
    """Nothing is here unless the office switched it on."""
    if not desk().web.public.report:
        abort(404)
