"""Deadlines in workdays, by the calendar of `workdays.toml`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.schema_workdays import Workdays

BEIJING = timezone(timedelta(hours=8))
SATURDAY = 5


def local_day(moment: str) -> date:
    """The day in China on which a stored UTC moment falls."""
    return datetime.fromisoformat(moment).astimezone(BEIJING).date()


def stored(moment: datetime) -> str:
    """As every time is kept: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_workday(day: date, calendar: Workdays) -> bool:
    text = day.isoformat()
    if any(text in year.worked for year in calendar.years):
        return True
    return day.weekday() < SATURDAY and not any(text in year.holidays for year in calendar.years)


def after(day: date, workdays: int, calendar: Workdays) -> date:
    """The last of so many workdays, the first being the next workday after `day` (the day itself never counts)."""
    while workdays > 0:
        day += timedelta(days=1)
        workdays -= is_workday(day, calendar)
    return day


def known(day: date, calendar: Workdays) -> bool:
    """Whether the holidays of that year are entered; otherwise a deadline in it leaves out weekends alone."""
    return any(year.id == str(day.year) for year in calendar.years)
