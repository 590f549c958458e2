"""反馈单: for the recipient to say what was done, and for us to note what our own re-probe then saw."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Heading, Space, Table, pairs, text
from review.packets.papers.view import View
from review.packets.targets import targets


def compose(view: View) -> Iterator[Block]:
    yield from parts.opening(strings.PAPERS["feedback"].title)
    yield pairs(
        [
            ("来函单位", view.source.office.name),
            ("收件单位", view.say(view.form.recipient)),
            ("证据包编号", view.source.packet_id),
            ("反馈期限", strings.DUE.format(days=view.agency.terms.feedback_workdays)),
        ]
    )
    yield Space()
    found = targets(view.source, view.measures)
    rows = [(str(n), t.shown, "、".join(m.short for m in t.measures), "", "") for n, t in enumerate(found, 1)]
    yield Table((8, 34, 26, 16, 16), tuple(rows), head=strings.FEEDBACK_HEAD, tall=True)
    yield text(strings.RESULTS.format(results="、".join(f"□{r.text}" for r in view.agency.results)), indent=False)
    yield parts.sign_table(strings.FEEDBACK_SIGNERS)
    yield Space()
    yield Heading(strings.REPROBE, level=2)
    yield Table((22, 26, 26, 26), (("", "", "", ""), ("", "", "", "")), head=strings.REPROBE_HEAD, tall=True)
