"""Building: the same from the same, what is asked for and missing, what is refused, what the papers say."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from review.errors import KeyRefused
from review.keys import office_key
from review.packets.documents import file_list
from review.packets.evidence import EvidenceRefused
from review.packets.facts import strongest, unicode_host
from review.packets.item import Item
from review.packets.seal import Unstamped
from tests.review.packets import world
from tests.review.packets.bench import unpacked
from tests.review.packets.reading import pdf_text


def test_same_source_same_bytes(tmp_path: Path) -> None:
    source, key = world.source(), world.make_key(tmp_path)
    assert world.make(source, key).content == world.make(source, key).content


def test_another_time_another_packet(tmp_path: Path) -> None:
    source, key = world.source(), world.make_key(tmp_path)
    later = world.make(source, key, built_at=world.LATER)
    assert later.manifest_sha256 != world.make(source, key).manifest_sha256


def test_without_an_authority(tmp_path: Path) -> None:
    source, key = world.source(), world.make_key(tmp_path)
    built = world.make(source, key)
    assert built.timestamp == "queued"
    assert "seal.tsr" not in unpacked(built.content)
    with pytest.raises(Unstamped, match="P-2026-000001"):
        world.make(source, key, policy="required")


def test_damaged_evidence_is_not_built_from(tmp_path: Path) -> None:
    whole = world.source()
    first = whole.captures[0]
    cut = replace(first.records[0], members=first.records[0].members[:-3])
    damaged = replace(whole, captures=(replace(first, records=(cut, *first.records[1:])), whole.captures[1]))
    with pytest.raises(EvidenceRefused, match="C-00000001"):
        world.make(damaged, world.make_key(tmp_path))


def test_a_changed_screenshot_is_not_built_from(tmp_path: Path) -> None:
    whole = world.source()
    second = whole.captures[1]
    other = {digest: (lambda: b"other") for digest in second.artefacts}
    with pytest.raises(EvidenceRefused, match="screenshot"):
        world.make(
            replace(whole, captures=(whole.captures[0], replace(second, artefacts=other))), world.make_key(tmp_path)
        )


def test_the_letter_lists_what_the_packet_holds(tmp_path: Path) -> None:
    files = unpacked(world.make(world.source(), world.make_key(tmp_path)).content)
    text = pdf_text(files["02_电子数据清单.pdf"])
    table = csv.DictReader(io.StringIO(files["02_电子数据清单.csv"].decode("utf-8-sig")))
    rows = {row["名称"]: row for row in table}
    manifest = {row["path"]: row for row in json.loads(files["manifest.json"])["files"]}
    beside = {path for path, row in manifest.items() if row["role"] in {"document", "papers", "targets"}}
    assert set(manifest) - set(rows) == {*beside, "02_电子数据清单.csv"}
    for name, row in rows.items():
        assert (row["SHA-256"], row["SM3"], int(row["字节数"])) == tuple(
            manifest[name][k] for k in ("sha256", "sm3", "bytes")
        )
        assert row["SHA-256"] in text
        assert row["SM3"] in text


def test_spreadsheets_get_no_formula() -> None:
    item = Item("a.json", b"{}", "capture", "", "=cmd|' /C calc'!A0")
    assert ",'=cmd" in file_list([item]).decode("utf-8-sig")


def test_hosts_in_both_writings() -> None:
    assert unicode_host("xn--fiq228c.example") == "中文.example"
    assert unicode_host("plain.example") == ""
    assert unicode_host("xn--.example") == ""


def test_the_strongest_verdict_speaks() -> None:
    assert strongest(world.ASSESSMENT)["class"] == "仿冒查询页"
    assert strongest({}) == {}


def test_the_key_is_made_once_and_private(tmp_path: Path) -> None:
    first, second = world.make_key(tmp_path), world.make_key(tmp_path)
    assert first.id == second.id
    path = tmp_path / "keys/office.key"
    assert path.stat().st_mode & 0o777 == 0o600
    registered = json.loads((tmp_path / "trust/keys.json").read_text("utf-8"))["keys"]
    assert registered[first.id]["valid_from"] == "2026-01-01T00:00:00Z"
    path.chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod 600"):
        world.make_key(tmp_path)


def test_a_key_of_nonsense(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    world.make_key(tmp_path)
    (tmp_path / "keys/office.key").write_bytes(b"short")
    with pytest.raises(KeyRefused, match="not an Ed25519 key"):
        office_key(tmp_path, "x", datetime(2026, 1, 1, tzinfo=UTC))
