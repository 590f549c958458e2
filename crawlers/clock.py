"""The time as this floor writes it: UTC, ISO 8601, milliseconds, `Z`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def utc_now(*, plus_seconds: float = 0) -> str:
    return iso(datetime.now(UTC) + timedelta(seconds=plus_seconds))
