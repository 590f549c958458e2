"""Imports: other people's WARC files, odd and damaged ones too, kept once with where they came from."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import os
import re
import zlib
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers import custody, salvage, strings, warcreader
from crawlers.agreement import audit
from crawlers.imports import ImportReport, Refused
from crawlers.imports.problems import Place, Problem
from crawlers.records import Capture, Origin, PageState
from tests.crawlers.keeping import House, exchange, page

PAGE = "<html><body><p>特种作业操作证查询</p></body></html>".encode()
DATE = "2026-01-02T03:04:05Z"


def record(
    uri: str = "http://old.example/", block: bytes = b"", *, kind: str = "response", date: str = DATE, extra: str = ""
) -> bytes:
    """A WARC 1.0 record as other tools write it; digests are left out."""
    block = block or b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:{hashlib.sha256(uri.encode()).hexdigest()}>\r\n"
        f"WARC-Target-URI: {uri}\r\nWARC-Date: {date}\r\n{extra}Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def _import(house: House, data: bytes, name: str = "saved.warc") -> ImportReport:
    path = house.data / name
    path.write_bytes(data)
    return house.intake().take(path)


def _only(house: House) -> Capture:
    (capture,) = house.store.captures()
    return capture


def _flags(capture: Capture) -> tuple[str, ...]:
    """Less the one that every import without proof carries."""
    *flags, last = capture.flags
    assert last == "provenance_unverified"
    return tuple(flags)


def _body(house: House) -> bytes:
    return house.archive.read(_only(house).place).body


@pytest.mark.parametrize("name", ["saved.warc", "saved.warc.gz", "one-stream.warc.gz", "odd-name.bin"])
def test_plain_and_compressed_files_are_read(house: House, name: str) -> None:
    records = [record(kind="warcinfo", block=b"software: x\r\n"), record(), record("http://old.example/2")]
    data = b"".join(records)
    if name == "saved.warc.gz":
        data = b"".join(gzip.compress(item, mtime=0) for item in records)
    elif name.startswith("one"):
        data = gzip.compress(data, mtime=0)
    report = _import(house, data, name)
    assert (report.captures, report.known, report.damaged) == ((1, 2), 0, ())
    assert report.skipped == {"warcinfo": 1}
    assert report.sha256 == hashlib.sha256(data).hexdigest()
    first, _ = house.store.captures()
    assert (first.url, first.fetched_at, first.origin, first.source) == (
        "http://old.example/",
        "2026-01-02T03:04:05.000Z",
        Origin.IMPORT,
        "import",
    )
    assert audit(house.store, house.archive) == []


def test_the_custody_line_says_where_it_came_from(house: House) -> None:
    report = _import(house, record(kind="metadata", block=b"x") + record())
    with house.store.read() as connection:
        (line,) = custody.lines(connection, capture_ids=[1])
    provenance = json.loads(line.detail)["provenance"]
    assert provenance["file"] == "saved.warc"
    assert provenance["file_sha256"] == report.sha256
    assert provenance["file_offset"] == str(len(record(kind="metadata", block=b"x")))
    assert provenance["warc_date"] == DATE
    assert provenance["target_uri"] == "http://old.example/"


def test_the_same_file_twice_changes_nothing(house: House) -> None:
    data = record() + record() + record(date="2026-01-03T00:00:00Z")
    assert _import(house, data).captures == (1, 2)
    with house.store.read() as connection:
        before = custody.head(connection)
    again = _import(house, data, "another-name.warc")
    assert (again.captures, again.known) == ((), 3)
    with house.store.read() as connection:
        assert custody.head(connection) == before
    assert len(list(house.archive.root.iterdir())) == 1


def test_our_own_volumes_come_back_whole(house: House, tmp_path: Path) -> None:
    fetched = exchange("http://new.example/", PAGE, response_headers=(("Transfer-Encoding", "chunked"),))
    with_certificate = exchange("https://new.example/", PAGE, certificate_der=b"der")
    house.keep(page(None, fetched), page(None, with_certificate))
    other = House(tmp_path / "other")
    report = _import(other, house.volume().read_bytes(), "volume.warc.gz")
    assert (report.captures, report.damaged) == ((1, 2), ())
    back = other.archive.read(other.store.capture(1).place)
    assert (back.body, back.request_headers) == (PAGE, fetched.request_headers)
    assert _import(other, house.volume().read_bytes(), "volume.warc.gz").known == 2
    other.store.close()


def test_what_warcio_writes_is_read(house: House) -> None:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    answer = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    asked = StatusAndHeaders("GET / HTTP/1.1", [("User-Agent", "other")], is_http_request=True)
    uri = "http://old.example/"
    response = writer.create_warc_record(
        uri, "response", payload=io.BytesIO(PAGE), length=len(PAGE), http_headers=answer
    )
    request = writer.create_warc_record(uri, "request", http_headers=asked)
    writer.write_request_response_pair(request, response)
    report = _import(house, out.getvalue(), "w.warc.gz")
    assert report.skipped == {"request": 1}
    kept = house.archive.read(_only(house).place)
    assert kept.body == PAGE
    assert ("User-Agent", "other") in kept.request_headers


@pytest.mark.parametrize("first", ["request", "response"])
def test_a_request_belongs_to_its_response_whichever_stands_first(house: House, first: str) -> None:
    asked = record(kind="request", block=b"POST /q HTTP/1.1\r\nX-Asked: yes\r\n\r\nbody")
    both = asked + record() if first == "request" else record() + asked
    _import(house, both + record("http://old.example/other"))
    one, other = house.store.captures()
    kept = house.archive.read(one.place)
    assert kept.method == "POST"
    assert dict(kept.request_headers)["X-Asked"] == "yes"
    assert house.archive.read(other.place).request_headers == ()


def test_a_doubled_status_line(house: House) -> None:
    _import(house, record(block=b"HTTP/1.1 HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n" + PAGE))
    capture = _only(house)
    assert (capture.status, _flags(capture)) == (404, ("doubled_status_line",))
    assert house.archive.read(capture.place).reason == "Not Found"


def _encoded(headers: str, body: bytes) -> bytes:
    return record(block=f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n".encode() + body)


def test_a_chunked_header_over_a_plain_body(house: House) -> None:
    _import(house, _encoded("Transfer-Encoding: chunked\r\n", PAGE))
    assert _body(house) == PAGE
    assert _flags(_only(house)) == ("dechunked_before",)


def test_a_chunked_body_is_dechunked(house: House) -> None:
    chunked = b"5;ext=1\r\n" + PAGE[:5] + b"\r\n" + f"{len(PAGE) - 5:X}\r\n".encode() + PAGE[5:]
    _import(house, _encoded("Transfer-Encoding: chunked\r\n", chunked + b"\r\n0\r\nTrailer: x\r\n\r\n"))
    assert _body(house) == PAGE
    assert _flags(_only(house)) == ()


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_an_encoding_named_but_already_undone(house: House, coding: str) -> None:
    _import(house, _encoded(f"Content-Encoding: {coding}\r\n", PAGE))
    assert _body(house) == PAGE
    assert _flags(_only(house)) == ("decoded_before",)
    names = [name for name, _ in house.archive.read(_only(house).place).response_headers]
    assert names == ["Content-Type", "X-Crawler-Content-Encoding"]


@pytest.mark.parametrize(
    ("coding", "body"), [("gzip", gzip.compress(PAGE, mtime=0)), ("deflate", zlib.compress(PAGE)), ("identity", PAGE)]
)
def test_an_encoding_still_applied_stays(house: House, coding: str, body: bytes) -> None:
    _import(house, _encoded(f"Content-Encoding: {coding}\r\n", body))
    assert _body(house) == body
    assert _flags(_only(house)) == ()
    assert _only(house).sha256 == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    ("uri", "url", "taken", "flags"),
    [
        (
            "https://web.archive.org/web/20220905153622id_/https://old.example/s?q=1&u=http://x.example/",
            "https://old.example/s?q=1&u=http://x.example/",
            "2022-09-05T15:36:22.000Z",
            ("wayback",),
        ),
        (
            "http://web.archive.org/web/2021/old.example/a",
            "http://old.example/a",
            "2021-01-01T00:00:00.000Z",
            ("wayback", "wayback_rewritten"),
        ),
        (
            "https://web.archive.org/web/202209im_/http://old.example/",
            "http://old.example/",
            "2022-09-01T00:00:00.000Z",
            ("wayback", "wayback_rewritten"),
        ),
    ],
)
def test_internet_archive_addresses_are_unwrapped(
    house: House, uri: str, url: str, taken: str, flags: tuple[str, ...]
) -> None:
    asked = record(uri, b"HTTP/1.1 GET /web/x HTTP/1.1\r\nHost: web.archive.org\r\n\r\n", kind="request")
    _import(house, asked + record(uri))
    capture = _only(house)
    assert (capture.url, capture.host, capture.fetched_at, _flags(capture)) == (url, "old.example", taken, flags)
    assert house.archive.read(capture.place).request_headers == ()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record("https://web.archive.org/web/20229905153622id_/http://old.example/"), "is no time"),
        (record("https://web.archive.org/web/20220id_/http://old.example/"), "is no time"),
        (record(date="yesterday"), "is no time"),
        (record("dns:old.example"), "is no web address"),
        (record(block=b"SSH-2.0-OpenSSH\r\n"), "no HTTP response"),
    ],
)
def test_a_record_that_is_no_page_is_told_and_left_out(house: House, bad: bytes, reason: str) -> None:
    report = _import(house, record("http://good.example/1") + bad + record("http://good.example/2"))
    assert report.captures == (1, 2)
    assert [item.place.value for item in report.damaged] == [len(record("http://good.example/1"))]
    assert reason in report.damaged[0].told("en")


def test_a_revisit_is_the_page_it_refers_to(house: House) -> None:
    first, second = "http://old.example/", "http://old.example/again"
    own = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: second\r\n\r\n"
    named = f"WARC-Refers-To-Target-URI: {first}\r\nWARC-Refers-To-Date: {DATE}\r\n"
    lost = record("http://old.example/lost", own, kind="revisit", extra="WARC-Refers-To: <urn:x:nowhere>\r\n")
    report = _import(house, record(first) + record(second, own, kind="revisit", extra=named) + lost)
    kept = [house.archive.read(capture.place) for capture in house.store.captures()]
    assert [(one.url, one.body) for one in kept] == [(first, PAGE), (second, PAGE)]
    assert ("Server", "second") in kept[1].response_headers
    assert "refers to is not in the file" in report.damaged[0].told("en")


def test_a_body_that_breaks_off_between_its_chunks_is_damage(house: House) -> None:
    lie = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n9\r\ncut"
    report = _import(house, record() + record("http://old.example/lie", lie))
    assert (report.captures, "chunks" in report.damaged[0].told("en")) == ((1,), True)


@pytest.mark.parametrize(
    ("digest", "flags"),
    [
        ("sha1:{sha1}", ()),
        ("sha256:{sha256}", ()),
        ("sha1:" + "A" * 32, ("digest_mismatch",)),
        ("sha256:" + "0" * 64, ("digest_mismatch",)),
        ("sm3:00", ()),
    ],
)
def test_a_block_that_is_not_what_its_digest_says_is_flagged(house: House, digest: str, flags: tuple[str, ...]) -> None:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
    sha1 = base64.b32encode(hashlib.sha1(block).digest()).decode()
    named = digest.format(sha1=sha1, sha256=hashlib.sha256(block).hexdigest())
    _import(house, record(block=block, extra=f"WARC-Block-Digest: {named}\r\n"))
    assert _flags(_only(house)) == flags


def test_times_of_other_zones_become_utc(house: House) -> None:
    _import(house, record(date="2026-01-02T11:04:05.678901+08:00"))
    assert _only(house).fetched_at == "2026-01-02T03:04:05.678Z"


def test_a_blocked_page_is_not_read_as_results(house: House) -> None:
    _import(house, record(block=b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<p>WAF</p>"))
    assert _only(house).page_state is not PageState.RESULTS
    assert _only(house).page_state is not PageState.EMPTY


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("how", ["flipped", "garbage", "cut"])
def test_good_records_of_a_damaged_file_are_kept(house: House, compress: bool, how: str) -> None:
    pack = gzip.compress if compress else bytes
    one, two, three = (pack(record(f"http://old.example/{n}", _noise(n))) for n in range(3))
    if how == "flipped":
        two = two[:20] + bytes(40) + two[60:]
    elif how == "garbage":
        two = os.urandom(200).replace(b"WARC", b"....").replace(b"\x1f\x8b", b"..")
    else:
        two = two[:-50]
    report = _import(house, one + two + three)
    assert [capture.url[-1] for capture in house.store.captures()] == ["0", "2"]
    assert [item.place.value for item in report.damaged] == [len(one)]
    assert audit(house.store, house.archive) == []


def _noise(number: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + hashlib.sha512(bytes([number])).digest() * 5


def test_a_file_cut_at_its_end_keeps_what_is_before(house: House) -> None:
    whole, cut = (gzip.compress(record(f"http://old.example/{number}"), mtime=0) for number in range(2))
    report = _import(house, whole + cut[:-9])
    assert report.captures == (1,)
    assert "cut off" in report.damaged[0].told("en")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"<html>not warc</html>", "does not say where it was saved from"),
        (b"PK\x03\x04", "the zip is damaged"),
        (b"\x00\x01\x02nothing", "unknown format"),
        (gzip.compress(b"<html>not warc</html>", mtime=0), "no record in it can be read"),
        (gzip.compress(record(), mtime=0)[:40], "no record in it can be read"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "no record in it can be read"),
    ],
)
def test_what_is_not_warc_is_refused_and_nothing_kept(house: House, data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        _import(house, data)
    assert list(house.store.captures()) == []
    assert not house.archive.root.exists()


def test_a_missing_file_is_refused(house: House) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        house.intake().take(house.data / "gone.warc")


def test_a_bomb_is_damage(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.salvage.records.__kwdefaults__", {"max_record_bytes": 10_000})
    bomb = record("http://bomb.example/", b"HTTP/1.1 200 OK\r\n\r\n" + bytes(100_000))
    report = _import(house, gzip.compress(record(), mtime=0) + gzip.compress(bomb, mtime=0))
    assert report.captures == (1,)
    assert "more than 10000 bytes" in report.damaged[0].told("en")


def test_the_recorded_warc_imports(house: House, captures: Path) -> None:
    """A real file with every oddity at once: doubled status line, chunked and gzip named but undone, `id_` address."""
    with (captures / "warc_raw" / "index.csv").open() as file:
        (row,) = csv.DictReader(file)
    report = house.intake().take(captures / "warc_raw" / row["file"])
    again = house.intake().take(captures / "warc_raw" / row["file"])
    assert (report.sha256, report.captures, report.skipped, report.damaged) == (
        row["sha256"],
        (1,),
        {"request": 1},
        (),
    )
    assert (again.captures, again.known) == ((), 1)
    capture = _only(house)
    assert capture.url == row["original_url"]
    assert capture.fetched_at.startswith(row["capture_date"])
    assert _flags(capture) == ("doubled_status_line", "dechunked_before", "decoded_before", "wayback")
    assert house.archive.read(capture.place).body.lstrip().startswith(b"<!DOCTYPE html>")
    assert audit(house.store, house.archive) == []


def test_every_kind_of_damage_is_told_in_chinese() -> None:
    """Whoever reads the desk is told what is wrong; the place in the bytes stays for whoever mends it, in English."""
    source = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in (salvage, warcreader))
    codes = set(re.findall(r'_Unsound\(\s*"(\w+)"', source)) | {"cut", "gzip", "record", "given_up"}
    assert codes == strings.DAMAGE.keys()
    for code in codes:
        told = Problem("damaged", Place("byte", 7), {"detail": "the gzip member", "cause": code, "inside": "a.warc"})
        assert strings.DAMAGE[code] in told.told("zh")
        assert "a.warc" in told.told("zh")
        assert "gzip member" not in told.told("zh")
        assert "the gzip member" in told.told("en")
    old = Problem("damaged", Place("byte", 7), {"detail": "kept by an earlier release"})
    assert "earlier release" in old.told("zh")
