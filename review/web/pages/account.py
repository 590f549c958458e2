"""我的账号: who one is here, where one is signed in, which language."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, session
from flask_login import current_user
from sqlalchemy import select, update
from werkzeug.wrappers import Response

from review.desk.tables import users, web_sessions
from review.web.desk import desk
from review.web.entry import everyone
from review.web.words import LANGUAGES, of_language

page = Blueprint("account", __name__)
SESSIONS_SHOWN = 20


@page.get("/account")
@everyone
def show() -> str:
    own = select(web_sessions).where(web_sessions.c.user_id == current_user.id)
    with desk().read() as connection:
        found = connection.execute(own.order_by(web_sessions.c.began_at.desc()).limit(SESSIONS_SHOWN)).mappings().all()
    return render_template("account.html", sessions=found)


@page.post("/account/language")
@everyone
def language() -> Response:
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    session["language"] = chosen
    with desk().write() as connection:
        connection.execute(update(users).where(users.c.id == current_user.id).values(language=chosen))
    flash(of_language(chosen).account.language_set, "info")
    return redirect("/account")
