"""A context of the packaged configuration, and pages made of a few lines."""

from __future__ import annotations

import pytest

import config
from detectors.context import Context


@pytest.fixture(scope="session")
def context() -> Context:
    return Context.build(config.load())
