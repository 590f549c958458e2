"""Filters people keep by name, for themselves or for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select

from review.desk.tables import saved_filters
from review.errors import BadFilter
from review.strings import SAVED_MANY, SAVED_NAME, SAVED_TAKEN

MAX_SAVED = 50
MAX_NAME_CHARS = 40


def saved_for(connection: Connection, username: str) -> Sequence[RowMapping]:
    """A person's own and those that others share, by name."""
    mine = or_(saved_filters.c.owner == username, saved_filters.c.shared.is_(True))
    return connection.execute(select(saved_filters).where(mine).order_by(saved_filters.c.name)).mappings().all()


def save(connection: Connection, username: str, name: str, query: str, *, shared: bool, now: str) -> None:
    """Raises BadFilter for a name that is empty, too long or taken, and for one filter too many."""
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME_CHARS:
        raise BadFilter(SAVED_NAME.format(limit=MAX_NAME_CHARS))
    own = connection.scalars(select(saved_filters.c.name).where(saved_filters.c.owner == username)).all()
    if name in own:
        raise BadFilter(SAVED_TAKEN.format(name=name))
    if len(own) >= MAX_SAVED:
        raise BadFilter(SAVED_MANY.format(limit=MAX_SAVED))
    row = {"owner": username, "name": name, "query": query, "shared": shared, "made_at": now}
    connection.execute(insert(saved_filters).values(row))


def forget(connection: Connection, username: str, number: int) -> bool:
    """Only one's own; False when there is none."""
    own = (saved_filters.c.id == number) & (saved_filters.c.owner == username)
    return connection.execute(delete(saved_filters).where(own)).rowcount == 1
