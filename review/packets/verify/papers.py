"""What the papers say: text of PDF and DOCX, read with the standard library.

Reads the plain PDF that typesetters write (objects, Flate streams, fonts with a ToUnicode map), not any PDF.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from typing import Dict, Iterator, List, Tuple

from review.packets.verify.container import JSON_MAX_BYTES, Packet
from review.packets.verify.reasons import Unknown

OBJECT = re.compile(rb"(?:^|\n)(\d{1,10}) 0 obj\s|endobj")
PAGE = re.compile(rb"/Type\s*/Page\b")
PAGES = re.compile(rb"/Type\s*/Pages\b")
COUNT = re.compile(rb"/Count\s+(\d{1,9})\b")
REFERENCE = {
    name: re.compile(rb"/%s\s+(\d+) 0 R" % name.encode("ascii")) for name in ("Resources", "Contents", "ToUnicode")
}
STREAM = re.compile(rb"stream\r?\n")
HIDDEN = re.compile(rb"(?<![\d.])[37]\s+Tr\b")
"""Text drawn without ink."""
TOKEN = re.compile(
    rb"\s+|%[^\r\n]*|<<|>>|<([0-9A-Fa-f\s]*)>|/([^\s/\[\]()<>{}%]*)|[\[\]{}]|[-+.\d]+|([A-Za-z'\"*][A-Za-z0-9'\"*]*)"
)
PAREN = re.compile(rb"[()\\]")
ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
MAPPED = re.compile(rb"beginbf(char|range)|endbf")
HEX = re.compile(rb"<([0-9A-Fa-f]+)>")
TEXT_MAX_BYTES = 256 << 20
"""Unpacked text of one paper."""
CODES_MAX, MEANING_MAX_CHARS = 1 << 17, 64
"""Of one font's map: how many codes, and how much text may stand for one."""
WORD_TEXT = re.compile(r"<w:t(?: [^<>]*)?>([^<]*)</w:t>")
WORD_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core)\.xml|word/_rels/[a-z0-9]+\.xml\.rels"
    r"|word/(?:document|footer\d*|header\d*|fontTable|settings|styles|webSettings|theme/theme\d*)\.xml"
    r"|word/media/[A-Za-z0-9]+\.(?:png|jpe?g)"
)
WORD_SHOWN = re.compile(r"word/(?:document|footer\d*|header\d*)\.xml")
WORD_TAG = re.compile(r"<([A-Za-z][\w.-]*:[\w.-]+|[A-Za-z][\w.-]*)")
WORD_TAGS = frozenset(
    """
    a:blip a:ext a:fillRect a:graphic a:graphicData a:graphicFrameLocks a:off a:prstGeom a:stretch a:xfrm
    pic:blipFill pic:cNvPicPr pic:cNvPr pic:nvPicPr pic:pic pic:spPr w:body w:br w:cantSplit w:cols w:docGrid
    w:document w:drawing w:fldChar w:footerReference w:ftr w:gridCol w:hdr w:headerReference w:ind w:instrText
    w:jc w:p w:pPr w:pStyle w:pgMar w:pgSz w:r w:rFonts w:rPr w:rStyle w:sectPr w:sz w:t w:tbl w:tblGrid
    w:tblHeader w:tblLayout w:tblLook w:tblPr w:tblStyle w:tblW w:tc w:tcPr w:tcW w:tr w:trHeight w:trPr
    wp:cNvGraphicFramePr wp:docPr wp:extent wp:inline
    """.split()
)
"""What papers are made of. Anything else could show text that is not read here, or hide some that is."""
WORD_FIELD = re.compile(r"<w:instrText[^<>]*>(?! ?PAGE ?</)")
PDF_OTHER = re.compile(
    rb"/(?:Annots|AcroForm|OpenAction|AA|JavaScript|EmbeddedFiles?|ObjStm|OCProperties|Type3|PostScript|PatternType\s*1)\b"
    rb"|/Subtype\s*/Form\b|/[^\s/\[\]()<>{}%]*#"
)
"""What typesetters do not write here and viewers would show or do; the last are names in disguise."""
WORD_HIDDEN = re.compile(
    r"<w:(?:vanish|webHidden|specVanish)\b|<!\[CDATA\[|<!DOCTYPE|<w:altChunk\b|TargetMode\s*=\s*.External"
)
UNREADABLE_PAPER = (
    *(ValueError, KeyError, IndexError, TypeError, OverflowError, RuntimeError, EOFError, NotImplementedError),
    *(zlib.error, zipfile.BadZipFile, struct.error, OSError),
)
INVISIBLE = re.compile("[\\s\u00ad\u200b\u2060\ufeff]+")
PAGE_DASH, PAGE_NUMBER = "—", "—{}—"


def pdf_text(data: bytes) -> str:
    """All text that is shown, without white space. Raises ValueError or KeyError for other PDFs."""
    return "".join(pdf_pages(data))


def pdf_pages(data: bytes) -> List[str]:
    """The same, page by page, without their numbers."""
    found = list(between(OBJECT, data))
    objects = Objects(found)
    if any(PDF_OTHER.search(STREAM.split(body, 1)[0]) for body in objects.values()):
        raise ValueError("annotations, forms or whatever else is not read here")
    trees = [int(count) for body in objects.values() if PAGES.search(body) for count in COUNT.findall(body)]
    pages = sum(PAGE.search(body) is not None for body in objects.values())
    if len(objects) != len(found) or data.count(b"startxref") > 1 or max(trees, default=pages) != pages:
        raise ValueError("objects of a name twice, or pages that are not shown")
    maps: Dict[bytes, Dict[int, str]] = {}
    shown = [plain(page_text(objects, body, maps)) for body in objects.values() if PAGE.search(body)]
    return [numberless(page, number) for number, page in enumerate(shown, 1)]


def numberless(page: str, number: int) -> str:
    """Without the page's number, which is drawn last."""
    foot = PAGE_NUMBER.format(number)
    return page[: -len(foot)] if page.endswith(foot) else page


class Objects(Dict[bytes, bytes]):
    """The objects of a PDF by number, and how much may still be unpacked of them."""

    left = TEXT_MAX_BYTES

    def stream(self, body: bytes) -> bytes:
        """The content of a stream, unpacked."""
        begin, end = STREAM.search(body), body.rfind(b"\nendstream")
        if begin is None or end < begin.end():
            return b""
        content = body[begin.end() : end]
        if b"/FlateDecode" in body[: begin.start()]:
            content = zlib.decompressobj().decompress(content, self.left + 1)
        self.left -= len(content)
        if self.left < 0:
            raise ValueError("more text than a paper has")
        return content


def between(mark: "re.Pattern[bytes]", data: bytes) -> Iterator[Tuple[bytes, bytes]]:
    """What stands between a beginning (which has a group) and the next end. Read once from front to back."""
    name, start = b"", -1
    for found in mark.finditer(data):
        if start < 0 and found[1] is not None:
            name, start = found[1], found.end()
        elif start >= 0 and found[1] is None:
            yield name, data[start : found.start()]
            start = -1


def page_text(objects: Objects, page: bytes, maps: Dict[bytes, Dict[int, str]]) -> str:
    """What one page shows; `maps` are those of the fonts met before, by object."""
    resources, contents = REFERENCE["Resources"].search(page), REFERENCE["Contents"].search(page)
    if (contents is None) != (b"/Contents" not in page) or page.count(b"/Contents") > 1:
        raise ValueError("a page whose content is not one stream")
    names = dict(font_names(objects[resources[1]] if resources else page))
    for number in names.values():
        if number not in maps:
            maps[number] = font_map(objects, number)
    fonts = {name: maps[number] for name, number in names.items()}
    content = objects.stream(objects[contents[1]]) if contents else b""
    if HIDDEN.search(content):
        raise ValueError("text that is not shown")
    return shown(content, fonts)


def plain(text: str) -> str:
    return INVISIBLE.sub("", text)


def font_names(resources: bytes) -> List[Tuple[bytes, bytes]]:
    found = re.search(rb"/Font\s*<<", resources)
    named = resources[found.end() :].partition(b">>")[0] if found else b""
    return re.findall(rb"/([^\s/]+)\s+(\d+) 0 R", named)


def font_map(objects: Objects, number: bytes) -> Dict[int, str]:
    """From code to text, by the font's ToUnicode map."""
    found = REFERENCE["ToUnicode"].search(objects[number])
    codes: Dict[int, str] = {}
    steps = 0
    for kind, table in between(MAPPED, objects.stream(objects[found[1]]) if found else b""):
        values = HEX.findall(table)
        if kind == b"char":
            codes.update((int(values[at], 16), unicode_of(values[at + 1])) for at in range(0, len(values), 2))
        else:
            for at in range(0, len(values), 3):
                first, last, start = int(values[at], 16), int(values[at + 1], 16), unicode_of(values[at + 2])
                steps += last - first + 1
                if first > last or steps > CODES_MAX:
                    raise ValueError("no map of a font")
                for code in range(first, last + 1):
                    codes[code] = start[:-1] + chr(ord(start[-1]) + code - first)
    return codes


def unicode_of(digits: bytes) -> str:
    if len(digits) > 4 * MEANING_MAX_CHARS:
        raise ValueError("no map of a font")
    return bytes.fromhex(digits.decode("ascii")).decode("utf-16-be")


def shown(content: bytes, fonts: Dict[bytes, Dict[int, str]]) -> str:
    """The text of a content stream: strings that a Tj or TJ follows, in the font that was chosen last."""
    font: Dict[int, str] = {}
    strings: List[bytes] = []
    name, at = b"", 0
    pieces = []
    while at < len(content):
        if content[at] == 0x28:
            raw, at = literal(content, at + 1)
            strings.append(raw)
            continue
        token = TOKEN.match(content, at)
        if token is None:
            raise ValueError(f"no content stream at {at}")
        at = token.end()
        if token[1] is not None:
            strings.append(bytes.fromhex(token[1].decode("ascii")))
        name = token[2] or name
        if token[3] == b"Tf":
            font = fonts.get(name, {})
        elif token[3] in (b"Tj", b"TJ"):
            pieces += [font[int.from_bytes(raw[i : i + 2], "big")] for raw in strings for i in range(0, len(raw), 2)]
        elif token[3] in (b"'", b'"', b"BI"):
            raise ValueError("text or pictures in another way than typesetters write them")
        if token[3] is not None:
            strings = []
    return "".join(pieces)


def literal(content: bytes, start: int) -> Tuple[bytes, int]:
    """A string in parentheses, which may hold balanced ones, and where it ends."""
    depth, at = 1, start
    while depth:
        found = PAREN.search(content, at)
        if found is None:
            raise ValueError("a string without end")
        at = found.end() + (found[0] == b"\\")
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
    return ESCAPE.sub(unescaped, content[start : at - 1]), at


def unescaped(found: "re.Match[bytes]") -> bytes:
    said = found[1]
    if said[:1].isdigit():
        return bytes([int(said, 8) & 0xFF])
    return b"" if said[-1:] == b"\n" else ESCAPES.get(said, said)


def docx_text(data: bytes) -> str:
    """All text of a DOCX, without white space. Raises ValueError where some is hidden."""
    return "".join(docx_parts(data))


def docx_parts(data: bytes) -> Tuple[str, str]:
    """The same of its body, and of its headers and footers."""
    pieces: Tuple[List[str], List[str]] = ([], [])
    left = TEXT_MAX_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if len(set(archive.namelist())) != len(archive.namelist()):
            raise ValueError("two parts of one name")
        for part in archive.infolist():
            if not WORD_PARTS.fullmatch(part.filename):
                raise ValueError(f"{part.filename!a} has no place in a paper")
            if part.filename.startswith("word/media/"):
                continue
            with archive.open(part) as file:
                xml = file.read(left + 1).decode("utf-8")
            left -= len(xml)
            if left < 0 or WORD_HIDDEN.search(xml):
                raise ValueError(f"{part.filename}: text that is not shown, or too much of it")
            if WORD_SHOWN.fullmatch(part.filename):
                refuse_other_marks(xml, part.filename)
                pieces[part.filename != "word/document.xml"].extend(WORD_TEXT.findall(xml))
    body, margin = (plain(html.unescape("".join(found))) for found in pieces)
    return body, margin


def refuse_other_marks(xml: str, part: str) -> None:
    other = {found[1] for found in WORD_TAG.finditer(xml)} - WORD_TAGS
    if other or WORD_FIELD.search(xml):
        raise ValueError(f"{part}: {', '.join(sorted(other))[:80] or 'a field'} that is not read here")


def docx_pages(data: bytes) -> List[str]:
    """A DOCX has no pages of its own; beside its body it may say their numbers."""
    body, margin = docx_parts(data)
    return [body, margin.replace(PAGE_DASH, "")]


def paper_texts(packet: Packet) -> Dict[str, List[str]]:
    """By path, what the papers say on each page."""
    paths = [row["path"] for row in packet.manifest["files"] if row["role"] in ("document", "list")]
    texts = {}
    for path in paths:
        read = pdf_pages if path.endswith(".pdf") else docx_pages if path.endswith(".docx") else None
        if read is None:
            continue
        if packet.entries[path].size > JSON_MAX_BYTES:
            raise Unknown("PAPER_UNREADABLE", path)
        try:
            texts[path] = read(packet.read(path))
        except UNREADABLE_PAPER as error:
            raise Unknown("PAPER_UNREADABLE", f"{path}: {error}") from error
        if not any(texts[path]):
            raise Unknown("PAPER_UNREADABLE", path)
    return texts
