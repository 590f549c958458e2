"""Linear support vector machines solved the same wherever they are: squared hinge loss by dual coordinate descent.

Hsieh et al., ICML 2008, in a fixed order: only sums, products and square roots, and of NumPy only what adds up in one
order on every machine, no product of matrices.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy
import numpy.typing

Places = numpy.typing.NDArray[numpy.int64]
Values = numpy.typing.NDArray[numpy.float64]

MAX_PASSES = 60
TOLERANCE = 0.1


class Sparse(Protocol):
    """Places of features and what each is worth."""

    places: Places
    values: Values


@dataclass(slots=True)
class Row:
    """An example of something (`label` 1) or of something else (-1)."""

    places: Places
    values: Values
    label: float
    ridge: float
    """1 / (2 C) of this example."""
    norm: float
    """The square of its length, and `ridge`."""
    alpha: float


def product(weights: Values, one: Sparse) -> float:
    return float(numpy.add.reduce(weights[one.places] * one.values))


def descend(rows: Sequence[Row], weights: Values, tolerance: float = TOLERANCE, *, mixed: bool = False) -> None:
    """Until no row is further from its best than that. Rows that surely stay without weight are left out of a pass, and
    looked at again when the others are done (shrinking, as in LIBLINEAR). `mixed`: each pass takes them in another
    order, which needs a tenth of the passes where neighbours are alike."""
    active, bound = rows, math.inf
    for number in range(MAX_PASSES):
        kept: list[Row] = []
        furthest, steepest = 0.0, 0.0
        for row in _mixed(active, number) if mixed else active:
            gradient = _step(row, weights)
            if row.alpha > 0.0 or gradient < bound:
                kept.append(row)
            away = abs(gradient) if row.alpha > 0.0 else max(0.0, -gradient)
            furthest, steepest = max(furthest, away), max(steepest, gradient)
        if furthest >= tolerance:
            active, bound = kept, steepest or math.inf
        elif len(active) == len(rows):
            return
        else:
            active, bound = rows, math.inf


def _mixed(rows: Sequence[Row], number: int) -> list[Row]:
    """In steps of about the golden section of all, of a length that comes by every row."""
    count = len(rows)
    step = count * 618 // 1000 + number
    while count and math.gcd(step, count) > 1:
        step += 1
    return [rows[place * step % count] for place in range(count)]


def _step(row: Row, weights: Values) -> float:
    """One coordinate of the dual; its gradient before."""
    gradient = row.label * product(weights, row) - 1 + row.alpha * row.ridge
    alpha = max(row.alpha - gradient / row.norm, 0.0)
    change = (alpha - row.alpha) * row.label
    if change:
        row.alpha = alpha
        weights[row.places] += change * row.values
    return gradient
