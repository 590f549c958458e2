"""Files of the office that came back damaged: keys, backups. A command names the file and what to do, and stops."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from config import Config, ConfigError
from crawlers.archive import Archive
from crawlers.backup import MANIFEST, backup, restore
from crawlers.stamper import StampError, roots_in
from crawlers.store import SQLITE_FILE, Store, store_url
from detectors.context import Context
from detectors.text import DATA
from review import approvals, trusted
from review.approvals import ApprovalRefused
from review.cli import main
from review.commands.assess import command as assess
from review.errors import KeyRefused
from review.keys import office_key
from review.linking import DESK_FILE, LINKING_FILE, desk_key, linking_key
from review.packets.handout import SALT_FILE, salt
from review.trusted import TrustError
from tests.hostile.fuzz import spoilt
from tests.hostile.mutating import changed, written

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SEEDS, MANY = 300, 10_000


@pytest.fixture(params=[SEEDS, pytest.param(MANY, marks=pytest.mark.long)])
def seeds(request: pytest.FixtureRequest) -> range:
    return range(request.param)


def damaged(good: bytes, seed: int) -> bytes:
    dice = random.Random(seed)
    return written(changed(json.loads(good), dice), dice) if seed % 3 else spoilt(good, seed)


def test_a_damaged_register_of_keys_is_refused_and_not_written_over(tmp_path: Path, seeds: range) -> None:
    office_key(tmp_path, "示例县", NOW)
    trust = tmp_path / "trust"
    good = (trust / trusted.KEYS_FILE).read_bytes()
    for seed in seeds:
        (trust / trusted.KEYS_FILE).write_bytes(bad := damaged(good, seed))
        try:
            keys = trusted.read(trust)
            if keys:
                trusted.export(trust, tmp_path / "out")
                shutil.rmtree(tmp_path / "out")
            trusted.revoke(trust, next(iter(keys), "none"), NOW, "遗失")
        except TrustError as error:
            assert trusted.KEYS_FILE in str(error)
            assert (trust / trusted.KEYS_FILE).read_bytes() == bad


def test_damaged_weights_stop_a_command_before_it_judges(tmp_path: Path, seeds: range) -> None:
    for name, option in (("manner.tsv", "manner"), ("classes.tsv", "classes")):
        lines = (DATA / name).read_bytes().splitlines(keepends=True)
        good = b"".join([*(line for line in lines if line.startswith(b"=")), *lines[:40]])
        for seed in seeds[:SEEDS]:
            (tmp_path / name).write_bytes(spoilt(good, seed))
            context = Context.build(Config(tmp_path))
            try:
                context.check_learnt()
            except ConfigError as error:
                assert name in str(error) and "rules learn" in str(error)
            else:
                getattr(context, option)
        (tmp_path / name).write_bytes(good.replace(b"=bias\t", b"=bias\tnan"))
        told = CliRunner().invoke(assess, ["-", "--config", str(tmp_path)], input=b'{"text": "x"}')
        assert (told.exit_code, name in told.stderr) == (2, True)
        (tmp_path / name).unlink()


def test_a_root_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
    with pytest.raises(StampError, match=r"root\.pem"):
        roots_in([tmp_path / "root.pem"])


def test_a_key_file_that_is_none_is_refused(tmp_path: Path, seeds: range) -> None:
    file = tmp_path / "zhang.pem"
    approvals.make_key(tmp_path / "trust", file, "word", "张三", "示例县", NOW)
    good = file.read_bytes()
    for seed in seeds[: SEEDS // 3]:
        file.write_bytes(spoilt(good, seed))
        try:
            approvals._read(file, "word")
        except ApprovalRefused as error:
            assert str(file) in str(error)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    store = Store.create(store_url(tmp_path / "data"))
    backup(store, Archive(tmp_path / "data" / "archive"), tmp_path / "saved")
    store.close()
    return tmp_path / "saved"


def test_a_damaged_backup_is_not_put_back(saved: Path, tmp_path: Path, seeds: range) -> None:
    manifest, database = (saved / MANIFEST).read_bytes(), (saved / SQLITE_FILE).read_bytes()
    volume: dict[str, Any] = {"name": "a.warc.gz", "state": "sealed", "bytes": 1, "sha256": "0" * 64}
    listed = json.dumps({**json.loads(manifest), "volumes": [volume]}).encode()
    for seed in seeds:
        (saved / MANIFEST).write_bytes(damaged(listed, seed))
        told = restore(saved, tmp_path / "new", Archive(tmp_path / "new" / "archive"))
        if (tmp_path / "new" / SQLITE_FILE).exists():
            (tmp_path / "new" / SQLITE_FILE).unlink()
        else:
            assert told and all(told)
    for seed in seeds[: SEEDS // 10]:
        (saved / SQLITE_FILE).write_bytes(
            bad := b"SQLite format 3\0" + spoilt(database, seed)[16:][: len(database) // 2]
        )
        sound = {**json.loads(manifest), "store_sha256": hashlib.sha256(bad).hexdigest()}
        (saved / MANIFEST).write_text(json.dumps(sound), encoding="utf-8")
        (told,) = restore(saved, tmp_path / "new", Archive(tmp_path / "new" / "archive"))
        assert "damaged" in told


def test_a_secret_that_is_not_whole_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    for name, ask in ((LINKING_FILE, linking_key), (DESK_FILE, desk_key), (SALT_FILE, salt)):
        place = tmp_path / "keys" / name
        whole = ask(tmp_path)
        assert ask(tmp_path) == whole == place.read_bytes()
        for short in (b"", whole[:-1]):
            place.write_bytes(short)
            with pytest.raises(KeyRefused, match=f"{name}.*restore it from the backup"):
                ask(tmp_path)
            assert place.read_bytes() == short


@pytest.mark.parametrize("command", ["nightly", "detect"])
def test_a_command_that_meets_a_damaged_secret_says_so_and_ends(tmp_path: Path, command: str) -> None:
    Store.create(store_url(tmp_path)).close()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / LINKING_FILE).touch()
    told = CliRunner().invoke(main, [command, "--data", str(tmp_path)])
    assert (told.exit_code, isinstance(told.exception, SystemExit)) == (2, True)
    assert LINKING_FILE in told.stderr and "0 bytes" in told.stderr
