"""Our whole assessment of a page beside one BeautifulSoup(lxml) parse of it, by page size.

    .venv/bin/python benchmarks/assess.py [--json]

Both are the best of several runs in one process, alternating, so that a loaded machine slows both alike.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable

from bs4 import BeautifulSoup

import config
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess

SIZES = (20_000, 100_000, 480_000, 2_000_000)
RUNS = 15
_ROW = (
    '<div class="item"><h3><a href="/art/{n}.html" title="公告">第{n}号：关于开展安全培训的通知</a></h3>'
    '<p class="text">各有关单位：请组织<b>电工</b>、焊工等作业人员参加培训和考核，考核合格后由发证机关核发证书，'
    '每三年复审一次。</p><span class="time">2026-0{d}-1{d}</span><img src="/i/{n}.png" alt="附图"></div>\n'
)
_HEAD = (
    "<!DOCTYPE html><html><head><meta charset=utf-8><title>安全培训网</title><style>p{margin:0}</style></head><body>"
)
_TAIL = '<div class="footer">主办：某某职业培训学校　咨询电话 0730-0000123</div></body></html>'


def page_of(size_bytes: int) -> str:
    """An ordinary news list of about `size_bytes` bytes in UTF-8."""
    rows: list[str] = []
    length = len((_HEAD + _TAIL).encode())
    while length < size_bytes:
        row = _ROW.format(n=len(rows), d=1 + len(rows) % 9)
        rows.append(row)
        length += len(row.encode())
    return _HEAD + "".join(rows) + _TAIL


def seconds(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def measure(html: str, context: Context) -> tuple[float, float]:
    """(ours, BeautifulSoup's) best seconds."""
    ours: list[float] = []
    parse: list[float] = []
    for _ in range(RUNS):
        ours.append(seconds(lambda: assess(Page.from_html(html, "https://www.example-school.cn/"), context)))
        parse.append(seconds(lambda: BeautifulSoup(html, "lxml")))
    return min(ours), min(parse)


def main() -> None:
    warnings.simplefilter("ignore")
    context = Context.build(config.load())
    assess(Page.from_html("<p>热身</p>", "https://www.example-school.cn/"), context)
    rows = []
    for size in SIZES:
        html = page_of(size)
        ours, parse = measure(html, context)
        rows.append({"bytes": size, "ours_ms": ours * 1000, "bs4_lxml_ms": parse * 1000, "ratio": ours / parse})
    if "--json" in sys.argv[1:]:
        print(json.dumps(rows))
        return
    print(f"{'page':>10}  {'our assessment':>16}  {'BeautifulSoup(lxml)':>20}  {'ratio':>6}")
    for row in rows:
        times = f"{row['ours_ms']:>13.1f} ms  {row['bs4_lxml_ms']:>17.1f} ms"
        print(f"{row['bytes'] // 1000:>7} kB  {times}  {row['ratio']:>6.2f}")


if __name__ == "__main__":
    main()
