"""GB/T 9704-2012, measured in the PDF and read in the DOCX: margins, 22 lines of 28 characters, numbers, red head."""

from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from docx import Document
from docx.oxml.ns import qn

from review.packets import fonts
from review.packets.coverage import drawn
from review.packets.papers.model import Centred, Paper, Space, Table, text
from review.packets.source import DecisionFacts
from review.packets.typesetting import DocumentError, pdf
from review.packets.word import docx
from tests.review.packets import world
from tests.review.packets.test_papers import files_of

MM = 72 / 25.4
TOLERANCE_MM = 1.0


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    decision = DecisionFacts("2026-11-21T08:30:00.000Z", "张三", "属实", "测" * 2400)
    return files_of(world.source(decisions=(decision,)), tmp_path_factory.mktemp("letter"))


@pytest.fixture(scope="module")
def pages(letter: dict[str, bytes]) -> list[Any]:
    with pdfplumber.open(io.BytesIO(letter["00_商请处置函.pdf"])) as opened:
        return [(page.width, page.height, page.chars) for page in opened.pages]


def full(pages: list[Any]) -> list[dict[str, Any]]:
    """The characters of a page that holds nothing but the long paragraph."""
    chars: list[dict[str, Any]] = next(c for _, _, c in pages if sum(char["text"] == "测" for char in c) > 600)
    return [char for char in chars if char["text"] == "测"]


def test_the_page_is_a4_with_the_margins_of_the_standard(pages: list[Any]) -> None:
    width, height, _ = pages[0]
    assert (width / MM, height / MM) == (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1))
    body = full(pages)
    left, right = min(c["x0"] for c in body), width - max(c["x1"] for c in body)
    top, bottom = min(c["top"] for c in body), height - max(c["bottom"] for c in body)
    assert left / MM == pytest.approx(28, abs=TOLERANCE_MM)
    assert right / MM == pytest.approx(26, abs=TOLERANCE_MM)
    assert top / MM == pytest.approx(37, abs=TOLERANCE_MM)
    # below the last line its own leading (7/8 of a character) still belongs to the type area
    assert (bottom - 16 * 7 / 8) / MM == pytest.approx(35, abs=TOLERANCE_MM)


def test_22_lines_of_28_characters(pages: list[Any]) -> None:
    lines = Counter(round(char["bottom"]) for char in full(pages))
    assert len(lines) == 22
    assert set(lines.values()) == {28}
    ordered = sorted(lines)
    pitches = {round(b - a) for a, b in pairwise(ordered)}
    assert pitches == {29}
    assert {round(char["size"], 1) for char in full(pages)} == {16.0}


def test_numbers_stand_outside_in_fourth_size(pages: list[Any]) -> None:
    for number, (width, height, chars) in enumerate(pages, 1):
        foot = [char for char in chars if char["top"] > height - 33 * MM]
        assert "".join(char["text"] for char in foot if char["text"].strip()) == f"—{number}—"
        assert {round(char["size"]) for char in foot} == {14}
        if number % 2:
            assert (width - foot[-1]["x1"]) / MM == pytest.approx(26 + 16 / MM, abs=1.5)
        else:
            assert foot[0]["x0"] / MM == pytest.approx(28 + 16 / MM, abs=1.5)


def test_the_red_head_is_left_blank(pages: list[Any]) -> None:
    first = min(char["top"] for char in pages[0][2])
    assert first > 37 * MM + 4 * 28.9


def test_the_word_form_has_the_same_page(letter: dict[str, bytes]) -> None:
    document = Document(io.BytesIO(letter["00_商请处置函.docx"]))
    section = document.sections[0]
    margins = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(margin.mm) for margin in margins if margin] == [37, 28, 26, 35]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert section.page_height and section.top_margin and section.bottom_margin
    height = (section.page_height - section.top_margin - section.bottom_margin) // 635  # EMU to twips
    body = document.styles["公文正文"].element.pPr.find(qn("w:spacing"))
    for pitch in (int(grid.get(qn("w:linePitch"))), int(body.get(qn("w:line")))):
        assert height // pitch == 22
    assert body.get(qn("w:lineRule")) == "exact"
    character = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert 156 * MM / character == pytest.approx(28, abs=0.01)
    named = {"公文正文": "仿宋_GB2312", "公文标题": "方正小标宋简体", "一级标题": "黑体", "二级标题": "楷体_GB2312"}
    for style, font in named.items():
        assert document.styles[style].element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert document.settings.odd_and_even_pages_header_footer is True


def test_the_same_paper_gives_the_same_bytes() -> None:
    one = Paper("a", "b", (Centred("草稿"), Space(), text("正文")))
    assert pdf(one, world.BUILT_AT) == pdf(one, world.BUILT_AT)
    assert docx(one, world.BUILT_AT) == docx(one, world.BUILT_AT)


def test_an_unknown_font_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {use: ["No Such Font"] for use in fonts.CHAINS}
    monkeypatch.setattr(fonts, "choose", lambda: chosen)
    with pytest.raises(DocumentError, match="unknown font"):
        pdf(Paper("a", "b", (text("正文"),)), world.BUILT_AT)


def test_fonts_fall_back_to_what_is_there() -> None:
    chosen = fonts.choose(frozenset({"FandolFang R", "Noto Serif CJK SC", "DejaVu Sans"}))
    assert chosen["body"] == ["FandolFang R", "Noto Serif CJK SC", "DejaVu Sans"]
    assert chosen["hei"] == ["Noto Serif CJK SC", "DejaVu Sans"]
    with pytest.raises(fonts.FontsMissing, match="fonts-noto-cjk"):
        fonts.choose(frozenset({"DejaVu Sans"}))


def test_a_picture_that_is_none_is_an_error(tmp_path: Path) -> None:
    from review.packets.papers.model import Figure, Picture

    broken = Figure((Picture("a.png", "图", 60, 60, 60, b"no picture"),))
    with pytest.raises(DocumentError, match="a text or picture"):
        pdf(Paper("a", "b", (broken,)), world.BUILT_AT)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("普通文字 abc，“引号”", "普通文字 abc，“引号”"),
        ("堃喆赟𠮷", "堃喆赟𠮷"),
        ("a\tb\r\n", "a b\n"),
        ("看\u200b这\u202e里", "看[U+200B]这[U+202E]里"),
        ("\ud800\x00", "[U+D800][U+0000]"),
        ("🫠", "[U+1FAE0]"),
    ],
)
def test_what_no_font_draws_is_written_by_its_number(said: str, shown: str) -> None:
    assert drawn(said) == shown


def test_a_row_taller_than_a_page_goes_on_overleaf() -> None:
    """A short cell beside a long one once kept the row together, and what stood below the page was lost."""
    long = "".join(f"第{number}句说免考包过可查。" for number in range(200))
    paper = Paper("长表", "长表", (Table((10, 40, 50), (("一", long, "二"),)),))
    with pdfplumber.open(io.BytesIO(pdf(paper, world.BUILT_AT))) as opened:
        bottom = max(char["bottom"] for page in opened.pages for char in page.chars if char["text"].strip())
        said = "".join(char["text"] for page in opened.pages for char in page.chars if not char["text"].isspace())
        assert bottom <= opened.pages[0].height - 20 / 25.4 * 72
    assert "第199句" in said
