"""Filters of the queue kept by name."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Blueprint, abort, flash, redirect, request
from werkzeug.wrappers import Response

from review.desk import saved
from review.desk.filters import Query
from review.desk.roles import CASEWORK
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.words import words

page = Blueprint("queue_filters", __name__)


@page.post("/queue/filters")
@entry(*CASEWORK)
def save() -> Response:
    """Keep the filter of the page it was sent from; it is read as any address is, so nothing else is kept."""
    query = Query.read(dict(parse_qsl(request.form.get("query", "")))).address(page="")
    shared = request.form.get("shared") == "1"
    with desk().write() as connection:
        saved.save(connection, actor(), request.form.get("name", ""), query, shared=shared, now=desk().now())
    flash(words().queue.saved_done, "success")
    return redirect(f"/queue?{query}", code=HTTPStatus.SEE_OTHER)


@page.post("/queue/filters/<int:number>/forget")
@entry(*CASEWORK)
def forget(number: int) -> Response:
    with desk().write() as connection:
        if not saved.forget(connection, actor(), number):
            abort(HTTPStatus.NOT_FOUND)
    return redirect("/queue", code=HTTPStatus.SEE_OTHER)
