"""管辖和违法事实: who may act, what is sold and how, and which conduct rests on which provision."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Heading, Table, pairs, text
from review.packets.papers.view import View, cite


def compose(view: View) -> Iterator[Block]:
    yield from parts.opening(strings.PAPERS["jurisdiction"].title)
    yield Heading("一、管辖事实")
    yield text(strings.JURISDICTION)
    yield pairs(view.rows("jurisdiction"))
    yield Heading("二、商品或服务")
    letter = [row for row in view.rows("letter") if row[1]]
    yield pairs([*letter, *view.rows("item")])
    yield Heading("三、行为和依据")
    yield Table((26, 34, 40), tuple(_conduct(view)), head=strings.CONDUCT_HEAD)
    yield text(strings.CONDUCT_NOTE)


def _conduct(view: View) -> Iterator[tuple[str, str, str]]:
    for finding in view.findings:
        grounds = "\n".join(cite(law) for law in view.law if not law.classes or finding.cls in law.classes)
        said = "\n".join(f"{reason}{''.join(f'“{quote}”' for quote in quotes)}" for reason, quotes in finding.signals)
        yield f"{finding.axis}：{finding.cls}", said, grounds
