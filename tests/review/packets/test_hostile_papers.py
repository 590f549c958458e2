"""Papers, lists and data handed in without a key: they hide no text, stop no verifier and hold none up."""

from __future__ import annotations

import contextlib
import io
import json
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from review.packets.verify.papers import docx_text, pdf_text
from review.packets.verify.reasons import Finding
from review.packets.verify.values import strict_json
from tests.review.packets.bench import (
    LETTER,
    WARC,
    Bench,
    edited,
    packed,
    sha256,
)
from tests.review.packets.test_mutations import codes
from tests.review.packets.test_second_look import judged

QUICK_SECONDS = 20
"""Of the processor. Far above what any takes here, far below what the same took before."""


def test_a_list_with_another_sm3(bench: Bench) -> None:
    from review.packets.verify.contents import FILE_LIST

    files = bench.copy()
    row = next(row for row in json.loads(files["manifest.json"])["files"] if row["path"] == WARC)
    files[FILE_LIST] = files[FILE_LIST].replace(row["sm3"].encode(), b"0" * 64)

    def told(manifest: dict[str, Any]) -> None:
        from review.packets.hashes import sm3_hex

        own = next(row for row in manifest["files"] if row["path"] == FILE_LIST)
        own.update(sha256=sha256(files[FILE_LIST]), sm3=sm3_hex(files[FILE_LIST]))

    verdict, found = judged(bench, bench.signed(edited(files, "manifest.json", told)))
    assert (verdict, "LIST_MISMATCH" in found) == ("invalid", True)


def test_a_list_that_the_reader_of_tables_refuses(bench: Bench) -> None:
    from review.packets.verify.contents import FILE_LIST

    files = {**bench.copy(), FILE_LIST: "名称,SHA-256\n".encode("utf-8-sig") + b"x" * 200_000}
    verdict, found = judged(bench, files)
    assert (verdict, "FILE_SIZE" in found) == ("invalid", True)


@pytest.mark.parametrize(("offset", "value"), [(6, 1), (8, 99), (8, 12), (8, 14)])
def test_a_docx_of_another_method_leaves_it_open(bench: Bench, offset: int, value: int) -> None:
    """Encrypted, unknown, bzip2 and LZMA that are none."""
    name = LETTER.replace(".pdf", ".docx")
    content = bytearray(bench.files[name])
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        local = archive.getinfo("word/document.xml").header_offset
    central = content.index(b"word/document.xml", content.index(b"PK\1\2")) - 46
    content[local + offset] = content[central + offset + 2] = value
    report = bench.judge(packed(bench.resealed({**bench.copy(), name: bytes(content)})))
    assert (report["verdict"], "PAPER_UNREADABLE" in codes(report)) == ("unknown", True), report["checks"]


def docx(body: str) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document>{body}</w:document>")
    return output.getvalue()


def test_text_of_a_docx_that_word_hides_or_that_hides_from_us() -> None:
    assert docx_text(docx("<w:t>a&#98;c&amp;lt;</w:t>")) == "abc&lt;"
    for body in ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>a</w:t></w:r>", "<w:t><![CDATA[a]]></w:t>"):
        with pytest.raises(ValueError, match="not shown"):
            docx_text(docx(body))


def deflated(content: bytes) -> bytes:
    return b"<</FlateDecode>>stream\n" + zlib.compress(content) + b"\nendstream\n"


def pdf(*objects: bytes) -> bytes:
    return b"".join(b"\n%d 0 obj\n%s\nendobj" % (number, body) for number, body in enumerate(objects, 1))


def page(content: bytes, meanings: bytes = b"") -> bytes:
    head = b"<</Type/Page /Contents 2 0 R /Resources 3 0 R>>"
    return pdf(head, deflated(content), b"/Font<</F 4 0 R>>", b"/ToUnicode 5 0 R", deflated(meanings))


def test_text_of_a_pdf_drawn_without_ink() -> None:
    meanings = b"beginbfchar <0001> <0041> endbfchar"
    assert pdf_text(page(b"/F 9 Tf <0001> Tj", meanings)) == "A"
    with pytest.raises(ValueError, match="not shown"):
        pdf_text(page(b"/F 9 Tf 3 Tr <0001> Tj", meanings))


@pytest.mark.parametrize(
    "more",
    [
        b"\n1 0 obj\n/Type/Page\nendobj",
        b"\n7 0 obj\n/Type/Page\nendobj",
        b"\nstartxref 1\nstartxref 2",
    ],
)
def test_pages_of_a_pdf_that_nobody_is_shown(more: bytes) -> None:
    """An object written twice, a page outside the tree, a second version behind the first."""
    whole = page(b"") + b"\n6 0 obj\n<</Type/Pages /Count 1>>\nendobj"
    assert pdf_text(whole) == ""
    with pytest.raises(ValueError, match="not shown"):
        pdf_text(whole + more)


SLOW: dict[str, Callable[[], Any]] = {
    "objects without end": lambda: pdf_text(b"\n1 0 obj " * (1 << 20)),
    "streams without end": lambda: pdf_text(pdf(b"/Type/Page /Contents 2 0 R", b"stream\n" * (1 << 20))),
    "fonts without end": lambda: pdf_text(pdf(b"/Type/Page" + b"/Font<<" * (1 << 20))),
    "maps without end": lambda: pdf_text(page(b"", b"beginbfchar" * (1 << 20))),
    "ranges over ranges": lambda: pdf_text(page(b"", b"beginbfrange" + b"<0> <FFFF> <41>" * (1 << 16) + b"endbfrange")),
    "long meanings": lambda: pdf_text(page(b"", b"beginbfchar <0> <" + b"0041" * (1 << 16) + b"> endbfchar")),
    "tags without end": lambda: docx_text(docx("<w:t " * (1 << 20))),
    "a long number": lambda: strict_json(b"1" * (1 << 22), "x"),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_would_take_hours(name: str) -> None:
    """Nobody needs a key to hand in such a file, and its reader must not wait for it."""
    begun = time.process_time()
    with contextlib.suppress(ValueError, KeyError, Finding):
        SLOW[name]()
    assert time.process_time() - begun < QUICK_SECONDS


def test_the_same_page_unpacked_again_and_again() -> None:
    """A small file whose thousand pages each show the same four megabytes of blanks."""
    pages = [b"<</Type/Page /Contents 1001 0 R>>"] * 1000
    with pytest.raises(ValueError, match="more text"):
        pdf_text(pdf(*pages, deflated(b" " * (4 << 20))))


def test_a_name_of_a_million_signs_is_not_put_into_ascii(bench: Bench) -> None:
    long = "".join(chr(0x4E00 + number % 20_000) for number in range(1 << 20)) + ".example"
    files = edited(bench.copy(), "capture.json", lambda d: d["captures"][0].update(host_unicode=long))
    begun = time.process_time()
    verdict, found = judged(bench, files)
    assert (verdict, "CAPTURE_HOST" in found) == ("invalid", True)
    assert time.process_time() - begun < QUICK_SECONDS


def test_more_values_than_memory_has_room_for() -> None:
    with pytest.raises(Finding, match="more than"):
        strict_json(b"[" + b"[]," * (1 << 22) + b"[]]", "x")


@pytest.mark.parametrize("raw", [b"NaN", b"[Infinity]", b'{"a":-Infinity}', b"1" * 30])
def test_numbers_that_json_does_not_have(raw: bytes) -> None:
    with pytest.raises(Finding, match="JSON_INVALID"):
        strict_json(raw, "x")


@pytest.mark.parametrize(
    "content", [b"/F 9 Tf <0002> Tj", b"/G 9 Tf <0001> Tj", b"/F 9 Tf <0001> '", b"BI /W 1 ID x EI"]
)
def test_text_of_a_pdf_that_is_shown_and_has_no_reading(content: bytes) -> None:
    """A code or a font without a map, operators that no typesetter here writes."""
    with pytest.raises((ValueError, KeyError)):
        pdf_text(page(content, b"beginbfchar <0001> <0041> endbfchar"))


def test_a_page_of_several_streams_is_not_read_as_empty() -> None:
    whole = pdf(b"<</Type/Page /Contents [2 0 R 2 0 R]>>", deflated(b""))
    with pytest.raises(ValueError, match="not one stream"):
        pdf_text(whole)
    assert pdf_text(pdf(b"<</Type/Page>>")) == ""
