"""服务提供者及证据保全清单: who the operation rests on, when each was told, and what must be asked of whom in time."""

from __future__ import annotations

from collections.abc import Iterator

from config.schema_agencies import Helper
from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Heading, Table, text
from review.packets.papers.view import View


def compose(view: View) -> Iterator[Block]:
    yield from parts.opening(strings.PAPERS["helpers"].title)
    yield Heading("一、服务提供者及告知情况")
    yield text(strings.NOTICE.format(law=view.cited("judicial-2019-15-11")))
    rows = [(h.label, name(view, h), noticed(view, h)) for h in view.agency.helpers]
    yield Table((26, 42, 32), tuple(rows), head=strings.HELPER_HEAD, labels=(0,))
    yield Heading("二、证据保全建议")
    asks = [(h.label, h.records, h.kept, view.cited_short(h.law)) for h in view.agency.helpers]
    yield Table((20, 30, 22, 28), tuple(asks), head=strings.PRESERVE_HEAD, labels=(0,))
    yield text(strings.PRESERVE)
    yield from parts.citations(view, (h.law for h in view.agency.helpers))


def name(view: View, helper: Helper) -> str:
    return view.fact(helper.fact or helper.id) or strings.UNKNOWN


def noticed(view: View, helper: Helper) -> str:
    return view.fact(f"{helper.id}_notice") or strings.NOT_NOTICED
