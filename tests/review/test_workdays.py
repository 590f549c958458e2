from __future__ import annotations

from datetime import date

import pytest

from config import load
from review import workdays

CALENDAR = load().workdays


@pytest.mark.parametrize(
    ("day", "count", "end"),
    [
        ((2026, 11, 23), 1, (2026, 11, 24)),
        ((2026, 11, 27), 1, (2026, 11, 30)),
        ((2026, 11, 28), 3, (2026, 12, 2)),
        ((2026, 2, 13), 2, (2026, 2, 24)),  # the Saturday after is worked, then the Spring Festival
        ((2026, 9, 30), 3, (2026, 10, 10)),
        ((2027, 1, 1), 1, (2027, 1, 4)),  # not entered yet: weekends alone
    ],
)
def test_counting(day: tuple[int, int, int], count: int, end: tuple[int, int, int]) -> None:
    assert workdays.after(date(*day), count, CALENDAR) == date(*end)


def test_a_year_without_holidays_is_known_as_such() -> None:
    assert workdays.known(date(2026, 5, 1), CALENDAR)
    assert not workdays.known(date(2031, 5, 1), CALENDAR)


def test_the_day_is_the_one_in_china() -> None:
    assert workdays.local_day("2026-11-23T16:30:00.000Z") == date(2026, 11, 24)
