"""涉案物品清单 (移送规定第六条): usually nothing that can be touched; the electronic data are listed apart."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Space, Table, text
from review.packets.papers.view import View


def compose(view: View) -> Iterator[Block]:
    yield from parts.opening(strings.PAPERS["goods"].title)
    seized = view.fact("seized")
    first = ("1", seized or strings.NO_GOODS, "", "")
    data = ("2", strings.EVIDENCE_SUM.format(count=len(view.items)), "1", strings.SEE_LIST)
    yield Table((10, 50, 14, 26), (first, data), head=strings.GOODS_HEAD)
    yield text(strings.GOODS_NOTE)
    yield Space()
    yield parts.sign_table(strings.HANDOVER_SIGNERS)
