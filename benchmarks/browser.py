"""What a capture in the browser costs against a bare Playwright full-page screenshot of the same page, in the same run.

`python benchmarks/browser.py [--rounds N] [--json]`. One warm Chromium for both, a fresh context each time, the same
door, one page at a time, capture and baseline in turn; the ratio is that of the medians. The baseline is `new_context`,
`goto` until loaded, `screenshot(full_page=True)`. A capture is all of a night's: traffic with exact bodies, DOM, MHTML,
picture, logs, surroundings, blobs and records on disk, row and custody line committed; without look-ups of names, OCR
and the form's steps, which have their own time. Both picture the whole page (the night cuts it, which costs less).
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser

import config
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.chromium import find_executable, launched
from crawlers.doorclient import DoorClient
from crawlers.egress import Door, DoorPolicy
from crawlers.records import FetchProfile, Outcome, Task, TaskKind
from crawlers.rendering import Renderer, browser_recorder
from crawlers.store import Store, store_url
from crawlers.surroundings import clock, surroundings

NIGHT, SEED = "bench", 20261121
PAGES = {"text": 0, "cards20": 20, "cards60": 60, "cards180": 180}
"""Cards of a page, by its name."""
WHOLE_PX = 60_000


class Cards(BaseHTTPRequestHandler):
    """Pages of cards, each with a picture of its own, as shops and query pages have them; and one of text alone."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name.startswith("picture"):
            self._answer("image/jpeg", picture(int(name.removeprefix("picture"))))
        else:
            self._answer("text/html; charset=utf-8", page(PAGES.get(name, 0)))

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the table is what is printed."""


@contextmanager
def served() -> Iterator[int]:
    """The port of a server on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cards)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


@cache
def page(cards: int) -> bytes:
    words = "特种作业操作证培训信息公开，学员须本人参加培训，考试合格后由发证机关核发。"
    card = "<div class=card><img src=/picture{n} width=200 height=140><h3>焊工 {n}</h3><p>" + words * 3 + "</p></div>"
    text = "".join(f"<h2>第{n}条</h2><p>{words * 6}</p>" for n in range(40))
    style = "<style>.card{display:inline-block;width:400px;margin:8px;border:1px solid #ccc;vertical-align:top}</style>"
    body = "".join(card.format(n=n) for n in range(cards)) or text
    return f"<!doctype html><meta charset=utf-8><title>{cards}</title>{style}{body}".encode()


@cache
def picture(number: int) -> bytes:
    rng = random.Random(SEED + number)
    colours = [tuple(rng.randrange(256) for _ in range(3)) for _ in range(48)]
    small = Image.new("RGB", (8, 6))
    small.putdata(colours)
    small.resize((400, 280), Image.Resampling.BICUBIC).save(out := io.BytesIO(), "JPEG", quality=80)
    return out.getvalue()


async def bare(browser: Browser, url: str) -> int:
    """Bytes of the picture."""
    visitor = config.load().crawl.desktop
    width, height = visitor.viewport
    context = await browser.new_context(user_agent=visitor.user_agent, viewport={"width": width, "height": height})
    async with context:
        shown = await context.new_page()
        await shown.goto(url)
        return len(await shown.screenshot(full_page=True))


async def ours(renderer: Renderer, browser: Browser, url: str, number: int) -> int:
    """As the night does it, task included."""
    store = renderer.recorder.store
    store.plan([Task(night=NIGHT, kind=TaskKind.BROWSER, source="web", target=url, page=number)])
    (task,) = store.claim(NIGHT, [TaskKind.BROWSER], limit=1, lease_seconds=600, owner="bench")
    shot = await renderer._visit(browser, task)
    fetched = await renderer.fetched(task, shot)
    assert fetched.outcome is Outcome.CAPTURED, (shot.error, shot.verdict)
    assert task.profile is FetchProfile.DESKTOP
    assert await asyncio.wrap_future(renderer.recorder.submit(fetched)) is not None
    return len(shot.screenshot)


async def timed(work: Callable[[], Awaitable[int]]) -> tuple[float, int]:
    started = time.perf_counter()
    size = await work()
    return time.perf_counter() - started, size


async def measure(renderer: Renderer, browser: Browser, url: str, rounds: int) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {"bare": [], "ours": []}
    sizes = {}
    for number in range(rounds + 1):  # the first warms the browser up
        for name, work in (
            ("bare", lambda: bare(browser, url)),
            ("ours", lambda number=number: ours(renderer, browser, url, number + 1)),
        ):
            took, sizes[name] = await timed(work)
            if number:
                seconds[name].append(took)
    one, other = (statistics.median(seconds[name]) for name in ("bare", "ours"))
    return {
        "page": url.rpartition("/")[2],
        "bare_seconds": round(one, 3),
        "capture_seconds": round(other, 3),
        "ratio": round(other / one, 2),
        "best_ratio": round(min(seconds["ours"]) / min(seconds["bare"]), 2),
        "bare_png_bytes": sizes["bare"],
        "capture_png_bytes": sizes["ours"],
    }


async def run(data: Path, door: Door, rounds: int) -> list[dict[str, Any]]:
    office = data / "office"
    office.mkdir()
    (office / "settings.toml").write_text(f"[browser]\nmax_height_px = {WHOLE_PX}\n")
    loaded, executable = config.load(office), find_executable()
    assert executable, "no Chromium on this machine"
    client = DoorClient(door.url, door.client().keys)
    archive = Archive(data / "archive")
    with (
        closing(Store.create(store_url(data))) as store,
        browser_recorder(store, archive, loaded.settings.archive, client) as recorder,
    ):
        about = {**surroundings(executable, loaded.network), "clock": clock(store, archive)}
        renderer = Renderer(loaded, NIGHT, BlobStore(data / "blobs"), recorder, client, about)
        async with launched(executable, door.url, client.key) as browser:
            return [await measure(renderer, browser, f"http://site.test/{name}", rounds) for name in PAGES]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="zhengshao-bench-") as name,
        served() as port,
        Door.spawn(DoorPolicy(host_map={"site.test": f"127.0.0.1:{port}"})) as door,
    ):
        rows = asyncio.run(run(Path(name), door, given.rounds))
    if given.json:
        print(json.dumps(rows))
        return
    print(f"{'page':10} {'bare s':>8} {'capture s':>10} {'ratio':>7} {'of bests':>9} {'bare KB':>9} {'capture KB':>11}")
    for row in rows:
        sizes = f"{row['bare_png_bytes'] / 1024:9.0f} {row['capture_png_bytes'] / 1024:11.0f}"
        times = f"{row['bare_seconds']:8.3f} {row['capture_seconds']:10.3f}"
        print(f"{row['page']:10} {times} {row['ratio']:7.2f} {row['best_ratio']:9.2f} {sizes}")


if __name__ == "__main__":
    main()
