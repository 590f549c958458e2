"""Pages per second kept: WARC, fsync, store and custody, against bare warcio writing the same bodies in the same run.

`python benchmarks/archive.py [--records N] [--rounds N] [--seed N]`. Pages of 60 to 100 KB, each with its request. Bare
warcio writes request and response with its own digests and gzip level 9, without fsync, rows or custody. The best
round counts, because other work on the machine can only slow one down.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.archive import Archive
from crawlers.recorder import Recorder
from crawlers.records import Exchange, Fetched, Outcome, Task, TaskKind
from crawlers.store import Store, store_url

LEVELS = (1, 4, 6, 9)
SIZES = (60_000, 100_000)
NIGHT = "bench"
REQUEST = (("Host", "site.example"), ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"), ("Accept", "text/html"))
RESPONSE = (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"))


def bodies(count: int, seed: int) -> list[bytes]:
    """Pages that compress like real ones: markup repeats, text does less."""
    rng = random.Random(seed)
    words = [chr(rng.randrange(0x4E00, 0x9FA5)) + chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(3000)]
    return [_page(rng, words) for _ in range(count)]


def _page(rng: random.Random, words: list[str]) -> bytes:
    size, parts, length = rng.randrange(*SIZES), ["<!DOCTYPE html><html><body>"], 0
    while length < size:
        text = "".join(rng.choices(words, k=rng.randrange(4, 20)))
        link = f'<a class="c-title" href="/link?url={rng.randrange(10**9)}">{text}</a>'
        row = f'<div class="result c-container new-pmd" srcid="1599" tpl="se_com_default">{link}</div>\n'
        parts.append(row)
        length += len(row.encode())
    return "".join(parts).encode()


def ours(pages: list[bytes], level: int) -> float:
    """Seconds from the first submission to the last future, with tasks planned and claimed beforehand."""
    with tempfile.TemporaryDirectory(prefix="zhengshao-bench-") as name:
        data = Path(name)
        store = Store.create(store_url(data))
        urls = [f"http://site.example/{number}" for number in range(len(pages))]
        store.plan(Task(night=NIGHT, kind=TaskKind.SITE, source="web", target=url) for url in urls)
        tasks = store.claim(NIGHT, [TaskKind.SITE], limit=len(pages), lease_seconds=600, owner="bench")
        with Recorder(store, Archive(data / "archive", level), owner="bench") as recorder:
            started = time.perf_counter()
            futures = [recorder.submit(_fetched(task, body)) for task, body in zip(tasks, pages, strict=True)]
            kept = sum(future.result() is not None for future in futures)
            seconds = time.perf_counter() - started
        store.close()
    if kept != len(pages):
        raise SystemExit(f"kept {kept} of {len(pages)} pages")
    return seconds


def _fetched(task: Task, body: bytes) -> Fetched:
    exchange = Exchange(
        url=task.target,
        status=200,
        reason="OK",
        request_headers=REQUEST,
        response_headers=RESPONSE,
        body=body,
        peer="192.0.2.7:80",
    )
    return Fetched(task=task, outcome=Outcome.CAPTURED, exchanges=(exchange,))


def bare(pages: list[bytes]) -> float:
    """Seconds of warcio alone."""
    with tempfile.TemporaryFile() as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        started = time.perf_counter()
        for number, body in enumerate(pages):
            uri = f"http://site.example/{number}"
            answer = StatusAndHeaders("200 OK", list(RESPONSE), protocol="HTTP/1.1")
            asked = StatusAndHeaders("GET / HTTP/1.1", list(REQUEST), is_http_request=True)
            response = writer.create_warc_record(
                uri, "response", payload=io.BytesIO(body), length=len(body), http_headers=answer
            )
            request = writer.create_warc_record(uri, "request", payload=io.BytesIO(), length=0, http_headers=asked)
            writer.write_request_response_pair(request, response)
        return time.perf_counter() - started


def _best(rounds: int, run: Callable[[], float]) -> float:
    return min(run() for _ in range(rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--records", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pages = bodies(options.records, options.seed)
    megabytes = sum(map(len, pages)) / 1e6
    alone = _best(options.rounds, partial(bare, pages))
    print(f"{options.records} pages, {megabytes:.1f} MB, best of {options.rounds}")
    print(f"{'':<24}{'pages/s':>10}{'MB/s':>10}{'ratio':>10}")
    print(f"{'bare warcio, gzip 9':<24}{len(pages) / alone:>10.0f}{megabytes / alone:>10.1f}{1:>10.2f}")
    for level in LEVELS:
        seconds = _best(options.rounds, partial(ours, pages, level))
        rate, ratio = len(pages) / seconds, alone / seconds
        print(f"{f'ours, gzip {level}':<24}{rate:>10.0f}{megabytes / seconds:>10.1f}{ratio:>10.2f}")


if __name__ == "__main__":
    main()
