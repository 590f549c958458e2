"""Shares of labelled rows: intervals against published values, and what counts at which level."""

from __future__ import annotations

import pytest

from detectors.base import Level
from review.evaluating.counts import Count, Share, Tally, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_matches_newcombe_1998(part: int, whole: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-4)


def test_nothing_counted_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_row_counts_at_flag_only_when_flagged_and_at_watch_when_noticed() -> None:
    tally = Tally()
    for truth, level in [(True, Level.FLAG), (True, Level.WATCH), (False, Level.WATCH), (False, Level.CLEAR)]:
        tally.add(truth=truth, level=level)
    found = tally.as_json()
    assert (found["rows"], found["recall"]["value"], found["false_positive_rate"]["value"]) == (4, 0.5, 0.0)
    assert (found["watch"]["recall"]["value"], found["watch"]["false_positive_rate"]["value"]) == (1.0, 0.5)
    assert found["watch"]["precision"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert not tally.faultless


def test_a_share_of_nothing_has_no_value() -> None:
    assert Share(0, 0).as_json() == {"value": None, "of": 0, "low": 0.0, "high": 1.0}
    assert Count().recall.value is None
