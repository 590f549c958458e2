"""A page that tries every way into the office, for the crawler and for Chromium; the victim's own log judges."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from crawlers.browser import Look, Shot, visit
from crawlers.chromium import find_executable, launched
from crawlers.records import FetchProfile, Outcome
from tests.hostile.conftest import Visit
from tests.hostile.world import World

LOOK = Look(profile=FetchProfile.DESKTOP, user_agent="Mozilla/5.0", accept_language="zh-CN", width=800, height=600)


@contextmanager
def listening(port: int) -> Iterator[list[bytes]]:
    """Datagrams that reach the victim's port."""
    came: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", port))
        ear.settimeout(0.1)
        over = threading.Event()

        def hear() -> None:
            while not over.is_set():
                try:
                    came.append(ear.recv(2048))
                except TimeoutError:
                    continue

        thread = threading.Thread(target=hear)
        thread.start()
        yield came
        over.set()
        thread.join()


@pytest.mark.usefixtures("unharmed")
def test_the_crawler_reaches_nothing_private(visit: Visit, world: World) -> None:
    with listening(world.victim.port) as datagrams:
        seen = visit(f"intruder?{world.victim.port}")
    assert seen.ending == (Outcome.CAPTURED, "")
    assert datagrams == []


@pytest.mark.usefixtures("unharmed")
@pytest.mark.skipif(find_executable() is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_chromium_reaches_nothing_private(world: World, scheme: str) -> None:
    pytest.importorskip("playwright")
    url = world.url(f"intruder?{world.victim.port}", scheme=scheme)
    with listening(world.victim.port) as datagrams:
        shot = asyncio.run(_shown(world, url))
    assert (shot.error, shot.title) == ("", "页面")
    assert datagrams == []
    if scheme == "http":  # the page did try: the door refused it many times
        assert (world.folder / "door.jsonl").read_text(encoding="utf-8").count("refused: private_address") > 15


async def _shown(world: World, url: str) -> Shot:
    executable = find_executable()
    assert executable is not None
    async with launched(executable, world.door.url, world.door.client().key) as browser:
        return await visit(browser, url, LOOK, max_height_px=2_000, timeout_seconds=60)
