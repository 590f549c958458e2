"""How fast texts, baits and listings are judged on one core; processor time, so that other work does not count."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawlers.records import Listing
from detectors import text as folding
from detectors.base import Assessment, Level
from detectors.context import Context
from detectors.features import Page
from detectors.matches import Matches
from detectors.runner import assess, assess_all
from detectors.wording import Reader

if TYPE_CHECKING:
    from benchmarks.baselines import Method

SEED = 20261121
RUNS = 3
SCAN_MB = (1, 5, 10)
BAIT_BYTES = 100_000
BAIT_RUNS = 5
GOAL_BAIT_MS = 50.0
GOAL_LISTINGS_SECONDS = 20.0
BESIDE_LISTINGS = 5_000
"""Other methods take so many of the listings; their time goes by number."""
TITLE_CHARS = (10, 40)


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    text: str
    sells: bool


def read(folders: Iterable[Path]) -> list[Row]:
    files = [file for folder in folders for file in ([folder] if folder.is_file() else sorted(folder.glob("*.jsonl")))]
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [Row(row["id"], row["text"], row["is_selling"]) for row in rows]


def judged(page: Page, context: Context) -> Level:
    return _level(assess(page, context))


def _level(found: Assessment) -> Level:
    """A detector that fails would make us look fast and harmless: nothing is measured then."""
    if found.errors:
        raise RuntimeError(f"detectors failed: {found.errors}")
    return found.selling.level


def chinese(rows: list[Row], megabytes: int) -> str:
    """A text of so many bytes in UTF-8, of the innocent rows in changing order."""
    chance = random.Random(SEED)
    lines = [row.text for row in rows if not row.sells]
    parts: list[str] = []
    missing = megabytes * 1_000_000
    while missing > 0:
        parts.append(chance.choice(lines))
        missing -= len(parts[-1].encode()) + 1
    return "\n".join(parts)


def scans(rows: list[Row], context: Context) -> Iterator[dict[str, Any]]:
    """Folding alone, folding with matching, and both with the rules, by size; the best of some runs."""
    for megabytes in SCAN_MB:
        text = chinese(rows, megabytes)
        size = len(text.encode()) / 1e6
        fold = min(_seconds(partial(folding.views, text)) for _ in range(RUNS))
        match = min(_seconds(partial(_matched, text, context)) for _ in range(RUNS))
        judge = min(_seconds(partial(_offers, text, context)) for _ in range(RUNS))
        yield {"mb": round(size, 1), "fold_mb_s": size / fold, "match_mb_s": size / match, "judge_mb_s": size / judge}


BAITS = {
    "one digit": "1",
    "digits and blanks": "1 ",
    "account names": "wx a_1",
    "split parts": "火旱讠正",
    "offer again and again": "电工证免考",
    "quotation marks": "“电工证”免考“",
    "brackets": "（【",
    "ornaments": "电★工★证★免★考★",
    "zero width": "证\u200b",
    "e-mail": "a@a.",
}


def _matched(text: str, context: Context) -> None:
    _ = Matches(context.lexicon, folding.views(text)).owners


def _offers(text: str, context: Context) -> None:
    Reader(Page.from_text(text), context).offers()


def _assessed(text: str, context: Context) -> None:
    assess(Page.from_text(text), context)


def baits(context: Context, others: list[Method]) -> Iterator[dict[str, Any]]:
    """What makes careless patterns slow, repeated to a size; `beside` is what each other method takes for it."""
    for name, piece in BAITS.items():
        text = piece * (BAIT_BYTES // len(piece.encode()))
        spent = min(_seconds(partial(_assessed, text, context)) for _ in range(BAIT_RUNS))
        beside = {one.name: 1000 * _seconds(partial(one.flags, text)) for one in others}
        yield {"name": name, "ms": 1000 * spent, "goal_ms": GOAL_BAIT_MS, "beside": beside}


def _seconds(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started


def listings(rows: list[Row], count: int) -> list[Listing]:
    """Offers made of cuts of the texts: a title, and for most a description of some sentences."""
    chance = random.Random(SEED)
    texts = [row.text for row in rows]
    made = []
    for number in range(count):
        one, other = chance.choices(texts, k=2)
        start = chance.randrange(max(1, len(one) - TITLE_CHARS[0]))
        title = " ".join(one[start : start + chance.randint(*TITLE_CHARS)].split()) or one[: TITLE_CHARS[1]]
        text = "\n".join((one, other)[: chance.randint(0, 2)])
        price = f"{chance.randint(1, 900)}.00"
        url = f"https://shop.example/{number}"
        made.append(Listing(platform="xianyu", item_id=str(number), title=title, url=url, price=price, text=text))
    return made


def judged_listings(rows: list[Row], count: int, context: Context, others: list[Method]) -> dict[str, Any]:
    """On one core; the making of the listings is not counted. `alone` is how long they take when each is judged by
    itself, `beside` what each other method takes for as many."""
    made = listings(rows, count)
    assess(Page.from_listing(made[0]), context)
    started = time.process_time()
    levels = [_level(found) for found in assess_all(map(Page.from_listing, made), context)]
    seconds = time.process_time() - started
    few = made[:BESIDE_LISTINGS]
    alone = _seconds(lambda: [judged(Page.from_listing(one), context) for one in few]) * 100_000 / len(few)
    chars = sum(len(one.title) + len(one.text) for one in made)
    return {
        "listings": count,
        "seconds": seconds,
        "seconds_per_100000": seconds * 100_000 / count,
        "alone_seconds_per_100000": alone,
        "per_second": count / seconds,
        "mean_chars": chars / count,
        "flagged": levels.count(Level.FLAG) / count,
        "beside": {one.name: _seconds_per_100000(one, made) for one in others},
    }


def _seconds_per_100000(other: Method, made: list[Listing]) -> float:
    texts = [Page.from_listing(one).text for one in made[:BESIDE_LISTINGS]]
    return _seconds(lambda: [other.flags(text) for text in texts]) * 100_000 / len(texts)


def show_speed(scanned: Iterable[dict[str, Any]], bait: Iterable[dict[str, Any]]) -> None:
    print(f"\n{'Chinese text':>14}{'folded':>14}{'matched':>14}{'judged':>14}")
    for one in scanned:
        speeds = (one["fold_mb_s"], one["match_mb_s"], one["judge_mb_s"])
        print(f"{one['mb']:>11} MB" + "".join(f"{speed:>9.1f} MB/s" for speed in speeds))
    for number, one in enumerate(bait):
        if not number:
            print(f"\n{'ms for a bait of 100 kB':24}{'ours':>8}" + "".join(f"{name:>26}" for name in one["beside"]))
        print(f"{one['name']:24}{one['ms']:>8.1f}" + "".join(f"{spent:>26.1f}" for spent in one["beside"].values()))


def show_listings(found: dict[str, Any]) -> None:
    print(
        f"\n{found['listings']} listings of {found['mean_chars']:.0f} characters on average: {found['seconds']:.1f} s, "
        f"{found['per_second']:.0f} a second, {found['seconds_per_100000']:.1f} s for 100,000 "
        f"(goal {GOAL_LISTINGS_SECONDS:.0f}), {found['flagged']:.0%} flagged"
    )
    print(f"each by itself: {found['alone_seconds_per_100000']:.1f} s for 100,000")
    for name, seconds in found["beside"].items():
        print(f"{name}: {seconds:.1f} s for 100,000, ratio {found['seconds_per_100000'] / seconds:.2f}")
