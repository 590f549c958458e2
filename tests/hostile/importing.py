"""How files that people hand in are given to an intake of their own, and what must hold when one is refused."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawlers.imports import Handed, Refused, tips
from tests.crawlers.imports.packing import wacz
from tests.crawlers.keeping import House

MEMORY_MB, SECONDS = 64, 30


@contextmanager
def bounded(memory_mb: int = MEMORY_MB, seconds: float = SECONDS) -> Iterator[None]:
    before, started = peak_mb(), time.monotonic()
    yield
    assert peak_mb() - before <= memory_mb
    assert time.monotonic() - started <= seconds


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def put(desk: House, name: str, data: bytes) -> Path:
    path = desk.data / name
    path.write_bytes(data)
    return path


def write(path: Path, pieces: Iterator[bytes]) -> Path:
    with path.open("wb") as file:
        file.writelines(pieces)
    return path


def refused(desk: House, name: str, data: bytes, handed: Handed | None = None, **limits: int) -> Refused:
    """Why `take` refuses it; `preview` says the same, and nothing was kept."""
    path = put(desk, name, data)
    intake = desk.intake(**limits)
    with bounded(), pytest.raises(Refused) as caught:
        intake.take(path, handed)
    error = caught.value
    with bounded():
        shown = intake.preview(path, handed)
    assert shown.refused is not None
    assert shown.refused.code == error.problem.code
    assert_nothing_kept(desk)
    assert desk.intake().preview(put(desk, "good.wacz", wacz())).pages == 1
    path.unlink()
    for language in ("zh", "en"):
        assert error.told(language).startswith(name)
        assert len(error.told(language)) > len(name) + 10
    return error


def assert_nothing_kept(desk: House) -> None:
    assert list(desk.store.captures()) == []
    with desk.store.read() as connection:
        assert tips.listed(connection) == []
    assert not list(desk.archive.root.glob("*")) if desk.archive.root.exists() else True
    assert not list((desk.data / "blobs").rglob("*")) if (desk.data / "blobs").exists() else True
    assert not [path for path in desk.data.iterdir() if path.name.startswith(("import-", "tmp"))]
