"""The browser's own child process: claims its tasks, visits each page once, and hands what it saw to the recorder.

`python -m crawlers.rendering --night N --data DIR [--config DIR]`; talks to the network only through the door.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from config import load
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.browser import Look, Shot, executable_digest, find_executable, launched, visit
from crawlers.doorclient import DoorClient
from crawlers.marks import mark
from crawlers.recorder import Recorder
from crawlers.records import Artefact, Exchange, Fetched, FetchProfile, Origin, Outcome, Task, TaskKind
from crawlers.store import Store, store_url

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from config import Config

OWNER = "browser"
MEDIA = {
    "screenshot": "image/png",
    "dom": "text/html; charset=utf-8",
    "mhtml": "multipart/related",
    "console": "application/json",
    "tls": "application/json",
    "environment": "application/json",
    "dns": "application/json",
}


class Renderer:
    """Turns browser tasks into `Fetched` with artefacts, `workers` at a time."""

    def __init__(self, config: Config, blobs: BlobStore, recorder: Recorder, door: DoorClient, executable: Path):
        self.config = config
        self.blobs = blobs
        self.recorder = recorder
        self.door = door
        self.digest = executable_digest(executable)

    def look(self, task: Task) -> Look:
        crawl = self.config.crawl
        chosen = crawl.phone if task.profile is FetchProfile.PHONE else crawl.desktop
        return Look(
            profile=task.profile,
            user_agent=chosen.user_agent,
            accept_language=chosen.accept_language,
            width=chosen.viewport[0],
            height=chosen.viewport[1],
            referrer=task.referrer,
        )

    async def run(self, browser: Browser, tasks: list[Task]) -> int:
        """Visit every task; returns how many pages were kept."""
        waiting = iter(tasks)
        workers = [self._work(browser, waiting) for _ in range(self.config.settings.browser.workers)]
        return sum(await asyncio.gather(*workers))

    async def _work(self, browser: Browser, waiting: Any) -> int:
        kept = 0
        for task in waiting:
            shot = await self._visit(browser, task)
            mark("browser-before-submit")
            future = self.recorder.submit(self.fetched(task, shot))
            kept += await asyncio.wrap_future(future) is not None
        return kept

    async def _visit(self, browser: Browser, task: Task) -> Shot:
        settings = self.config.settings.browser
        return await visit(
            browser,
            task.target,
            self.look(task),
            max_height_px=settings.max_height_px,
            timeout_seconds=settings.timeout_seconds,
        )

    def fetched(self, task: Task, shot: Shot) -> Fetched:
        if shot.error or not shot.exchanges:
            return Fetched(task=task, outcome=Outcome.FAILED, reason=f"browser:{shot.error or 'no_page'}")
        verdict = _door_verdict(shot.exchanges[-1])
        if verdict:
            outcome = Outcome.REFUSED if verdict.startswith("refused") else Outcome.FAILED
            return Fetched(task=task, outcome=outcome, reason=verdict)
        return Fetched(
            task=task,
            outcome=Outcome.CAPTURED,
            exchanges=shot.exchanges,
            resources=shot.resources,
            flags=shot.flags,
            origin=Origin.BROWSER,
            artefacts=self._artefacts(shot),
            title=shot.title,
        )

    def _artefacts(self, shot: Shot) -> tuple[Artefact, ...]:
        last = urlsplit(shot.exchanges[-1].url)
        port = last.port or (443 if last.scheme == "https" else 80)
        peer = self.door.peer(last.hostname or "", port)
        environment = {**(shot.environment or {}), "program_sha256": self.digest}
        found = {
            "screenshot": shot.screenshot,
            "dom": shot.dom,
            "mhtml": shot.mhtml,
            "console": _json(list(shot.console)),
            "tls": _json([der.hex() for der in shot.certificates]) if shot.certificates else b"",
            "dns": _json({"host": last.hostname, "resolver": "door", "peer": peer}),
            "environment": _json(environment),
        }
        return tuple(self._keep(role, data) for role, data in found.items() if data)

    def _keep(self, role: str, data: bytes) -> Artefact:
        return Artefact(role=role, sha256=self.blobs.put(data), bytes=len(data), media_type=MEDIA[role])


def _door_verdict(exchange: Exchange) -> str:
    """`refused:private_address` when the door itself answered; empty when the site did.

    What came encrypted is the site's alone: the door refuses a tunnel before there is any answer in it.
    """
    if not exchange.url.startswith("http:"):
        return ""
    for name, value in exchange.response_headers:
        if name.lower() == "x-zhengshao-door":
            return value.replace("; ", ":")
    return ""


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def render(night: str, data: Path, config: Config) -> int:
    """Do the night's browser tasks; returns how many pages were kept. Without a Chromium each ends `no_browser`."""
    store = Store.open(store_url(data, config.settings.store.url))
    night_settings = config.settings.night
    tasks = store.claim(
        night, [TaskKind.BROWSER], limit=10_000, lease_seconds=night_settings.lease_seconds, owner=OWNER
    )
    if not tasks:
        return 0
    door = DoorClient.from_environment()
    archive = Archive(data / "archive", gzip_level=config.settings.archive.gzip_level)
    recorder = Recorder(store, archive, owner=OWNER, peers=door)
    try:
        executable = find_executable(config.settings.browser.executable)
        if executable is None or not config.settings.browser.enabled:
            return _without_browser(recorder, tasks)
        renderer = Renderer(config, BlobStore(data / "blobs"), recorder, door, executable)
        return asyncio.run(_with_browser(renderer, executable, door, tasks))
    finally:
        recorder.close()


async def _with_browser(renderer: Renderer, executable: Path, door: DoorClient, tasks: list[Task]) -> int:
    async with launched(executable, door.proxy, door.key) as browser:
        return await renderer.run(browser, tasks)


def _without_browser(recorder: Recorder, tasks: list[Task]) -> int:
    for task in tasks:
        recorder.submit(Fetched(task=replace(task), outcome=Outcome.FAILED, reason="no_browser"))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--night", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    given = parser.parse_args()
    render(given.night, given.data, load(given.config))
    return 0


if __name__ == "__main__":
    sys.exit(main())
