"""处置对象清单: per target where it is, who runs what of it, what is asked, and what a wider block would hit."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Heading, Table, pairs, text
from review.packets.papers.view import View
from review.packets.surroundings import NEIGHBOURS_MAX
from review.packets.targets import Target, targets


def compose(view: View) -> Iterator[Block]:
    yield from parts.opening(strings.PAPERS["targets"].title)
    for number, target in enumerate(targets(view.source, view.measures), 1):
        yield Heading(strings.TARGET.format(number=number, name=target.shown), level=2)
        yield pairs(_rows(view, target))
    yield Heading(strings.MEASURES, level=2)
    rows = [(m.short, m.actor, view.say(m.text)) for m in view.measures]
    yield Table((22, 22, 56), tuple(rows), head=strings.MEASURE_HEAD)
    yield Heading(strings.COLLATERAL, level=2)
    yield from _collateral(view)
    yield text(strings.MACHINE_LISTS)


def _rows(view: View, target: Target) -> list[tuple[str, str]]:
    return [
        ("网址", target.url),
        ("域名", target.host + (f"（{target.host_unicode}）" if target.host_unicode else "")),
        ("处置单位（最小范围）", f"{strings.UNITS[target.unit]}：{target.value}"),
        ("商请措施", "、".join(m.short for m in target.measures)),
        ("证据", "；".join(_evidence(target))),
        *view.rows("target"),
    ]


def _evidence(target: Target) -> Iterator[str]:
    """Captures of the same content together."""
    for sha256 in dict.fromkeys(content for _, content in target.evidence):
        labels = "、".join(label for label, content in target.evidence if content == sha256)
        yield f"{labels}（SHA-256 {sha256}）"


def _collateral(view: View) -> Iterator[Block]:
    beside = view.source.neighbours
    if beside:
        more = strings.OR_MORE if len(beside) == NEIGHBOURS_MAX else ""
        yield text(strings.NEIGHBOURS.format(count=f"{len(beside)}{more}", hosts="、".join(beside)))
    else:
        yield text(strings.NO_NEIGHBOURS)
    yield text(strings.NARROWEST)
