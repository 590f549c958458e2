"""What stands in a paper: the text of a PDF, of a DOCX, of `papers.json`, each in reading order and without blanks."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pypdfium2
from docx import Document
from docx.oxml.ns import qn
from docx.table import Table as WordTable

from review.packets.papers import model

BLOCKS = {
    kind.__name__.lower(): kind
    for kind in (
        model.Title, model.Heading, model.Paragraph, model.Centred, model.Table, model.Figure, model.Signature,
        model.Break, model.Space,
    )
}  # fmt: skip


def bare(text: str) -> str:
    """Without white space, breaks for long words and differences of writing that a font may choose."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufffe", "").split())


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return bare("".join(page.get_textpage().get_text_range() for page in document))
    finally:
        document.close()


def docx_pieces(content: bytes) -> Iterator[str]:
    """Paragraphs and cells in the order of the document."""
    document = Document(io.BytesIO(content))
    for element in document.element.body.iterchildren():
        if element.tag.endswith("}p"):
            yield "".join(node.text or "" for node in element.iter(qn("w:t")))
        elif element.tag.endswith("}tbl"):
            for row in WordTable(element, document).rows:
                yield from (cell.text for cell in row.cells)


def json_pieces(paper: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a paper of `papers.json`."""
    for block in paper["blocks"]:
        yield from model.words(block_of(block))


def block_of(values: Mapping[str, Any]) -> model.Block:
    kind = BLOCKS[values["kind"]]
    given = {name: _tuples(value) for name, value in values.items() if name != "kind"}
    if kind is model.Figure:
        return model.Figure(tuple(model.Picture(**picture) for picture in given["pictures"]))
    made: model.Block = kind(**given)
    return made


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def papers_of(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(files["papers.json"])["papers"]
    return found
