"""When a subject was last looked at, and whether it was still there: by the crawler, a re-check, or an officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from crawlers.tables import captures
from review import case_facts
from review.cases import Case

GONE = "gone"
SEEN = frozenset({"still_up", "changed"})
BY_HAND = "recheck_at"
"""The fact an officer supplies who looked with his own browser."""


@dataclass(frozen=True, slots=True)
class Look:
    """`at` is UTC, empty when nobody ever looked."""

    at: str
    gone: bool


def last(connection: Connection, case: Case) -> Look:
    """The newest of captures, re-checks and what an officer noted; a re-check that could not tell does not count."""
    newest = connection.execute(select(func.max(captures.c.fetched_at)).where(captures.c.id.in_(case.capture_ids)))
    found = [Look(newest.scalar() or "", False)]
    told = [event for event in case.events if event.kind == "rechecked" and event.detail["found"] in {*SEEN, GONE}]
    found += [Look(event.at, event.detail["found"] == GONE) for event in told]
    noted = case_facts.of_case(connection, case.id).get(BY_HAND)
    if noted:
        found.append(Look(noted.value, False))
    return max((look for look in found if look.at), key=_moment, default=Look("", False))


def _moment(look: Look) -> datetime:
    return datetime.fromisoformat(look.at)
