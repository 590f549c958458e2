"""The papers of a packet as PDF: a letter with annexes and the draft record of extraction, set by typst.

All text reaches the templates as JSON data and is never markup, so that no captured text can act on the document.
"""

from __future__ import annotations

import csv
import json
import struct
import tempfile
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

from config.schema_agencies import Agency
from crawlers.records import FetchProfile
from review.errors import ReviewError
from review.findings import by_reason
from review.packets import fonts, strings
from review.packets.evidence import beijing
from review.packets.facts import applies, facts, field_rows, filled, paper_for
from review.packets.hashes import sha256_hex, sm3_hex
from review.packets.item import Item
from review.packets.source import CaptureMaterial, PacketSource
from review.packets.verify.contents import FILE_LIST

LETTER, RECORD, HOW_TO = "00_函.pdf", "01_电子数据提取笔录(草稿).pdf", "03_如何核验.txt"
ANNEXES = ("电子数据清单", "抓取情况", "手工重新提取步骤及回执")
QUOTE_MAX = 120
FIRST_PICTURE = 0x1F000
"""From here on, symbols are pictures (emoji)."""
QUOTES_MAX = 3
TEXT_WIDTH_MM, PHONE_SHOT_MM = 156, 90
PNG_SIGNATURE, PNG_SIZE_OFFSET = b"\x89PNG\r\n\x1a\n", 16
"""Width and height stand in the IHDR chunk, which always comes first (ISO/IEC 15948, 11.2.2)."""
SIGNALS_MAX = 8


class DocumentError(ReviewError):
    """A paper could not be set."""


def papers(source: PacketSource, agency: Agency, items: Sequence[Item], built_at: str, timestamp: str) -> list[Item]:
    """The papers that go with the evidence `items`; raises PacketBlocked when a required field is missing."""
    data = _data(source, agency, items)
    how = strings.HOW_TO_VERIFY.format(
        office=source.office.name, packet_id=source.packet_id, timestamp=strings.TIMESTAMPS[timestamp]
    )
    shots = {item.path: item.content for item in items if item.role == "screenshot"}
    return [
        Item(LETTER, typeset("letter", data, shots, built_at), "document", built_at),
        Item(RECORD, typeset("record", data, {}, built_at), "document", built_at),
        Item(FILE_LIST, file_list(items), "list", built_at),
        Item(HOW_TO, how.encode("utf-8"), "document", built_at),
    ]


def typeset(template: str, data: dict[str, Any], images: dict[str, bytes], built_at: str) -> bytes:
    """One PDF, byte for byte the same for the same data, fonts and time."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("official", template):
            text = files("review.packets").joinpath(f"templates/{name}.typ").read_text("utf-8")
            (root / f"{name}.typ").write_text(text, "utf-8")
        for path, content in images.items():
            (root / path.replace("/", "_")).write_bytes(content)
        try:
            pdf, warnings = typst.compile_with_warnings(
                root / f"{template}.typ",
                root=root,
                font_paths=fonts.found(),
                sys_inputs={"data": json.dumps({**printable(data), "fonts": fonts.choose()}, ensure_ascii=False)},
                timestamp=int(datetime.fromisoformat(built_at).timestamp()),
            )
        except typst.TypstError as error:
            raise DocumentError(
                f"{template}.typ: {error.message}; the captured text or an image cannot be set"
            ) from error
    if warnings:
        raise DocumentError(f"{template}.typ: {'; '.join(warning.message for warning in warnings)}")
    assert isinstance(pdf, bytes)
    return pdf


def printable(value: Any) -> Any:
    """The value with characters that no text font draws, or that would turn the line round, written `[U+1F642]`."""
    if isinstance(value, str):
        return "".join(f"[U+{ord(c):04X}]" if _undrawn(c) else c for c in value)
    if isinstance(value, dict):
        return {key: printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable(inner) for inner in value]
    return value


def _undrawn(char: str) -> bool:
    kind = unicodedata.category(char)
    return (kind[0] == "C" and char not in "\n\t") or (kind == "So" and ord(char) >= FIRST_PICTURE)


def file_list(items: Sequence[Item]) -> bytes:
    """电子数据清单 as CSV with a byte order mark, so that spreadsheets read it as UTF-8."""
    output = StringIO()
    writer = csv.writer(output)
    writer.writerow(strings.LIST_COLUMNS)
    for number, item in enumerate(items, 1):
        kind, size = strings.ROLES[item.role], len(item.content)
        hashes = (sha256_hex(item.content), sm3_hex(item.content))
        writer.writerow((number, item.path, kind, item.format, size, item.created, _safe(item.source), *hashes))
    return output.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{cell}" if cell[:1] in tuple("=+-@") else cell


def _data(source: PacketSource, agency: Agency, items: Sequence[Item]) -> dict[str, Any]:
    paper, known = paper_for(agency, source.office.kind), facts(source)
    return {
        "draft": strings.DRAFT,
        "title": filled(paper.title, source),
        "recipient": filled(paper.recipient, source),
        "opening": filled(paper.opening, source),
        "closing": filled(paper.closing, source),
        "chain": paper.chain,
        "copies": "、".join(paper.copies),
        "fields": field_rows(source, agency),
        "findings": _findings(source),
        "score_note": strings.MACHINE_SCORE,
        "decisions": [
            {"at": beijing(d.at), "actor": d.actor, "what": d.what, "reason": d.reason} for d in source.decisions
        ],
        "law": [_law_row(law) for law in source.law],
        "measures": [filled(m.text, source) for m in agency.measures if applies(m.applies, source)],
        "limits": strings.LIMITS,
        "recipe": strings.RECIPE,
        "steps": strings.RECORD_STEPS,
        "annexes": ANNEXES,
        "office": source.office.name,
        "packet_id": source.packet_id,
        "custody_seq": str(source.custody_head[0]),
        "custody_hash": source.custody_head[1],
        "files": [_file_row(number, item) for number, item in enumerate(items, 1)],
        "captures": [_capture_rows(material, items) for material in source.captures],
        "cause": known.get("class", ""),
        "subject": source.subject,
        "content": source.title,
        "period": f"{beijing(known['first_seen'])}至{beijing(known['last_seen'])}",
        "tool": source.tool,
    }


def _law_row(law: Any) -> dict[str, str]:
    mark = "" if law.confirmed else strings.UNCONFIRMED_LAW
    return {"title": law.title, "article": law.article, "version": law.version, "mark": mark}


def _findings(source: PacketSource) -> list[dict[str, Any]]:
    """Verdicts that are not clear, with the signals that speak against the subject, heaviest first."""
    rows = []
    for axis, name in strings.AXES.items():
        verdict = source.assessment.get(axis, {"verdict": "clear"})
        if verdict["verdict"] == "clear":
            continue
        reasons = by_reason(verdict["signals"], QUOTE_MAX).items()
        shown = [{"reason": reason, "quotes": quotes[:QUOTES_MAX]} for reason, quotes in reasons][:SIGNALS_MAX]
        level = strings.LEVELS[verdict["verdict"]]
        rows.append({"axis": name, "class": verdict["class"], "level": level, "signals": shown})
    return rows


def _shot(item: Item, profile: FetchProfile) -> dict[str, Any]:
    """A picture and its size on paper, in mm. Without a height the typesetter would crop a tall one to its middle."""
    width_mm = PHONE_SHOT_MM if profile is FetchProfile.PHONE else TEXT_WIDTH_MM
    width_px, height_px = struct.unpack_from(">II", item.content, PNG_SIZE_OFFSET)
    height_mm = max(1, round(width_mm * height_px / max(width_px, 1)))
    return {"path": item.path, "file": item.path.replace("/", "_"), "width": width_mm, "height": height_mm}


def _file_row(number: int, item: Item) -> dict[str, str]:
    return {
        "number": str(number),
        "path": item.path,
        "kind": strings.ROLES[item.role],
        "bytes": str(len(item.content)),
        "sha256": sha256_hex(item.content),
        "sm3": sm3_hex(item.content),
    }


def _capture_rows(material: CaptureMaterial, items: Sequence[Item]) -> dict[str, Any]:
    capture = material.capture
    rows = [
        ("编号", capture.label),
        ("输入网址", capture.url),
        ("最终网址", capture.final_url),
        ("跳转", " → ".join(f"{hop.url}（{hop.status}）" for hop in capture.hops)),
        ("网页标题", capture.title),
        ("访问方式", f"{strings.ORIGINS[capture.origin.value]}，{strings.PROFILES[capture.profile.value]}"),
        ("时间（北京时间）", beijing(capture.fetched_at)),
        ("响应状态", str(capture.status)),
        ("服务器地址", capture.peer),
        ("内容 SHA-256", capture.sha256),
        ("保管链", f"第 {capture.custody_seq} 条"),
    ]
    shots = [i for i in items if i.role == "screenshot" and i.path.startswith(f"shots/{capture.label}-")]
    return {
        "rows": [row for row in rows if row[1]],
        "shots": [_shot(item, capture.profile) for item in shots if item.content.startswith(PNG_SIGNATURE)],
    }
