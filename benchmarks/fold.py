"""Folding and matching by size and by kind of text, beside plain folding and bare matching in the same run.

    .venv/bin/python benchmarks/fold.py [--json]

Baselines: `translate` is NFKC and `str.translate` over a table of as many characters, without any offset;
`automaton` is ahocorasick_rs with all our terms on the raw text. Ours is the views of a text and all that the
lexicon finds in them; the ratio is our time to that of both baselines together. Ordinary text is made of ordinary
words in random order with now and then a word of the wording. Each figure is processor time, the best of several runs
in one process, alternating, so that a loaded machine slows all alike.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import config
from detectors import text as folding
from detectors.context import Context
from detectors.lexicon import Lexicon
from detectors.matches import Matches
from detectors.ordinary import words

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
BAIT_BYTES = 100_000
RUNS = 5
SLOW_RUNS = 2
"""Of the largest size."""
TERM_SHARE = 0.03
BAIT = {
    "decorations": "★☆·♡",
    "decorated": "免·考 試⑬",
    "zero-width": "考\u200b试\u200c",
    "split characters": "火旱工讠正力八",
    "reading marks": "学(xué)习【考:kǎo】试shì",
    "open marks": "学(xu",
    "brackets": "【考:【(（[",
    "backwards": "证工焊，试考用不",
    "columns": "电焊\n工工\n证证\n",
    "strewn letters": "电a工b证c",
    "letters": "zhongguo",
    "look-alikes": "店工正勉烤",
    "newlines": "\n",
}


class Row(NamedTuple):
    text: str
    bytes: int
    fold: float
    views: float
    ours: float
    translate: float
    automaton: float


def ordinary(size: int, lexicon: Lexicon) -> str:
    """Shuffled ordinary text of about `size` bytes in UTF-8."""
    chance = random.Random(1)
    usual, told = sorted(words()), [term for term in lexicon.terms if not term.isascii()]
    pieces: list[str] = []
    length = 0
    while length < size:
        sentence = [
            chance.choice(told if chance.random() < TERM_SHARE else usual) for _ in range(chance.randint(4, 16))
        ]
        pieces.append("".join(sentence) + chance.choice("，，。、；\n"))
        length += len(pieces[-1].encode())
    return "".join(pieces)


def disguised(plain: str) -> str:
    """Every sentence written in another way to evade."""
    ways: tuple[Callable[[str], str], ...] = (
        "·".join,
        "\u200b".join,
        lambda one: one[::-1],
        "\n".join,
        lambda one: one.replace("证", "讠正").replace("作", "亻乍"),
        "".join,
    )
    return "。".join(ways[at % len(ways)](one) for at, one in enumerate(plain.split("。")))


def seconds(call: Callable[[], object]) -> float:
    """Processor time with Python's collector off, as it is while a page is judged."""
    gc.collect()
    gc.disable()
    started = time.process_time()
    call()
    spent = time.process_time() - started
    gc.enable()
    return spent


def best(runs: int, *calls: Callable[[], object]) -> list[float]:
    """The best of several runs of each call, in turns."""
    return [min(times) for times in zip(*([seconds(call) for call in calls] for _ in range(runs)), strict=True)]


def measure(name: str, written: str, lexicon: Lexicon, runs: int) -> Row:
    table = folding.one_to_one()
    times = best(
        runs,
        lambda: folding.fold(written),
        lambda: folding.views(written),
        lambda: Matches(lexicon, folding.views(written)).owners,
        lambda: unicodedata.normalize("NFKC", written).translate(table),
        lambda: lexicon.find(written),
    )
    return Row(name, len(written.encode()), *times)


def rows(lexicon: Lexicon) -> list[Row]:
    largest = ordinary(max(SIZES), lexicon)
    found: list[Row] = []
    for size in SIZES:
        plain = largest[: size * len(largest) // max(SIZES)]
        runs = SLOW_RUNS if size == max(SIZES) else RUNS
        found.append(measure("ordinary", plain, lexicon, runs))
        found.append(measure("disguised", disguised(plain), lexicon, runs))
    for name, bait in BAIT.items():
        found.append(measure(f"bait: {name}", bait * (BAIT_BYTES // len(bait.encode())), lexicon, RUNS))
    return found


def show(row: Row) -> str:
    megabytes = row.bytes / 1e6
    speeds = (megabytes / one for one in (row.fold, row.views, row.ours, row.translate, row.automaton))
    ratio = row.ours / (row.translate + row.automaton)
    cells = "".join(f"{speed:>11.1f}" for speed in speeds)
    return f"{row.text:<24}{row.bytes / 1000:>9.0f} kB{cells}{row.ours * 1000:>11.1f} ms{ratio:>8.2f}"


def main() -> None:
    lexicon = Context.build(config.load()).lexicon
    Matches(lexicon, folding.views("热身：焊工证，免考①"))
    found = rows(lexicon)
    if "--json" in sys.argv[1:]:
        print(json.dumps([row._asdict() for row in found]))
        return
    names = ("fold", "views", "all ours", "translate", "automaton")
    print(f"{'MB/s':<24}{'size':>12}" + "".join(f"{name:>11}" for name in names) + f"{'all ours':>14}{'ratio':>8}")
    print("\n".join(map(show, found)))


if __name__ == "__main__":
    main()
