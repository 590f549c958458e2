"""Charts drawn by the server: plain SVG, no script, readable in print and by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 620, 150
LEFT, TOP, BOTTOM, RIGHT = 34, 12, 20, 6
INNER = HEIGHT - TOP - BOTTOM
GAP_SHARE = 0.22
LABELLED_DAYS = 6
SHARE_WIDTH, SHARE_HEIGHT = 120, 8

_CHART = Markup(
    '<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{title}"><title>{title}</title>'
    '{grid}{bars}<polyline class="line" points="{line}"/>{days}</svg>'
)
_BAR = Markup('<rect class="bar" x="{x}" y="{y}" width="{width}" height="{height}"><title>{told}</title></rect>')
_GRID = Markup(
    '<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
    '<text class="tick" x="{beside}" y="{below}" text-anchor="end">{value}</text>'
)
_DAY = Markup('<text class="tick" x="{x}" y="{y}" text-anchor="middle">{day}</text>')
_SHARE = Markup(
    '<svg class="share" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
    '<rect class="rest" width="{width}" height="{height}" rx="2"/>'
    '<rect class="bar" width="{filled}" height="{height}" rx="2"/></svg>'
)


def trend(points: Sequence[tuple[str, int, int]], *, title: str, names: tuple[str, str]) -> Markup:
    """Days in order (`2026-11-21`) with two numbers each: bars for the first, a line for the second, on one scale."""
    top = max([1, *(max(first, second) for _, first, second in points)])
    step = (WIDTH - LEFT - RIGHT) / max(len(points), 1)

    def y(value: float) -> float:
        return round(TOP + INNER * (1 - value / top), 1)

    def x(at: int, share: float = 0.5) -> float:
        return round(LEFT + step * (at + share), 1)

    told = [f"{day} {names[0]} {first} · {names[1]} {second}" for day, first, second in points]
    bars = [
        _BAR.format(
            x=x(at, GAP_SHARE / 2),
            y=y(first),
            width=round(step * (1 - GAP_SHARE), 1),
            height=round(max(0.0, TOP + INNER - y(first)), 1),
            told=told[at],
        )
        for at, (_, first, _) in enumerate(points)
    ]
    line = " ".join(f"{x(at)},{y(second)}" for at, (_, _, second) in enumerate(points))
    every = max(1, len(points) // LABELLED_DAYS)
    days = [_DAY.format(x=x(at), y=HEIGHT - 6, day=point[0][5:]) for at, point in enumerate(points) if at % every == 0]
    grid = [
        _GRID.format(left=LEFT, right=WIDTH, y=y(value), beside=LEFT - 6, below=y(value) + 4, value=f"{value:g}")
        for value in ((0, top / 2, top) if top > 1 else (0, top))
    ]
    join = Markup("").join
    return _CHART.format(
        width=WIDTH, height=HEIGHT, title=title, grid=join(grid), bars=join(bars), line=line, days=join(days)
    )


def bar(share: float) -> Markup:
    """One horizontal bar beside a number; `share` is 0 … 1."""
    filled = round(max(0.0, min(1.0, share)) * SHARE_WIDTH, 1)
    return _SHARE.format(width=SHARE_WIDTH, height=SHARE_HEIGHT, filled=filled)
