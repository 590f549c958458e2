"""The time as this floor writes it: UTC, ISO 8601, milliseconds, `Z`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def utc_now(*, plus_seconds: float = 0) -> str:
    return iso(datetime.now(UTC) + timedelta(seconds=plus_seconds))


def http_date(said: str) -> datetime | None:
    """The moment a header of a site names (RFC 9110 section 5.6.7), with its zone; None for what is no date."""
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
