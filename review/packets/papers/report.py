"""调查报告 (移送规定第六条): source, discovery, suspects, facts by time with their evidence, law, proposal."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Heading, Space, Table, pairs, text
from review.packets.papers.sketch import sketch
from review.packets.papers.view import View, cite
from review.packets.times import beijing
from review.telling import batch_told


def compose(view: View) -> Iterator[Block]:
    source = view.source
    yield from parts.opening(strings.PAPERS["report"].title)
    yield Heading("一、案件来源和发现经过")
    elsewhere = batch_told(source.opened_by)
    told = {"at": beijing(source.opened_at), "by": elsewhere or source.opened_by, "office": source.office.name}
    yield text((strings.FOUND_ELSEWHERE if elsewhere else strings.FOUND).format(**told, case=source.case_id))
    yield Heading("二、嫌疑主体")
    yield pairs([("对象", view.fact("subject_shown")), *view.rows("letter"), *view.rows("suspect")])
    for campaign in source.campaigns:
        yield from sketch(source.subject, campaign)
    yield Heading("三、事实和证据")
    yield Table((24, 46, 30), tuple(_facts(view)), head=strings.FACT_HEAD)
    for finding in view.findings:
        yield Heading(f"{finding.axis}：{finding.cls}", level=2)
        for number, (reason, quotes) in enumerate(finding.signals, 1):
            yield text(f"（{number}）{reason}{''.join(f'“{quote}”' for quote in quotes)}")
    yield text(strings.MACHINE_SCORE)
    yield Heading("四、法律依据")
    for law in view.law:
        yield text(cite(law))
    yield Heading("五、处理建议")
    yield text(view.fact("proposal") or strings.PROPOSAL)
    yield Space()
    yield parts.sign_table(strings.REPORT_SIGNERS)


def _facts(view: View) -> Iterator[tuple[str, str, str]]:
    """What happened when, and the files that show it."""
    for material in view.materials:
        capture = material.capture
        numbers = "、".join(view.number_of(item.path) for item in view.items_of(capture.label))
        shown = strings.FACT_SEEN.format(url=capture.final_url, title=capture.title or "—", status=capture.status)
        evidence = f"{capture.label}（保管链{strings.CUSTODY_LINE.format(seq=capture.custody_seq)}）"
        listed = f"；{strings.IN_LIST.format(numbers=numbers)}" if numbers else ""
        yield beijing(capture.fetched_at), shown, evidence + listed
    for decision in view.source.decisions:
        yield beijing(decision.at), f"{decision.actor} 复核：{decision.what}。{decision.reason}", "findings.json"
