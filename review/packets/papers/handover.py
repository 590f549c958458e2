"""移交单 with its 回执: who hands over what to whom, by when an answer is due, and what the recipient signs."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Break, Space, Table, Title, pairs, text
from review.packets.papers.view import View


def compose(view: View) -> Iterator[Block]:
    source, terms = view.source, view.agency.terms
    yield from parts.opening(strings.PAPERS["handover"].title)
    head = [
        ("移交单位", source.office.name),
        ("接收单位", view.say(view.form.recipient)),
        ("文书名称", view.say(view.form.title)),
        ("证据包编号", source.packet_id),
        ("案件编号", source.case_id),
        ("对象", view.fact("subject_shown")),
        ("签收期限", strings.DUE.format(days=terms.receipt_workdays)),
        ("反馈期限", strings.DUE.format(days=terms.feedback_workdays)),
    ]
    yield pairs(head)
    yield Space()
    names = [view.say(view.form.title), *(strings.PAPERS[kind].title for kind in view.form.documents[1:])]
    papers = [(str(n), name, "") for n, name in enumerate(names, 1)]
    evidence = (str(len(papers) + 1), strings.EVIDENCE_SUM.format(count=len(view.items)), "")
    yield Table((10, 60, 30), (*papers, evidence), head=strings.HANDOVER_HEAD)
    yield parts.sign_table(strings.HANDOVER_SIGNERS)
    yield Break()
    yield Title(strings.RECEIPT, small=True)
    yield text(strings.RECEIPT_TEXT.format(office=source.office.name, packet=source.packet_id), indent=True)
    yield parts.blank_table(strings.RECEIPT_ROWS)
    yield text(strings.RESULTS.format(results="、".join(f"□{r.text}" for r in view.agency.results)), indent=False)
    yield parts.dated(view.say(view.form.recipient))
