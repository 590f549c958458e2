"""Papers against `papers.json`: what is missing, altered or added in a PDF or a DOCX is found, wherever it stands."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from review.packets.papers import model
from review.packets.typesetting import pdf
from review.packets.verify.blocks import Pages, units
from review.packets.verify.papers import docx_pages, pdf_pages
from review.packets.verify.reasons import Finding
from review.packets.word import docx
from tests.review.packets import world
from tests.review.packets.bench import Bench, Files, edited, packed
from tests.review.packets.reading import block_of
from tests.review.packets.test_mutations import codes

LIST, LETTER = "02_电子数据清单", "00_商请处置函"
Change = Callable[[Files], None]
AT = "2026-11-21T08:00:00Z"


def set_anew(change: Callable[[model.Paper], model.Paper], form: str) -> Change:
    """One form of the list, set by the program itself from other blocks."""

    def changed(files: Files) -> None:
        said = next(p for p in json.loads(files["papers.json"])["papers"] if p["file"] == LIST)
        paper = model.Paper(said["file"], said["title"], tuple(map(block_of, said["blocks"])))
        files[f"{LIST}.{form}"] = {"pdf": pdf, "docx": docx}[form](change(paper), AT)

    return changed


def one_more(paper: model.Paper) -> model.Paper:
    return replace(paper, blocks=(*paper.blocks, model.text("另:本清单经双方核对无误。")))


def one_less(paper: model.Paper) -> model.Paper:
    return replace(paper, blocks=tuple(block for block in paper.blocks if not isinstance(block, model.Signature))[:-1])


def one_altered(paper: model.Paper) -> model.Paper:
    (table,) = [block for block in paper.blocks if isinstance(block, model.Table) and len(block.rows) > 3]
    *cells, digests = table.rows[2]
    other = ("1" if digests[0] == "0" else "0") + digests[1:]
    rows = (*table.rows[:2], (*cells, other), *table.rows[3:])
    return replace(paper, blocks=tuple(replace(table, rows=rows) if b is table else b for b in paper.blocks))


def two_exchanged(paper: model.Paper) -> model.Paper:
    *rest, before, last = (block for block in paper.blocks if list(model.words(block)))
    return replace(paper, blocks=(*rest, last, before))


def in_word(part: str, before: str, after: str) -> Change:
    def changed(files: Files) -> None:
        output = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(files[f"{LETTER}.docx"])) as old, zipfile.ZipFile(output, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                assert name != part or before.encode() in content
                new.writestr(name, content.replace(before.encode(), after.encode(), 1) if name == part else content)
        files[f"{LETTER}.docx"] = output.getvalue()

    return changed


def with_part(name: str, content: str) -> Callable[[bytes], bytes]:
    def changed(word: bytes) -> bytes:
        output = io.BytesIO(word)
        with zipfile.ZipFile(output, "a") as archive:
            archive.writestr(name, content)
        return output.getvalue()

    return changed


def with_mark(mark: str) -> Callable[[bytes], bytes]:
    def changed(word: bytes) -> bytes:
        files = {f"{LETTER}.docx": word}
        in_word("word/document.xml", "</w:p>", f"<w:r>{mark}</w:r></w:p>")(files)
        return files[f"{LETTER}.docx"]

    return changed


def in_papers(change: Callable[[dict[str, Any]], None]) -> Change:
    return lambda files: [edited(files, "papers.json", change)].clear()


def first_text(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(b for b in document["papers"][0]["blocks"] if b["kind"] == "paragraph")
    return found


CHANGES: dict[str, Change] = {
    **{
        f"{change.__name__} in the {form}": set_anew(change, form)
        for change in (one_more, one_less, one_altered, two_exchanged)
        for form in ("pdf", "docx")
    },
    "a word of the DOCX": in_word("word/document.xml", "网站", "网络"),
    "a paragraph put into the DOCX": in_word(
        "word/document.xml", "</w:p>", "</w:p><w:p><w:r><w:t>同意</w:t></w:r></w:p>"
    ),
    "a text in the DOCX's foot": in_word("word/footer1.xml", "<w:t", "<w:t>同意</w:t><w:t"),
    "a word of the data": in_papers(lambda d: first_text(d)["runs"].append(["同意", ""])),
    "another fact of the data": in_papers(lambda d: d["facts"].update(registrar="别的注册商")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_papers_that_say_something_else(bench: Bench, name: str) -> None:
    files = bench.copy()
    CHANGES[name](files)
    report = bench.judge(packed(bench.resealed(files)))
    assert (report["verdict"], "PAPER_MISMATCH" in codes(report)) == ("invalid", True), report["checks"]


OPEN: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a note at the foot of the DOCX": ("docx", with_part("word/footnotes.xml", "<w:footnotes/>")),
    "a drawing with text in the DOCX": ("docx", with_mark("<a:t>同意</a:t>")),
    "a field of the DOCX": ("docx", with_mark("<w:instrText> DATE </w:instrText>")),
    "a style of the DOCX that hides": ("docx", with_part("word/theme/theme9.xml", "<w:rPr><w:vanish/></w:rPr>")),
    "a note on the PDF": ("pdf", lambda c: c.replace(b"/Type/Page/", b"/Type/Page/Annots[9 0 R]/", 1)),
    "a form in the PDF": (
        "pdf",
        lambda c: c.replace(b"\n1 0 obj", b"\n9999 0 obj\n<</Subtype /Form>>\nendobj\n1 0 obj", 1),
    ),
}


@pytest.mark.parametrize("name", OPEN)
def test_text_that_is_shown_and_cannot_be_read_leaves_it_open(bench: Bench, name: str) -> None:
    form, change = OPEN[name]
    files = bench.copy()
    before = files[f"{LETTER}.{form}"]
    files[f"{LETTER}.{form}"] = change(before)
    assert files[f"{LETTER}.{form}"] != before
    report = bench.judge(packed(bench.resealed(files)))
    assert (report["verdict"], "PAPER_UNREADABLE" in codes(report)) == ("unknown", True), report["checks"]


@pytest.mark.parametrize("ends", [(".pdf",), (".docx",), (".pdf", ".docx")])
def test_a_paper_left_out(bench: Bench, ends: tuple[str, ...]) -> None:
    names = tuple(f"{LIST}{end}" for end in ends)
    files = {name: content for name, content in bench.files.items() if name not in names}
    report = bench.judge(packed(bench.resealed(bench.rehashed(files, drop_rows=names))))
    assert (report["verdict"], "PAPER_MISMATCH" in codes(report)) == ("invalid", True), report["checks"]


def test_papers_of_another_packet(bench: Bench) -> None:
    files = edited(bench.copy(), "papers.json", lambda d: d.update(packet_id="P-2026-000009"))
    report = bench.judge(packed(bench.resealed(files)))
    assert (report["verdict"], "IDENTITY_MISMATCH" in codes(report)) == ("invalid", True), report["checks"]


def test_rows_that_go_over_pages() -> None:
    """Cells of a long row go on overleaf side by side, below headings that come again; any other character is found."""
    rng = random.Random(4)
    signs = "的一是不了在人有我他这为之大来以个中上们—1aab"
    blocks: list[model.Block] = []
    for _ in range(3):
        blocks.append(model.text("".join(rng.choices(signs, k=rng.randrange(10, 900)))))
        cells = [["".join(rng.choices(signs, k=rng.choice([0, 3, 700, 1900]))) for _ in range(3)] for _ in range(3)]
        blocks.append(model.Table((1, 1, 2), tuple(map(tuple, cells)), head=("甲", "乙", "丙")))
    paper = model.Paper("试", "试", tuple(blocks))
    said = list(units(json.loads(json.dumps(paper.as_json()))))
    shown = pdf_pages(pdf(paper, AT))
    assert len(shown) > 8
    Pages(shown, "试.pdf").compare(said)
    Pages(docx_pages(docx(paper, AT)), "试.docx").compare(said)
    for page in range(len(shown)):
        at = rng.randrange(len(shown[page]))
        for put in ("", "甚", shown[page][at] * 2):
            other = [*shown[:page], shown[page][:at] + put + shown[page][at + 1 :], *shown[page + 1 :]]
            with pytest.raises(Finding, match="PAPER_MISMATCH"):
                Pages(other, "试.pdf").compare(said)
    with pytest.raises(Finding, match="PAPER_MISMATCH"):
        Pages(shown[:-1], "试.pdf").compare(said)


def test_a_row_of_countless_ways_ends() -> None:
    """A hostile row that could be divided in any way over its pages leaves the check open, soon."""
    said = [("试 #1", ["甲" * 4000] * 8, "")]
    with pytest.raises(Finding, match="PAPER_UNREADABLE"):
        Pages(["甲" * 2000] * 16, "试.pdf").compare(said)


def test_world_has_its_papers(bench: Bench) -> None:
    assert f"{LIST}.pdf" in bench.files and f"{LETTER}.docx" in bench.files
    assert world.OFFICE in json.loads(bench.files["manifest.json"])["office"]
