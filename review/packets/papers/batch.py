"""00 of a bundle: one letter for many cases, each with the number and digest of its packet, and one receipt for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from config.schema_agencies import Agency
from config.schema_agencies import Paper as Form
from review.packets import strings
from review.packets.coverage import drawn
from review.packets.papers import parts
from review.packets.papers.model import (
    Block,
    Break,
    Centred,
    Figure,
    Heading,
    Paper,
    Space,
    Table,
    Title,
    pairs,
    shown,
    text,
)

QR_MM = 32


@dataclass(frozen=True)
class Batch:
    """`rows` are those of the 台账; `measures` and `law` are what the packets' own papers ask and cite, each once."""

    id: str
    referral: str
    office: str
    region: str
    recipient: str
    agency: Agency
    form: Form
    rows: Sequence[Mapping[str, str]]
    measures: Sequence[str]
    law: Sequence[str]
    custody_head: tuple[int, str]
    content: str
    """Digest of the referral: cases in order with their packets' manifests; what reviewer and approver answer for."""

    def say(self, sentence: str) -> str:
        return self.form.said(sentence, office=self.office, region=self.region, count=str(len(self.rows)))


def compose(batch: Batch) -> Paper:
    title = batch.say(batch.form.many_title)
    blocks = tuple(shown(block, drawn) for block in _blocks(batch, title))
    return Paper(f"00_{batch.form.document}", title, blocks)


def _blocks(batch: Batch, title: str) -> Iterator[Block]:
    yield Space(batch.form.head_lines)
    yield Centred(strings.DRAFT)
    yield Space()
    yield Title(title)
    yield Space()
    yield text(f"{batch.recipient}：", indent=False)
    yield text(batch.say(batch.form.many_opening))
    yield from _body(batch)
    yield text(batch.say(batch.form.closing))
    yield Space()
    for number, name in enumerate(strings.BATCH_ANNEXES, 1):
        yield text(f"附件：{number}. {name}" if number == 1 else f"　　　{number}. {name}")
    yield Space(2)
    yield parts.dated(batch.office)
    yield Break()
    yield from _signing(batch)
    yield Break()
    yield from _receipt(batch)


def _body(batch: Batch) -> Iterator[Block]:
    yield Heading(f"一、{strings.BASICS}")
    counts = Counter(row["class"] for row in batch.rows)
    listed = "，".join(f"{name} {number} 件" for name, number in counts.most_common())
    yield text(strings.BATCH_SUM.format(count=len(batch.rows), listed=listed))
    rows = [(row["number"], row["case"], row["subject"], row["class"], row["packet"]) for row in batch.rows]
    yield Table((8, 16, 38, 18, 20), tuple(rows), head=strings.BATCH_HEAD)
    yield text(strings.MACHINE_SCORE)
    yield Heading(f"二、{strings.LAW}")
    for law in batch.law:
        yield text(law)
    yield Heading(f"三、{batch.form.asks}")
    for number, measure in enumerate(batch.measures, 1):
        yield text(f"（{number}）{measure}")
    yield text(strings.BATCH_EACH)
    yield Heading(f"四、{strings.PROVES}")
    yield from parts.limits()


def _signing(batch: Batch) -> Iterator[Block]:
    yield Title(strings.SIGNING, small=True)
    yield parts.sign_table(strings.SIGNERS)
    head_seq, head_hash = batch.custody_head
    rows = [
        (strings.CHAIN, batch.form.chain),
        (strings.COPIES, "、".join(batch.form.copies) or strings.NONE),
        (strings.BATCH, f"{batch.id}（{batch.referral}）"),
        (strings.HEAD, strings.CUSTODY_HEAD.format(seq=head_seq, hash=head_hash)),
        (strings.CONTENT, batch.content),
    ]
    yield pairs(rows)
    yield Figure((parts.picture("content.png", qr(f"{batch.referral} {batch.content}"), strings.QR_CAPTION, QR_MM),))
    yield Space()
    sealed = [(row["number"], row["packet"], row["manifest"]) for row in batch.rows]
    yield Table((10, 26, 64), tuple(sealed), head=strings.BATCH_SEALED, mono=(2,), tiny=True)


def qr(said: str) -> bytes:
    """A code that a telephone reads, as PNG; the same for the same text."""
    import qrcode
    from qrcode.image.pil import PilImage

    code = qrcode.make(said, image_factory=PilImage, box_size=8, border=2)
    code.save(output := BytesIO())
    return output.getvalue()


def _receipt(batch: Batch) -> Iterator[Block]:
    """One for all, and a line for each."""
    yield Title(strings.RECEIPT, small=True)
    yield text(strings.RECEIPT_TEXT.format(office=batch.office, packet=f"{batch.id}（{len(batch.rows)} 件）"))
    rows = [(row["number"], row["subject"], "", "", "") for row in batch.rows]
    yield Table((8, 38, 18, 18, 18), tuple(rows), head=strings.BATCH_RECEIPT, tall=True)
    results = "、".join(f"□{result.text}" for result in batch.agency.results)
    yield text(strings.RESULTS.format(results=results), indent=False)
    yield parts.blank_table(strings.RECEIPT_ROWS)
    terms = batch.agency.terms
    yield text(strings.BATCH_DUE.format(receipt=terms.receipt_workdays, feedback=terms.feedback_workdays), indent=False)
    yield parts.dated(batch.recipient)


def as_data(batch: Batch, paper: Paper) -> dict[str, Any]:
    return {
        "format": "zhengshao-papers/1",
        "bundle_id": batch.id,
        "referral": batch.referral,
        "recipient": batch.recipient,
        "copies": list(batch.form.copies),
        "rows": [dict(row) for row in batch.rows],
        "papers": [paper.as_json()],
    }
