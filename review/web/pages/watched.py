"""观察: what is doubtful and in no case, those first that share a value with a case; a case is opened of it, or not."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from review import audit, watching
from review.desk.roles import CASEWORK
from review.errors import NothingKeptError, WatchError
from review.watching import Part
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.pages import evidence
from review.web.paging import pages_of
from review.web.showing import Nav
from review.web.showing import label as label_of
from review.web.showing import subject as shown
from review.web.words import words

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

page = Blueprint("watched", __name__)
NAV = Nav(25, "watched", "watched.show")
PER_PAGE = 50
LONGEST_REASON = 500


@page.get("/watched")
@entry(*CASEWORK)
def show() -> str:
    """One part of the list, a page of it."""
    part = _part(request.args.get("part", Part.WAITING.value))
    with desk().read() as connection:
        counts = {one: watching.count(connection, one) for one in Part}
        number, pages = pages_of(counts[part], PER_PAGE)
        rows = watching.find(connection, part, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        states = watching.states(connection, rows)
    return render_template(
        "watched.html", part=part, counts=counts, rows=rows, states=states, number=number, pages=pages
    )


@page.get("/watched/evidence")
@entry(*CASEWORK)
def look() -> str | AnyResponse:
    """What a subject of the list is watched for, safe to look at, before anybody opens a case."""
    subject = request.args.get("subject", "")[:512]
    try:
        capture = watching.capture_of(desk().store, subject)
    except NothingKeptError:
        flash(words().watched.nothing_kept.format(subject=shown(subject)), "error")
        return redirect(url_for("watched.show"))
    except WatchError:
        abort(HTTPStatus.NOT_FOUND)
    with desk().write() as connection:
        told = {"subject": subject, "captures": [capture.label]}
        audit.append(connection, actor(), "watch.read", told, now=desk().now())
    return evidence.shown(capture, evidence.Back(url_for("watched.show"), words().nav.watched))


def _part(text: str) -> Part:
    try:
        return Part(text)
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


@page.post("/watched")
@entry(*CASEWORK)
def act() -> AnyResponse:
    """What was picked becomes cases, is set aside for one reason, or waits again; what cannot be is named."""
    picked = list(dict.fromkeys(request.form.getlist("subject")))[:PER_PAGE]
    step = request.form.get("step", "")
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    if step not in ("open", "aside", "back"):
        abort(HTTPStatus.BAD_REQUEST)
    if not picked:
        flash(words().watched.nothing_picked, "error")
    elif step == "aside" and not reason:
        flash(words().watched.reason_missing, "error")
    else:
        _do(step, picked, reason)
    part = _part(request.form.get("part", Part.WAITING.value)).value
    page_was = request.form.get("page", "")
    return redirect(url_for("watched.show", part=part, page=page_was if page_was.isdecimal() else None))


def _do(step: str, picked: list[str], reason: str) -> None:
    done: list[str] = []
    for subject in picked:
        try:
            done.append(_step(step, subject, reason))
        except NothingKeptError:
            flash(words().watched.nothing_kept.format(subject=shown(subject)), "error")
        except WatchError:
            flash(words().watched.gone.format(subject=shown(subject)), "error")
    if done:
        told = words().watched.done.get(step).format(count=len(done), cases=" ".join(filter(None, done)))
        flash(told, "info")


def _step(step: str, subject: str, reason: str) -> str:
    """The label of the case that was opened, if any."""
    who, now = actor(), desk().now()
    if step == "open":
        return label_of(watching.open_case(desk().store, subject, actor=who, reason=reason, now=now))
    with desk().write() as connection:
        if step == "aside":
            watching.set_aside(connection, subject, actor=who, reason=reason, now=now)
        else:
            watching.take_back(connection, subject, actor=who, now=now)
    return ""
