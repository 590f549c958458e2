"""The papers that go with the evidence of a packet: each as PDF and DOCX, all of them as data, and the lists."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any

from config.schema_agencies import Agency
from review.packets import strings
from review.packets.cells import safe
from review.packets.evidence import pretty
from review.packets.facts import facts, paper_for, refuse_incomplete
from review.packets.hashes import sha256_hex, sm3_hex
from review.packets.item import Item
from review.packets.lists import machine_lists
from review.packets.papers.composing import compose
from review.packets.papers.model import Paper
from review.packets.papers.view import View
from review.packets.source import PacketSource
from review.packets.typesetting import pdf
from review.packets.verify.contents import FILE_LIST
from review.packets.word import docx

HOW_TO, PAPERS = "03_如何核验.txt", "papers.json"


def papers(source: PacketSource, agency: Agency, items: Sequence[Item], built_at: str) -> list[Item]:
    """The papers and lists beside the evidence `items`; raises PacketBlocked when a required fact is missing."""
    refuse_incomplete(source, agency, built_at)
    view = View(source, agency, paper_for(agency, source.office.kind), items, built_at)
    composed = list(compose(view))
    made = [Item(PAPERS, pretty(_as_data(view, composed)), "papers", built_at), *machine_lists(view)]
    for paper in composed:
        made.append(Item(f"{paper.name}.pdf", pdf(paper, built_at), "document", built_at))
        made.append(Item(f"{paper.name}.docx", docx(paper, built_at), "document", built_at))
    return [*made, Item(FILE_LIST, file_list(items), "list", built_at)]


def how_to(source: PacketSource, built_at: str, timestamp: str) -> Item:
    """How to check the packet, which says whether it is stamped."""
    said = {"office": source.office.name, "packet_id": source.packet_id, "timestamp": strings.TIMESTAMPS[timestamp]}
    return Item(HOW_TO, strings.HOW_TO_VERIFY.format(**said).encode("utf-8"), "document", built_at)


def _as_data(view: View, composed: Sequence[Paper]) -> dict[str, Any]:
    source = view.source
    return {
        "format": "zhengshao-papers/1",
        "packet_id": source.packet_id,
        "case_id": source.case_id,
        "subject": source.subject,
        "document": view.form.document,
        "recipient": view.say(view.form.recipient),
        "copies": list(view.form.copies),
        "facts": facts(source),
        "measures": [{"id": m.id, "text": view.say(m.text), "actor": m.actor} for m in view.measures],
        "papers": [paper.as_json() for paper in composed],
    }


def file_list(items: Sequence[Item]) -> bytes:
    """电子数据清单 as CSV with a byte order mark, so that spreadsheets read it as UTF-8."""
    output = StringIO()
    writer = csv.writer(output)
    writer.writerow(strings.LIST_COLUMNS)
    for number, item in enumerate(items, 1):
        kind, size = strings.ROLES[item.role], len(item.content)
        hashes = (sha256_hex(item.content), sm3_hex(item.content))
        writer.writerow((number, item.path, kind, item.format, size, item.created, safe(item.source), *hashes))
    return output.getvalue().encode("utf-8-sig")
