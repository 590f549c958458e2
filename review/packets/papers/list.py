"""02 电子数据清单: every evidence file of the packet; the CSV beside it says the same to programs."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Space, text
from review.packets.papers.view import View


def compose(view: View) -> Iterator[Block]:
    yield from parts.opening(strings.PAPERS["list"].title)
    yield text(strings.LIST_HEAD.format(packet=view.source.packet_id, count=len(view.items)), indent=False)
    yield parts.file_table(view.items)
    yield Space()
    yield parts.sign_table(strings.LIST_SIGNERS)
