"""One seal over many packets: what is in the bundle, and what is found when one of them is touched."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from review.packets.evidence import utc
from review.packets.hashes import sha256_hex
from review.packets.item import Item
from review.packets.seal import Sealer, Timestamp, Unstamped
from review.packets.together import PacketRefused, seal_together
from review.packets.verify.contents import sums
from tests.review.packets import world
from tests.review.packets.bench import Bench, Files, edited, packed, sha256, stamped_packet, unpacked
from tests.review.packets.test_mutations import codes

LETTER = "00_函.txt"


def papers(timestamp: Timestamp) -> Sequence[Item]:
    return [Item(LETTER, b"said " + timestamp.encode(), "document"), Item("台账.xlsx", b"PK", "list")]


def sealer(bench: Bench, **changes: Any) -> Sealer:
    return Sealer(
        **{"key": bench.key, "built_at": utc(datetime.now(UTC)), "stamp": bench.authority.stamp, "policy": "required"}
        | changes
    )


@pytest.fixture(scope="module")
def bundle(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Two packets of one recipient under one seal."""
    folder = tmp_path_factory.mktemp("bundle")
    second = stamped_packet(bench.key, bench.authority, utc(datetime.now(UTC)), packet_id="P-2026-000002")
    (folder / "a.zip").write_bytes(bench.content)
    (folder / "b.zip").write_bytes(second)
    sealed = seal_together(
        "B-2026-000001",
        "cac",
        world.OFFICE,
        [folder / "a.zip", folder / "b.zip"],
        papers,
        sealer(bench),
    )
    return unpacked(sealed.content)


def resealed(bench: Bench, files: Files) -> bytes:
    """The insider's bundle: rows and seal made to fit."""
    return packed(bench.resealed(files))


def test_a_bundle_is_judged_with_all_its_packets(bench: Bench, bundle: Files) -> None:
    report = bench.judge(packed(bundle))
    assert (report["verdict"], codes(report)) == ("valid", {"OK"}), report
    assert [inner["packet_id"] for inner in report["packets"]] == ["P-2026-000001", "P-2026-000002"]
    assert [row["check"] for row in report["checks"]] == [
        "zip", "manifest", "files", "hashes", "lists", "papers", "packets", "timestamp", "seal",
    ]  # fmt: skip


def test_the_manifest_names_each_packets_manifest(bench: Bench, bundle: Files) -> None:
    manifest = json.loads(bundle["manifest.json"])
    first = unpacked(bundle["packets/P-2026-000001.zip"])
    assert manifest["packets"][0] == {
        "packet_id": "P-2026-000001",
        "case_id": "K-0001",
        "subject": f"site:{world.HOST}",
        "path": "packets/P-2026-000001.zip",
        "manifest_sha256": sha256(first["manifest.json"]),
    }
    assert bundle[LETTER] == b"said required"


def test_one_flipped_bit_inside_a_packet(bench: Bench, bundle: Files) -> None:
    inner = bytearray(bundle["packets/P-2026-000002.zip"])
    inner[500] ^= 1
    report = bench.judge(resealed(bench, {**bundle, "packets/P-2026-000002.zip": bytes(inner)}))
    assert report["verdict"] == "invalid"
    assert codes(report) & {"PACKET_INVALID", "BUNDLE_MISMATCH"}


def test_a_packet_exchanged_for_another_valid_one(bench: Bench, bundle: Files) -> None:
    files = {**bundle, "packets/P-2026-000002.zip": bundle["packets/P-2026-000001.zip"]}
    report = bench.judge(resealed(bench, files))
    assert (report["verdict"], "BUNDLE_MISMATCH" in codes(report)) == ("invalid", True)


@pytest.mark.parametrize("key", ["case_id", "subject"])
def test_a_packet_under_the_name_of_another_case(bench: Bench, bundle: Files, key: str) -> None:
    files = edited(dict(bundle), "manifest.json", lambda manifest: manifest["packets"][0].update({key: "K-0099"}))
    report = bench.judge(packed(bench.signed(files)))
    assert (report["verdict"], "BUNDLE_MISMATCH" in codes(report)) == ("invalid", True)


def test_a_packet_left_out(bench: Bench, bundle: Files) -> None:
    files = dict(bundle)
    del files["packets/P-2026-000002.zip"]
    assert "FILE_MISSING" in codes(bench.judge(packed(bench.summed(files))))
    report = bench.judge(packed(bench.signed(bench.rehashed(files, drop_rows=("packets/P-2026-000002.zip",)))))
    assert (report["verdict"], "BUNDLE_MISMATCH" in codes(report)) == ("invalid", True)


def test_a_bundle_in_a_bundle_is_refused_without_being_opened(bench: Bench, bundle: Files) -> None:
    files = {**bundle, "packets/P-2026-000002.zip": packed(bundle)}
    report = bench.judge(resealed(bench, files))
    assert report["verdict"] == "invalid"
    assert "packets" not in report["packets"][1]


def test_a_queued_packet_leaves_the_bundle_open(bench: Bench, tmp_path: Path) -> None:
    queued = world.make(world.source(), bench.key, built_at=utc(datetime.now(UTC)))
    (tmp_path / "q.zip").write_bytes(queued.content)
    sealed = seal_together("B-2026-000002", "cac", world.OFFICE, [tmp_path / "q.zip"], papers, sealer(bench))
    report = bench.judge(sealed.content)
    assert (report["verdict"], "PACKET_UNKNOWN" in codes(report)) == ("unknown", True)


def test_only_packets_go_in(bench: Bench, tmp_path: Path, bundle: Files) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK")
    with pytest.raises(PacketRefused, match=r"x\.zip"):
        seal_together("B-1", "cac", world.OFFICE, [tmp_path / "x.zip"], papers, sealer(bench))
    (tmp_path / "b.zip").write_bytes(packed(bundle))
    with pytest.raises(PacketRefused, match="packets only"):
        seal_together("B-1", "cac", world.OFFICE, [tmp_path / "b.zip"], papers, sealer(bench))


def test_offline(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(bench.content)
    offline = sealer(bench, stamp=world.no_stamp)
    with pytest.raises(Unstamped, match="B-2026-000003"):
        seal_together("B-2026-000003", "cac", world.OFFICE, [tmp_path / "a.zip"], papers, offline)
    queued = sealer(bench, stamp=world.no_stamp, policy="queued")
    sealed = seal_together("B-2026-000003", "cac", world.OFFICE, [tmp_path / "a.zip"], papers, queued)
    assert (sealed.timestamp, unpacked(sealed.content)[LETTER]) == ("queued", b"said queued")
    assert bench.judge(sealed.content)["verdict"] == "unknown"


def test_same_packets_same_bytes(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(bench.content)
    at = utc(datetime.now(UTC))
    kept: dict[bytes, bytes] = {}

    def stamp(seal: bytes) -> bytes:
        return kept.setdefault(seal, bench.authority.stamp(seal))

    def make() -> bytes:
        return seal_together(
            "B-1",
            "cac",
            world.OFFICE,
            [tmp_path / "a.zip"],
            papers,
            sealer(bench, built_at=at, stamp=stamp),
        ).content

    assert make() == make()
    assert len(kept) == 1


def test_sums_cover_every_file(bundle: Files) -> None:
    assert bundle["SHA256SUMS"] == sums({name: sha256_hex(content) for name, content in bundle.items()})
    assert base64.b64decode(json.loads(bundle["seal.json"])["sig"])
