"""The browser's own child process: claims its tasks, visits each page once, and hands what it saw to the recorder.

`python -m crawlers.rendering --night N --data DIR [--config DIR]`; talks to the network only through the door.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from config import load
from crawlers.archive import Archive
from crawlers.artefacts import keep_artefacts
from crawlers.blobs import BlobStore
from crawlers.browser import Look, Shot, visit
from crawlers.children import PAUSES
from crawlers.chromium import NoBrowser, find_executable, launched
from crawlers.doorclient import DoorClient
from crawlers.doorway import CONTROL_HOST
from crawlers.holding import Holding
from crawlers.marks import mark
from crawlers.pictures import is_picture
from crawlers.profiles import page_state
from crawlers.recorder import Recorder
from crawlers.records import (
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
from crawlers.surroundings import clock, running_binary, surroundings

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from config import Config
    from config.schema import ArchiveSettings

OWNER = "browser"
PAIR = len(FetchProfile)
SUSPECT_ORIGINS = frozenset({"preserve", "tip"})
"""Tasks whose page is, or may be, a suspect's."""


class BrowserGone(CrawlError):
    """The running Chromium ended; what it had under way stays leased and goes back to the plan."""


class Renderer:
    """Turns a night's browser tasks into `Fetched` with artefacts, `workers` pages at a time, visitors in pairs."""

    def __init__(
        self,
        config: Config,
        night: str,
        blobs: BlobStore,
        recorder: Recorder,
        door: DoorClient,
        about: Mapping[str, Any],
    ):
        self.config = config
        self.night = night
        self.blobs = blobs
        self.recorder = recorder
        self.door = door
        self.about = about
        """What holds for every capture of this run: `surroundings`."""
        self.holding = Holding(config.crawl.network, lambda most: claim(recorder.store, night, config, most))

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
        lanes = max(1, self.config.settings.browser.workers // PAIR)
        return sum(await asyncio.gather(*(self._work(browser) for _ in range(lanes))))

    async def _work(self, browser: Browser) -> int:
        """Two tasks at a time, which are the two visitors of one page: a child that dies costs only what is under way
        an attempt."""
        kept, most = 0, min(PAIR, self.config.settings.browser.workers)
        while claimed := await self.holding.next(most):
            shots = await asyncio.gather(*(self._visit(browser, task) for task in claimed))
            if any(shot.error for shot in shots):
                self._still_at_work(browser)
            mark("browser-before-submit")
            for task, shot in zip(claimed, shots, strict=True):
                if self.holding.holds(task, shot.verdict):
                    continue
                other = next((one for one in zip(claimed, shots, strict=True) if one[0] is not task), None)
                fetched = await self.fetched(task, shot, other)
                kept += await asyncio.wrap_future(self.recorder.submit(fetched)) is not None
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
            fill_form=settings.show_forms and self._may_fill(task),
        )

    def _may_fill(self, task: Task) -> bool:
        """Suspects only, and no host that is or was official, whoever named it: its form is never touched."""
        host = urlsplit(task.target).hostname or ""
        ours = any(host == site.host or host.endswith(f".{site.host}") for site in self.config.official.sites)
        restricted = host.endswith(tuple(self.config.policy.restricted_suffixes))
        return task.origin in SUSPECT_ORIGINS and task.profile is FetchProfile.DESKTOP and not ours and not restricted

    async def fetched(self, task: Task, shot: Shot, other: tuple[Task, Shot] | None = None) -> Fetched:
        """What is handed over for a task; `other` is the task seen beside it."""
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
            artefacts=await keep_artefacts(self.blobs, shot, self.about, await asyncio.to_thread(self._peer, shot)),
            title=shot.title,
            provenance=_pair(task, shot, other),
        )

    def _peer(self, shot: Shot) -> str:
        last = urlsplit(shot.exchanges[-1].url)
        return self.door.peer(last.hostname or "", last.port or (443 if last.scheme == "https" else 80))


def _pair(task: Task, shot: Shot, other: tuple[Task, Shot] | None) -> tuple[tuple[str, str], ...]:
    """That the same page was seen by the other visitor at nearly the same time; told in the custody line."""
    if other is None or other[0].target != task.target or other[0].id is None:
        return ()
    begun = [(one.environment or {}).get("started_at", "") for one in (shot, other[1])]
    if not all(begun):
        return ()
    apart = abs((datetime.fromisoformat(begun[0]) - datetime.fromisoformat(begun[1])).total_seconds())
    return (("pair_task", str(other[0].id)), ("pair_profile", other[0].profile), ("pair_seconds_apart", f"{apart:.3f}"))


def state_of(shot: Shot) -> tuple[PageState, str]:
    """What the page was once its scripts had run: a captcha in Chromium is a captcha."""
    page = shot.exchanges[-1]
    if is_picture(page):
        return PageState.RESULTS, ""
    return page_state(None, status=page.status, url=shot.final_url, text=shot.dom.decode())


def claim(store: Store, night: str, config: Config, limit: int) -> list[Task]:
    lease_seconds = config.settings.night.lease_seconds
    return store.claim(night, [TaskKind.BROWSER], limit=limit, lease_seconds=lease_seconds, owner=OWNER)


def browser_recorder(store: Store, archive: Archive, settings: ArchiveSettings, door: DoorClient) -> Recorder:
    """Pages of a browser come seconds apart: one that waits for a batch only waits."""
    unbatched = settings.model_copy(update={"batch_wait_ms": 0})
    return Recorder.by_settings(store, archive, unbatched, owner=OWNER, peers=door)


def render(night: str, data: Path, config: Config, stats: Path | None = None) -> int:
    """Do the night's browser tasks; returns how many pages were kept. Without a Chromium each ends `no_browser`.

    Raises DoorDown, BrowserGone or NoNetwork; the tasks are not to blame and wait for the next run. What is told to
    the parent is written to `stats`.
    """
    settings = config.settings
    door = DoorClient.from_environment()
    archive = Archive.by_settings(data / "archive", settings.archive)
    url, patience = store_url(data, settings.store.url), settings.store.busy_timeout_seconds
    with (
        closing(Store.open(url, busy_timeout_seconds=patience)) as store,
        browser_recorder(store, archive, settings.archive, door) as recorder,
    ):
        try:
            executable = _executable(config)
            about = {**surroundings(executable, config.network), "clock": clock(store, archive)}
            renderer = Renderer(config, night, BlobStore(data / "blobs"), recorder, door, about)
            return asyncio.run(_with_browser(renderer, executable, stats))
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


async def _with_browser(renderer: Renderer, executable: Path, stats: Path | None) -> int:
    try:
        async with launched(executable, renderer.door.proxy, renderer.door.key) as browser:
            renderer.about = {**renderer.about, "browser_binary": await running_binary(browser)}
            return await renderer.run(browser)
    finally:
        if stats is not None and renderer.holding.pauses:
            stats.write_text(json.dumps({PAUSES: renderer.holding.pauses}), encoding="utf-8")


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
    parser.add_argument("--stats", type=Path)
    given = parser.parse_args()
    try:
        render(given.night, given.data, load(given.config), given.stats)
    except CrawlError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
