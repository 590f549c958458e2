"""Weights of the classes of offers learnt from labelled sellers' texts: a linear support vector machine for each class
against the rest, over which strings a text holds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy

from detectors.classes import Classes, is_telling
from detectors.descent import Places, Row, Values, descend
from detectors.learning import folds

COST = 0.3
"""What one wrong example of the rest costs against large weights; one of the class costs so much more that classes of
few texts count as much as others."""
MIN_TEXTS = 3
"""In so many texts a string must be to be learnt from."""
MAX_STRINGS = 6_000
TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Sample:
    """A seller's text: where it comes from, what it is labelled as, the strings of its passages."""

    id: str
    family: str
    cls: str
    strings: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Numbers:
    places: Places
    values: Values


def cross_validated(samples: Sequence[Sample], told: Callable[[str], None] = lambda line: None) -> dict[str, str]:
    """Of each text the class that it gets by weights learnt without its family and those named alike."""
    found: dict[str, str] = {}
    parts = folds([sample.family for sample in samples])
    for number, held in enumerate(parts, 1):
        classes = learn([sample for sample in samples if sample.family not in held])
        found |= {sample.id: classes.best(sample.strings) for sample in samples if sample.family in held}
        told(f"{number}/{len(parts)}")
    return found


def learn(samples: Sequence[Sample]) -> Classes:
    """The strings that weigh most for some class, weighed again without the others."""
    names = [name for name, _ in sorted(Counter(one.cls for one in samples).items(), key=lambda one: (-one[1], one[0]))]
    rarity = _frequent(samples)
    weights = _solve(samples, names, rarity)
    if len(rarity) > MAX_STRINGS:
        most = numpy.maximum.reduce(numpy.abs(weights[:, :-1])).tolist()
        weight = dict(zip(rarity, most, strict=True))
        kept = sorted(rarity, key=lambda name: (-weight[name], name))[:MAX_STRINGS]
        rarity = {name: rarity[name] for name in sorted(kept)}
        weights = _solve(samples, names, rarity)
    rounded = [[round(weight, 2) + 0.0 for weight in row] for row in weights.T.tolist()]
    weighed = {name: tuple(row) for name, row in zip(rarity, rounded, strict=False) if any(row)}
    return Classes(tuple(names), tuple(rounded[-1]), {name: rarity[name] for name in weighed}, weighed)


def _frequent(samples: Iterable[Sample]) -> dict[str, float]:
    """Strings worth learning from, in order, with their rarity."""
    texts: Counter[str] = Counter()
    count = 0
    for count, sample in enumerate(samples, 1):  # noqa: B007 - how many they are
        texts.update(sample.strings)
    often = sorted(name for name, number in texts.items() if number >= MIN_TEXTS and is_telling(name))
    return {name: round(1 + math.log(count / texts[name]), 2) for name in often}


def _solve(samples: Sequence[Sample], names: Sequence[str], rarity: dict[str, float]) -> Values:
    """A line for each class, a column for each string, the last one the bias."""
    places = {name: place for place, name in enumerate(rarity)}
    numbers = [_numbers(sample, places, rarity) for sample in samples]
    weights = numpy.zeros((len(names), len(rarity) + 1))
    for name, own in zip(names, weights, strict=True):
        share = sum(sample.cls == name for sample in samples) * len(names) / len(samples)
        rows = [_row(one, name == sample.cls, share) for sample, one in zip(samples, numbers, strict=True)]
        descend(rows, own, TOLERANCE, mixed=True)
    return weights


def _numbers(sample: Sample, places: dict[str, int], rarity: dict[str, float]) -> _Numbers:
    known = sorted(sample.strings & places.keys())
    length = math.sqrt(sum(rarity[name] * rarity[name] for name in known)) or 1.0
    values = numpy.array([*(rarity[name] / length for name in known), 1.0])
    return _Numbers(numpy.array([*(places[name] for name in known), len(places)]), values)


def _row(one: _Numbers, belongs: bool, share: float) -> Row:
    """`share`: how common its class is, one where all are equally so."""
    ridge = 1 / (2 * COST / (share if belongs else 1))
    square = float(numpy.add.reduce(one.values * one.values))
    return Row(one.places, one.values, 1.0 if belongs else -1.0, ridge, square + ridge, 0.0)
