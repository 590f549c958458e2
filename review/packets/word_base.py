"""The empty DOCX that papers are written into: page and grid of GB/T 9704, styles by which an officer can edit it."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as Line

BODY, TITLE, HEI, KAI, MONO = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "Consolas"
MARGINS_MM = {"top_margin": 37, "left_margin": 28, "right_margin": 26, "bottom_margin": 35}
FOOTER_MM = 23
"""From the page's lower edge: the number stands 7 mm below the type area, which ends 35 mm above the edge."""
PITCH_PT, BODY_PT, NUMBER_PT = 28.95, 16, 14
LINE_PITCH_TWIPS, CHAR_SPACE = 579, -848
"""22 lines of 225 mm, rounded down so that the last one fits; 28 characters of 156 mm: 15.793 pt for one of 16 pt, the
difference in 4096ths of a point."""
KEPT_STYLES = frozenset({"Normal", "Default Paragraph Font", "Normal Table", "No List", "Table Grid", "footer"})
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


class Look(NamedTuple):
    """A paragraph style: `pitch` is the exact line height, `indent` of the first line in characters."""

    name: str
    font: str
    size: float
    pitch: float
    align: WD_ALIGN_PARAGRAPH = LEFT
    indent: int = 0
    keep: bool = False


LOOKS = {
    "body": Look("公文正文", BODY, BODY_PT, PITCH_PT, BOTH, 2),
    "plain": Look("公文顶格", BODY, BODY_PT, PITCH_PT, BOTH),
    "title": Look("公文标题", TITLE, 22, 33, CENTRE),
    "annex": Look("附件标题", TITLE, 18, PITCH_PT, CENTRE),
    "first": Look("一级标题", HEI, BODY_PT, PITCH_PT, LEFT, 2, True),
    "second": Look("二级标题", KAI, BODY_PT, PITCH_PT, LEFT, 2, True),
    "note": Look("居中说明", HEI, 12, PITCH_PT, CENTRE),
    "sign": Look("落款", BODY, BODY_PT, PITCH_PT, RIGHT, 0, True),
    "cell": Look("表格文字", BODY, 10.5, 15),
    "label": Look("表格栏目", HEI, 10.5, 15),
    "tiny": Look("表格小字", BODY, 8, 11),
    "tinylabel": Look("表格小栏目", HEI, 8, 11),
    "hash": Look("校验值", MONO, 6.5, 9),
}
RUNS = {"mark": ("标注", ""), "hei": ("黑体字", HEI), "kai": ("楷体字", KAI)}


def style_id(key: str) -> str:
    return f"ZS{key}"


@cache
def _bytes() -> bytes:
    word = Document()
    _slim(word)
    _page(word)
    _styles(word)
    word.save(output := BytesIO())
    return output.getvalue()


def empty() -> Word:
    """A fresh one."""
    return Document(BytesIO(_bytes()))


def _slim(word: Word) -> None:
    """Without the hundred styles, the preview picture and the second style sheet that the library's template brings."""
    for style in list(word.styles.element.style_lst):
        if style.name_val not in KEPT_STYLES:
            word.styles.element.remove(style)
    for part in (word.part, word.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.endswith(("thumbnail", "stylesWithEffects", "numbering", "customXml")):
                part.rels.pop(key)


def _page(word: Word) -> None:
    section = word.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    for name, size in MARGINS_MM.items():
        setattr(section, name, Mm(size))
    section.footer_distance = Mm(FOOTER_MM)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for name, value in (("type", "linesAndChars"), ("linePitch", LINE_PITCH_TWIPS), ("charSpace", CHAR_SPACE)):
        grid.set(qn(f"w:{name}"), str(value))
    word.settings.odd_and_even_pages_header_footer = True
    _number(section.footer.paragraphs[0], RIGHT)
    _number(section.even_page_footer.paragraphs[0], LEFT)


def _number(line: Line, side: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one character from the outer edge: right on odd pages, left on even ones."""
    line.alignment = side
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(BODY_PT)
    for kind, said in (("", "— "), ("begin", ""), ("instr", "PAGE"), ("end", ""), ("", " —")):
        run = line.add_run(said if not kind else "")
        _font(run, BODY, NUMBER_PT)
        if kind == "instr":
            element = OxmlElement("w:instrText")
            element.text = said
        elif kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        if kind:
            run._r.append(element)


def _font(holder: Any, name: str, size: float) -> None:
    """Both for Latin and for Chinese letters."""
    holder.font.name, holder.font.size = name, Pt(size)
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _styles(word: Word) -> None:
    normal = word.styles["Normal"]
    _font(normal, BODY, BODY_PT)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    for key, look in LOOKS.items():
        style = word.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
        style.element.set(qn("w:styleId"), style_id(key))
        style.base_style = normal
        _font(style, look.font, look.size)
        form = style.paragraph_format
        form.alignment, form.keep_with_next = look.align, look.keep or None
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.pitch)
        form.first_line_indent = Pt(look.indent * look.size) if look.indent else None
        form.right_indent = Pt(4 * look.size) if key == "sign" else None
        form.space_after = form.space_before = Pt(0)
    for key, (name, font) in RUNS.items():
        run = word.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        run.element.set(qn("w:styleId"), style_id(key))
        if font:
            _font(run, font, BODY_PT)
        else:
            _shade(run.element.get_or_add_rPr(), "FFE08A")


def _shade(properties: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    properties.append(shade)
