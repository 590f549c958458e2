"""00: the letter itself, whatever this sender calls what it writes to this recipient; its annexes follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from review.packets import strings
from review.packets.papers import parts
from review.packets.papers.model import Block, Break, Centred, Heading, Paragraph, Space, Table, Title, text
from review.packets.papers.sketch import sketch
from review.packets.papers.view import View, cite
from review.packets.source import PacketSource
from review.packets.times import beijing
from review.telling import batch_told


def compose(view: View) -> Iterator[Block]:
    yield from _head(view)
    yield from _sections(view)
    yield text(view.say(view.form.closing))
    yield Space()
    yield from _annexes(view)
    yield Space(2)
    yield parts.dated(view.source.office.name)
    yield Break()
    yield from _signing(view)
    yield Break()
    yield from _captured(view)
    yield Break()
    yield from _again()


def _head(view: View) -> Iterator[Block]:
    if view.form.head_lines:
        yield Space(view.form.head_lines)
    yield Centred(strings.DRAFT)
    yield Space()
    yield Title(view.say(view.form.title))
    yield Space()
    yield text(f"{view.say(view.form.recipient)}：", indent=False)
    yield text(view.say(view.form.opening))


def _sections(view: View) -> Iterator[Block]:
    bodies: dict[str, list[Block]] = {
        strings.BASICS: [text(f"{label}：{value}") for label, value in view.rows("letter")],
        strings.GROUNDS: list(_grounds(view)),
        strings.REVIEWED: list(_decisions(view)),
        strings.HARM: [text(harm) for harm in view.harms],
        strings.LAW: [text(cite(law)) for law in view.law],
        view.form.asks: [text(f"（{n}）{view.say(m.text)}") for n, m in enumerate(view.measures, 1)],
        strings.PROVES: list(parts.limits()),
    }
    yield from _numbered(bodies, "{number}、{name}", level=1)


def _grounds(view: View) -> Iterator[Block]:
    for finding in view.findings:
        yield Paragraph(((f"{finding.axis}：{finding.cls}（{finding.level}）。", "kai"),))
        for number, (reason, quotes) in enumerate(finding.signals, 1):
            said = f"原文：{''.join(f'“{quote}”' for quote in quotes)}。" if quotes else ""
            yield text(f"（{number}）{reason.rstrip('。')}。{said}")
    yield text(strings.MACHINE_SCORE)


def _decisions(view: View) -> Iterator[Block]:
    for one in view.source.decisions:
        reason = f"理由：{one.reason.rstrip('。')}。" if one.reason else ""
        yield text(strings.DECIDED.format(at=beijing(one.at), actor=one.actor, what=one.what, reason=reason))


def _annexes(view: View) -> Iterator[Block]:
    """附件说明: what follows this letter, and the papers beside it."""
    named = [*strings.LETTER_ANNEXES, *(strings.PAPERS[kind].title for kind in view.form.documents[1:])]
    for number, name in enumerate(named, 1):
        yield text(f"附件：{number}. {name}" if number == 1 else f"　　　{number}. {name}")


def _signing(view: View) -> Iterator[Block]:
    yield Title(strings.SIGNING, small=True)
    yield parts.sign_table(strings.SIGNERS)
    source = view.source
    rows = [
        (strings.CHAIN, view.form.chain),
        (strings.COPIES, "、".join(view.form.copies) or strings.NONE),
        (strings.PACKET, source.packet_id),
        (strings.CASE, f"{source.case_id}，{_opened(source)}"),
        (strings.HEAD, strings.CUSTODY_HEAD.format(seq=source.custody_head[0], hash=source.custody_head[1])),
        *((strings.EARLIER, _earlier(one.what, one.to, one.at, one.state)) for one in source.earlier),
    ]
    yield Table((28, 72), tuple(rows), labels=(0,))


def _opened(source: PacketSource) -> str:
    """When the case was opened, and in which night or of what."""
    by = batch_told(source.opened_by) or source.opened_by
    return strings.OPENED.format(at=beijing(source.opened_at), by=by)


def _earlier(what: str, to: str, at: str, state: str) -> str:
    return "，".join(part for part in (what, to, beijing(at), state) if part)


def _captured(view: View) -> Iterator[Block]:
    yield text(strings.ANNEX.format(number=1), indent=False)
    yield Title(strings.LETTER_ANNEXES[0], small=True)
    yield from parts.figures(view)
    bodies: dict[str, list[Block]] = {
        strings.MARKED: [parts.excerpt(one) for one in view.source.excerpts],
        strings.CAMPAIGN: [block for one in view.source.campaigns for block in sketch(view.source.subject, one)],
        strings.FETCHED: list(parts.captures(view)),
    }
    yield from _numbered(bodies, "（{number}）{name}", level=2)


def _numbered(bodies: Mapping[str, Sequence[Block]], form: str, level: int) -> Iterator[Block]:
    """Each body under its name, numbered; one that is empty is left out."""
    filled = [(name, body) for name, body in bodies.items() if body]
    for number, (name, body) in zip(strings.NUMERALS, filled, strict=False):
        yield Heading(form.format(number=number, name=name), level)
        yield from body


def _again() -> Iterator[Block]:
    yield text(strings.ANNEX.format(number=2), indent=False)
    yield Title(strings.LETTER_ANNEXES[1], small=True)
    yield from parts.recipe()
