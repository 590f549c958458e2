"""A paper as editable DOCX: the same blocks and the same text as its PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from review.packets.office_files import steady
from review.packets.papers.model import (
    Block,
    Break,
    Centred,
    Figure,
    Heading,
    Paper,
    Paragraph,
    Run,
    Signature,
    Space,
    Table,
    Title,
)
from review.packets.word_base import empty, style_id

if TYPE_CHECKING:
    from docx.document import Document as Word

TEXT_WIDTH_TWIPS, HAND_TWIPS = 8845, 510
"""156 mm; a row of 9 mm to write in by hand."""
PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"


def docx(paper: Paper, built_at: str) -> bytes:
    """One DOCX, byte for byte the same for the same paper and time."""
    word = empty()
    word.core_properties.title, word.core_properties.author = paper.title, ""
    end = word.element.body.sectPr
    for block in paper.blocks:
        for element in _WRITERS[type(block)](word, block):
            end.addprevious(element)
    word.save(output := BytesIO())
    return steady(output.getvalue(), built_at)


def _add(parent: Any, name: str, **values: object) -> Any:
    element = etree.SubElement(parent, qn(f"w:{name}"))
    for key, value in values.items():
        element.set(qn(f"w:{key}"), str(value))
    return element


def _new(name: str) -> Any:
    from docx.oxml import OxmlElement

    return OxmlElement(f"w:{name}")


def _line(look: str, runs: Sequence[Run] = (), parent: Any = None) -> Any:
    """A paragraph of one of our styles; a line break within a text stays one."""
    line = _new("p") if parent is None else _add(parent, "p")
    _add(_add(line, "pPr"), "pStyle", val=style_id(look))
    for said, style in runs:
        run = _add(line, "r")
        if style:
            _add(_add(run, "rPr"), "rStyle", val=style_id(style))
        for number, part in enumerate(said.split("\n")):
            if number:
                _add(run, "br")
            text = _add(run, "t")
            text.text = part
            text.set(PRESERVE, "preserve")
    return line


def _title(_: Word, block: Title) -> list[Any]:
    return [_line("annex" if block.small else "title", [(block.text, "")])]


def _heading(_: Word, block: Heading) -> list[Any]:
    return [_line("first" if block.level == 1 else "second", [(block.text, "")])]


def _paragraph(_: Word, block: Paragraph) -> list[Any]:
    return [_line("body" if block.indent else "plain", block.runs)]


def _centred(_: Word, block: Centred) -> list[Any]:
    return [_line("note", [(block.text, "")])]


def _signature(_: Word, block: Signature) -> list[Any]:
    return [_line("sign", [(said, "")]) for said in block.lines]


def _space(_: Word, block: Space) -> list[Any]:
    return [_line("plain") for _line_number in range(block.lines)]


def _break(_: Word, _block: Break) -> list[Any]:
    line = _line("plain")
    _add(_add(line, "r"), "br", type="page")
    return [line]


def _table(_: Word, block: Table) -> list[Any]:
    table = _new("tbl")
    form = _add(table, "tblPr")
    _add(form, "tblStyle", val="TableGrid")
    _add(form, "tblW", w=TEXT_WIDTH_TWIPS, type="dxa")
    _add(form, "jc", val="center")
    _add(form, "tblLayout", type="fixed")
    widths = [round(TEXT_WIDTH_TWIPS * width / sum(block.widths)) for width in block.widths]
    grid = _add(table, "tblGrid")
    for width in widths:
        _add(grid, "gridCol", w=width)
    if block.head:
        _row(table, block.head, widths, ["tinylabel" if block.tiny else "label"] * len(widths), head=True)
    looks = [_look(block, place) for place in range(len(widths))]
    for row in block.rows:
        _row(table, row, widths, looks, tall=block.tall)
    return [table]


def _look(block: Table, place: int) -> str:
    if place in block.mono:
        return "hash"
    return ("tiny" if block.tiny else "") + ("label" if place in block.labels else "" if block.tiny else "cell")


def _row(
    table: Any,
    cells: Sequence[str],
    widths: Sequence[int],
    looks: Sequence[str],
    *,
    head: bool = False,
    tall: bool = False,
) -> None:
    row = _add(table, "tr")
    form = _add(row, "trPr")
    _add(form, "cantSplit")
    if tall:
        _add(form, "trHeight", val=HAND_TWIPS, hRule="atLeast")
    if head:
        _add(form, "tblHeader")
    for said, width, look in zip(cells, widths, looks, strict=True):
        cell = _add(row, "tc")
        _add(_add(cell, "tcPr"), "tcW", w=width, type="dxa")
        _line(look, [(said, "")] if said else (), cell)


def _figure(word: Word, block: Figure) -> list[Any]:
    """Pictures side by side in a table without lines, each cut at its foot as on the PDF, captions below."""
    table = word.add_table(rows=2, cols=len(block.pictures))
    for place, picture in enumerate(block.pictures):
        content = cut(picture.content, picture.cut_mm / picture.height_mm)
        held = table.rows[0].cells[place].paragraphs[0].add_run()
        held.add_picture(BytesIO(content), width=Mm(picture.width_mm), height=Mm(picture.cut_mm))
        caption = table.rows[1].cells[place]._tc
        caption.remove(caption.p_lst[0])
        _line("cell", [(picture.caption, "")], caption)
    return [table._tbl]


def cut(content: bytes, share: float) -> bytes:
    """The upper part of a picture as PNG; the whole one as it is."""
    if share >= 1:
        return content
    from PIL import Image

    with Image.open(BytesIO(content)) as picture:
        part = picture.crop((0, 0, picture.width, max(1, round(picture.height * share))))
        part.save(output := BytesIO(), "PNG", compress_level=1)
    return output.getvalue()


_WRITERS: dict[type[Block], Callable[[Word, Any], list[Any]]] = {
    Title: _title,
    Heading: _heading,
    Paragraph: _paragraph,
    Centred: _centred,
    Table: _table,
    Figure: _figure,
    Signature: _signature,
    Break: _break,
    Space: _space,
}
