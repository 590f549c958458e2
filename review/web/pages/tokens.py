"""接口令牌: which other offices' platforms may read through `/api/v1`, and what."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from review.desk import tokens
from review.desk.roles import Role
from review.errors import AccountError
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.showing import Nav

page = Blueprint("tokens", __name__)
NAV = Nav(87, "tokens", "tokens.show")


@page.get("/tokens")
@entry(Role.SECURITY, Role.AUDITOR)
def show() -> str:
    with desk().read() as connection:
        found = tokens.everyone(connection)
    return render_template("tokens.html", tokens=found, scopes=tokens.SCOPES, made=session.pop("made_token", ""))


@page.post("/tokens")
@entry(Role.SECURITY)
def make() -> Response:
    try:
        with desk().write() as connection:
            session["made_token"] = tokens.make(
                connection,
                request.form.get("office", ""),
                request.form.getlist("scope"),
                actor=actor(),
                now=desk().now(),
            )
    except AccountError as error:
        flash(str(error), "error")
    return redirect(url_for("tokens.show"))


@page.post("/tokens/<int:number>/revoke")
@entry(Role.SECURITY)
def revoke(number: int) -> Response:
    try:
        with desk().write() as connection:
            tokens.revoke(connection, number, actor=actor(), now=desk().now())
    except AccountError as error:
        flash(str(error), "error")
    return redirect(url_for("tokens.show"))
