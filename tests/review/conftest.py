"""A store with every floor's tables, in a temporary directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.store import Store, store_url


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(store_url(tmp_path))
    yield made
    made.close()
