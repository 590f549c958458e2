"""情节要素统计表: what decides how serious it is, each number with its source, unknown where nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from config.schema_agencies import Counter
from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Table, text
from review.packets.papers.view import View


def compose(view: View) -> Iterator[Block]:
    yield from parts.opening(strings.PAPERS["thresholds"].title)
    yield text(strings.THRESHOLDS)
    rows = [(c.label, c.threshold, value(view, c), view.cited_short(c.law)) for c in view.agency.counters]
    yield Table((22, 26, 26, 26), tuple(rows), head=strings.THRESHOLD_HEAD, labels=(0,))
    yield from parts.citations(view, (c.law for c in view.agency.counters))
    yield text(strings.MACHINE_SCORE)


def value(view: View, counter: Counter) -> str:
    """What people supplied, else what the program counted, else that it is unknown and who could tell."""
    supplied = view.fact(counter.id)
    counted = view.fact(f"counted_{counter.derived}") if counter.derived else ""
    if supplied and counted:
        return f"{supplied}\n{counted}"
    return supplied or counted or strings.NOT_KNOWN.format(supplier=counter.supplier)
