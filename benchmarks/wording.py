"""The language of offers on labelled texts: beside other methods, under disguise, and how fast.

    .venv/bin/python benchmarks/wording.py [--texts DIR…] [--sample N] [--json]
    .venv/bin/python benchmarks/wording.py --only methods|disguises|speed
    .venv/bin/python benchmarks/wording.py --listings 100000

Needs the extra `bench`. Only numbers are printed, so that held-out texts stay unseen.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import config
from benchmarks import glyphs
from benchmarks.baselines import Method, methods
from benchmarks.disguises import KINDS, STRENGTHS, disguise
from crawlers.records import Listing
from detectors import text as folding
from detectors.base import Level
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from detectors.wording import Reader
from review.evaluating.counts import Share

TEXTS = Path(__file__).parent.parent / "tests" / "detectors" / "texts" / "tune"
SEED = 20261121
RUNS = 3
SCAN_MB = (1, 5, 10)
BAIT_BYTES = 100_000
GOAL_LISTINGS_SECONDS = 20.0
TITLE_CHARS = (10, 40)
UNLISTED = ("radicals and compatibility", "look-alikes", "split characters", "emoji", "foreign letters", "martian")
"""Kinds of which the replacements that the product has no entry for are a row of their own."""


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    text: str
    sells: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of a table: sellers found, innocents accused."""

    name: str
    recall: Share
    fpr: Share
    note: str = ""
    texts_per_second: float = 0.0

    @property
    def precision(self) -> Share:
        return Share(self.recall.part, self.recall.part + self.fpr.part)


def read(folders: Iterable[Path]) -> list[Row]:
    files = [file for folder in folders for file in ([folder] if folder.is_file() else sorted(folder.glob("*.jsonl")))]
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [Row(row["id"], row["text"], row["is_selling"]) for row in rows]


def judged(page: Page, context: Context) -> Level:
    """A detector that fails would make us look fast and harmless: nothing is measured then."""
    found = assess(page, context)
    if found.errors:
        raise RuntimeError(f"detectors failed: {found.errors}")
    return found.selling.level


def ours(context: Context) -> Callable[[str], bool]:
    return lambda text: judged(Page.from_text(text), context) is Level.FLAG


def measure(name: str, flags: Callable[[str], bool], rows: list[Row], note: str = "") -> Measured:
    started = time.perf_counter()
    flagged = [flags(row.text) for row in rows]
    seconds = time.perf_counter() - started
    sellers = [said for said, row in zip(flagged, rows, strict=True) if row.sells]
    others = [said for said, row in zip(flagged, rows, strict=True) if not row.sells]
    shares = Share(sum(sellers), len(sellers)), Share(sum(others), len(others))
    return Measured(name, *shares, note, len(rows) / max(seconds, 1e-9))


def beside(rows: list[Row], context: Context) -> list[Measured]:
    """Every method on the same rows, ours first."""
    known = [Method("zhengshao", "", ours(context)), *methods()]
    return [measure(one.name, one.flags, rows, one.note) for one in known]


def disguised(rows: list[Row], context: Context) -> Iterator[Measured]:
    """A line for every kind and strength and one for all kinds; `rows` are judged rightly as they stand."""
    flags = ours(context)
    lines: dict[int, list[Measured]] = {strength: [] for strength in STRENGTHS}
    for kind in KINDS:
        for strength in STRENGTHS:
            attack = partial(disguise, kinds=[kind], strength=strength)
            lines[strength].append(_attacked(f"{kind} {strength}", attack, rows, flags))
            yield lines[strength][-1]
    for strength, found in lines.items():
        yield Measured(f"all kinds {strength}", _sum(one.recall for one in found), _sum(one.fpr for one in found))
    for kind in UNLISTED:
        hidden = partial(disguise, kinds=[kind], strength=2, allowed=unlisted)
        yield _attacked(f"{kind} 2, no entry", hidden, rows, flags)


def _attacked(name: str, attack: Callable[..., str], rows: list[Row], flags: Callable[[str], bool]) -> Measured:
    """Texts that the disguise leaves as they are do not count."""
    changed = ((row, attack(row.text, seed=f"{SEED}:{row.id}")) for row in rows)
    return measure(name, flags, [Row(row.id, text, row.sells) for row, text in changed if text != row.text])


def _sum(shares: Iterable[Share]) -> Share:
    counted = list(shares)
    return Share(sum(one.part for one in counted), sum(one.whole for one in counted))


@cache
def _entries() -> frozenset[str]:
    """Every character that stands anywhere in the product's table of disguises."""

    def characters(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            part = [*part, *part.values()]
        if isinstance(part, list):
            for one in part:
                yield from characters(one)
        else:
            yield from str(part)

    return frozenset(characters(folding.tables()))


@cache
def unlisted(word: str, form: str) -> bool:
    """Whether the product has no entry for any character of a form, folds it to nothing else and does not hear it as
    the word."""
    folded = folding.fold(form).text != form.lower()
    alike = [glyphs.sound(one) for one in form] == [glyphs.sound(one) for one in word]
    return not folded and not alike and _entries().isdisjoint(form)


def rightly_judged(rows: list[Row], context: Context) -> list[Row]:
    flags = ours(context)
    return [row for row in rows if flags(row.text) is row.sells]


def sampled(rows: list[Row], count: int) -> list[Row]:
    """`count` of each sort, always the same ones; all with 0."""
    sorts = ([row for row in rows if row.sells is sells] for sells in (True, False))
    chance = random.Random(SEED)
    return [row for sort in sorts for row in (chance.sample(sort, count) if 0 < count < len(sort) else sort)]


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
    """Folding alone and folding with matching and rules, by size; the best of some runs."""
    for megabytes in SCAN_MB:
        text = chinese(rows, megabytes)
        size = len(text.encode()) / 1e6
        fold = min(_seconds(partial(folding.views, text)) for _ in range(RUNS))
        judge = min(_seconds(partial(_offers, text, context)) for _ in range(RUNS))
        yield {"mb": round(size, 1), "fold_mb_s": size / fold, "judge_mb_s": size / judge}


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


def _offers(text: str, context: Context) -> None:
    Reader(Page.from_text(text), context).offers()


def _assessed(text: str, context: Context) -> None:
    assess(Page.from_text(text), context)


def baits(context: Context) -> Iterator[dict[str, Any]]:
    """What makes careless patterns slow, repeated to a size."""
    for name, piece in BAITS.items():
        text = piece * (BAIT_BYTES // len(piece.encode()))
        spent = min(_seconds(partial(_assessed, text, context)) for _ in range(RUNS))
        yield {"name": name, "ms": 1000 * spent}


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


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


def judged_listings(rows: list[Row], count: int, context: Context) -> dict[str, Any]:
    """On one core; the making of the listings is not counted."""
    made = listings(rows, count)
    assess(Page.from_listing(made[0]), context)
    started = time.perf_counter()
    levels = [judged(Page.from_listing(one), context) for one in made]
    seconds = time.perf_counter() - started
    chars = sum(len(one.title) + len(one.text) for one in made)
    return {
        "listings": count,
        "seconds": seconds,
        "seconds_per_100000": seconds * 100_000 / count,
        "per_second": count / seconds,
        "mean_chars": chars / count,
        "flagged": levels.count(Level.FLAG) / count,
    }


def percent(share: Share) -> str:
    if share.value is None:
        return "–"
    shown = share.as_json()
    return f"{share.value * 100:5.1f} ({shown['low'] * 100:.1f}–{shown['high'] * 100:.1f})"


def show_methods(found: list[Measured]) -> None:
    print(f"\n{'method':34}{'recall':>20}{'false positives':>20}{'precision':>20}{'texts/s':>10}{'to ours':>9}  note")
    for one in found:
        shares = "".join(f"{percent(share):>20}" for share in (one.recall, one.fpr, one.precision))
        ratio = one.texts_per_second / found[0].texts_per_second
        print(f"{one.name:34}{shares}{one.texts_per_second:>10.0f}{ratio:>9.2f}  {one.note}")


def show_disguises(found: Iterable[Measured]) -> None:
    print(f"\n{'disguise, strength':40}{'recall':>20}{'of':>6}{'false positives':>20}{'of':>6}")
    for one in found:
        sizes = one.recall.whole, one.fpr.whole
        print(f"{one.name:40}{percent(one.recall):>20}{sizes[0]:>6}{percent(one.fpr):>20}{sizes[1]:>6}", flush=True)


def show_speed(scanned: Iterable[dict[str, Any]], bait: Iterable[dict[str, Any]]) -> None:
    print(f"\n{'Chinese text':>14}{'folded':>14}{'judged':>14}")
    for one in scanned:
        print(f"{one['mb']:>11} MB{one['fold_mb_s']:>9.1f} MB/s{one['judge_mb_s']:>9.1f} MB/s")
    print(f"\n{'bait of 100 kB':24}{'ms':>8}")
    for one in bait:
        print(f"{one['name']:24}{one['ms']:>8.0f}")


def show_listings(found: dict[str, Any]) -> None:
    print(
        f"\n{found['listings']} listings of {found['mean_chars']:.0f} characters on average: {found['seconds']:.1f} s, "
        f"{found['per_second']:.0f} a second, {found['seconds_per_100000']:.1f} s for 100,000 "
        f"(goal {GOAL_LISTINGS_SECONDS:.0f}), {found['flagged']:.0%} flagged"
    )


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", nargs="+", type=Path, default=[TEXTS], help="files or folders of labelled texts")
    parser.add_argument("--sample", type=int, default=120, help="texts of each sort a disguise is tried on; 0: all")
    parser.add_argument("--only", choices=("methods", "disguises", "speed"))
    parser.add_argument("--listings", type=int, default=0, metavar="N", help="judge N listings, and nothing else")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    given = options()
    rows = read(given.texts)
    context = Context.build(config.load())
    assess(Page.from_text("热身：电工证免考，微信 abc_12345"), context)
    found: dict[str, Any] = {}
    if given.listings:
        found["listings"] = judged_listings(rows, given.listings, context)
    else:
        if given.only in (None, "methods"):
            found["methods"] = beside(rows, context)
        if given.only in (None, "disguises"):
            found["disguises"] = disguised(sampled(rightly_judged(rows, context), given.sample), context)
        if given.only in (None, "speed"):
            found["scans"], found["baits"] = scans(rows, context), baits(context)
    print(json.dumps({name: _plain(part) for name, part in found.items()})) if given.json else show(found, rows)


def _plain(part: Any) -> Any:
    if isinstance(part, dict):
        return part
    return [asdict(one) if isinstance(one, Measured) else one for one in part]


def show(found: dict[str, Any], rows: list[Row]) -> None:
    print(f"{len(rows)} texts, {sum(row.sells for row in rows)} of sellers; shares in per cent with 95 % intervals")
    if "methods" in found:
        show_methods(found["methods"])
    if "disguises" in found:
        show_disguises(found["disguises"])
    if "scans" in found:
        show_speed(found["scans"], found["baits"])
    if "listings" in found:
        show_listings(found["listings"])


if __name__ == "__main__":
    main()
