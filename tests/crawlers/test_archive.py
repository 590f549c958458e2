"""The archive: records as written, and read back strictly."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

import config
from crawlers import exchanges
from crawlers.archive import Archive, lock
from crawlers.blobs import BlobStore
from crawlers.recorder import Recorder
from crawlers.records import ArchiveError, Exchange, WarcPlace
from crawlers.warcfile import Record, Truncated, inflate, member, members, parse, record_id, serialise
from tests.crawlers.keeping import House, exchange, page

TOKEN = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map(lambda name: f"X-{name}")
VALUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85"), max_size=30)
HEADERS = st.lists(st.tuples(TOKEN, VALUE), max_size=4).map(tuple)


def _back(written: bytes) -> Exchange:
    found = [record for _, _, record in members(written, len(written))]
    return exchanges.read(found[0], found[1:])


@given(body=st.binary(max_size=300), response=HEADERS, request=HEADERS, level=st.integers(0, 9))
def test_an_exchange_comes_back_as_it_was(
    body: bytes, response: tuple[tuple[str, str], ...], request: tuple[tuple[str, str], ...], level: int
) -> None:
    given_ = exchange(
        body=body,
        response_headers=(*response, ("Transfer-Encoding", "chunked")),
        request_headers=(("Host", "site.example"), *request),
        certificate_der=body,
    )
    assert _back(exchanges.write(given_, level).data) == given_


def test_the_record_is_warc_1_1_with_sha256() -> None:
    body = "<p>甲</p>".encode("gb18030")
    written = exchanges.write(exchange(body=body), 6)
    data, end = inflate(written.data, 0)
    record, _ = parse(data)
    assert data.startswith(b"WARC/1.1\r\n")
    assert end == written.length
    assert written.payload_sha256 == hashlib.sha256(body).hexdigest()
    assert record.header("WARC-Payload-Digest") == f"sha256:{written.payload_sha256}"
    assert record.header("WARC-Block-Digest") == f"sha256:{hashlib.sha256(record.block).hexdigest()}"
    assert record.header("WARC-IP-Address") == "192.0.2.7"
    assert record.header("WARC-Date") == "2026-01-31T16:00:00.000Z"
    assert record.header("Content-Type") == "application/http; msgtype=response"
    assert record.block.startswith(b"HTTP/1.1 200 OK\r\n")


def test_every_record_is_a_gzip_member_of_its_own() -> None:
    written = exchanges.write(exchange(certificate_der=b"der"), 6)
    kinds = [record.kind for _, _, record in members(written.data, len(written.data))]
    assert kinds == ["response", "request", "metadata"]
    found = [record for _, _, record in members(written.data, len(written.data))]
    assert {record.header("WARC-Concurrent-To") for record in found[1:]} == {found[0].header("WARC-Record-ID")}


def test_no_request_is_made_up() -> None:
    written = exchanges.write(exchange(request_headers=()), 6)
    assert [record.kind for _, _, record in members(written.data, len(written.data))] == ["response"]


def test_a_dechunked_body_is_not_dechunked_again() -> None:
    chunked = (("Transfer-Encoding", "chunked"),)
    written = exchanges.write(exchange(body=b"plain", response_headers=chunked), 6)
    record, _ = parse(inflate(written.data, 0)[0])
    assert b"X-Crawler-Transfer-Encoding: chunked\r\n" in record.block
    assert _back(written.data).response_headers == chunked


def test_values_of_several_lines_cannot_end_the_headers() -> None:
    joined = (("Set-Cookie", "a=1\nb=2"), ("X-Evil", "x\r\n\r\n<script>"))
    back = _back(exchanges.write(exchange(response_headers=joined, reason="OK\r\nX: y"), 6).data)
    assert back.body == exchange().body
    assert back.response_headers[:2] == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    assert "X" not in dict(back.response_headers)


def test_an_address_with_line_breaks_stays_one_header() -> None:
    written = exchanges.write(exchange(url="http://site.example/a\r\nWARC-Type: warcinfo"), 6)
    record, _ = parse(inflate(written.data, 0)[0])
    assert record.kind == "response"
    assert [name for name, _ in record.headers].count("WARC-Type") == 1


def test_chinese_in_headers_and_address_survives() -> None:
    shown = exchange(url="http://site.example/证书", response_headers=(("X-Name", "证书"),))
    back = _back(exchanges.write(shown, 6).data)
    assert back.url == "http://site.example/证书"
    assert back.response_headers[0][1].encode("latin-1").decode() == "证书"


def test_ipv6_peer() -> None:
    written = exchanges.write(exchange(peer="[2001:db8::7]:443"), 6)
    record, _ = parse(inflate(written.data, 0)[0])
    assert record.header("WARC-IP-Address") == "2001:db8::7"
    assert _back(written.data).peer == "[2001:db8::7]:443"


def test_warcio_reads_and_verifies_our_volumes(house: House) -> None:
    house.keep(page(None, exchange(status=302, body=b"", certificate_der=b"der"), exchange(body="证".encode())))
    volume = house.volume()
    check = [sys.executable, "-m", "warcio.cli", "check", str(volume)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with volume.open("rb") as file:
        found = [(r.rec_type, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]
    assert [kind for kind, _ in found] == ["warcinfo", "response", "request", "metadata", "response", "request"]
    assert found[4][1] == "证".encode()


def test_read_gives_the_page_and_raw_the_record(house: House) -> None:
    house.keep(page())
    place = house.store.capture(1).place
    assert house.archive.read(place).body == b"<p>http://site.example/</p>"
    raw = house.archive.raw(place)
    assert len(raw) == place.length
    assert parse(inflate(raw, 0)[0])[0].kind == "response"
    whole = house.archive.raw_exchange(place)
    assert whole.startswith(raw)
    assert [record.kind for _, _, record in members(whole, len(whole))] == ["response", "request"]


def test_what_others_append_behind_does_not_disturb_reading(house: House) -> None:
    house.keep(page())
    place = house.store.capture(1).place
    volume = house.volume()
    half = exchanges.write(exchange(), 1).data[:-9]
    for behind in (b"", half[:5], half):
        volume.write_bytes(volume.read_bytes() + behind)
        assert house.archive.read(place).request_headers == exchange().request_headers


@pytest.mark.parametrize("where", [0, 40, -10])
def test_a_changed_byte_is_found(house: House, where: int) -> None:
    house.keep(page())
    place = house.store.capture(1).place
    data = bytearray(house.volume().read_bytes())
    at = place.offset + (where % place.length)
    data[at] ^= 0x01
    house.volume().write_bytes(bytes(data))
    with pytest.raises(ArchiveError, match=str(place.offset)):
        house.archive.read(place)


def test_another_page_under_the_old_digests_is_found(house: House) -> None:
    house.keep(page())
    place = house.store.capture(1).place
    record, _ = parse(inflate(house.archive.raw(place), 0)[0])
    named = "".join(f"{name}: {value}\r\n" for name, value in record.headers)
    forged = member(f"WARC/1.1\r\n{named}\r\n".encode() + record.block.replace(b"site", b"evil") + b"\r\n\r\n", 1)
    volume = house.volume()
    volume.write_bytes(volume.read_bytes()[: place.offset] + forged)
    with pytest.raises(ArchiveError, match="digest"):
        house.archive.read(replace(place, length=len(forged)))


def test_a_cut_volume_is_found(house: House) -> None:
    house.keep(page())
    place = house.store.capture(1).place
    house.volume().write_bytes(house.volume().read_bytes()[: place.offset + 20])
    with pytest.raises(ArchiveError, match="cut"):
        house.archive.raw(place)
    with pytest.raises(Truncated):
        house.archive.read(place)


@pytest.mark.parametrize("name", ["../store.sqlite", "/etc/passwd", "a/b.warc.gz", ""])
def test_a_volume_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError):
        Archive(tmp_path).raw(WarcPlace(name, 0, 1))


def test_a_missing_volume_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"cannot read volume .*gone\.warc\.gz"):
        Archive(tmp_path).read(WarcPlace("gone.warc.gz", 0, 1))


def _plain(block: bytes = b"data", **changes: str) -> bytes:
    made = serialise("resource", [("WARC-Record-ID", record_id())], "text/plain", block).decode()
    for name, value in changes.items():
        made = made.replace(name, value)
    return made.encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", "no WARC record"),
        (_plain(**{"Content-Length: 4": "Content-Length: -4"}), "Content-Length"),
        (_plain(**{"Content-Length: 4": "Content-Length: ４"}), "Content-Length"),
        (_plain(**{"Content-Length: 4": "Content-Length: 3"}), "two empty lines"),
        (_plain(**{"Content-Length: 4": "Content-Length: 400"}), "cut off"),
        (_plain()[:30], "no end of headers"),
    ],
)
def test_bad_records_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        parse(data)


def test_members_are_strict() -> None:
    one = _plain()
    with pytest.raises(ArchiveError, match="more than one record"):
        list(members(member(one + one, 6), len(member(one + one, 6))))
    undigested = "\r\n".join(line for line in one.decode().split("\r\n") if "Digest" not in line).encode()
    with pytest.raises(ArchiveError, match="missing"):
        list(members(member(undigested, 6), len(member(undigested, 6))))


def test_a_bomb_is_stopped() -> None:
    with pytest.raises(ArchiveError, match="more than 1000 bytes"):
        inflate(member(bytes(10_000_000), 9), 0, max_bytes=1000)
    assert inflate(member(bytes(1000), 9), 0, max_bytes=1000)[0] == bytes(1000)


def test_not_gzip_is_damage() -> None:
    with pytest.raises(ArchiveError, match="damaged"):
        inflate(zlib.compress(b"zlib is not gzip"), 0)


def test_no_response_is_no_exchange() -> None:
    with pytest.raises(ArchiveError, match="not an HTTP response"):
        exchanges.read(Record("response", (), b"SSH-2.0-x\r\n\r\n"))


def test_volumes_have_one_writer_and_a_name_each(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    first, second = archive.new_volume("crawler:search/1"), archive.new_volume("crawler:search/1")
    assert first.name.endswith("-crawler-search-1-0001.warc.gz")
    assert second.name.endswith("-crawler-search-1-0002.warc.gz")
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(archive.root.stat().st_mode) == 0o700
    with first.path.open("rb") as file:
        assert not lock(file.fileno())
        first.close()
        assert lock(file.fileno())
    second.close()


def test_a_volume_can_be_cut_and_goes_on_from_there(tmp_path: Path) -> None:
    volume = Archive(tmp_path).new_volume("test")
    begin = volume.size
    assert volume.append(b"uncommitted") == begin
    volume.cut(begin)
    assert volume.append(b"kept") == begin
    volume.sync()
    volume.close()
    assert volume.path.read_bytes()[begin:] == b"kept"


def test_blobs_are_named_by_their_bytes(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "blobs")
    digest = blobs.put(b"screenshot")
    assert digest == hashlib.sha256(b"screenshot").hexdigest() == blobs.put(b"screenshot")
    path = blobs.path(digest)
    assert path.parent.name == digest[:2]
    assert [item.name for item in path.parent.iterdir()] == [digest]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert blobs.read(digest) == b"screenshot"


def test_bad_blobs_are_found(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path)
    digest = blobs.put(b"screenshot")
    blobs.path(digest).write_bytes(b"screenshop")
    with pytest.raises(ArchiveError, match="was changed"):
        blobs.read(digest)
    with pytest.raises(ArchiveError, match="cannot read blob"):
        blobs.read("0" * 64)
    with pytest.raises(ArchiveError, match="no SHA-256"):
        blobs.read("../../etc/passwd")


def test_volumes_are_as_large_as_the_office_wants_them(house: House) -> None:
    wanted = config.load().settings.archive.model_copy(update={"volume_max_bytes": 1 << 20, "batch_records": 1})
    with Recorder.by_settings(house.store, house.archive, wanted, owner="test") as recorder:
        for number in range(3):
            large = exchange(f"http://site-{number}.example/", os.urandom(700 << 10))
            recorder.submit(page(None, large)).result()
    assert len(list(house.archive.root.glob("*.warc.gz"))) == 2
