"""A store with every floor's tables: copied from one that was made once, since making one takes longer than a test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.store import Store, store_url


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    Store.create(store_url(folder)).close()
    return folder


@pytest.fixture
def store(made_once: Path, tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "store"
    shutil.copytree(made_once, folder)
    opened = Store.open(store_url(folder))
    yield opened
    opened.close()
