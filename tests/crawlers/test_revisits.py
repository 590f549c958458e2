"""Equal payloads of one run: kept once, given back whole, never across volumes, and not lost by what happens to one."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import exchanges, retention, wacz
from crawlers.agreement import audit
from crawlers.archive import Archive, Removed
from crawlers.recorder import Recorder
from crawlers.records import ArchiveError, Capture
from crawlers.recovery import recover
from crawlers.revisits import PAYLOAD, Payload, Payloads, whole
from crawlers.store import StoreError
from crawlers.warcfile import inflate, member, parse
from crawlers.warcreader import Damage, Entry, read
from tests.crawlers.keeping import House, custody_detail, exchange, page, task
from tests.crawlers.test_wacz import warcio_check

SAME = random.Random(7).randbytes(9_000)
OLD, NEW, BEFORE = "2026-01-31T16:00:00.000Z", "2026-09-01T16:00:00.000Z", "2026-05-01T00:00:00.000Z"


def shown(name: str, body: bytes = SAME, **fields: object) -> object:
    url = f"http://{name}.example/"
    return page(task(url), exchange(url, body, **fields))


@pytest.fixture
def pair(house: House) -> House:
    """1 and 2 were sent the same bytes under different heads; 3 others."""
    differing = (("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Transfer-Encoding", "chunked"))
    house.keep(shown("a"), shown("b", response_headers=differing, certificate_der=b"der"), shown("c", b"other" * 2_000))  # type: ignore[arg-type]
    return house


def kinds(house: House) -> list[str]:
    volume = house.volume()
    return [record.kind for _, _, record in house.archive.scan(volume.name, volume.stat().st_size)]


def capture(house: House, number: int) -> Capture:
    return house.store.capture(number)


def test_an_equal_payload_is_kept_once_and_read_as_if_it_were_not(pair: House) -> None:
    assert [kind for kind in kinds(pair) if kind in ("response", "revisit")] == ["response", "revisit", "response"]
    first, second = (pair.archive.read(capture(pair, number).place) for number in (1, 2))
    assert first.body == second.body == SAME
    assert dict(second.response_headers) == {
        "Content-Type": "text/html",
        "Set-Cookie": "a=1",
        "Transfer-Encoding": "chunked",
    }
    assert (second.url, second.peer, second.certificate_der) == ("http://b.example/", "192.0.2.7:80", b"der")
    assert capture(pair, 2).sha256 == hashlib.sha256(SAME).hexdigest()
    assert capture(pair, 2).place.length < 1_500
    assert audit(pair.store, pair.archive, pair.blobs) == []


def test_the_record_says_by_the_standard_what_it_refers_to(pair: House) -> None:
    stored, _ = parse(inflate(pair.archive.raw(capture(pair, 2).place), 0)[0])
    original, _ = parse(inflate(pair.archive.raw(capture(pair, 1).place), 0)[0])
    assert stored.header("WARC-Profile").endswith("/identical-payload-digest")
    assert stored.header("WARC-Refers-To") == original.header("WARC-Record-ID")
    assert stored.header("WARC-Refers-To-Target-URI") == "http://a.example/"
    assert stored.header("WARC-Refers-To-Date") == original.header("WARC-Date")
    assert stored.header("WARC-Payload-Digest") == original.header("WARC-Payload-Digest")


def test_the_line_of_custody_names_the_full_response(pair: House) -> None:
    told = custody_detail(pair, capture(pair, 2))["page"]
    made, stored = (
        pair.archive.raw_exchange(capture(pair, 2).place),
        pair.archive.stored_exchange(capture(pair, 2).place),
    )
    assert (told["records_bytes"], told["records_sha256"]) == (len(made), hashlib.sha256(made).hexdigest())
    assert told["revisit"]["stored_bytes"] == len(stored) < 2_000 < len(made)
    assert told["revisit"]["stored_sha256"] == hashlib.sha256(stored).hexdigest()
    assert told["sha256"] == hashlib.sha256(SAME).hexdigest()
    assert "revisit" not in custody_detail(pair, capture(pair, 1))["page"]


def test_others_read_it(pair: House) -> None:
    assert warcio_check(pair.volume()) == 0
    entries = [item for item in read(pair.volume(), require_digests=True) if isinstance(item, Entry)]
    bodies = [entry.payload for entry in entries if entry.record.kind == "response"]
    assert [len(body) for body in bodies] == [9_000, 9_000, 10_000]
    assert len(entries) == len(list(read(pair.volume())))


def test_what_is_exported_stands_alone(pair: House, tmp_path: Path) -> None:
    wacz.export(pair.store, pair.archive, [2], tmp_path / "b.wacz")
    with ZipFile(tmp_path / "b.wacz") as file:
        (tmp_path / "b.warc.gz").write_bytes(file.read("archive/data.warc.gz"))
    assert warcio_check(tmp_path / "b.warc.gz") == 0
    (entry,) = (
        item for item in read(tmp_path / "b.warc.gz") if isinstance(item, Entry) and item.record.kind == "response"
    )
    assert entry.payload == SAME
    assert PAYLOAD.encode() not in gzip.decompress((tmp_path / "b.warc.gz").read_bytes())


def test_a_small_payload_is_not_worth_it(house: House) -> None:
    house.keep(*(shown(name, b"x" * 4_095) for name in "ab"))  # type: ignore[arg-type]
    assert "revisit" not in kinds(house)


def test_an_office_may_want_none(house: House) -> None:
    plain = Archive(house.archive.root, revisit_min_bytes=0)
    with Recorder(house.store, plain, owner="t") as recorder:
        for name in "ab":
            recorder.submit(shown(name))  # type: ignore[arg-type]
    assert "revisit" not in kinds(house)


def test_no_payload_stands_in_another_volume(house: House) -> None:
    for name in "ab":
        house.keep(shown(name))  # type: ignore[arg-type]
    for path in house.archive.root.glob("*.warc.gz"):
        assert b"revisit" not in gzip.decompress(path.read_bytes())


def test_only_so_many_payloads_are_remembered(house: House) -> None:
    few = Archive(house.archive.root, revisit_payloads=1)
    with Recorder(house.store, few, owner="t") as recorder:
        for name, body in (("a", SAME), ("b", b"2" * 9_000), ("c", SAME)):
            recorder.submit(shown(name, body))  # type: ignore[arg-type]
    assert "revisit" not in kinds(house)


# A batch that fails, and a crash between records


def test_what_was_taken_back_is_not_referred_to(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch that held the payload fails and is cut off; the next visit of the same bytes is whole again."""
    archive = house.archive
    recorder = house.recorder(max_records=1)
    recorder.submit(shown("first", b"1" * 9_000)).result()  # type: ignore[arg-type]
    writer = recorder._writer
    writer.append(shown("lost"))  # type: ignore[arg-type]
    writer.cut_back()
    recorder.submit(shown("again")).result()  # type: ignore[arg-type]
    recorder.close()
    assert "revisit" not in kinds(house)
    assert archive.read(capture(house, 2).place).body == SAME
    assert audit(house.store, archive, house.blobs) == []


@pytest.mark.parametrize("torn", range(1, 9_000, 1_499))
def test_a_crash_between_records_leaves_nothing_dangling(house: House, torn: int) -> None:
    """A volume is only ever cut at its end, and a revisit refers to what stands before it."""
    recorder = house.recorder(max_records=1)
    recorder.submit(shown("a")).result()  # type: ignore[arg-type]
    recorder.submit(shown("b")).result()  # type: ignore[arg-type]
    writer = recorder._writer
    writer.append(shown("c", os.urandom(9_000)))  # type: ignore[arg-type]
    writer.append(shown("d"))  # type: ignore[arg-type]
    size = house.volume().stat().st_size
    writer.let_go()
    os.truncate(house.volume(), size - min(torn, 8_000))
    assert recover(house.store, house.archive, patience_seconds=0).cut_bytes > 0
    assert [kind for kind in kinds(house) if kind != "request"] == ["warcinfo", "response", "revisit"]
    assert house.archive.read(capture(house, 2).place).body == SAME
    assert audit(house.store, house.archive, house.blobs) == []


def test_what_is_cut_off_and_set_aside_stands_alone(house: House) -> None:
    """An old backup of the store came back: captures it does not know are set aside, and can be imported."""
    recorder = house.recorder(max_records=1)
    recorder.submit(shown("a")).result()  # type: ignore[arg-type]
    writer = recorder._writer
    writer.append(shown("b"))  # type: ignore[arg-type]
    writer.append(shown("c", b"other" * 2_000))  # type: ignore[arg-type]
    writer.let_go()
    with house.volume().open("ab") as volume:
        volume.write(gzip.compress(b"half a record")[:-5])
    recover(house.store, house.archive, patience_seconds=0)
    (aside,) = (house.archive.root / "cut").iterdir()
    items = list(read(aside))
    bodies = [item.payload for item in items if isinstance(item, Entry) and item.record.kind == "response"]
    assert bodies == [SAME, b"other" * 2_000]
    assert [item.code for item in items if isinstance(item, Damage)] == ["cut"]
    assert "revisit" not in [item.record.kind for item in items if isinstance(item, Entry)]


# Retention


def kept(house: House, needed: set[int], *dates: str) -> retention.Plan:
    house.keep(*(shown(name, fetched_at=date) for name, date in zip("abc", dates, strict=False)))  # type: ignore[arg-type]
    plan = retention.plan(house.store, house.data, BEFORE, needed)
    retention.apply(house.store, house.archive, house.blobs, house.data, plan)
    assert audit(house.store, house.archive, house.blobs) == []
    assert warcio_check(house.volume()) == 0
    return plan


def test_who_only_refers_may_go_alone(house: House) -> None:
    assert kept(house, {1}, OLD, OLD).captures == (2,)
    assert house.archive.read(capture(house, 1).place).body == SAME
    with pytest.raises(Removed):
        house.archive.read(capture(house, 2).place)


@pytest.mark.parametrize(("needed", "dates"), [({2}, (OLD, OLD)), (set(), (OLD, NEW))])
def test_who_holds_the_payload_stays_while_another_rests_on_it(
    house: House, needed: set[int], dates: tuple[str, ...]
) -> None:
    plan = kept(house, needed, *dates)
    assert plan.captures == ()
    assert [house.archive.read(capture(house, number).place).body for number in (1, 2)] == [SAME, SAME]


def test_both_go_together_and_the_holder_goes_when_the_last_has_gone(house: House) -> None:
    assert kept(house, {3}, OLD, OLD, OLD).captures == (2,)
    plan = retention.plan(house.store, house.data, BEFORE, set())
    assert plan.captures == (1, 3)
    retention.apply(house.store, house.archive, house.blobs, house.data, plan)
    assert SAME not in gzip.decompress(house.volume().read_bytes())
    assert audit(house.store, house.archive, house.blobs) == []


def test_a_resource_may_hold_the_payload_of_a_page(house: House) -> None:
    beside = exchange("http://cdn.example/app.js", SAME, fetched_at=OLD)
    house.keep(
        page(task("http://a.example/"), exchange("http://a.example/", b"page", fetched_at=OLD), resources=(beside,)),
        shown("b", fetched_at=OLD),  # type: ignore[arg-type]
    )
    assert retention.plan(house.store, house.data, BEFORE, {2}).captures == ()


# Tampering


def revised(house: House, change: tuple[bytes, bytes]) -> None:
    """The revisit written anew with something else in it, as one would who cannot write the chain."""
    place = capture(house, 2).place
    data = bytearray(house.volume().read_bytes())
    text = inflate(data, place.offset)[0]
    made = member(re.sub(*change, text, count=1), 1)
    data[place.offset : place.offset + place.length] = made.ljust(place.length, b"\0")[: place.length]
    house.volume().write_bytes(data)


@pytest.mark.parametrize(
    "change",
    [
        (rb"Zhengshao-Payload: \d+", b"Zhengshao-Payload: 1"),
        (rb"Zhengshao-Payload: (\d+)\+\d+", rb"Zhengshao-Payload: \1+9"),
        (rb"Zhengshao-Payload: [^\r]+", b"Zhengshao-Payload: 5"),
        (rb"Zhengshao-Payload: [^\r]+\r\n", b""),
    ],
)
def test_a_reference_that_was_changed_is_named(pair: House, change: tuple[bytes, bytes]) -> None:
    revised(pair, change)
    with pytest.raises(ArchiveError):
        pair.archive.read(capture(pair, 2).place)
    assert any(problem.startswith("C-00000002") for problem in audit(pair.store, pair.archive, pair.blobs))


def test_a_payload_that_was_changed_fails_for_all_that_rest_on_it(pair: House) -> None:
    data = bytearray(pair.volume().read_bytes())
    data[capture(pair, 1).place.offset + 2_000] ^= 1
    pair.volume().write_bytes(data)
    problems = "\n".join(audit(pair.store, pair.archive, pair.blobs))
    assert "C-00000001" in problems
    assert "C-00000002" in problems


def test_the_index_of_references_is_kept(pair: House) -> None:
    for statement in ("DELETE FROM revisits", "UPDATE revisits SET refers_to = 0"):
        with pytest.raises(StoreError, match="revisits rows"), pair.store.write() as connection:
            connection.exec_driver_sql(statement)


# Bytes


@given(st.binary(min_size=1, max_size=300), st.integers(0, 9), st.text(st.characters(codec="utf-8"), max_size=300))
def test_the_full_response_is_made_of_any_payload_at_any_level(body: bytes, level: int, said: str) -> None:
    headers = (("Content-Type", "text/html"), ("X-Said", said.replace("\r", "").replace("\n", "")))
    first = exchanges.write(exchange(body=body), level, revisit_min_bytes=1)
    assert first.payload is not None
    known = Payloads(9)
    known.note(first.payload_sha256, first.payload)
    second = exchanges.write(exchange(body=body, response_headers=headers), level, revisit_min_bytes=1, known=known)
    volume = first.data + second.data
    made, end = whole(volume, len(first.data))
    assert end == len(first.data) + second.length
    response, _ = parse(inflate(made, 0)[0])
    assert exchanges.read(response).body == body
    plain = exchanges.write(exchange(body=body, response_headers=headers), level)
    expected, _ = parse(inflate(plain.data, 0)[0])
    assert response.block == expected.block
    assert [name for name, _ in response.headers] == [name for name, _ in expected.headers]


REVISIT = (
    b"WARC/1.1\r\nWARC-Type: revisit\r\nWARC-Record-ID: <urn:uuid:2>\r\nWARC-Target-URI: http://b.example/\r\n"
    b"WARC-Profile: p\r\nWARC-Refers-To: <urn:uuid:1>\r\nZhengshao-Payload: 1+14\r\n"
    b"WARC-Payload-Digest: sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\r\n"
    b"WARC-Block-Digest: sha256:0\r\nContent-Type: application/http\r\nContent-Length: 19\r\n\r\n"
    b"HTTP/1.1 200 OK\r\n\r\n\r\n\r\n"
)


def test_the_bytes_made_are_the_same_for_ever() -> None:
    """Custody lines name them: no release and no zlib may make others of what is archived."""
    blocks = b"\x01\x09\x00\xf6\xffhello\r\n\r\n"
    volume = b"." + blocks + member(REVISIT, 6)
    made, _ = whole(volume, 1 + len(blocks))
    assert gzip.decompress(made).endswith(b"Content-Length: 24\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello\r\n\r\n")
    assert hashlib.sha256(made).hexdigest() == "f0d62416cf600056014deffa846adf138a6b23c7efae6f29e4c5914dd3135777"


@given(st.integers(0, len(REVISIT) - 1), st.integers(0, 255))
def test_whatever_byte_of_a_revisit_is_changed_the_payload_is_right_or_there_is_an_error(at: int, byte: int) -> None:
    blocks = b"\x01\x09\x00\xf6\xffhello\r\n\r\n"
    changed = bytearray(REVISIT)
    changed[at] = byte
    try:
        made, _ = whole(b"." + blocks + member(bytes(changed), 1), 1 + len(blocks))
    except ArchiveError:
        return
    assert gzip.decompress(made).endswith(b"hello\r\n\r\n")


def test_a_payload_knows_where_it_stands() -> None:
    assert Payload("<id>", "http://a/", OLD, 0, 40, 7).moved(100) == Payload("<id>", "http://a/", OLD, 100, 140, 7)
