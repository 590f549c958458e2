"""A case somebody looks at is theirs for a while, so that two analysts do not judge the same one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from review.clock import as_text
from review.desk.tables import case_locks


@dataclass(frozen=True, slots=True)
class Lock:
    username: str
    until: str


def holder(connection: Connection, case_id: int, *, now: str) -> Lock | None:
    """Who holds the case at this moment."""
    held = select(case_locks).where(case_locks.c.case_id == case_id, case_locks.c.until > now)
    row = connection.execute(held).first()
    return Lock(row.username, row.until) if row else None


def take(connection: Connection, case_id: int, username: str, *, seconds: float, now: str) -> Lock:
    """Hold the case, again or anew, and let go of any other; returns who holds it, which may be somebody else."""
    other = holder(connection, case_id, now=now)
    if other and other.username != username:
        return other
    release(connection, username)
    connection.execute(delete(case_locks).where(case_locks.c.case_id == case_id))
    until = as_text(datetime.fromisoformat(now) + timedelta(seconds=seconds))
    connection.execute(insert(case_locks).values(case_id=case_id, username=username, until=until))
    return Lock(username, until)


def release(connection: Connection, username: str) -> None:
    connection.execute(delete(case_locks).where(case_locks.c.username == username))


def held(connection: Connection, *, now: str) -> dict[int, str]:
    """Case → who is at it now."""
    rows = connection.execute(select(case_locks).where(case_locks.c.until > now))
    return {row.case_id: row.username for row in rows}
