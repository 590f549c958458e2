"""Seconds to build a packet of one case with ten captures, papers included, against hashing and zipping its own files.

`python benchmarks/packets.py [--captures N] [--rounds N]`. Ten captures of a site, half by a browser, pages
of 60 to 100 KB, a screenshot of 1366 × 3000 pixels for each browser capture. The first build of a process pays for
imports, fonts and the template; the best of the following counts as warm. The baseline reads the packet's files again,
computes SHA-256 and SM3 and writes the zip: what no builder can do without. Goal: 3 s, also for the first.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.archive import bodies
from config import Config
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.recorder import Recorder
from crawlers.records import Artefact, Exchange, Fetched, FetchProfile, Origin, Outcome, Task, TaskKind
from crawlers.store import Store, store_url
from review.cases import Decision, Suspect, decide, open_or_refresh
from review.clock import utc_now

HOST = "cx-mem-gov.example"
SHOT = (1366, 3000)
SIGNAL = {
    "detector": "wording",
    "version": 1,
    "class": "承诺免考",
    "weight": 0.9,
    "reason": "页面承诺不用考试即可取得操作证。",
    "quote": "免考包过",
    "start": 0,
    "end": 4,
    "where": "text",
}
ROUTES = (("cac", "处置请示"), ("market", "违法线索移送函"), ("police", "线索移送函"))


def screenshot(seed: int) -> bytes:
    """A page of coloured blocks and lines of text-like marks: compresses as real pages do."""
    from PIL import Image, ImageDraw

    dice, image = random.Random(seed), Image.new("RGB", SHOT, "white")
    pen = ImageDraw.Draw(image)
    for y in range(0, SHOT[1], 26):
        for x in range(20, SHOT[0], 18):
            if dice.random() < 0.7:
                pen.rectangle((x, y, x + dice.randrange(6, 15), y + 14), fill=(dice.randrange(90),) * 3)
    image.save(output := io.BytesIO(), "PNG")
    return output.getvalue()


def kept(data: Path, store: Store, captures: int) -> int:
    """A confirmed case on so many captures, half of them by a browser; its number."""
    blobs, pages = BlobStore(data / "blobs"), bodies(captures, 7)
    with Recorder(store, Archive(data / "archive", 1), owner="bench", max_wait_ms=5) as recorder:
        futures = [recorder.submit(_fetched(blobs, number, page)) for number, page in enumerate(pages)]
    numbers = tuple(number for future in futures if (number := future.result()) is not None)
    now = utc_now()
    assessment = {
        axis: {"verdict": "flag", "class": cls, "score": 0.9, "imitates": "应急管理部", "signals": [SIGNAL]}
        for axis, cls in (("impersonation", "仿冒查询页"), ("selling", "承诺免考"))
    }
    suspect = Suspect(
        subject=f"site:{HOST}",
        title="特种作业操作证查询",
        cls="仿冒查询页",
        score=0.9,
        imitates="应急管理部",
        assessment=assessment,
        capture_ids=numbers,
    )
    with store.write() as connection:
        case_id, _ = open_or_refresh(connection, suspect, night="bench", now=now)
        decide(connection, case_id, Decision.CONFIRM, actor="bench", reason="核对过原站", now=now)
    return case_id


def _fetched(blobs: BlobStore, number: int, page: bytes) -> Fetched:
    url, browser = f"http://{HOST}/{number}", number % 2 == 1
    profile = FetchProfile.PHONE if number % 4 == 3 else FetchProfile.DESKTOP
    answer = Exchange(
        url=url,
        status=200,
        response_headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=page,
        peer="203.0.113.9:80",
        fetched_at=utc_now(),
    )
    shot = screenshot(number) if browser else b""
    artefacts = (Artefact("screenshot", blobs.put(shot), len(shot), "image/png"),) if browser else ()
    return Fetched(
        task=Task(night="bench", kind=TaskKind.SITE, source="web", target=url, profile=profile),
        outcome=Outcome.CAPTURED,
        exchanges=(answer,),
        title="特种作业操作证查询",
        origin=Origin.BROWSER if browser else Origin.CRAWL,
        artefacts=artefacts,
    )


def timed(work: Callable[[], Path]) -> tuple[float, float, Path]:
    """Seconds on the clock and of processor, and the packet."""
    wall, processor = time.perf_counter(), time.process_time()
    path = work()
    return time.perf_counter() - wall, time.process_time() - processor, path


def hashed_and_zipped(path: Path) -> float:
    from review.packets.hashes import digests

    with zipfile.ZipFile(path) as packet:
        files = {name: packet.read(name) for name in packet.namelist()}
    started = time.perf_counter()
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_STORED) as copy:
        for name, content in files.items():
            digests([content])
            copy.writestr(name, content)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--captures", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhengshao-bench-") as name:
        data = Path(name)
        store = Store.create(store_url(data))
        case_id = kept(data, store, options.captures)
        _print(data, store, case_id, options.rounds)
        store.close()


def _print(data: Path, store: Store, case_id: int, rounds: int) -> None:
    config = Config()

    def built(agency: str) -> Path:
        from review.packets.desk import case_for_papers, make_packet

        with store.read() as connection:
            file = case_for_papers(connection, case_id)
        return make_packet(store, data, file, agency, config, lambda _seal: b"", utc_now())[1]

    wall, processor, path = timed(lambda: built(ROUTES[0][0]))
    print(f"{'first build, ' + ROUTES[0][0]:<24}{wall:8.2f} s{processor:8.2f} s CPU")
    for agency, _ in ROUTES:
        runs = [timed(lambda agency=agency: built(agency)) for _ in range(rounds)]  # type: ignore[misc]
        wall, processor, path = min(runs, key=lambda run: run[0])
        base = min(hashed_and_zipped(path) for _ in range(rounds))
        size = path.stat().st_size / 1e6
        print(f"{'warm, ' + agency:<24}{wall:8.2f} s{processor:8.2f} s CPU{size:8.1f} MB{wall / base:8.1f} × baseline")


if __name__ == "__main__":
    main()
