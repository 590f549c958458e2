"""其他材料清单 (移送规定第六条): earlier packets, proofs of notice, replies of platforms, as far as there are any."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.helpers import noticed
from review.packets.papers.model import Block, Table, text
from review.packets.papers.view import View
from review.packets.times import beijing


def compose(view: View) -> Iterator[Block]:
    yield from parts.opening(strings.PAPERS["others"].title)
    rows = list(_rows(view))
    yield Table((10, 46, 44), tuple((str(n), *row) for n, row in enumerate(rows, 1)), head=strings.OTHERS_HEAD)
    yield text(strings.OTHERS_NOTE)


def _rows(view: View) -> Iterator[tuple[str, str]]:
    yield strings.THIS_PACKET, f"{view.source.packet_id}，{strings.EVIDENCE_SUM.format(count=len(view.items))}"
    for one in view.source.earlier:
        yield strings.EARLIER, "，".join(part for part in (one.what, one.to, beijing(one.at), one.state) if part)
    for helper in view.agency.helpers:
        if view.fact(f"{helper.id}_notice"):
            yield strings.NOTICE_PROOF.format(label=helper.label), noticed(view, helper)
    if view.fact("issuer_reply"):
        yield strings.ISSUER_REPLY, view.fact("issuer_reply")
