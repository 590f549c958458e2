"""Group M of the numbered bad inputs: files that people hand in. Refused with a reason or listed, nothing half-kept,
bounded in memory and time, and the next good file is taken.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crawlers.imports.longjson import PIECE_BYTES, LongJson
from tests.crawlers.imports.packing import PAGE, RawZip, har, har_entry, packed, wacz, warc, zlib_gzip
from tests.crawlers.keeping import House
from tests.hostile.importing import MEMORY_MB, bounded, peak_mb, put, refused, write

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
    zipped.file(b"datapackage-digest.json", b"{}", flags=0x20)
    assert refused(empty, "p.wacz", zipped.end()).problem.code == "zip_method"
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
    before = peak_mb()
    report = desk.intake(max_body_bytes=1 << 20, keep_original_bytes=0).take(path)
    assert peak_mb() - before <= MEMORY_MB
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
