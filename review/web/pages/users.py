"""账号: made, given duties, disabled and reset by the security administrator; nobody else."""

from __future__ import annotations

import secrets
import string
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_security import hash_password
from werkzeug.wrappers import Response

from review.desk import accounts
from review.desk.roles import Role
from review.errors import AccountError
from review.web.desk import actor, desk
from review.web.entry import entry
from review.web.showing import Nav
from review.web.words import words

page = Blueprint("users", __name__)
NAV = Nav(85, "users", "users.show")
_SIGNS = string.ascii_letters.translate({ord(sign): None for sign in "lIOo"}) + "23456789"
FIRST_PASSWORD_CHARS = 20


@page.get("/users")
@entry(Role.SECURITY, Role.AUDITOR)
def show() -> str:
    with desk().read() as connection:
        found = accounts.everyone(connection)
    shown = session.pop("first_password", None)
    agencies = {name: one.name for name, one in desk().config.agencies.items()}
    return render_template(
        "users.html",
        accounts=found,
        agencies=agencies,
        all_roles=list(Role),
        first_password=shown,
        small=desk().web.profile == "small",
    )


def first_password() -> str:
    """Of letters and digits that nobody confuses, with a sign of each kind; it must be changed at the first sign-in."""
    return "".join(secrets.choice(_SIGNS) for _ in range(FIRST_PASSWORD_CHARS)) + "-2a"


@page.post("/users")
@entry(Role.SECURITY)
def add() -> Response:
    form, password = request.form, first_password()
    try:
        with desk().write() as connection:
            accounts.add(
                connection,
                form.get("username", "").strip(),
                full_name=form.get("full_name", "").strip()[:64],
                wanted=form.getlist("role"),
                hashed=hash_password(password),
                profile=desk().web.profile,
                agencies=desk().config.agencies,
                actor=actor(),
                now=desk().now(),
                agency=form.get("agency", ""),
            )
    except (AccountError, ValueError) as error:
        flash(str(error), "error")
    else:
        session["first_password"] = (form["username"].strip(), password)
    return redirect(url_for("users.show"))


@page.post("/users/<username>/<what>")
@entry(Role.SECURITY)
def change(username: str, what: str) -> Response:
    """`roles`, `disable`, `enable`, `password` or `second_factor` of an account."""
    try:
        _change(username, what)
    except (AccountError, ValueError) as error:
        flash(str(error), "error")
    return redirect(url_for("users.show"))


def _change(username: str, what: str) -> None:
    done: dict[str, Any] = {"actor": actor(), "now": desk().now()}
    with desk().write() as connection:
        if what == "roles":
            accounts.give(connection, username, request.form.getlist("role"), profile=desk().web.profile, **done)
        elif what in ("disable", "enable"):
            reason = request.form.get("reason", "").strip()[:200]
            accounts.set_active(connection, username, what == "enable", reason=reason, **done)
        elif what == "password":
            password = first_password()
            accounts.set_password(connection, username, hash_password(password), **done)
            session["first_password"] = (username, password)
        elif what == "second_factor":
            accounts.reset_second_factor(connection, username, **done)
        else:
            raise AccountError(words().users.unknown)
