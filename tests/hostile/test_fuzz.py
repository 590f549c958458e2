"""A bounded run of every fuzz target; `python -m tests.hostile.fuzz` runs longer."""

from __future__ import annotations

import time

import pytest

from tests.hostile.fuzz import MAX_SECONDS, TARGETS, run, spoilt

SEEDS = 4_000
BUDGET_SECONDS = 1.5


@pytest.mark.parametrize("target", TARGETS)
def test_spoilt_bytes_are_read_or_refused(target: str) -> None:
    end = time.process_time() + BUDGET_SECONDS
    for seed in range(SEEDS):
        spent = run(target, seed)
        assert spent <= MAX_SECONDS, f"seed {seed} took {spent:.1f} s"
        if time.process_time() > end:
            return


def test_a_seed_spoils_the_same_bytes_in_the_same_way() -> None:
    good = bytes(range(256)) * 4
    assert spoilt(good, 7) == spoilt(good, 7) != spoilt(good, 8)
