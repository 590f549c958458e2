"""提请认定函: asks the issuing authority whether site and certificate are its own; the answer's place stays empty."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Break, Heading, Space, pairs, text
from review.packets.papers.view import View


def compose(view: View) -> Iterator[Block]:
    to = view.fact("imitates") or strings.ISSUER
    yield from parts.opening(strings.PAPERS["opinion"].title)
    yield text(f"{to}：", indent=False)
    yield text(strings.OPINION_OPENING.format(office=view.source.office.name, kind=view.kind, cls=view.fact("class")))
    yield pairs([("网址", view.fact("final_url")), ("标题", view.source.title), ("所见时间", view.fact("seen"))])
    for number, question in enumerate(strings.OPINION_QUESTIONS, 1):
        yield text(f"（{number}）{question}")
    yield Space(2)
    yield parts.dated(view.source.office.name)
    yield Break()
    yield Heading(strings.OPINION_REPLY, level=2)
    yield pairs(view.rows("opinion"))
    yield parts.blank_table(strings.OPINION_ROWS)
