"""Small charts as numbers for a template to draw: no script, no colour that says something by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR_PX, GAP_PX, HEIGHT_PX, FOOT_PX = 34, 10, 110, 22


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    width: int
    height: int
    bar: int = BAR_PX
    base: int = HEIGHT_PX


def bars(values: Sequence[tuple[str, float]]) -> Chart:
    """Upright bars on a common base, the highest as high as the chart."""
    top = max((value for _, value in values), default=0) or 1
    drawn = []
    for number, (label, value) in enumerate(values):
        height = round(value / top * (HEIGHT_PX - 20))
        drawn.append(Bar(label, value, GAP_PX + number * (BAR_PX + GAP_PX), HEIGHT_PX - height, height))
    width = GAP_PX + len(drawn) * (BAR_PX + GAP_PX)
    return Chart(tuple(drawn), max(width, 120), HEIGHT_PX + FOOT_PX)
