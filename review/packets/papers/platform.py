"""协助调取函: the draft by which the recipient asks a platform for its records before they are gone."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Space, pairs, text
from review.packets.papers.view import View


def compose(view: View) -> Iterator[Block]:
    to = view.fact("platform_operator") or view.fact("platform") or view.fact("host")
    yield from parts.opening(strings.PAPERS["platform"].title)
    yield text(f"{strings.PLATFORM_TO.format(name=to)}：", indent=False)
    yield text(strings.PLATFORM_OPENING.format(law=view.cited("ecommerce-29")))
    yield pairs(
        [
            ("平台", view.fact("platform") or view.fact("host")),
            ("商品编号", view.fact("item_id")),
            ("网址", view.fact("final_url")),
            ("店铺", view.fact("shop")),
            ("卖家", view.fact("seller")),
            ("标题", view.source.title),
            ("所见时间", view.fact("seen")),
        ]
    )
    for number, wanted in enumerate(strings.PLATFORM_RECORDS, 1):
        yield text(f"（{number}）{wanted}")
    yield text(strings.PLATFORM_CLOSING)
    yield Space(2)
    yield parts.dated(view.say(view.form.recipient))
