"""The strict reader: what is good is given, what is not is named with its place, whatever the file."""

from __future__ import annotations

import gzip
import hashlib
import io
from base64 import b32encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers import salvage
from crawlers.records import ImportRefused
from crawlers.warcreader import Damage, Entry, read
from tests.crawlers.keeping import House, exchange, page, task

BODY = b"<title>goods</title>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def block(body: bytes = BODY, *lines: bytes) -> bytes:
    return HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def sha1(data: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def record(content: bytes | None = None, kind: str = "response", number: int = 1, **headers: str) -> bytes:
    """One record; a header given as "" is left out."""
    content = block() if content is None else content
    named = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        "WARC-Date": "2026-01-31T16:00:00Z",
        "WARC-Target-URI": f"http://site-{number}.example/",
        "WARC-Block-Digest": sha256(content),
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(content)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return b"WARC/1.1\r\n" + lines.encode() + b"\r\n" + content + b"\r\n\r\n"


def member(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.warc"


def found(file: Path, data: bytes, **options: bool) -> list[Entry | Damage]:
    file.write_bytes(data)
    return list(read(file, **options))


def entry(items: list[Entry | Damage], number: int = 0) -> Entry:
    item = items[number]
    assert isinstance(item, Entry), item
    return item


def damage(items: list[Entry | Damage], number: int = 0) -> Damage:
    item = items[number]
    assert isinstance(item, Damage), item
    return item


def test_a_sound_record_is_given_with_its_place_payload_and_what_proves_it(file: Path) -> None:
    first, second = member(record()), member(record(number=2))
    items = found(file, first + second)
    assert [entry(items, n).offset for n in (0, 1)] == [0, len(first)]
    assert (entry(items).length, entry(items).payload, entry(items).notes) == (len(first), BODY, ())
    assert entry(items).verified


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (member(record())[:-12], "gzip"),
        (member(record()[:-60]), "cut"),
        (member(record())[:60] + b"\0\xff\0" + member(record())[63:], "gzip"),
        (member(record())[:-8] + b"\0" * 8, "gzip"),
        (record(WARC_Block_Digest=sha256(b"else")), "digest"),
        (record(WARC_Block_Digest=sha1(b"else")), "digest"),
        (record(WARC_Payload_Digest=sha256(b"else")), "digest"),
        (record(WARC_Date=""), "header"),
        (record(WARC_Record_ID=""), "header"),
        (record(WARC_Target_URI=""), "header"),
        (record(WARC_Type=""), "header"),
        (record(Content_Length="x"), "record"),
        (record(Content_Length="3"), "record"),
        (record(b"no http at all"), "http"),
        (record(block(b"5\r\nhello\r\n9\r\ncut", b"Transfer-Encoding: chunked")), "chunks"),
        (record(block(b"ff\r\nhello\r\n0\r\n\r\n", b"Transfer-Encoding: chunked")), "chunks"),
        (record(HEAD + b"\r\n", "revisit", WARC_Refers_To="<urn:uuid:gone>"), "revisit"),
    ],
)
def test_a_bad_place_is_named_and_what_stands_around_it_is_read(file: Path, data: bytes, code: str) -> None:
    around = [record(number=7), record(number=8)]
    before, after = map(member, around) if data[:2] == b"\x1f\x8b" else around
    items = found(file, before + data + after)
    (bad,) = (item for item in items if isinstance(item, Damage))
    assert (bad.offset, bad.code) == (len(before), code), bad
    assert bad.reason
    urls = [item.record.header("WARC-Target-URI") for item in items if isinstance(item, Entry)]
    assert urls == ["http://site-7.example/", "http://site-8.example/"]


@pytest.mark.parametrize("data", [member(record())[:-12], member(record())[:40], record()[:-60], record()[:30]])
def test_a_file_that_ends_inside_a_record_is_cut(file: Path, data: bytes) -> None:
    before = member(record(number=7)) if data[:2] == b"\x1f\x8b" else record(number=7)
    items = found(file, before + data)
    assert (damage(items, 1).offset, damage(items, 1).code, len(items)) == (len(before), "cut", 2)
    assert entry(items).verified


def test_a_file_cut_between_two_records_loses_nothing_it_has(file: Path) -> None:
    both = member(record()) + member(record(number=2))
    items = found(file, both[: len(member(record()))])
    assert len(items) == 1
    assert entry(items).verified


def test_a_record_without_digest_is_told_or_refused(file: Path) -> None:
    bare = record(WARC_Block_Digest="")
    assert entry(found(file, bare)).notes == ("no_digest",)
    assert not entry(found(file, bare)).verified
    assert damage(found(file, bare, require_digests=True)).code == "no_digest"
    unknown = record(WARC_Block_Digest="crc32:00000000")
    assert damage(found(file, unknown, require_digests=True)).code == "no_digest"


def test_a_digest_that_can_be_forged_proves_nothing(file: Path) -> None:
    item = entry(found(file, record(WARC_Block_Digest=sha1(block()))))
    assert (item.algorithms, item.verified, item.notes) == ({"sha1"}, False, ("weak_digest",))


def test_a_payload_digest_may_be_over_chunks_or_what_is_in_them(file: Path) -> None:
    chunked = b"14\r\n" + BODY + b"\r\n0\r\n\r\n"
    content = block(chunked, b"Transfer-Encoding: chunked")
    for over in (chunked, BODY):
        item = entry(found(file, record(content, WARC_Block_Digest="", WARC_Payload_Digest=sha256(over))))
        assert (item.payload, item.verified) == (BODY, True)


def test_a_body_without_the_chunks_its_head_names_is_noted(file: Path) -> None:
    item = entry(found(file, record(block(BODY, b"Transfer-Encoding: chunked"))))
    assert (item.payload, item.notes) == (BODY, ("dechunked_before",))


@pytest.mark.parametrize(("said", "note"), [(b"999", "short_body"), (b"3", "long_body")])
def test_a_length_the_site_lied_about_is_noted(file: Path, said: bytes, note: str) -> None:
    assert entry(found(file, record(block(BODY, b"Content-Length: " + said)))).notes == (note,)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(
    "named",
    [
        {"WARC_Refers_To": "<urn:uuid:00000000-0000-4000-8000-000000000001>"},
        {"WARC_Refers_To_Target_URI": "http://site-1.example/", "WARC_Refers_To_Date": "2026-01-31T16:00:00Z"},
        {"WARC_Payload_Digest": sha256(BODY)},
    ],
)
def test_a_revisit_is_made_whole(file: Path, zipped: bool, named: dict[str, str]) -> None:
    original = record(WARC_Payload_Digest=sha256(BODY))
    own = b"HTTP/1.1 200 OK\r\nServer: second\r\n\r\n"
    again = record(own, "revisit", 2, **named)
    items = found(file, member(original) + member(again) if zipped else original + again)
    made = entry(items, 1)
    assert (made.record.kind, made.payload, made.refers_to) == ("response", BODY, 0)
    assert made.record.block == own + BODY
    assert "revisit" in made.notes


def test_a_revisit_of_another_payload_is_refused(file: Path) -> None:
    again = record(
        HEAD + b"\r\n",
        "revisit",
        2,
        WARC_Refers_To="<urn:uuid:00000000-0000-4000-8000-000000000001>",
        WARC_Payload_Digest=sha256(b"else"),
    )
    assert damage(found(file, record() + again), 1).code == "revisit"


def test_a_member_of_many_records_gives_them_all(file: Path) -> None:
    items = found(file, member(record() + record(number=2)))
    assert [entry(items, n).notes for n in (0, 1)] == [("shared_member",)] * 2


def test_the_same_id_twice_is_noted(file: Path) -> None:
    assert entry(found(file, record() + record()), 1).notes == ("repeated_id",)


def test_a_file_of_nothing_but_beginnings_is_given_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(salvage, "MAX_ATTEMPTS", 50)
    items = found(file, b"WARC/1.1\r\nx: y\r\n" * 500)
    assert len(items) == 52
    assert damage(items, -1).code == "given_up"
    items = found(file, b"\x1f\x8b\x08\0" * 500)
    assert [damage(items, n).code for n in (0, -1)] == ["gzip", "given_up"]


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x28\xb5\x2f\xfd zstandard"])
def test_what_is_no_warc_is_refused(file: Path, data: bytes) -> None:
    with pytest.raises(ImportRefused):
        found(file, data)


def test_our_own_volumes_satisfy_it(house: House) -> None:
    house.keep(page(task(), exchange()), page(task("http://b.example/"), exchange("http://b.example/", b"b")))
    items = list(read(house.volume(), require_digests=True))
    assert [item for item in items if isinstance(item, Damage)] == []
    assert [one.record.kind for one in items if isinstance(one, Entry)] == ["warcinfo", *["response", "request"] * 2]


def test_what_warcio_writes_satisfies_it(file: Path) -> None:
    writer = WARCWriter(out := io.BytesIO(), gzip=True)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    uri = "http://a.example/"
    made = writer.create_warc_record(uri, "response", payload=io.BytesIO(BODY), length=len(BODY), http_headers=head)
    writer.write_record(made)
    digest, date = made.rec_headers["WARC-Payload-Digest"], made.rec_headers["WARC-Date"]
    writer.write_record(writer.create_revisit_record("http://b.example/", digest, uri, date, head))
    items = found(file, out.getvalue())
    assert [entry(items, n).payload for n in (0, 1)] == [BODY, BODY]


@given(st.binary(max_size=300), st.integers(0, 600), st.booleans())
def test_it_takes_anything(tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, zipped: bool) -> None:
    whole = record() + record(number=2)
    data = member(record()) + member(record(number=2)) if zipped else whole
    file = tmp_path_factory.mktemp("any") / "a.warc"
    items = found(file, data[:at] + junk + data[at:] if at > 8 else data + junk)
    for item in items:  # whatever was put in between: what is proven is what was written
        if isinstance(item, Entry) and item.verified:
            assert item.record.block == block()
