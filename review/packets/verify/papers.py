"""The papers say what the data say: text of PDF and DOCX, read with the standard library, against manifest and facts.

Reads the plain PDF that typesetters write (objects, Flate streams, fonts with a ToUnicode map), not any PDF.
"""

from __future__ import annotations

import csv
import html
import io
import re
import struct
import unicodedata
import zipfile
import zlib
from typing import Dict, Iterator, List, Tuple

from review.packets.verify.container import JSON_MAX_BYTES, Packet
from review.packets.verify.contents import FILE_LIST
from review.packets.verify.reasons import Finding, Unknown

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
WORD_HIDDEN = re.compile(r"<w:(?:vanish|webHidden|specVanish)\b|<!\[CDATA\[|<!DOCTYPE|<w:altChunk\b")
UNREADABLE_PAPER = (
    *(ValueError, KeyError, IndexError, TypeError, OverflowError, RuntimeError, EOFError, NotImplementedError),
    *(zlib.error, zipfile.BadZipFile, struct.error, OSError),
)
INVISIBLE = re.compile("[\\s\u00ad\u200b\u2060\ufeff]+")
PAGE_NUMBER = re.compile("—[0-9]+—")
"""May stand in the middle of what goes on over the page."""
FACT_MIN_CHARS = 4
"""Shorter ones stand in any text by chance."""
SPOKEN = ("packet_id", "case_id", "subject")


def pdf_text(data: bytes) -> str:
    """All text that is shown, page after page, without white space. Raises ValueError or KeyError for other PDFs."""
    found = list(between(OBJECT, data))
    objects = Objects(found)
    trees = [int(count) for body in objects.values() if PAGES.search(body) for count in COUNT.findall(body)]
    pages = sum(PAGE.search(body) is not None for body in objects.values())
    if len(objects) != len(found) or data.count(b"startxref") > 1 or max(trees, default=pages) != pages:
        raise ValueError("objects of a name twice, or pages that are not shown")
    maps: Dict[bytes, Dict[int, str]] = {}
    return plain("".join(page_text(objects, body, maps) for body in objects.values() if PAGE.search(body)))


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
            pieces += [
                font.get(int.from_bytes(raw[i : i + 2], "big"), "") for raw in strings for i in range(0, len(raw), 2)
            ]
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
    """All text of a DOCX's body, headers and footers, without white space. Raises ValueError where some is hidden."""
    pieces, left = [], TEXT_MAX_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if len(set(archive.namelist())) != len(archive.namelist()):
            raise ValueError("two parts of one name")
        for part in archive.infolist():
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", part.filename):
                with archive.open(part) as file:
                    xml = file.read(left + 1).decode("utf-8")
                left -= len(xml)
                if left < 0 or WORD_HIDDEN.search(xml):
                    raise ValueError(f"{part.filename}: text that is not shown, or too much of it")
                pieces += WORD_TEXT.findall(xml)
    return plain(html.unescape("".join(pieces)))


def paper_texts(packet: Packet) -> Dict[str, str]:
    """By path, what the papers say."""
    paths = [row["path"] for row in packet.manifest["files"] if row["role"] in ("document", "list")]
    texts = {}
    for path in paths:
        read = pdf_text if path.endswith(".pdf") else docx_text if path.endswith(".docx") else None
        if read is None:
            continue
        if packet.entries[path].size > JSON_MAX_BYTES:
            raise Unknown("PAPER_UNREADABLE", path)
        try:
            texts[path] = PAGE_NUMBER.sub("", read(packet.read(path)))
        except UNREADABLE_PAPER as error:
            raise Unknown("PAPER_UNREADABLE", f"{path}: {error}") from error
        if not texts[path]:
            raise Unknown("PAPER_UNREADABLE", path)
    return texts


def drawn(char: str) -> bool:
    """Whether every typesetter draws it; what one writes as a code point cannot be compared."""
    return unicodedata.category(char)[0] != "C" and ord(char) < 0x1F000


def check_papers(packet: Packet) -> str:
    """Each evidence file's digests stand in print; a fact stands in both forms of a paper or in neither."""
    texts = paper_texts(packet)
    printed = "".join(text for path, text in texts.items() if path.endswith(".pdf"))
    if FILE_LIST in packet.entries and printed:
        table = csv.DictReader(io.StringIO(packet.read(FILE_LIST).decode("utf-8-sig")))
        for row in table:
            if row["SHA-256"] not in printed or row["SM3"] not in printed:
                raise Finding("PAPER_MISMATCH", row["名称"])
    facts = [str(value) for value in packet.json("capture.json")["facts"].values()]
    facts = [fact for fact in [*facts, *(packet.manifest[key] for key in SPOKEN)] if all(map(drawn, fact))]
    for path in [path for path in texts if path.endswith(".docx")]:
        other = texts.get(path[:-5] + ".pdf")
        for fact in [fact for fact in map(plain, facts) if len(fact) >= FACT_MIN_CHARS]:
            if other is not None and (fact in texts[path]) != (fact in other):
                raise Finding("PAPER_MISMATCH", f"{path}: {fact[:60]}")
    if printed and plain(packet.manifest["packet_id"]) not in printed:
        raise Finding("PAPER_MISMATCH", str(packet.manifest["packet_id"]))
    return str(len(texts))
