"""What people must look at before a copy for circulation goes out: its pictures, and what may still be a name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from review.packets import names, strings
from review.packets.amend import read_file
from review.packets.verify.blocks import block_texts

AROUND_CHARS = 12


def write(copy: Path) -> Path:
    """The sheet of a copy, beside it; for Windows' own editor (UTF-8 with a mark, CRLF)."""
    sheet = copy.with_name(strings.CHECK_FILE.format(stem=copy.stem))
    sheet.write_text(compose(copy).replace("\n", "\r\n"), "utf-8-sig", newline="")
    return sheet


def compose(copy: Path) -> str:
    told, papers = (json.loads(read_file(copy, name)) for name in ("redactions.json", "papers.json"))
    pictures = [_picture(item) for item in told["items"] if "path" in item]
    possible = [strings.CHECK_NAME.format(name=name, around=around) for name, around in _possible(papers)]
    return strings.CHECK_SHEET.format(
        copy=copy.name,
        packet=told["original"]["packet_id"],
        pictures="\n".join(pictures) or strings.CHECK_NONE,
        names="\n".join(possible) or strings.CHECK_NONE,
        papers="、".join(paper["file"] for paper in papers["papers"]),
    )


def _picture(item: dict[str, Any]) -> str:
    kinds = Counter(region["kind"] for region in item["regions"])
    form = strings.CHECK_WHOLE if kinds["whole"] else strings.CHECK_PICTURE
    return form.format(path=item["path"], text=kinds["text"], face=kinds["face"])


def _possible(papers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What may be a name in what the papers print, each once, with the words around it."""
    seen = set()
    for text in _texts(papers):
        for name in names.maybe(text):
            if name not in seen:
                seen.add(name)
                at = text.index(name)
                yield name, text[max(0, at - AROUND_CHARS) : at + len(name) + AROUND_CHARS].replace("\n", " ")


def _texts(papers: dict[str, Any]) -> Iterator[str]:
    for paper in papers["papers"]:
        for block in paper["blocks"]:
            if block["kind"] == "table":
                yield from (cell for row in (block["head"], *block["rows"]) for cell in row)
            else:
                yield "".join(block_texts(block, ""))
