"""Weights of the manner learnt from labelled texts: a linear support vector machine, the same wherever it runs.

Squared hinge loss by dual coordinate descent (Hsieh et al., ICML 2008) in a fixed order: only sums, products and square
roots, no library that orders them differently by machine. A seller's text is an example by its most telling window
alone, another's by every window (multiple instances, Andrews et al., NIPS 2002). Cross-validation leaves whole families
out.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from detectors.manner import MARK, STRINGS, Manner, Window

COST = 0.1
"""What one wrong example costs against large weights."""
MIN_TEXTS, MIN_FAMILIES = 3, 2
"""In so many texts and families a feature must be to be learnt from."""
MAX_FEATURES = 20_000
ROUNDS = 3
MAX_PASSES = 60
TOLERANCE = 0.01
FOLDS = 8
FLAG_RATE, WATCH_RATE = 0.0172, 0.05
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
    families = sorted({example.family for example in examples})
    for fold in range(min(FOLDS, len(families))):
        held = set(families[fold::FOLDS])
        weighed = fit([example for example in examples if example.family not in held])
        scores |= {one.id: best(weighed, one) for one in examples if one.family in held and one.windows}
        told(f"{fold + 1}/{min(FOLDS, len(families))}")
    flag, watch = thresholds(examples, scores)
    manner = replace(fit(examples), flag=flag, watch=watch)
    return Learnt(manner, scores)


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
    manner = _solve(rarity, _instances(examples, None))
    for _ in range(ROUNDS - 1):
        manner = _solve(rarity, _instances(examples, manner))
    kept = sorted(rarity, key=lambda name: (-abs(manner.weights[name]), name))[:MAX_FEATURES]
    if len(kept) < len(rarity):
        rarity = {name: rarity[name] for name in sorted(kept)}
        manner = _solve(rarity, _instances(examples, manner))
    weights = {name: value for name, weight in manner.weights.items() if (value := round(weight, 3))}
    return Manner(weights, {name: rarity[name] for name in weights}, round(manner.bias, 3), 0.0, 0.0)


def _frequent(examples: Sequence[Example]) -> dict[str, float]:
    """Features worth learning from, in order of their names, with their rarity."""
    texts: Counter[str] = Counter()
    families: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        for name in set().union(*(window.strings | window.marks for window in example.windows)):
            texts[name] += 1
            families[name].add(example.family)
    names = sorted(name for name, count in texts.items() if count >= MIN_TEXTS and len(families[name]) >= MIN_FAMILIES)
    return {name: round(math.log(len(examples) / texts[name]), 2) for name in names}


def _instances(examples: Iterable[Example], manner: Manner | None) -> Iterator[tuple[Window, bool, float]]:
    """Windows with what they are examples of, and how much each counts."""
    for example in examples:
        count = len(example.windows)
        if not example.sells:
            yield from ((window, False, 1 / math.sqrt(count)) for window in example.windows)
        elif manner is None:
            yield from ((window, True, 1 / count) for window in example.windows)
        elif count:
            yield max(example.windows, key=manner.score), True, 1.0


@dataclass(slots=True)
class _Row:
    strings: list[tuple[int, float]]
    """Places and values."""
    marks: list[int]
    label: float
    ridge: float
    """1 / (2 C) of this example."""
    norm: float
    alpha: float = 0.0


def _solve(rarity: dict[str, float], instances: Iterable[tuple[Window, bool, float]]) -> Manner:
    places = {name: place for place, name in enumerate(rarity)}
    rows = [_row(window, sells, counts, places, rarity) for window, sells, counts in instances]
    weights = [0.0] * (len(rarity) + 1)
    for _ in range(MAX_PASSES):
        if max((_step(row, weights) for row in rows), default=0.0) < TOLERANCE:
            break
    return Manner(dict(zip(rarity, weights, strict=False)), rarity, weights[-1], 0.0, 0.0)


def _row(window: Window, sells: bool, counts: float, places: dict[str, int], rarity: dict[str, float]) -> _Row:
    known = sorted(window.strings & places.keys())
    marks = [places[name] for name in sorted(window.marks & places.keys())]
    scale = STRINGS / (math.sqrt(sum(rarity[name] * rarity[name] for name in known)) or 1.0)
    strings = [(places[name], scale * rarity[name]) for name in known]
    ridge = 1 / (2 * COST * counts)
    norm = sum(value * value for _, value in strings) + len(marks) * MARK * MARK + 1 + ridge
    return _Row(strings, marks, 1.0 if sells else -1.0, ridge, norm)


def _step(row: _Row, weights: list[float]) -> float:
    """One coordinate of the dual; how far it was from its best."""
    dot = sum(weights[place] * value for place, value in row.strings)
    dot += MARK * sum(weights[place] for place in row.marks) + weights[-1]
    gradient = row.label * dot - 1 + row.alpha * row.ridge
    if gradient >= 0 and row.alpha == 0.0:
        return 0.0
    alpha = max(row.alpha - gradient / row.norm, 0.0)
    change = (alpha - row.alpha) * row.label
    row.alpha = alpha
    for place, value in row.strings:
        weights[place] += change * value
    for place in row.marks:
        weights[place] += change * MARK
    weights[-1] += change
    return abs(gradient)
