"""Fuzz targets: bytes that were once good, spoilt by seed, given to what reads strangers' bytes.

`python -m tests.hostile.fuzz warc --seconds 600 [--seed N]` runs one target for as long as is wanted and writes what
broke it to `fuzz-<target>-<seed>.bin`. The tests run a few hundred seeds of each. A target may refuse with the error
it documents; anything else, or more than `MAX_SECONDS` of the processor, is a finding.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import config
from crawlers import exchanges
from crawlers.decode import decode
from crawlers.profiles import parse
from crawlers.records import ArchiveError, Exchange, ImportRefused
from crawlers.revisits import Payloads
from crawlers.salvage import records
from detectors.features import Page
from tests.conftest import ROOT

MAX_SECONDS = 5.0
_TOKENS = (
    b"\r\n",
    b"\r\n\r\n",
    b"\0",
    b"\xff",
    b"WARC/1.1",
    b"Content-Length: 99999999999",
    b"Content-Length: -1",
    b"\x1f\x8b",
    b"<",
    b">",
    b"<div>",
    b"</div>",
    b"<script>",
    b"&#xffffffff;",
    b"<!--",
    b"]]>",
    b"\xb2\xe9",
    b"{",
    b"[" * 2000,
    b'"',
    b"\\u0000",
    b"<table>",
    b"<a href='",
    b"\xef\xbb\xbf",
    b"9" * 400,
    b"<svg>",
    b"<template>",
)


def spoilt(good: bytes, seed: int) -> bytes:
    """The same bytes for the same seed: one to six cuts, flips, doublings, tokens and swaps."""
    dice = random.Random(seed)
    data = bytearray(good)
    for _ in range(dice.randint(1, 6)):
        at, to = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
        to = min(to, at + dice.choice((1, 8, 64, 4096)))
        kind = dice.randrange(6)
        if kind == 0:
            del data[at:to]
        elif kind == 1 and at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        elif kind == 2:
            data[at:at] = data[at:to] * dice.choice((1, 3, 50))
        elif kind == 3:
            data[at:at] = dice.choice(_TOKENS) * dice.choice((1, 2, 100))
        elif kind == 4:
            data[at:to] = dice.randbytes(to - at)
        else:
            del data[at + (to - at) // 2 :]
    return bytes(data[: 4 << 20])


@cache
def _volume() -> bytes:
    page = Exchange(
        url="https://a.test/证",
        status=200,
        reason="OK",
        body=b"<p>page</p>" * 20,
        fetched_at="2026-11-21T00:00:00.000Z",
        request_headers=(("Host", "a.test"),),
        response_headers=(("Content-Type", "text/html"),),
        certificate_der=b"der",
        raw_head=b"HTTP/1.1 200 OK\r\nodd",
    )
    first, known = exchanges.write(page, 6, revisit_min_bytes=1), Payloads(1)
    assert first.payload is not None
    known.note(first.payload_sha256, first.payload)
    revisit = exchanges.write(page, 6, revisit_min_bytes=1, known=known)
    return first.data + exchanges.write(page, 0).data + revisit.data


def warc(data: bytes, _seed: int) -> None:
    """The reader of strangers' archives, and of what their records hold."""
    from crawlers.foreign import Pair, pairs, to_exchange

    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.warc.gz"
        path.write_bytes(data)
        with suppress(ImportRefused, ArchiveError):
            for item in pairs(records(path)):
                if isinstance(item, Pair):
                    with suppress(ArchiveError):
                        to_exchange(item)


@cache
def _results() -> tuple[tuple[str, bytes], ...]:
    """A recorded result page of every source that has one, with its profile."""
    profiles = {**config.load().engines, **config.load().marketplaces}
    folders = ((name, ROOT / "tests" / "fixtures" / name) for name in profiles)
    pages = ((name, path) for name, folder in folders if folder.is_dir() for path in sorted(folder.iterdir()))
    return tuple((name, path.read_bytes()) for name, path in pages if path.suffix in (".html", ".json"))


def profile(data: bytes, seed: int) -> None:
    """The profile of the page's source, every fourth time another's; a page nobody knows is no error."""
    known = {**config.load().engines, **config.load().marketplaces}
    name = _results()[seed % len(_results())][0] if seed % 4 else sorted(known)[seed % len(known)]
    parse(known[name], decode(data, (("Content-Type", "text/html"),)).text, url=known[name].base_url)


def html(data: bytes, _seed: int) -> None:
    """From bytes to features."""
    Page.from_html(decode(data, (("Content-Type", "text/html; charset=gbk"),)).text, "http://a.test/")


def _page(seed: int) -> bytes:
    pages = _results()
    return pages[seed % len(pages)][1]


TARGETS: dict[str, tuple[Callable[[bytes, int], None], Callable[[int], bytes]]] = {
    "warc": (warc, lambda _: _volume()),
    "profile": (profile, _page),
    "html": (html, _page),
}


def run(target: str, seed: int) -> float:
    """One seed; processor seconds. Raises what the target must not raise."""
    act, good = TARGETS[target]
    data = spoilt(good(seed), seed)
    started = time.process_time()
    act(data, seed)
    return time.process_time() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    end, seed, slowest = time.monotonic() + given.seconds, given.seed, 0.0
    while time.monotonic() < end:
        try:
            slowest = max(slowest, run(given.target, seed))
            if slowest > MAX_SECONDS:
                raise TimeoutError(f"{slowest:.1f} s")
        except Exception as error:  # noqa: BLE001  (any error is a finding)
            Path(f"fuzz-{given.target}-{seed}.bin").write_bytes(spoilt(TARGETS[given.target][1](seed), seed))
            print(f"seed {seed}: {error!r}")
            return 1
        seed += 1
    print(json.dumps({"target": given.target, "seeds": seed - given.seed, "slowest_seconds": round(slowest, 3)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
