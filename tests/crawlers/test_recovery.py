"""After a crash nothing is half kept; and an audit finds whatever was changed afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from crawlers import custody, marks
from crawlers.agreement import audit, check_agreement
from crawlers.records import Artefact, TaskKind
from crawlers.recovery import RecoveryReport, recover
from crawlers.tables import volumes
from crawlers.warcfile import members
from tests.crawlers.keeping import NIGHT, House, exchange, page

POINTS = (
    "recorder-before-append",
    "recorder-after-append",
    "recorder-after-fsync",
    "recorder-before-commit",
    "recorder-after-commit",
)
CHILD = """
import sys
from pathlib import Path
from crawlers.records import TaskKind
from crawlers.store import Store
from tests.crawlers.keeping import NIGHT, House, page
house = House(Path(sys.argv[1]))
with house.recorder("child", max_records=2) as recorder:
    while claimed := house.store.claim(NIGHT, [TaskKind.SITE], limit=2, lease_seconds=600, owner="child"):
        for future in [recorder.submit(page(task)) for task in claimed]:
            future.result()
"""


def _child(house: House, crash_at: str = "") -> int:
    environment = {**os.environ, marks.ENVIRONMENT: crash_at} if crash_at else dict(os.environ)
    command = [sys.executable, "-c", CHILD, str(house.data)]
    done = subprocess.run(command, env=environment, start_new_session=True, check=False, timeout=120)
    return done.returncode


def _plan(house: House, count: int) -> None:
    house.claimed(count)
    house.store.release_leases(NIGHT)


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_and_run_again_keeps_each_task_once(house: House, point: str, batch: int) -> None:
    _plan(house, 6)
    assert _child(house, f"{point}:{batch}") == -9
    kept = (batch if point == "recorder-after-commit" else batch - 1) * 2
    assert len(list(house.store.captures())) == kept
    report = recover(house.store, house.archive)
    assert (report.busy, report.problems) == ((), ())
    assert report.released == (0 if point == "recorder-after-commit" else 2)
    assert (report.cut_bytes > 0) == (point in POINTS[1:4])
    assert audit(house.store, house.archive) == []
    assert _child(house) == 0
    assert sorted(capture.task_id or 0 for capture in house.store.captures()) == [1, 2, 3, 4, 5, 6]
    assert house.store.waiting(NIGHT) == 0
    assert audit(house.store, house.archive) == []


def test_recover_twice_changes_nothing_more(house: House) -> None:
    _plan(house, 2)
    assert _child(house, "recorder-after-fsync") == -9
    assert recover(house.store, house.archive).cut_bytes > 0
    assert recover(house.store, house.archive) == RecoveryReport()


def test_what_is_cut_is_set_aside_and_can_be_read(house: House) -> None:
    _plan(house, 4)
    assert _child(house, "recorder-after-fsync:2") == -9
    before = house.volume().read_bytes()
    report = recover(house.store, house.archive)
    (aside,) = (house.archive.root / "cut").iterdir()
    assert house.volume().read_bytes() + aside.read_bytes() == before
    assert [record.kind for _, _, record in members(aside.read_bytes(), report.cut_bytes)] == [
        "response",
        "request",
    ] * 2
    with house.store.read() as connection:
        line = custody.lines(connection)[-1]
    assert line.event == "volume_cut"
    assert json.loads(line.detail)["kept_as"] == aside.name
    assert len(house.intake().take(aside).captures) == 2


def test_a_living_writer_is_left_alone(house: House) -> None:
    _plan(house, 2)
    with house.recorder() as recorder:
        recorder.submit(page()).result()
        house.store.claim(NIGHT, [TaskKind.SITE], limit=1, lease_seconds=600, owner="test")
        report = recover(house.store, house.archive, patience_seconds=0)
        assert report.busy == (house.volume().name,)
        assert report.released == 0
        assert audit(house.store, house.archive) == []
        recorder.submit(page()).result()
    assert audit(house.store, house.archive) == []


def test_an_orphan_that_is_ending_is_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _plan(house, 1)
    with house.recorder() as recorder:
        recorder.submit(page()).result()
        house.store.claim(NIGHT, [TaskKind.SITE], limit=1, lease_seconds=600, owner="orphan")
        monkeypatch.setattr("crawlers.recovery.time.sleep", lambda _: recorder.close())
        report = recover(house.store, house.archive)
    assert (report.busy, report.released) == ((), 1)


def test_force_takes_a_volume_whose_lock_cannot_be_had(house: House) -> None:
    recorder = house.recorder()
    recorder.submit(page()).result()
    assert recover(house.store, house.archive, force=True).sealed == (house.volume().name,)
    recorder.close()
    assert audit(house.store, house.archive) == []


def test_a_volume_shorter_than_committed_is_a_problem_and_stays(house: House) -> None:
    _plan(house, 2)
    assert _child(house, "recorder-after-commit") == -9
    os.truncate(house.volume(), house.volume().stat().st_size - 1)
    for _ in range(2):
        report = recover(house.store, house.archive)
        assert "evidence is missing" in report.problems[0]
    assert any("bytes were committed" in problem for problem in audit(house.store, house.archive))


def test_a_missing_open_volume_is_a_problem(house: House) -> None:
    _plan(house, 2)
    assert _child(house, "recorder-after-commit") == -9
    house.volume().unlink()
    assert "No such file" in recover(house.store, house.archive).problems[0]


def test_a_sealed_volume_has_its_hash_in_store_and_custody(house: House) -> None:
    _plan(house, 2)
    assert _child(house, "recorder-after-commit") == -9
    recover(house.store, house.archive)
    digest = hashlib.sha256(house.volume().read_bytes()).hexdigest()
    with house.store.read() as connection:
        assert connection.execute(select(volumes.c.state, volumes.c.sha256)).all() == [("sealed", digest)]
        assert json.loads(custody.lines(connection)[-1].detail)["sha256"] == digest


def _kept(house: House) -> Path:
    artefact = Artefact("screenshot", house.blobs.put(b"png"), 3, "image/png")
    hop = exchange("http://site.example/go", b"", status=302)
    house.keep(page(None, hop, exchange(certificate_der=b"der"), flags=("x",), artefacts=(artefact,)), page())
    assert audit(house.store, house.archive, house.blobs) == []
    return house.volume()


def _audit(house: House) -> str:
    return "\n".join(audit(house.store, house.archive, house.blobs))


@pytest.mark.long
def test_every_changed_byte_of_a_volume_is_found(house: House) -> None:
    _every_byte(house, 1)


def test_changed_bytes_of_a_volume_are_found(house: House) -> None:
    _every_byte(house, 37)


def _every_byte(house: House, step: int) -> None:
    volume = _kept(house)
    good = volume.read_bytes()
    for at in range(0, len(good), step):
        volume.write_bytes(good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1 :])
        assert "its SHA-256 differs" in _audit(house), at
    volume.write_bytes(good)
    assert _audit(house) == ""


def test_a_change_covered_by_a_new_volume_hash_is_found_by_custody(house: House) -> None:
    volume = _kept(house)
    data = bytearray(volume.read_bytes())
    data[house.store.capture(1).place.offset + 9] ^= 0x01  # the gzip header's operating system: no reader cares
    volume.write_bytes(bytes(data))
    house.tamper("UPDATE volumes SET sha256 = ?", hashlib.sha256(data).hexdigest())
    assert _audit(house).count("its records were changed") == 1


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE captures SET final_url = 'http://other.example/' WHERE id = 1", "C-00000001: final_url in its row"),
        ("UPDATE captures SET sha256 = 'f' WHERE id = 2", "C-00000002: sha256 in its row"),
        ("UPDATE captures SET page_state = 'empty' WHERE id = 1", "page_state in its row"),
        ("UPDATE captures SET flags = '[]' WHERE id = 1", "flags in its row"),
        ('UPDATE captures SET "offset" = "offset" + 1 WHERE id = 1', "places of its records differ"),
        ("DELETE FROM hops", "places of its records differ"),
        ("DELETE FROM artefacts", "its artefacts differ"),
        ("DELETE FROM custody WHERE seq = 2", "C-00000002: no custody line 2 tells of it"),
        ("DELETE FROM captures WHERE id = 2", "holds a response record at byte"),
        ("UPDATE volumes SET committed_bytes = committed_bytes - 1", "bytes were committed"),
        ("UPDATE volumes SET sha256 = ''", "changed after it was sealed"),
        ("DELETE FROM volumes", "has captures but no row"),
    ],
)
def test_changed_rows_are_found(house: House, statement: str, told: str) -> None:
    _kept(house)
    house.tamper(statement)
    assert told in _audit(house)


def test_lost_and_foreign_files_are_found(house: House) -> None:
    volume = _kept(house)
    house.blobs.path(house.store.capture(1).artefacts[0].sha256).write_bytes(b"gif")
    assert "blob" in _audit(house)
    assert check_agreement(house.store, house.archive) == []
    (house.archive.root / "other.warc.gz").write_bytes(b"")
    assert "other.warc.gz is in the archive but not in the store" in _audit(house)
    volume.unlink()
    assert f"volume {volume.name} is missing" in _audit(house)


def test_a_volume_cut_at_a_record_is_found_even_with_its_row(house: House) -> None:
    volume = _kept(house)
    last = house.store.capture(2).place
    os.truncate(volume, last.offset)
    digest = hashlib.sha256(volume.read_bytes()).hexdigest()
    house.tamper("UPDATE volumes SET sha256 = ?, committed_bytes = ?", digest, last.offset)
    told = _audit(house)
    assert "C-00000002" in told
    assert f"no record at byte {last.offset}" in told
