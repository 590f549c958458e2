"""Backups: made beside a writer, checked before anything is put back, never over a store."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from crawlers.agreement import audit
from crawlers.archive import Archive
from crawlers.backup import backup, restore
from crawlers.records import StoreError
from crawlers.recovery import recover
from crawlers.store import Store, store_url
from tests.crawlers.keeping import House, page


@pytest.fixture
def made(house: House, tmp_path: Path) -> Path:
    """A backup of one capture; another capture came after it."""
    house.keep(page())
    report = backup(house.store, house.archive, tmp_path / "backup")
    assert (report.volumes, report.volume_bytes) == (1, house.volume().stat().st_size)
    house.keep(page())
    return tmp_path / "backup"


def _elsewhere(house: House, tmp_path: Path) -> Path:
    """Another data directory that has the volumes but no store."""
    shutil.copytree(house.archive.root, tmp_path / "new" / "archive")
    return tmp_path / "new"


def test_a_backup_can_be_restored_and_agrees(house: House, made: Path, tmp_path: Path) -> None:
    data = _elsewhere(house, tmp_path)
    archive = Archive(data / "archive")
    assert restore(made, data, archive) == []
    assert stat.S_IMODE((data / "store.sqlite").stat().st_mode) == 0o600
    store = Store.open(store_url(data))
    assert len(list(store.captures())) == 1
    later = sorted(path.name for path in archive.root.glob("*.warc.gz"))[1]
    assert audit(store, archive) == [f"volume {later} is in the archive but not in the store"]
    recover(store, archive)
    assert audit(store, archive) == []
    (aside,) = (archive.root / "cut").iterdir()  # nothing is lost: it can be imported
    assert aside.read_bytes() == house.archive.path(later).read_bytes()
    store.close()


def test_a_backup_beside_a_writer_is_of_one_moment(house: House, tmp_path: Path) -> None:
    with house.recorder() as recorder:
        recorder.submit(page()).result()
        report = backup(house.store, house.archive, tmp_path / "backup")
        recorder.submit(page()).result()
    manifest = json.loads((report.directory / "manifest.json").read_bytes())
    assert [item["state"] for item in manifest["volumes"]] == ["open"]
    assert manifest["volumes"][0]["bytes"] < house.volume().stat().st_size
    data = _elsewhere(house, tmp_path)
    assert restore(report.directory, data, Archive(data / "archive")) == []


def test_files_of_a_backup_are_private_and_two(made: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()}
    assert modes == {"store.sqlite": 0o600, "manifest.json": 0o600}


def test_a_backup_goes_into_a_place_of_its_own(house: House, made: Path) -> None:
    with pytest.raises(StoreError, match="new directory for each backup"):
        backup(house.store, house.archive, made)


def test_a_store_is_never_overwritten(house: House, made: Path) -> None:
    before = (house.data / "store.sqlite").read_bytes()
    (problem,) = restore(made, house.data, house.archive)
    assert "never overwrites a store" in problem
    assert (house.data / "store.sqlite").read_bytes() == before


def _refused(house: House, made: Path, tmp_path: Path) -> str:
    data = _elsewhere(house, tmp_path)
    problems = restore(made, data, Archive(data / "archive"))
    assert problems
    assert [path.name for path in data.iterdir()] == ["archive"]
    return "\n".join(problems)


def test_a_changed_copy_is_refused(house: House, made: Path, tmp_path: Path) -> None:
    data = bytearray((made / "store.sqlite").read_bytes())
    data[-1] ^= 1
    (made / "store.sqlite").write_bytes(bytes(data))
    assert "was changed after the backup" in _refused(house, made, tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [({"format": 2}, "has format 2"), ({"schema": ["crawlers_0009"]}, "is of version crawlers_0009")],
)
def test_another_format_or_version_is_refused(
    house: House, made: Path, tmp_path: Path, change: dict[str, object], told: str
) -> None:
    manifest = json.loads((made / "manifest.json").read_bytes())
    (made / "manifest.json").write_text(json.dumps({**manifest, **change}))
    assert told in _refused(house, made, tmp_path)


def test_no_backup_at_all_is_refused(house: House, tmp_path: Path) -> None:
    house.keep(page())
    (tmp_path / "empty").mkdir()
    assert "is no backup" in _refused(house, tmp_path / "empty", tmp_path)


def test_missing_and_changed_volumes_are_named(house: House, made: Path, tmp_path: Path) -> None:
    volume = house.volume(json.loads((made / "manifest.json").read_bytes())["volumes"][0]["name"])
    good = volume.read_bytes()
    os.truncate(volume, len(good) - 1)
    assert "is not the one of the backup" in _refused(house, made, tmp_path)
    shutil.rmtree(tmp_path / "new")
    volume.unlink()
    assert "is missing: copy it back first" in _refused(house, made, tmp_path)
