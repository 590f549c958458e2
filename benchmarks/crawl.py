"""Pages per second of the crawl stage, against bare Scrapy through the same door and against bare Scrapy direct.

`python benchmarks/crawl.py [--pages N] [--rounds N]`. Pages of 60 to 100 KB come from a server on loopback; delays
are off, the same number of requests is under way in each run. Ours includes claiming, decoding, judging page states,
the archive (fsync, SHA-256, gzip) and the store. Times are of the crawl itself, without the start of the process;
the three runs of a round follow each other, a ratio is taken within its round, and medians are printed with the
range of the rounds: other work on the machine touches all three.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import ClassVar

from crawlers.children import ChildLimits, run_spider
from crawlers.egress import Door, DoorPolicy
from crawlers.records import Task, TaskKind
from crawlers.store import Store

HOSTS = 8
CONCURRENCY = 16
SIZES_KB = (60, 100)
NIGHT = "bench"
CRAWL = f"""
delay_seconds = 0.0
concurrency = {CONCURRENCY}
concurrency_per_host = {CONCURRENCY}
"""


def pages() -> list[bytes]:
    """Sixteen answers that look like Chinese portal pages: much markup, links, some text, little repetition."""
    shuffled = random.Random(1)
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]
    words = ["".join(shuffled.choices(letters, k=shuffled.randrange(2, 5))) for _ in range(600)]
    return [_answer(shuffled, words, kilobytes << 10) for kilobytes in range(*SIZES_KB, 3)]


def _answer(shuffled: random.Random, words: list[str], size: int) -> bytes:
    rows, length = [], 0
    while length < size:
        text = "".join(shuffled.choices(words, k=shuffled.randrange(6, 30)))
        rows.append(
            f'<li class="item-{shuffled.randrange(9999)}"><a href="/news/{shuffled.getrandbits(40)}.html" '
            f'title="{text[:12]}">{text}</a><span data-id="{shuffled.getrandbits(64):x}">2026-11-21</span></li>\n'
        )
        length += len(rows[-1].encode())
    body = f"<!doctype html><html><head><title>通知公告</title></head><body><ul>{''.join(rows)}</ul></body></html>"
    payload = body.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(payload)}\r\n\r\n"
    return head.encode() + payload


class _Answering(asyncio.Protocol):
    """Answers each request head with the next page; keeps the connection."""

    answers: ClassVar[list[bytes]] = []
    served: ClassVar[int] = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            self._buffer = self._buffer.partition(b"\r\n\r\n")[2]
            _Answering.served += 1
            self._transport.write(self.answers[_Answering.served % len(self.answers)])


async def _serve() -> None:
    _Answering.answers = pages()
    server = await asyncio.get_running_loop().create_server(_Answering, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def serving() -> Iterator[int]:
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin and server.stdout
    try:
        yield int(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()


def _bare(given: argparse.Namespace) -> None:
    """The child of a bare run: Scrapy's defaults, a callback that does nothing."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self):  # type: ignore[no-untyped-def]
            for number in range(given.pages):
                yield scrapy.Request(given.url.format(host=number % HOSTS, page=number), meta={"proxy": given.proxy})

        def parse(self, response):  # type: ignore[no-untyped-def]
            assert response.status == 200

    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS": CONCURRENCY,
            "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
            "LOG_LEVEL": "WARNING",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    crawler = process.create_crawler(Bare)
    process.crawl(crawler)
    process.start()
    assert crawler.stats
    print(json.dumps(crawler.stats.get_stats(), default=str))


def bare(count: int, url: str, proxy: str = "") -> float:
    """Pages per second of bare Scrapy."""
    command = [sys.executable, __file__, "--bare", "--pages", str(count), "--url", url, "--proxy", proxy]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return _rate(json.loads(done.stdout.splitlines()[-1]), count)


def ours(count: int, url: str, door: Door, data: Path) -> float:
    """Pages per second of the sites spider, everything kept."""
    office = data / "office"
    office.mkdir(parents=True)
    (office / "crawl.toml").write_text(CRAWL, encoding="utf-8")
    store = Store.create(f"sqlite:///{data}/store.sqlite")
    targets = (url.format(host=number % HOSTS, page=number) for number in range(count))
    store.plan(Task(night=NIGHT, kind=TaskKind.SITE, source="web", target=target) for target in targets)
    report = run_spider(
        "sites",
        night=NIGHT,
        data=data,
        config_dir=office,
        door_environment=door.environment(),
        limits=ChildLimits(time_seconds=300),
    )
    kept = sum(1 for _ in store.captures(night=NIGHT))
    store.close()
    assert kept == count, f"{kept} of {count} pages kept; see {data}/log"
    return _rate(report.stats, count)


def _rate(stats: Mapping[str, object], count: int) -> float:
    assert stats["finish_reason"] == "finished", stats
    assert stats["response_received_count"] == count, stats
    return count / float(str(stats["elapsed_time_seconds"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    parser.add_argument("--proxy", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(_serve())
    elif given.bare:
        _bare(given)
    else:
        compare(given.pages, given.rounds)


def compare(count: int, rounds: int) -> None:
    with serving() as port, tempfile.TemporaryDirectory(prefix="bench-crawl-") as folder:
        hosts = {f"h{number}.test": f"127.0.0.1:{port}" for number in range(HOSTS)}
        with Door.spawn(DoorPolicy(host_map=hosts), log=Path(folder) / "door.jsonl") as door:
            named = "http://h{host}.test/page/{page}.html"
            user, secret = door.client().key
            proxy = door.url.replace("://", f"://{user}:{secret}@")
            rates: dict[str, list[float]] = {"direct": [], "door": [], "ours": []}
            for number in range(rounds):
                rates["direct"].append(bare(count, f"http://127.0.0.1:{port}/{{host}}/{{page}}.html"))
                rates["door"].append(bare(count, named, proxy))
                rates["ours"].append(ours(count, named, door, Path(folder) / str(number)))
    show(rates, count)


def show(rates: dict[str, list[float]], count: int) -> None:
    sizes = f"{SIZES_KB[0]}-{SIZES_KB[1]} KB"
    rounds = len(rates["ours"])
    print(f"{count} pages of {sizes}, {CONCURRENCY} at a time, median of {rounds} rounds, {os.cpu_count()} cores")
    print(f"{'run':30}{'pages/s':>9}{'ours to it':>12}{'range':>14}{'aim':>7}")
    for name, title, aim in (
        ("direct", "bare Scrapy, direct", "0.45"),
        ("door", "bare Scrapy through the door", "0.60"),
        ("ours", "zhengshao sites spider", ""),
    ):
        print(f"{title:30}{median(rates[name]):9.0f}{_ratios(rates['ours'], rates[name]) if aim else ''}{aim:>7}")


def _ratios(ours: list[float], theirs: list[float]) -> str:
    found = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return f"{median(found):12.2f}{f'{min(found):.2f} to {max(found):.2f}':>14}"


if __name__ == "__main__":
    main()
