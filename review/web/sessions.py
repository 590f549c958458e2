"""Sessions as rows: ended by the clock, by a newer one, by a change of password or duties, by an administrator.

The cookie holds a random value, the row its digest. A cookie whose row has ended is worth nothing, whoever kept it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, flash, request, session
from flask_login import current_user, logout_user, user_logged_in, user_logged_out
from sqlalchemy import Connection, insert, select, update

from review import audit
from review.clock import as_text
from review.desk.tables import users, web_sessions
from review.web.desk import address, desk
from review.web.words import words

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

    from review.web.models import Accounts

COOKIE_KEY = "sid"
TOUCH_SECONDS = 30
"""How fine the time of the last request is kept: a write for every request would be one too many."""
BY_THEMSELVES = frozenset({"runs.progress"})
"""Requests that a page makes without anybody: an office left alone with it open is idle all the same."""


def connect(app: Flask, accounts: Accounts) -> None:
    """Begin and end rows when the library signs people in and out, in its transaction."""

    def began(_app: Flask, user: Any, **_: object) -> None:
        _begin(accounts.session.connection(), user.id, user.username)

    def ended(_app: Flask, user: Any, **_: object) -> None:
        if value := session.pop(COOKIE_KEY, ""):
            connection = accounts.session.connection()
            _end(connection, _digest(value), "logout", str(getattr(user, "username", "")))
            accounts.session.commit()

    user_logged_in.connect(began, app, weak=False)
    user_logged_out.connect(ended, app, weak=False)


def _begin(connection: Connection, user_id: int, username: str) -> None:
    now, value = desk().now(), secrets.token_urlsafe(32)
    session[COOKIE_KEY] = value
    _only_newest(connection, user_id, now)
    row = {
        "id": _digest(value),
        "user_id": user_id,
        "began_at": now,
        "seen_at": now,
        "ended_at": "",
        "ended_by": "",
        "address": address(),
        "agent": request.headers.get("User-Agent", "")[:255],
    }
    connection.execute(insert(web_sessions).values(row))
    connection.execute(update(users).where(users.c.id == user_id).values(seen_at=now))
    audit.append(connection, username, "login", {"address": address()}, now=now)


def _only_newest(connection: Connection, user_id: int, now: str) -> None:
    """Room for one more: the oldest sessions of the account end."""
    alive = select(web_sessions.c.id).where(web_sessions.c.user_id == user_id, web_sessions.c.ended_at == "")
    newest_first = connection.scalars(alive.order_by(web_sessions.c.began_at.desc())).all()
    surplus = newest_first[max(desk().web.sign_in.sessions_per_user - 1, 0) :]
    if surplus:
        gone = update(web_sessions).where(web_sessions.c.id.in_(surplus))
        connection.execute(gone.values(ended_at=now, ended_by="newer"))


def _end(connection: Connection, digest: str, why: str, username: str) -> None:
    now = desk().now()
    alive = (web_sessions.c.id == digest) & (web_sessions.c.ended_at == "")
    if connection.execute(update(web_sessions).where(alive).values(ended_at=now, ended_by=why)).rowcount:
        audit.append(connection, username, f"session.{why}", {"address": address()}, now=now)


def alive() -> bool:
    """Whether the session of this request still stands; one that has run out is ended here and now."""
    digest = _digest(session.get(COOKIE_KEY, ""))
    of_cookie = select(web_sessions).where(web_sessions.c.id == digest, web_sessions.c.user_id == current_user.id)
    with desk().read() as connection:
        row = connection.execute(of_cookie).mappings().first()
    if row is None or row["ended_at"]:
        return _forget(row["ended_by"] if row else "ended")
    if why := _run_out(row):
        with desk().write() as connection:
            _end(connection, digest, why, current_user.username)
        return _forget(why)
    if request.endpoint not in BY_THEMSELVES and _older(row["seen_at"], TOUCH_SECONDS):
        with desk().write() as connection:
            now = desk().now()
            connection.execute(update(web_sessions).where(web_sessions.c.id == digest).values(seen_at=now))
            connection.execute(update(users).where(users.c.id == current_user.id).values(seen_at=now))
    return True


def _run_out(row: RowMapping) -> str:
    rules = desk().web.sign_in
    if _older(row["began_at"], rules.absolute_seconds):
        return "absolute"
    return "idle" if _older(row["seen_at"], rules.idle_seconds) else ""


def _older(at: str, seconds: float) -> bool:
    return at < as_text(datetime.fromisoformat(desk().now()) - timedelta(seconds=seconds))


def _forget(why: str) -> bool:
    session.pop(COOKIE_KEY, None)
    logout_user()
    session.clear()
    flash(words().session.get(why, words().session.ended), "info")
    return False


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
