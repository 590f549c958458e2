"""The rules and the sieve of the packaged configuration."""

from __future__ import annotations

import pytest

from detectors.context import Context
from detectors.lookalike.rules import Rules
from detectors.lookalike.screening import Screener
from detectors.names import Names


@pytest.fixture(scope="session")
def names(context: Context) -> Names:
    return context.names


@pytest.fixture(scope="session")
def rules(names: Names) -> Rules:
    return names.rules


@pytest.fixture(scope="session")
def screener(names: Names) -> Screener:
    return Screener(names)
