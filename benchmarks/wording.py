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
from benchmarks.pace import SEED, Row, baits, judged, judged_listings, read, scans, show_listings, show_speed
from detectors import text as folding
from detectors.base import Level
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from review.evaluating.counts import Share

TEXTS = Path(__file__).parent.parent / "tests" / "detectors" / "texts" / "tune"
UNLISTED = ("radicals and compatibility", "look-alikes", "split characters", "emoji", "foreign letters", "martian")
"""Kinds of which the replacements that the product has no entry for are a row of their own."""


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


def beside_speed() -> list[Method]:
    """One way to use each filter: what it says of a text costs next to nothing beside the search."""
    return [one for one in methods() if one.name.endswith("offer + certificate")]


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
        found["listings"] = judged_listings(rows, given.listings, context, beside_speed())
    else:
        if given.only in (None, "methods"):
            found["methods"] = beside(rows, context)
        if given.only in (None, "disguises"):
            found["disguises"] = disguised(sampled(rightly_judged(rows, context), given.sample), context)
        if given.only in (None, "speed"):
            found["scans"], found["baits"] = scans(rows, context), baits(context, beside_speed())
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
