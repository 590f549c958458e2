"""Failed attempts, counted in a table: an account is locked for a while, an address has to wait.

The library has no lockout. Never a global one: who guesses at one account locks out nobody else.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select

from review import audit
from review.clock import as_text
from review.desk.tables import login_attempts, users

if TYPE_CHECKING:
    from config.schema_web import SignIn


def kept_name(connection: Connection, given: str) -> str:
    """The account, or a digest of what was given where there is none: people type passwords into the wrong field."""
    known = connection.scalar(select(users.c.username).where(users.c.username == given))
    return known or "?" + hashlib.sha256(given.encode()).hexdigest()[:16]


def locked(connection: Connection, name: str, address: str, *, rules: SignIn, now: str) -> bool:
    """Whether attempts on this account or from this address are refused for now, right or wrong."""
    since = as_text(datetime.fromisoformat(now) - timedelta(seconds=rules.lock_seconds))
    on_account = _failures(connection, login_attempts.c.username == name, since)
    from_address = _failures(connection, login_attempts.c.address == address, since)
    return on_account >= rules.failures or from_address >= rules.address_failures


def _failures(connection: Connection, of_whom: ColumnElement[bool], since: str) -> int:
    """Since the last success of that kind, at most: a password that is right forgives no guesses at the code.

    A code that is right forgives all: the password was. An attempt while locked counts for nothing, so a lock ends by
    itself.
    """
    tries = select(login_attempts).where(
        of_whom,
        login_attempts.c.at > since,
        login_attempts.c.kind != "locked",
    )
    rows, good = tries.subquery(), tries.subquery()
    forgives = good.c.passed.is_(True) & or_(good.c.kind == rows.c.kind, good.c.kind == "code")
    last_good = select(func.coalesce(func.max(good.c.id), 0)).where(forgives).correlate(rows).scalar_subquery()
    counted = select(func.count()).where(rows.c.passed.is_(False), rows.c.id > last_good)
    return int(connection.scalar(counted) or 0)


def note(connection: Connection, name: str, address: str, *, kind: str, passed: bool, now: str) -> None:
    """Write an attempt down, and in the audit log when it failed: a success is told when the session begins."""
    row = {"at": now, "username": name, "address": address, "kind": kind, "passed": passed}
    connection.execute(insert(login_attempts).values(row))
    if not passed:
        audit.append(connection, name, "login.failed", {"address": address, "kind": kind}, now=now)
