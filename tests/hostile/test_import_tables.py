"""Tables among the numbered bad inputs of group M: lists of links as CSV and XLSX, the same file twice, headers;
and whatever is changed in a file of any kind."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest

from crawlers.imports import Handed, Preview, tips
from tests.crawlers.imports.packing import PAGE, har, har_entry, packed, wacz, warc, zlib_gzip
from tests.crawlers.keeping import House
from tests.hostile.importing import assert_nothing_kept, bounded, put, refused, write

# M7: CSV

TABLE = "网址,内容\nhttps://a.example/1,办证\nhttps://b.example/2,查询\n"
READ = [("https://a.example/1", "办证"), ("https://b.example/2", "查询")]


ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be")
WRITTEN = [(encoding, mark, end) for encoding in ENCODINGS for mark in ",;\t|" for end in ("\n", "\r\n")]


def test_m7_encodings_and_separators_are_told_apart(desk: House) -> None:
    intake = desk.intake()
    for number, (encoding, delimiter, end) in enumerate(WRITTEN):
        text = TABLE.replace(",", delimiter).replace("\n", end) + end * number
        intake.take(put(desk, "x.csv", text.encode(encoding)))
        with desk.store.read() as connection:
            found = tips.listed(connection, after_id=2 * number)
        assert [(row.tip.url, row.tip.text) for row in found] == READ, (encoding, delimiter, end)


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (TABLE.encode() + b"https://c.example/\x00,x\n", "table_nul", 4),
        (TABLE.encode("gbk") + b"\xff\xff\x81\n", "table_encoding", 4),
        (TABLE.encode() + b'https://c.example/,"open\nhttps://d.example/,x\n', "table_quote", 4),
        (TABLE.encode() + b'https://c.example/,"a"b"\n', "table_quote", 4),
        (TABLE.encode() + b"https://c.example/," + b"x" * (10 << 20) + b"\n", "table_cell", 4),
        (TABLE.encode() + b'https://c.example/,"' + b"x\n" * (5 << 20) + b'"\n', "table_cell", 4),
        (b"x" * (10 << 20), "table_cell", 1),
        ("姓名,电话\n张,1\n".encode(), "table_no_link", None),
        (b"\x00" * 9000, "table_nul", 1),
        (TABLE.encode() * 300 + b"https://c.example/\x00,x\n", "table_nul", 901),
        (b"a," * (1 << 20), "table_cell", 1),
    ],
)
def test_m7_a_broken_table_is_refused_by_line(empty: House, data: bytes, code: str, line: int | None) -> None:
    error = refused(empty, "x.csv", data)
    assert (error.problem.code, error.problem.place.value or None) == (code, line)


def test_m7_rows_without_a_link_are_listed_and_what_they_say_is_kept(desk: House) -> None:
    report = desk.intake().take(put(desk, "x.csv", (TABLE + "无,加微信办电工证\n,\nnone,\n").encode()))
    assert [(one.code, one.place.value) for one in report.damaged] == [("row_no_link", 4), ("row_no_link", 6)]
    with desk.store.read() as connection:
        assert [row.tip.text for row in tips.listed(connection)] == ["办证", "查询", "无\n加微信办电工证"]


# U12: a list of a million links


def links(count: int) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    for number in range(count):
        yield f"https://site-{number % (count * 9 // 10)}.example/\r\n".encode()
    yield b"not a link\r\n\r\n"


@pytest.mark.parametrize("count", [10_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_u12_a_long_list_is_streamed(desk: House, count: int) -> None:
    path = write(desk.data / "seeds.txt", links(count))
    with bounded(memory_mb=64, seconds=60 + count / 4000):
        report = desk.intake().take(path)
    assert (report.tips, report.duplicates) == (count * 9 // 10, count - count * 9 // 10)
    assert [(one.code, one.place.value) for one in report.damaged] == [("row_no_link", count + 1)]


# M8: XLSX


def book(rows: list[list[object]], edit: Callable[[Any], None] = lambda _: None) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    edit(made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rezipped(data: bytes, **changed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return packed({**files, **{name.replace("__", "/").replace("_DOT_", "."): body for name, body in changed.items()}})


def sheet(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


ROWS: list[list[object]] = [
    ["涉案网址", "举报时间"],
    ["https://a.example/1", 46_000],
    ["https://b.example/2", 46_001.5],
]


def test_m8_values_only(desk: House) -> None:
    def edit(active: Any) -> None:
        active["A4"] = '=HYPERLINK("https://c.example/3","点击")'
        active["B4"] = '=WEBSERVICE("https://evil.example/")'
        active["C1"] = "=cmd|' /C calc'!A0"

    data = rezipped(book(ROWS, edit), xl__vbaProject_DOT_bin=b"macro", xl__externalLinks__externalLink1_DOT_xml=b"<x/>")
    desk.intake().take(put(desk, "x.xlsm", data))
    with desk.store.read() as connection:
        found = [(row.tip.url, row.tip.reported_at) for row in tips.listed(connection)]
    dated = [("https://a.example/1", "2025-12-09"), ("https://b.example/2", "2025-12-10 12:00")]
    assert found == [*dated, ("https://c.example/3", "")]
    assert "evil" not in repr(found)


def test_m8_links_behind_what_is_shown_are_read(desk: House) -> None:
    def edit(active: Any) -> None:
        active["A2"].hyperlink = "https://shop.example/1"
        active["B3"].hyperlink = "https://shop.example/2"
        active["A4"].hyperlink = "mailto:someone@shop.example"
        active["A5"].hyperlink = "https://shop.example/3"
        active["C2"].hyperlink = "https://of.a.person.example/"

    shown = [
        ["卖家昵称", "诉求内容", "来电人"],
        ["某店", "卖证", "张某"],
        ["乙店", "办证 打开"],
        ["丙店", "查"],
        [""],
    ]
    desk.intake().take(put(desk, "x.xlsx", book(shown, edit)))
    with desk.store.read() as connection:
        found = [(row.tip.url, row.tip.seller, row.tip.text) for row in tips.listed(connection)]
    assert found == [
        ("https://shop.example/1", "某店", "卖证"),
        ("https://shop.example/2", "乙店", "办证 打开"),
        ("", "丙店", "查"),
        ("https://shop.example/3", "", ""),
    ]


def test_m8_links_without_end_are_refused_and_do_not_pile_up(empty: House) -> None:
    xml = sheet(book(ROWS))
    cell = b'<row r="%d"><c r="A%d"><f>HYPERLINK("https://c.example/%d")</f><v>x</v></c></row>'
    rows = b"".join(cell % (n, n, n) for n in range(4, 30_000))
    data = rezipped(book(ROWS), xl__worksheets__sheet1_DOT_xml=xml.replace(b"</sheetData>", rows + b"</sheetData>"))
    with bounded():
        assert refused(empty, "x.xlsx", data, max_rows=20_000).problem.code == "table_rows"


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_m8_entities_and_outside_references(empty: House, declared: bytes, encoding: str) -> None:
    xml = sheet(book(ROWS)).partition(b"<worksheet")
    body = (declared + xml[1] + xml[2]).decode().encode(encoding)
    head = f'<?xml version="1.0" encoding="{encoding}"?>'.encode(encoding)
    data = rezipped(book(ROWS), xl__worksheets__sheet1_DOT_xml=head + body)
    assert refused(empty, "x.xlsx", data).problem.code == "xlsx_xml"


def test_m8_a_million_empty_rows(desk: House) -> None:
    xml = sheet(book(ROWS))
    rows = b"".join(b'<row r="%d"/>' % number for number in range(4, 200_000))
    claimed = xml.replace(b"</sheetData>", rows + b'<row r="1048576"/></sheetData>').replace(
        b'<dimension ref="A1:B3" />', b'<dimension ref="A1:XFD1048576"/>'
    )
    data = rezipped(book(ROWS), xl__worksheets__sheet1_DOT_xml=claimed)
    with bounded():
        report = desk.intake().take(put(desk, "x.xlsx", data))
    assert (report.tips, report.damaged) == (2, ())


def test_m8_a_cell_in_the_last_column_of_every_row(empty: House) -> None:
    made = book([*ROWS, *([f"https://c.example/{number}"] for number in range(60))])
    xml = sheet(made)
    rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(100, 20_000))
    data = rezipped(made, xl__worksheets__sheet1_DOT_xml=xml.replace(b"</sheetData>", rows + b"</sheetData>"))
    assert refused(empty, "x.xlsx", data).problem.code == "table_columns"


def test_m8_what_is_no_workbook(empty: House) -> None:
    assert refused(empty, "x.xlsx", packed({"[Content_Types].xml": b"<Types/>"})).problem.code == "xlsx_broken"
    assert refused(empty, "y.xlsx", rezipped(book(ROWS), xl__workbook_DOT_xml=b"<a")).problem.code == "xlsx_broken"
    error = refused(empty, "z.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert error.problem.code == "xls_old"
    assert "xlsx" in error.told("zh")
    bomb = rezipped(book(ROWS), xl__sharedStrings_DOT_xml=b"<sst>" + b" " * (8 << 20) + b"</sst>")
    assert refused(empty, "b.xlsx", bomb, max_shared_strings_bytes=1 << 20).problem.code == "zip_size"


# M9: the same file twice

TWICE: dict[str, Callable[[], bytes]] = {
    "x.warc.gz": lambda: zlib_gzip(warc()),
    "x.wacz": wacz,
    "x.har": lambda: har([har_entry()]),
    "x.csv": lambda: TABLE.encode(),
    "x.xlsx": lambda: book(ROWS),
}


@pytest.mark.parametrize("name", TWICE)
def test_m9_the_same_file_twice_changes_nothing(desk: House, name: str) -> None:
    path = put(desk, name, TWICE[name]())
    first = desk.intake().take(path)
    before = _rows(desk)
    again = desk.intake().take(path, Handed(name="又一次.bin"))
    assert (again.captures, again.tips, again.already != "") == ((), 0, True)
    assert (again.known, again.duplicates) == (len(first.captures), first.tips)
    assert _rows(desk) == before


def _rows(desk: House) -> list[int]:
    from sqlalchemy import func, select

    from crawlers.tables import metadata

    with desk.store.read() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables]


# M10: headers

HEADED: list[list[object]] = [
    ["市12345热线转办线索汇总表(2026年11月)", None, None, None],
    ["序号", "线索", None, None],
    [None, "涉案网址(必填)", "诉求内容", "来电人"],
    [1, "www.a.example", "说能查到", "张某"],
]


def test_m10_a_merged_header_is_read_and_shown_before_anything_is_written(desk: House) -> None:
    path = put(desk, "x.xlsx", book(HEADED, lambda active: active.merge_cells("A1:D1")))
    shown = desk.intake().preview(path)
    assert [(one.header, one.field) for one in shown.columns] == [
        ("序号", "ignored"),
        ("涉案网址(必填)", "url"),
        ("诉求内容", "text"),
        ("来电人", "personal"),
    ]
    assert (shown.header_row, shown.links, shown.columns[3].samples) == (3, 1, ())
    assert_nothing_kept(desk)
    desk.intake().take(path)
    with desk.store.read() as connection:
        (row,) = tips.listed(connection)
    assert (row.tip.url, row.tip.text) == ("http://www.a.example/", "说能查到")
    assert "张某" not in (desk.data / "store.sqlite").read_bytes().decode("utf-8", "replace")


def test_m10_a_mapping_says_what_headers_do_not(desk: House) -> None:
    data = "甲,乙\n看这里 a.example 办证,b.example\n".encode()
    path = put(desk, "x.csv", data)
    intake = desk.intake()
    assert _fields(intake.preview(path)) == ["", "url"]
    mapped = Handed(mapping={"甲": "text", "2": ""})
    assert _fields(intake.preview(path, mapped)) == ["text", ""]
    for mapping, code in (({"丙": "url"}, "table_mapping"), ({"甲": "link"}, "table_field")):
        error = refused(desk, "x.csv", data, Handed(mapping=mapping))
        assert error.problem.code == code
        assert "甲" in error.told("zh") or "url" in error.told("zh")


def _fields(shown: Preview) -> list[str]:
    return [one.field for one in shown.columns]


SEEDS: dict[str, Callable[[], bytes]] = {
    **TWICE,
    "gbk.csv": lambda: TABLE.encode("gbk"),
    "utf16.csv": lambda: TABLE.encode("utf-16"),
    "x.warc": lambda: warc() + warc("https://c.example/"),
    "x.html": lambda: b"<!doctype html><html>" + PAGE.encode(),
}


@pytest.mark.parametrize("rounds", [120, pytest.param(20_000, marks=pytest.mark.long)])
def test_whatever_is_changed_in_a_file_it_is_read_or_refused_by_name(empty: House, rounds: int) -> None:
    """Bytes changed, cut, put in and repeated; seeded, so that a failure can be repeated."""
    chance = random.Random(20261130)
    intake, seeds = empty.intake(), {name: make() for name, make in SEEDS.items()}
    for _ in range(rounds):
        name = chance.choice(list(seeds))
        path = put(empty, name, _changed(seeds[name], chance))
        shown = intake.preview(path, Handed(url="https://h.example/") if name.endswith("html") else None)
        assert shown.refused is None or shown.refused.told("zh")
    assert_nothing_kept(empty)


def _changed(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at, how = chance.randrange(len(made)), chance.random()
        if how < 0.5:
            made[at] = chance.randrange(256)
        elif how < 0.7 and len(made) > 80:
            del made[at : at + chance.randrange(1, 40)]
        elif how < 0.85:
            made[at:at] = chance.randbytes(chance.randrange(1, 12))
        else:
            made[at:at] = made[at : at + chance.randrange(1, 60)]
    return bytes(made)
