"""The recorder: whole or absent, in batches, once per task."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crawlers import custody
from crawlers.agreement import audit
from crawlers.archive import Volume
from crawlers.batches import Batches
from crawlers.records import (
    ArchiveError,
    Artefact,
    CrawlError,
    FetchProfile,
    Hit,
    HitKind,
    Hop,
    Listing,
    Origin,
    Outcome,
    PageState,
    TaskState,
)
from crawlers.tables import captures, stamps, volumes
from tests.crawlers.keeping import NIGHT, House, exchange, page, task

HIT = Hit(
    engine="baidu",
    query="焊工证 办理",
    kind=HitKind.AD,
    rank=1,
    title="代办",
    url="http://engine.example/link?1",
    resolved="http://seller.example/",
    resolution="decoded",
    display="seller.example",
    snippet="不用考试",
    advertiser="某某",
)
LISTING = Listing(
    platform="idle",
    item_id="42",
    title="电工证",
    url="http://shop.example/42",
    price="238.00",
    price_cny=238.0,
    seller="甲",
    shop_id="s1",
    place="某地",
    text="包过",
    images=("http://shop.example/1.jpg",),
    promoted=True,
    published_at="昨天",
    rank=3,
)


def test_a_capture_has_all_that_was_fetched(house: House) -> None:
    (claimed,) = house.claimed(1)
    digest = house.blobs.put(b"screenshot")
    fetched = page(
        claimed,
        exchange("http://site-0.example/", b"", status=302, peer="192.0.2.1:80"),
        exchange("https://Final.Example./x", "<p>证</p>".encode(), certificate_der=b"der"),
        reason="needs_rendering",
        page_state=PageState.PARTIAL,
        flags=("cut", "截图"),
        hits=(HIT,),
        listings=(LISTING,),
        artefacts=(Artefact("screenshot", digest, 10, "image/png"),),
        resources=(exchange("https://final.example/a.js", b"js"),),
        title="标题",
        origin=Origin.BROWSER,
    )
    (capture_id,) = house.keep(fetched)
    assert capture_id is not None
    capture = house.store.capture(capture_id)
    assert (capture.url, capture.final_url, capture.host) == (
        "http://site-0.example/",
        "https://Final.Example./x",
        "final.example",
    )
    assert (capture.task_id, capture.night, capture.source) == (claimed.id, NIGHT, "web")
    assert capture.sha256 == hashlib.sha256("<p>证</p>".encode()).hexdigest()
    assert (capture.page_state, capture.reason, capture.flags) == (
        PageState.PARTIAL,
        "needs_rendering",
        ("cut", "截图"),
    )
    assert (capture.media_type, capture.title, capture.status) == ("text/html", "标题", 200)
    assert (capture.profile, capture.origin) == (FetchProfile.DESKTOP, Origin.BROWSER)
    assert [(hop.url, hop.status, hop.peer) for hop in capture.hops] == [(capture.url, 302, "192.0.2.1:80")]
    assert capture.artefacts == fetched.artefacts
    assert house.archive.read(capture.place) == fetched.exchanges[-1]
    assert capture.hops[0].place is not None
    assert house.archive.read(capture.hops[0].place).status == 302
    (resource,) = house.store.resources(capture_id)
    assert isinstance(resource, Hop)
    assert resource.place is not None
    assert house.archive.read(resource.place).body == b"js"
    (status,) = house.store.tasks()
    assert (status.state, status.outcome) == (TaskState.DONE, Outcome.CAPTURED)
    assert audit(house.store, house.archive, house.blobs) == []


def test_hits_and_listings_come_back_as_read(house: House) -> None:
    house.keep(page(hits=(HIT,), listings=(LISTING, LISTING)))
    (hit,) = house.store.hits(night=NIGHT, kinds=[HitKind.AD])
    assert hit == HIT.__class__(**{**_fields(HIT), "id": 1, "capture_id": 1})
    (listing,) = house.store.listings(subject="idle:42")
    assert listing == LISTING.__class__(**{**_fields(LISTING), "id": 1, "capture_id": 1})


def _fields(value: Hit | Listing) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def test_a_refusal_ends_the_task_and_keeps_nothing(house: House) -> None:
    first, second = house.claimed(2)
    empty = page(first, outcome=Outcome.REFUSED, reason="private_address")
    refused = empty.__class__(task=first, outcome=Outcome.REFUSED, reason="private_address")
    failed = empty.__class__(task=second, outcome=Outcome.FAILED, reason="timeout")
    assert house.keep(refused, failed) == [None, None]
    told = [(status.state, status.outcome, status.reason) for status in house.store.tasks()]
    assert told == [
        (TaskState.DONE, Outcome.REFUSED, "private_address"),
        (TaskState.DONE, Outcome.FAILED, "timeout"),
    ]
    assert list(house.store.captures()) == []
    assert not house.archive.root.exists()


def test_a_page_without_a_task_row_is_kept(house: House) -> None:
    assert house.keep(page(task()), page(task())) == [1, 2]
    assert [capture.task_id for capture in house.store.captures()] == [None, None]


def test_the_same_task_twice_is_one_capture(house: House) -> None:
    (claimed,) = house.claimed(1)
    assert house.keep(page(claimed), page(claimed)) == [1, 1]
    size = house.volume().stat().st_size
    assert house.keep(page(claimed, exchange(body=b"later"))) == [1]
    assert [capture.id for capture in house.store.captures()] == [1]
    assert [path.stat().st_size for path in house.archive.root.iterdir()] == [size]
    assert audit(house.store, house.archive) == []


def test_a_refusal_after_a_capture_changes_nothing(house: House) -> None:
    (claimed,) = house.claimed(1)
    captured = page(claimed)
    house.keep(captured)
    assert house.keep(captured.__class__(task=claimed, outcome=Outcome.FAILED, reason="late")) == [1]
    assert house.store.tasks()[0].outcome == Outcome.CAPTURED


def test_a_worker_overtaken_before_its_transaction_keeps_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = house.claimed(2)
    sync = Volume.sync

    def overtake(volume: Volume) -> None:
        sync(volume)
        monkeypatch.setattr(Volume, "sync", sync)
        assert first.id is not None
        house.store.finish(first.id, Outcome.FAILED, "by another worker")

    monkeypatch.setattr(Volume, "sync", overtake)
    assert house.keep(page(first), page(second)) == [None, 1]
    assert [capture.task_id for capture in house.store.captures()] == [second.id]
    assert audit(house.store, house.archive) == []


def test_one_batch_has_one_stamp_over_its_custody_lines(house: House) -> None:
    house.keep(*(page(item) for item in house.claimed(3)))
    with house.store.read() as connection:
        (stamp,) = connection.execute(select(stamps)).all()
        lines = custody.lines(connection, from_seq=stamp.from_seq, to_seq=stamp.to_seq)
        assert set(connection.scalars(select(captures.c.stamp_id))) == {stamp.id}
    assert stamp.state == "queued"
    joined = b"".join(bytes.fromhex(line.hash) for line in lines)
    assert stamp.digest == hashlib.sha256(joined).hexdigest()
    assert [line.capture_id for line in lines] == [1, 2, 3]


def test_the_custody_line_tells_of_the_capture(house: House) -> None:
    house.keep(page(provenance=(("file", "pages.warc.gz"),)))
    with house.store.read() as connection:
        (line,) = custody.lines(connection, capture_ids=[1])
    detail = json.loads(line.detail)
    capture = house.store.capture(1)
    assert (line.event, line.actor, line.seq) == ("captured", "test", capture.custody_seq)
    assert detail["sha256"] == capture.sha256
    assert detail["page"]["volume"] == capture.place.volume
    assert detail["page"]["records_sha256"] == hashlib.sha256(house.archive.raw_exchange(capture.place)).hexdigest()
    assert detail["provenance"] == {"file": "pages.warc.gz"}


def test_batches_are_bounded(house: House) -> None:
    claimed = house.claimed(7)
    with house.recorder(max_records=3) as recorder:
        futures = [recorder.submit(page(item)) for item in claimed]
        assert sorted(future.result() or 0 for future in futures) == [1, 2, 3, 4, 5, 6, 7]
    with house.store.read() as connection:
        sizes = connection.execute(select(stamps.c.to_seq - stamps.c.from_seq + 1)).scalars().all()
    assert sum(sizes) == 7
    assert max(sizes) <= 3


def test_many_threads_may_submit(house: House) -> None:
    claimed = house.claimed(40)
    futures: list[Future[int | None]] = []
    with house.recorder(max_records=4) as recorder:
        threads = [
            threading.Thread(target=lambda part=claimed[n::4]: futures.extend(recorder.submit(page(t)) for t in part))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(future.result() or 0 for future in futures) == list(range(1, 41))
    assert audit(house.store, house.archive) == []


def test_volumes_rotate_and_are_sealed(house: House) -> None:
    noise = os.urandom(3000)
    with house.recorder(volume_max_bytes=6000, max_records=1) as recorder:
        for item in house.claimed(5):
            recorder.submit(page(item, exchange(body=noise))).result()
    with house.store.read() as connection:
        rows = connection.execute(select(volumes).order_by(volumes.c.name)).all()
    assert len(rows) == 3
    for row in rows:
        data = house.archive.path(row.name).read_bytes()
        assert (row.state, row.committed_bytes, row.sha256) == ("sealed", len(data), hashlib.sha256(data).hexdigest())
    assert audit(house.store, house.archive) == []


def test_an_idle_recorder_leaves_no_volume(house: House) -> None:
    house.recorder().close()
    assert not house.archive.root.exists()


def test_the_door_is_asked_for_the_peer(house: House) -> None:
    class Door:
        def peer(self, host: str, port: int) -> str:
            return f"192.0.2.9:{port}" if host == "site.example" else ""

    with house.recorder(peers=Door()) as recorder:
        asked = recorder.submit(page(None, exchange("https://Site.example/", peer=""))).result()
        known = recorder.submit(page(None, exchange("http://site.example:8080/", peer="198.51.100.1:81"))).result()
    peers = {capture.id: capture.peer for capture in house.store.captures()}
    assert peers == {asked: "192.0.2.9:443", known: "198.51.100.1:81"}


def test_a_door_that_is_gone_does_not_cost_the_page(house: House) -> None:
    class Door:
        def peer(self, host: str, port: int) -> str:
            raise CrawlError("the door does not answer")

    with house.recorder(peers=Door()) as recorder:
        assert recorder.submit(page(None, exchange(peer=""))).result() == 1
    assert house.store.capture(1).peer == ""


def test_the_door_is_asked_once_a_batch_and_target(house: House) -> None:
    asked: list[tuple[str, int]] = []

    class Door:
        def peer(self, host: str, port: int) -> str:
            asked.append((host, port))
            return "192.0.2.9:80"

    with house.recorder(peers=Door()) as recorder:
        recorder.submit(page(None, *[exchange(peer="")] * 3)).result()
        recorder.submit(page(None, exchange(peer=""))).result()
    assert asked == [("site.example", 80)] * 2


def test_a_missing_time_is_now(house: House) -> None:
    house.keep(page(None, exchange(fetched_at="")))
    capture = house.store.capture(1)
    assert capture.fetched_at.endswith("Z")
    assert house.archive.read(capture.place).fetched_at == capture.fetched_at


def test_a_closed_recorder_refuses(house: House) -> None:
    recorder = house.recorder()
    recorder.close()
    with pytest.raises(ArchiveError, match="closed"):
        recorder.submit(page())


def _disk_full(volume: Volume, data: bytes) -> int:
    os.pwrite(volume._descriptor, data[: len(data) // 2], volume.size)
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_keeps_no_half(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = house.claimed(3)
    recorder = house.recorder()
    assert recorder.submit(page(first)).result() == 1
    committed = house.volume().stat().st_size
    monkeypatch.setattr(Volume, "append", _disk_full)
    with pytest.raises(ArchiveError, match="No space left"):
        recorder.submit(page(second)).result()
    with pytest.raises(ArchiveError, match="nothing more can be kept by test"):
        recorder.submit(page(third))
    with pytest.raises(ArchiveError, match="No space left"):
        recorder.close()
    assert house.volume().stat().st_size == committed
    assert house.store.waiting(NIGHT) == 2
    assert audit(house.store, house.archive) == []


def test_a_full_disk_at_the_first_record_leaves_no_volume(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    append, calls = Volume.append, iter((True, False))
    monkeypatch.setattr(Volume, "append", lambda v, data: append(v, data) if next(calls) else _disk_full(v, data))
    recorder = house.recorder()
    with pytest.raises(ArchiveError, match="No space left"):
        recorder.submit(page()).result()
    with pytest.raises(ArchiveError):
        recorder.close()
    assert list(house.archive.root.iterdir()) == []


def test_a_store_that_fails_takes_the_batch_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.keep(page())
    house.tamper("CREATE TRIGGER no BEFORE INSERT ON custody BEGIN SELECT RAISE(ABORT, 'refused by trigger'); END")
    recorder = house.recorder()
    with pytest.raises(ArchiveError, match="refused by trigger"):
        recorder.submit(page(hits=(HIT,))).result()
    with pytest.raises(ArchiveError):
        recorder.close()
    assert len(list(house.store.captures())) == 1
    assert house.store.hits() == []
    assert audit(house.store, house.archive) == []


def test_a_volume_recovered_under_our_hands_takes_nothing_more(house: House) -> None:
    recorder = house.recorder()
    recorder.submit(page()).result()
    house.tamper("UPDATE volumes SET state = 'cut'")
    with pytest.raises(ArchiveError, match="is cut: it was recovered while its writer"):
        recorder.submit(page()).result()
    with pytest.raises(ArchiveError):
        recorder.close()
    with house.store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(captures)) == 1


def test_what_was_queued_before_the_close_is_handed_over() -> None:
    batches: Batches[int] = Batches(2, 1000)
    for number in range(3):
        batches.put(number)
    batches.end()
    assert [batches.take(), batches.take(), batches.take()] == [[0, 1], [2], []]


def test_put_waits_while_the_queue_is_full() -> None:
    batches: Batches[int] = Batches(1, 0)
    for number in range(4):
        batches.put(number)
    waiting = threading.Thread(target=batches.put, args=(4,))
    waiting.start()
    taken = [item for _ in range(5) for item in batches.take()]
    waiting.join()
    assert taken == [0, 1, 2, 3, 4]


def test_a_failed_queue_gives_back_what_it_holds() -> None:
    batches: Batches[int] = Batches(2, 0)
    batches.put(1)
    assert batches.fail("disk full") == [1]
    with pytest.raises(ArchiveError, match="disk full"):
        batches.put(2)


def test_paths_stay_in_the_archive(house: House, tmp_path: Path) -> None:
    house.archive.new_volume("../../escape").close()
    assert [path.parent for path in tmp_path.rglob("*.warc.gz")] == [house.archive.root]
