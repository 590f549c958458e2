"""The browser's own child process: claims its tasks, visits each page once, and hands what it saw to the recorder.

`python -m crawlers.rendering --night N --data DIR [--config DIR]`; talks to the network only through the door.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config import load
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.browser import Look, NoBrowser, Shot, executable_digest, find_executable, launched, visit
from crawlers.doorclient import DoorClient
from crawlers.doorway import CONTROL_HOST
from crawlers.marks import mark
from crawlers.pictures import is_picture
from crawlers.profiles import page_state
from crawlers.recorder import Recorder
from crawlers.records import (
    Artefact,
    CrawlError,
    Fetched,
    FetchProfile,
    Origin,
    Outcome,
    PageState,
    Task,
    TaskKind,
)
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


class BrowserGone(CrawlError):
    """The running Chromium ended; what it had under way stays leased and goes back to the plan."""


class Renderer:
    """Turns a night's browser tasks into `Fetched` with artefacts, `workers` at a time."""

    def __init__(
        self, config: Config, night: str, blobs: BlobStore, recorder: Recorder, door: DoorClient, executable: Path
    ):
        self.config = config
        self.night = night
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

    async def run(self, browser: Browser) -> int:
        """Visit every task that waits; returns how many pages were kept. Raises DoorDown or BrowserGone."""
        workers = [self._work(browser) for _ in range(self.config.settings.browser.workers)]
        return sum(await asyncio.gather(*workers))

    async def _work(self, browser: Browser) -> int:
        """One task at a time: a child that dies costs only what is under way an attempt."""
        kept = 0
        while claimed := await asyncio.to_thread(claim, self.recorder.store, self.night, self.config, 1):
            shot = await self._visit(browser, claimed[0])
            if shot.error:
                self._still_at_work(browser)
            mark("browser-before-submit")
            future = self.recorder.submit(self.fetched(claimed[0], shot))
            kept += await asyncio.wrap_future(future) is not None
        return kept

    def _still_at_work(self, browser: Browser) -> None:
        """No site is to blame, and no task ends, when the browser or the door is gone. Raises BrowserGone, DoorDown."""
        if not browser.is_connected():
            raise BrowserGone("Chromium ended while pages were open; its tasks stay planned")
        self.door.peer(CONTROL_HOST, 0)

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
        if shot.verdict:
            outcome = Outcome.REFUSED if shot.verdict.startswith("refused") else Outcome.FAILED
            return Fetched(task=task, outcome=outcome, reason=shot.verdict)
        if shot.error or not shot.exchanges:
            return Fetched(task=task, outcome=Outcome.FAILED, reason=f"browser:{shot.error or 'no_page'}")
        state, reason = state_of(shot)
        return Fetched(
            task=task,
            outcome=Outcome.CAPTURED,
            reason=reason,
            page_state=state,
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


def state_of(shot: Shot) -> tuple[PageState, str]:
    """What the page was once its scripts had run: a captcha in Chromium is a captcha."""
    page = shot.exchanges[-1]
    if is_picture(page):
        return PageState.RESULTS, ""
    return page_state(None, status=page.status, url=shot.final_url, text=shot.dom.decode())


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def claim(store: Store, night: str, config: Config, limit: int) -> list[Task]:
    lease_seconds = config.settings.night.lease_seconds
    return store.claim(night, [TaskKind.BROWSER], limit=limit, lease_seconds=lease_seconds, owner=OWNER)


def render(night: str, data: Path, config: Config) -> int:
    """Do the night's browser tasks; returns how many pages were kept. Without a Chromium each ends `no_browser`.

    Raises DoorDown or BrowserGone when one of them ended; the tasks are not to blame and wait for the next run.
    """
    settings = config.settings
    door = DoorClient.from_environment()
    archive = Archive(data / "archive", gzip_level=settings.archive.gzip_level)
    url, patience = store_url(data, settings.store.url), settings.store.busy_timeout_seconds
    with (
        closing(Store.open(url, busy_timeout_seconds=patience)) as store,
        Recorder.by_settings(store, archive, settings.archive, owner=OWNER, peers=door) as recorder,
    ):
        try:
            executable = _executable(config)
            renderer = Renderer(config, night, BlobStore(data / "blobs"), recorder, door, executable)
            return asyncio.run(_with_browser(renderer, executable))
        except NoBrowser as error:
            print(error, file=sys.stderr)
            return _without_browser(night, config, recorder)


def _executable(config: Config) -> Path:
    if not config.settings.browser.enabled:
        raise NoBrowser("the browser is turned off: settings.toml, [browser] enabled")
    found = find_executable(config.settings.browser.executable)
    if found is None:
        raise NoBrowser("no Chromium on this machine: install one, or name it in settings.toml, [browser] executable")
    return found


async def _with_browser(renderer: Renderer, executable: Path) -> int:
    async with launched(executable, renderer.door.proxy, renderer.door.key) as browser:
        return await renderer.run(browser)


def _without_browser(night: str, config: Config, recorder: Recorder) -> int:
    while tasks := claim(recorder.store, night, config, config.settings.archive.batch_records):
        for task in tasks:
            recorder.submit(Fetched(task=task, outcome=Outcome.FAILED, reason="no_browser"))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--night", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    given = parser.parse_args()
    try:
        render(given.night, given.data, load(given.config))
    except CrawlError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
