"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# the same examples every time: a change is judged by what it changed, not by the day's luck
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parents[1]


def _beside(variable: str, folder: str) -> Path:
    """A folder of recorded material that is not part of the project; its test is skipped where there is none."""
    place = Path(os.environ.get(variable, ROOT.parent / "shared" / folder))
    if not place.is_dir():
        pytest.skip(f"no recorded material at {place} (set {variable})")
    return place


@pytest.fixture(scope="session")
def captures() -> Path:
    """Recorded pages with their expected results (`*/index.csv`)."""
    return _beside("ZHENGSHAO_CAPTURES", "captures")


@pytest.fixture(scope="session")
def labelled_texts() -> Path:
    """Real labelled texts for tuning, local only."""
    return _beside("ZHENGSHAO_LABELLED", "data") / "texts_tune.jsonl"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
