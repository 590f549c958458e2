"""Weights of the manner learnt from labelled texts: a linear support vector machine, the same wherever it runs.

A seller's text is an example by its most telling window alone, another's by every window (multiple instances, Andrews
et al., NIPS 2002). Cross-validation leaves whole families out, and with them those named alike.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy

from detectors.descent import Places, Row, Values, descend, product
from detectors.grams import SOUND
from detectors.manner import STRINGS, Manner, Window, worth

COST = 0.1
"""What one wrong example costs against large weights."""
MIN_TEXTS, MIN_FAMILIES = 2, 2
"""In so many texts and families a feature must be to be learnt from."""
MAX_FEATURES = 80_000
HEARD = 0.5
"""What syllables count beside what is written: they say the same once more."""
ROUNDS = 3
FOLDS = 8
FLAG_RATE, WATCH_RATE = 0.025, 0.07
"""Shares of honest texts above `flag` and `watch`, by weights learnt without their kind of texts."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text: where it comes from, whether it sells, its windows."""

    id: str
    family: str
    sells: bool
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Learnt:
    manner: Manner
    scores: dict[str, float]
    """Cross-validated score of every text that has windows: by weights learnt without its family."""


def learn(examples: Sequence[Example], told: Callable[[str], None] = lambda line: None) -> Learnt:
    """`told` hears what is going on, a line at a time."""
    scores: dict[str, float] = {}
    parts = folds([example.family for example in examples])
    for number, held in enumerate(parts, 1):
        weighed = fit([example for example in examples if example.family not in held])
        scores |= {one.id: best(weighed, one) for one in examples if one.family in held and one.windows}
        told(f"{number}/{len(parts)}")
    flag, watch = thresholds(examples, scores)
    manner = replace(fit(examples), flag=flag, watch=watch)
    return Learnt(manner, scores)


def folds(families: Sequence[str]) -> list[set[str]]:
    """Of each text its family: whole families, in the order of their names, so that one author's (`a-sms`, `a-press`)
    are left out together; about as many texts in each fold."""
    sizes = Counter(families)
    found: dict[int, set[str]] = defaultdict(set)
    before = 0
    for family in sorted(sizes):
        found[before * min(FOLDS, len(sizes)) // len(families)].add(family)
        before += sizes[family]
    return list(found.values())


def written(manner: Manner, told: str) -> str:
    """The file's text; `told`, of one line, says what it was learnt from."""
    own = [f"={name}\t{getattr(manner, name)}" for name in ("bias", "flag", "watch")]
    lines = [f"{name}\t{weight}\t{manner.rarity[name]}" for name, weight in sorted(manner.weights.items())]
    return "\n".join([f"=about\t{told}", *own, *lines]) + "\n"


def thresholds(examples: Iterable[Example], scores: dict[str, float]) -> tuple[float, float]:
    """Texts without windows, in which nothing is sold, count as the lowest."""
    lowest = min(scores.values(), default=0.0) - 1
    honest = sorted((scores.get(one.id, lowest) for one in examples if not one.sells), reverse=True)
    flag, watch = (round(honest[int(rate * len(honest))] + 0.0005, 3) for rate in (FLAG_RATE, WATCH_RATE))
    return flag, min(watch, flag)


def best(manner: Manner, example: Example) -> float:
    return max(map(manner.score, example.windows))


def fit(examples: Sequence[Example]) -> Manner:
    """Weights; the levels are not known yet."""
    rarity = _frequent(examples)
    texts = _in_numbers(examples, rarity)
    weights, telling = _solve(texts, len(rarity), None), None
    for _ in range(ROUNDS - 1):
        telling = _most_telling(texts, weights)
        weights = _solve(texts, len(rarity), telling)
    if len(rarity) > MAX_FEATURES:
        telling = _most_telling(texts, weights)
        weight = dict(zip(rarity, weights.tolist(), strict=False))
        kept = sorted(rarity, key=lambda name: (-abs(weight[name]), name))[:MAX_FEATURES]
        rarity = {name: rarity[name] for name in sorted(kept)}
        weights = _solve(_like(texts, _in_numbers(examples, rarity)), len(rarity), telling)
    *known, bias = weights.tolist()
    weighed = {name: value for name, weight in zip(rarity, known, strict=True) if (value := round(weight, 3))}
    return Manner(weighed, {name: rarity[name] for name in weighed}, round(bias, 3), 0.0, 0.0)


def _frequent(examples: Sequence[Example]) -> dict[str, float]:
    """Features worth learning from, in order of their names, with their rarity."""
    texts: Counter[str] = Counter()
    families: Counter[str] = Counter()
    of_family: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        names = set[str]().union(*(window.strings | window.marks for window in example.windows))
        texts.update(names)
        of_family[example.family] |= names
    for known in of_family.values():
        families.update(known)
    often = sorted(name for name, count in texts.items() if count >= MIN_TEXTS and families[name] >= MIN_FAMILIES)
    return {name: round(_share(name) * math.log(len(examples) / texts[name]), 2) for name in often}


def _share(name: str) -> float:
    return HEARD if name[0] == SOUND and len(name) > 1 else 1.0


@dataclass(slots=True)
class _Numbers:
    """What is known of one window: places of features and what each is worth. The last place is the bias's."""

    places: Places
    values: Values
    square: float
    alpha: float = 0.0
    """What it weighed when it was last an example: where the next solution is sought from."""


@dataclass(slots=True)
class _Row(Row):
    """A window as an example of something."""

    window: _Numbers


Texts = list[tuple[bool, list[_Numbers]]]
"""Of each text whether it sells, and its windows."""


def _in_numbers(examples: Iterable[Example], rarity: dict[str, float]) -> Texts:
    places = {name: place for place, name in enumerate(rarity)}
    return [(one.sells, [_numbers(window, places, rarity) for window in one.windows]) for one in examples]


def _like(before: Texts, texts: Texts) -> Texts:
    """The same texts by other features, weighing what they did before."""
    for (_, old), (_, new) in zip(before, texts, strict=True):
        for one, other in zip(old, new, strict=True):
            other.alpha = one.alpha
    return texts


def _numbers(window: Window, places: dict[str, int], rarity: dict[str, float]) -> _Numbers:
    known = sorted(window.strings & places.keys())
    marks = sorted(window.marks & places.keys())
    scale = STRINGS / (math.sqrt(sum(rarity[name] * rarity[name] for name in known)) or 1.0)
    values = numpy.array([*(scale * rarity[name] for name in known), *map(worth, marks), 1.0])
    at = numpy.array([*(places[name] for name in (*known, *marks)), len(places)])
    return _Numbers(at, values, float(numpy.add.reduce(values * values)))


def _most_telling(texts: Texts, weights: Values) -> list[int]:
    """Of each text the number of its window that reads most as an offer."""
    return [max(range(len(windows)), key=lambda at: product(weights, windows[at]), default=0) for _, windows in texts]


def _rows(texts: Texts, telling: list[int] | None) -> Iterator[_Row]:
    """Windows as examples, each with how much it counts."""
    for number, (sells, windows) in enumerate(texts):
        count = len(windows)
        if not sells:
            yield from (_row(window, -1.0, 1 / math.sqrt(count)) for window in windows)
        elif telling is None:
            yield from (_row(window, 1.0, 1 / count) for window in windows)
        elif count:
            yield _row(windows[telling[number]], 1.0, 1.0)


def _row(one: _Numbers, label: float, counts: float) -> _Row:
    ridge = 1 / (2 * COST * counts)
    return _Row(one.places, one.values, label, ridge, one.square + ridge, one.alpha, one)


def _solve(texts: Texts, features: int, telling: list[int] | None) -> Values:
    """Whatever it starts from, there is one solution; it is near that of other rows and features."""
    rows = list(_rows(texts, telling))
    weights = numpy.zeros(features + 1)
    for row in rows:
        if row.alpha:
            weights[row.places] += row.alpha * row.label * row.values
    descend(rows, weights)
    for _, windows in texts:
        for window in windows:
            window.alpha = 0.0
    for row in rows:
        row.window.alpha = row.alpha
    return weights
