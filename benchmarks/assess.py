"""Our whole assessment of a page (both axes, no OCR) beside one BeautifulSoup(lxml) parse of it, by kind and size.

    .venv/bin/python benchmarks/assess.py [--json] [--kind KIND]… [--runs N]

The kinds are those of `benchmarks/data/pages.toml`. Both are the best of several runs in one process, alternating, so
that a loaded machine slows both alike.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

from bs4 import BeautifulSoup

import config
from benchmarks.made_pages import Made, kinds, made
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess

SIZES = (20_000, 100_000, 480_000, 2_000_000)
RUNS = 15


class Row(NamedTuple):
    kind: str
    bytes: int
    ours_ms: float
    bs4_lxml_ms: float
    ratio: float


def seconds(call: Callable[[], object]) -> float:
    gc.collect()  # what the other one left behind is not this one's to clear away
    started = time.process_time()
    call()
    return time.process_time() - started


def measure(page: Made, context: Context, runs: int) -> tuple[float, float]:
    """(ours, BeautifulSoup's) best seconds."""
    ours: list[float] = []
    parse: list[float] = []
    for _ in range(runs):
        ours.append(seconds(lambda: assess(Page.from_html(page.html, page.url), context)))
        parse.append(seconds(lambda: BeautifulSoup(page.html, "lxml")))
    return min(ours), min(parse)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--kind", action="append", choices=kinds())
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    context = Context.build(config.load())
    assess(Page.from_html("<p>热身</p>", "https://www.example-school.cn/"), context)
    rows = []
    for kind in given.kind or kinds():
        for size in SIZES:
            ours, parse = measure(made(kind, size), context, given.runs)
            rows.append(Row(kind, size, ours * 1000, parse * 1000, ours / parse))
    if given.json:
        print(json.dumps([row._asdict() for row in rows]))
        return
    print(f"{'page':<8}{'size':>8}  {'our assessment':>16}  {'BeautifulSoup(lxml)':>20}  {'ratio':>6}")
    for row in rows:
        times = f"{row.ours_ms:>13.1f} ms  {row.bs4_lxml_ms:>17.1f} ms"
        print(f"{row.kind:<8}{row.bytes // 1000:>5} kB  {times}  {row.ratio:>6.2f}")


if __name__ == "__main__":
    main()
