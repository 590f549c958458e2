"""01 电子数据提取笔录: what the program did, for two officers to check against their own extraction."""

from __future__ import annotations

from collections.abc import Iterator

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Heading, Space, pairs, text
from review.packets.papers.view import View
from review.packets.times import beijing


def compose(view: View) -> Iterator[Block]:
    source = view.source
    yield from parts.opening(strings.PAPERS["record"].title)
    period = f"{beijing(view.known['first_seen'])}至{beijing(view.known['last_seen'])}"
    yield pairs(
        [
            ("案由", view.fact("class")),
            ("提取对象", view.fact("subject_shown")),
            ("提取内容", source.title),
            ("提取时间", period),
            ("提取单位", source.office.name),
            ("提取工具", source.tool),
            *view.rows("process"),
        ]
    )
    yield Heading("一、提取方法和过程")
    for number, step in enumerate(strings.RECORD_STEPS, 1):
        yield text(f"（{number}）{step}")
    yield Heading("二、提取结果")
    yield from parts.captures(view)
    yield Heading("三、完整性校验")
    yield text(strings.RECORD_SUMS.format(count=len(view.items)))
    yield Heading("四、说明")
    yield from parts.limits()
    yield Space()
    yield parts.sign_table(strings.RECORD_SIGNERS)
