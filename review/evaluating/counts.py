"""Shares of labelled rows with their intervals: precision, recall, false-positive rate."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from detectors.base import Level

_Z95 = 1.959963984540054
LEVELS = (Level.FLAG, Level.WATCH)
"""At `flag`, and at `watch` or above."""


@dataclass(frozen=True, slots=True)
class Share:
    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """None when there is nothing to count."""
        return self.part / self.whole if self.whole else None

    def as_json(self) -> dict[str, Any]:
        low, high = wilson(self.part, self.whole)
        value = None if self.value is None else round(self.value, 4)
        return {"value": value, "of": self.whole, "low": round(low, 4), "high": round(high, 4)}


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z95 * _Z95
    centre = (share + square / (2 * whole)) / (1 + square / whole)
    half = _Z95 * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / (1 + square / whole)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(slots=True)
class Count:
    """A 2 × 2 table of what is so and what was said."""

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0
    true_negative: int = 0

    def add(self, *, truth: bool, said: bool) -> None:
        name = ("true" if truth == said else "false") + ("_positive" if said else "_negative")
        setattr(self, name, getattr(self, name) + 1)

    @property
    def rows(self) -> int:
        return self.true_positive + self.false_positive + self.false_negative + self.true_negative

    @property
    def precision(self) -> Share:
        return Share(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> Share:
        return Share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def fpr(self) -> Share:
        return Share(self.false_positive, self.false_positive + self.true_negative)

    def as_json(self) -> dict[str, Any]:
        return {
            "precision": self.precision.as_json(),
            "recall": self.recall.as_json(),
            "false_positive_rate": self.fpr.as_json(),
        }


@dataclass(slots=True)
class Tally:
    """One group of rows on one axis, counted at both levels."""

    at: dict[Level, Count] = field(default_factory=lambda: {level: Count() for level in LEVELS})

    def add(self, *, truth: bool, level: Level) -> None:
        self.at[Level.FLAG].add(truth=truth, said=level is Level.FLAG)
        self.at[Level.WATCH].add(truth=truth, said=level is not Level.CLEAR)

    @property
    def faultless(self) -> bool:
        flag = self.at[Level.FLAG]
        return not flag.false_positive and not flag.false_negative

    def as_json(self) -> dict[str, Any]:
        """Shares at `flag`; those at `watch` or above under `watch`."""
        flag = self.at[Level.FLAG]
        return {"rows": flag.rows, **flag.as_json(), "watch": self.at[Level.WATCH].as_json()}
