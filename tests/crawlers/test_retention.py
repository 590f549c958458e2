"""Retention: bytes go and hashes stay, what is needed is not touched, and a removal cut short is finished."""

from __future__ import annotations

import json
import os
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import custody, network, retention, tombstones, wacz
from crawlers.agreement import audit
from crawlers.archive import Removed
from crawlers.lookups import LookUp, Subject
from crawlers.records import ArchiveError, Artefact
from crawlers.tombstones import tombstone
from crawlers.warcfile import inflate, parse
from crawlers.warcreader import Damage, Entry, read
from tests.crawlers.keeping import House, exchange, page, task
from tests.crawlers.test_wacz import warcio_check

OLD, NEW, BEFORE = "2026-01-31T16:00:00.000Z", "2026-09-01T16:00:00.000Z", "2026-05-01T00:00:00.000Z"
SECRET = "张三丰的收款码".encode()
TOLD = {"url": "http://a.example/", "sha256": "0" * 64}


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.fixture
def kept(house: House) -> House:
    """1: old, small. 2: old, large, with a resource and an artefact. 3: old, needed. 4: new; artefact shared with 2."""
    sole, shared = house.blobs.put(b"only of 2"), house.blobs.put(b"of 2 and 4")
    large = exchange("http://b.example/", SECRET + noise(300_000), fetched_at=OLD)
    resource = exchange("http://b.example/a.png", noise(20_000), fetched_at=OLD)
    house.keep(
        page(task("http://a.example/"), exchange("http://a.example/", SECRET, fetched_at=OLD)),
        page(
            task("http://b.example/"),
            large,
            resources=(resource,),
            artefacts=(Artefact("dom", sole, 9, "text/html"), Artefact("mhtml", shared, 10, "multipart/related")),
        ),
        page(task("http://c.example/"), exchange("http://c.example/", b"needed", fetched_at=OLD)),
        page(
            task("http://d.example/"),
            exchange("http://d.example/", b"new", fetched_at=NEW),
            artefacts=(Artefact("mhtml", shared, 10, "multipart/related"),),
        ),
    )
    return house


def planned(house: House) -> retention.Plan:
    return retention.plan(house.store, house.data, BEFORE, {3})


def applied(house: House) -> retention.Plan:
    plan = planned(house)
    assert retention.apply(house.store, house.archive, house.blobs, house.data, plan) == len(plan.captures)
    return plan


def test_a_preview_changes_nothing(kept: House) -> None:
    before = kept.volume().read_bytes()
    plan = planned(kept)
    assert (plan.captures, plan.needed) == ((1, 2), 1)
    assert plan.bytes > 320_000
    assert kept.volume().read_bytes() == before
    assert audit(kept.store, kept.archive, kept.blobs) == []


def test_bytes_are_gone_and_all_else_agrees(kept: House) -> None:
    size = kept.volume().stat().st_size
    applied(kept)
    assert audit(kept.store, kept.archive, kept.blobs) == []
    assert kept.volume().stat().st_size == size
    for number in (1, 2):
        with pytest.raises(Removed):
            kept.archive.read(kept.store.capture(number).place)
    assert kept.archive.read(kept.store.capture(3).place).body == b"needed"
    assert kept.archive.read(kept.store.capture(4).place).body == b"new"
    whole = b"".join(item.record.block for item in read(kept.volume()) if isinstance(item, Entry))
    assert SECRET not in whole


def test_a_pruned_volume_is_read_strictly_by_us_and_by_warcio(kept: House) -> None:
    applied(kept)
    items = list(read(kept.volume(), require_digests=True))
    assert [item for item in items if isinstance(item, Damage)] == []
    stones = [
        json.loads(i.record.block.rstrip(b"\0")) for i in items if isinstance(i, Entry) and "tomb" in str(i.record)
    ]
    assert [stone["capture"] for stone in stones] == ["C-00000001", "C-00000002", "C-00000002"]
    assert warcio_check(kept.volume()) == 0


def test_the_space_of_large_records_is_given_back(kept: House) -> None:
    applied(kept)
    used = kept.volume().stat().st_blocks * 512
    assert used < kept.volume().stat().st_size - 200_000


def test_each_removal_has_its_line_and_the_hashes_stay(kept: House) -> None:
    before = {c.id: (c.sha256, c.size_bytes, c.url) for c in kept.store.captures()}
    applied(kept)
    assert {c.id: (c.sha256, c.size_bytes, c.url) for c in kept.store.captures()} == before
    with kept.store.read() as connection:
        lines = custody.lines(connection, capture_ids=[1, 2])
    told = [(line.capture_id, json.loads(line.detail)) for line in lines if line.event == "removed"]
    assert [number for number, _ in told] == [1, 2]
    assert told[0][1]["records"][0]["sha256"] == before[1][0]
    assert {one["role"] for one in told[1][1]["artefacts"]} == {"dom", "mhtml"}


def test_artefacts_go_unless_another_capture_has_them(kept: House) -> None:
    sole, shared = (one.sha256 for one in kept.store.capture(2).artefacts)
    applied(kept)
    with pytest.raises(ArchiveError):
        kept.blobs.read(sole)
    assert kept.blobs.read(shared) == b"of 2 and 4"


def test_a_removed_capture_is_not_exported_and_not_removed_twice(kept: House) -> None:
    applied(kept)
    with pytest.raises(Removed):
        wacz.export(kept.store, kept.archive, [1], kept.data / "a.wacz")
    assert planned(kept).captures == ()


@pytest.mark.parametrize("at", ["retention-given-up", "retention-replaced"])
def test_what_a_crash_left_half_done_is_finished(kept: House, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Crash(Exception):
        pass

    def crash(name: str) -> None:
        if name == at:
            raise Crash

    monkeypatch.setattr(retention, "mark", crash)
    with pytest.raises(Crash):
        applied(kept)
    assert audit(kept.store, kept.archive) != []
    monkeypatch.undo()
    applied(kept)
    assert audit(kept.store, kept.archive) == []
    with pytest.raises(Removed):
        kept.archive.read(kept.store.capture(1).place)


def test_open_volumes_are_left_alone(house: House) -> None:
    with house.recorder() as recorder:
        recorder.submit(page(task(), exchange(fetched_at=OLD))).result()
        assert planned(house).captures == ()
    assert planned(house).captures == (1,)


def test_old_logs_and_look_ups_go_and_checkpoints_stay(house: House) -> None:
    log = house.data / "log"
    log.mkdir()
    for name in ("2026-01-31-sites.log", "checkpoints.jsonl", "new.log"):
        (log / name).write_text("x")
        if name != "new.log":
            os.utime(log / name, (1_700_000_000, 1_700_000_000))
    for host in ("a.example", "needed.example"):
        network.keep(house.store, house.blobs, LookUp(Subject(host, host), OLD, OLD, ()), "1")
    plan = retention.plan(house.store, house.data, BEFORE, set(), {"needed.example"})
    retention.apply(house.store, house.archive, house.blobs, house.data, plan)
    assert {path.name for path in log.iterdir()} == {"checkpoints.jsonl", "new.log"}
    gone, needed = (network.facts(house.store, host) for host in ("a.example", "needed.example"))
    assert gone and needed
    assert (gone.document, list(network.problems(house.store, house.blobs))) == ("", [])
    assert network.document(house.blobs, needed)
    with house.store.read() as connection:
        events = [line.event for line in custody.lines(connection)]
    assert {"log_removed", "lookup_removed"} <= set(events)


@given(st.integers(700, 200_000))
def test_a_tombstone_has_exactly_the_length_it_must_have(length: int) -> None:
    stone = tombstone(TOLD, OLD, length)
    data, end = inflate(stone, 0)
    record, used = parse(data)
    assert (len(stone), end, used) == (length, length, len(data))
    assert json.loads(record.block.rstrip(b"\0")) == TOLD
    assert zlib.decompressobj(31).decompress(stone) == data


@pytest.mark.parametrize(
    "length", [65_535 * k + 18 + 5 * n + d for k in (1, 2) for n in (0, 1, 2, 3) for d in (-6, 0, 5)]
)
def test_at_the_edges_of_blocks_too(length: int) -> None:
    assert len(tombstone(TOLD, OLD, length)) == length


def test_where_there_is_no_room_nothing_is_written() -> None:
    with pytest.raises(ArchiveError, match="no room"):
        tombstone(TOLD, OLD, 90)


def test_a_volume_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "v.warc.gz"
    path.write_bytes(b"a" * 100)
    with pytest.raises(ArchiveError):
        tombstones.replace(path, [(200, b"stone")])
    assert path.read_bytes() == b"a" * 100
