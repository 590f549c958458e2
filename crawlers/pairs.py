"""The same page by both visitors, close together: a desktop directly, a phone that comes from a search engine."""

from __future__ import annotations

from sqlalchemy import select

from crawlers.records import Capture
from crawlers.store import Store
from crawlers.tables import captures, tasks


def partner(store: Store, capture: Capture) -> Capture | None:
    """The capture of the same address in the same night by the other visitor, equally by the crawler or the browser."""
    if capture.task_id is None:
        return None
    own, other = tasks.alias("own"), tasks.alias("other")
    same = [own.c[name] == other.c[name] for name in ("night", "kind", "source", "target", "page")]
    wanted = (
        select(captures.c.id)
        .join(other, captures.c.task_id == other.c.id)
        .join(own, own.c.id == capture.task_id)
        .where(*same, own.c.profile != other.c.profile)
    )
    with store.read() as connection:
        found = connection.scalar(wanted.order_by(captures.c.id.desc()).limit(1))
    return None if found is None else store.capture(found)
