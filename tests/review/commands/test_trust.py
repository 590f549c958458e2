"""`zhengshao trust`, and what may be added to a packet by command."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from review import keys, trusted
from review.cli import main
from review.packets.verify import verify
from tests.crawlers.keeping import House, page, task
from tests.review.packets import world

OFFICE = "示例县互联网信息办公室"


def run(data: Path, *arguments: str, expect: int = 0, typed: str = "") -> Result:
    done = CliRunner().invoke(main, [*arguments, "--data", str(data)], input=typed)
    assert done.exit_code == expect, done.output
    return done


@pytest.fixture
def data(tmp_path: Path) -> Path:
    keys.office_key(tmp_path / "data", OFFICE, datetime(2026, 1, 1, tzinfo=UTC))
    return tmp_path / "data"


def test_keys_are_shown_replaced_and_revoked(data: Path) -> None:
    (old,) = trusted.read(data / "trust")
    new = run(data, "trust", "rotate").stdout.strip()
    shown = json.loads(run(data, "trust", "show", "--json").stdout)
    assert set(shown) == {old, new}
    run(data, "trust", "revoke", old, "--reason", "介质遗失", "--at", "2026-02-01T00:00:00")
    assert "已吊销 2026-02-01T00:00:00Z 介质遗失" in run(data, "trust", "show").stdout
    assert "there are" in run(data, "trust", "revoke", "0000", "--reason", "x", expect=1).output


def queued(data: Path) -> Path:
    """A packet of this office that no authority has stamped yet, where packets lie."""
    path = data / "packets/P-2026-000001.zip"
    path.parent.mkdir()
    path.write_bytes(world.make(world.source(), keys.office_key(data, OFFICE, datetime.now(UTC))).content)
    (path.parent / "P-2026-000002.zip").write_bytes(b"cut")
    return path


def test_no_new_key_while_seals_of_the_old_one_wait_for_a_stamp(data: Path) -> None:
    path = queued(data)
    refused = run(data, "trust", "rotate", expect=1).output
    assert f"zhengshao packet stamp {path}" in refused
    assert len(trusted.read(data / "trust")) == 1
    assert f"zhengshao packet stamp {path}" in run(data, "doctor", expect=1).output
    run(data, "trust", "rotate", "--leave-unstamped")
    assert "KEY_EXPIRED" in run(data, "packet", "stamp", str(path), expect=1).output


def test_a_revoked_key_names_the_seals_it_leaves_without_a_stamp(data: Path) -> None:
    path, (old,) = queued(data), trusted.read(data / "trust")
    assert str(path) in run(data, "trust", "revoke", old, "--reason", "介质遗失").output
    assert "KEY_REVOKED" in run(data, "packet", "stamp", str(path), expect=1).output


def test_what_recipients_are_given(data: Path, tmp_path: Path) -> None:
    listed = json.loads(run(data, "trust", "export", str(tmp_path / "usb"), "--json").stdout)
    assert [row["file"] for row in listed][-1] == "keys.json"
    assert "there already" in run(data, "trust", "export", str(tmp_path / "usb"), expect=1).output


def test_a_person_approves_a_packet(data: Path, tmp_path: Path) -> None:
    office = keys.office_key(data, OFFICE, datetime.now(UTC))
    path = tmp_path / "P-2026-000001.zip"
    path.write_bytes(world.make(world.source(), office).content)
    key = str(tmp_path / "zhang.pem")
    run(data, "trust", "approver", "张三", key, typed="one long phrase\none long phrase\n")
    (data / "trust/policy.json").write_text('{"approvals_min": 1}')
    assert "approvals" in undecided(path, data)
    assert "cannot be opened" in run(data, "packet", "approve", str(path), "--key", key, typed="no\n", expect=1).output
    assert "张三" in run(data, "packet", "approve", str(path), "--key", key, typed="one long phrase\n").output
    assert "approvals" not in undecided(path, data)


def undecided(path: Path, data: Path) -> set[str]:
    return {row["check"] for row in verify(str(path), str(data / "trust"))["checks"] if row["status"] != "ok"}


def test_heads_for_a_second_office(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    house.keep(page(task("http://a.example/")))
    house.keep(page(task("http://b.example/")))
    house.store.close()
    rows = [json.loads(line) for line in run(tmp_path / "data", "trust", "heads").stdout.splitlines()]
    assert [set(row) for row in rows] == [{"office", "seq", "hash", "at"}] * 2
    later = run(tmp_path / "data", "trust", "heads", "--since", str(rows[0]["seq"])).stdout.splitlines()
    assert [json.loads(line) for line in later] == rows[1:]


def test_without_an_authority_nothing_is_stamped(data: Path, tmp_path: Path) -> None:
    office = keys.office_key(data, OFFICE, datetime.now(UTC))
    path = tmp_path / "P-2026-000001.zip"
    path.write_bytes(world.make(world.source(), office).content)
    before = path.read_bytes()
    assert "no time-stamp authority answered" in run(data, "packet", "stamp", str(path), expect=1).output
    assert path.read_bytes() == before
