"""One hostile world a test session, and the bounds that every case keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from crawlers.agreement import audit
from crawlers.records import Outcome
from tests.crawlers.imports.packing import wacz, warc, zlib_gzip
from tests.crawlers.keeping import House, house
from tests.hostile.world import Seen, World

TIME_SECONDS = 50.0
"""The crawl's own limit for one page and its retry are four: only a crawl that hangs takes so long, whatever else the
machine does. What a page may cost is said in seconds of the processor."""
CPU_SECONDS = 3.0
MEMORY_MB = 64.0


class Visit(Protocol):
    def __call__(self, path: str, *, cpu_seconds: float = ..., memory_mb: float = ..., **where: Any) -> Seen: ...


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.opened(tmp_path_factory.mktemp("hostile")) as opened:
        yield opened


@pytest.fixture
def visit(world: World) -> Visit:
    """Visit a fault of a host of its own, within time and memory; a good page must come right after it."""

    def visited(path: str, *, cpu_seconds: float = CPU_SECONDS, memory_mb: float = MEMORY_MB, **where: Any) -> Seen:
        how = {name: where.pop(name) for name in ("profile", "referrer") if name in where}
        url = path if path.startswith("http") else world.url(path, **where)
        seen = world.visit(url, **how)
        assert seen.seconds <= TIME_SECONDS, f"{url} took {seen.seconds:.1f} s"
        assert seen.cpu_seconds <= cpu_seconds, f"{url} took {seen.cpu_seconds:.1f} s of the processor"
        assert seen.grown_mb <= memory_mb, f"{url} cost {seen.grown_mb:.0f} MB"
        works_on(world)
        return seen

    return visited


def works_on(world: World) -> None:
    good = world.visit(world.url("good"))
    assert good.ending == (Outcome.CAPTURED, "")
    assert (good.page.status, good.page.title, good.page.flags) == (200, "正常", ())


@pytest.fixture
def unharmed(world: World) -> Iterator[Path]:
    """Nobody reaches the victim while this test runs."""
    before = world.victim.connections
    yield world.folder
    assert world.victim.connections == before, "the victim was reached"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[House]:
    """A data directory; afterwards nothing in it is half, and a good file is still taken."""
    with house(tmp_path / "data") as made:
        yield made
        (made.data / "good.wacz").write_bytes(wacz({"archive/good.warc.gz": zlib_gzip(warc("https://good.example/"))}))
        assert len(made.intake().take(made.data / "good.wacz").captures) == 1
        assert audit(made.store, made.archive) == []


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A data directory into which nothing ever gets."""
    with house(tmp_path_factory.mktemp("empty") / "data") as made:
        yield made
