"""Cases by a contact typed in full: looked up by its HMAC, since no row holds it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from review.campaigns import showing
from review.tables import case_subjects

LEAST_CHARS = 5


def cases_of_contact(connection: Connection, value: str, key: bytes) -> list[int]:
    """Ids of the cases whose subjects show this number or account; none for what is no contact."""
    wanted = value.strip()
    if len(wanted) < LEAST_CHARS or not wanted.isascii() or " " in wanted:
        return []
    subjects = showing(connection, "contact", wanted, key)
    if not subjects:
        return []
    held = select(case_subjects.c.case_id).where(case_subjects.c.subject.in_(subjects)).distinct()
    return list(connection.scalars(held))
