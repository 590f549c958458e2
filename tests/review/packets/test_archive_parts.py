"""The archive is read in parts by several threads, and found to be what one reader finds it."""

from __future__ import annotations

import gzip
import json
import zlib
from io import BytesIO
from typing import Any

import pytest

from review.packets.verify import archive
from review.packets.verify.container import Packet, check_zip
from review.packets.verify.reasons import MALFORMED, Finding
from tests.review.packets.bench import WARC, Bench, Files, edited, packed


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every record a part, its bytes in crumbs."""
    for name, size in (("PART_BYTES", 1), ("PIECE_BYTES", 97), ("UNPACKED_BYTES", 61)):
        monkeypatch.setattr(archive, name, size)


def opened(files: Files) -> Packet:
    packet = Packet(BytesIO(packed(files)), None)
    check_zip(packet)
    return packet


def found(packet: Packet) -> object:
    """The records, or the code and place of what is wrong."""
    try:
        archive.check_warc(packet)
    except Finding as finding:
        return finding.code, finding.detail
    return packet.records


def found_by_one(files: Files) -> object:
    """The same, where nothing says where records begin."""
    return found(opened(files | {"capture.json": b"{}"}))


def test_parts_are_what_one_reader_reads(bench: Bench) -> None:
    packet = opened(bench.files)
    assert len(archive.parts(packet)) > 3
    records = found(packet)
    assert isinstance(records, dict) and len(records) > 3
    assert records == found_by_one(bench.files)


@pytest.mark.parametrize("shift", [-1, 1, 10])
def test_what_is_said_of_parts_wrongly_changes_nothing(bench: Bench, shift: int) -> None:
    def lie(document: dict[str, object]) -> None:
        for capture in document["captures"]:  # type: ignore[attr-defined]
            for place in capture["records"]:
                place["offset"] += shift

    assert found(opened(edited(bench.copy(), "capture.json", lie))) == found_by_one(bench.files)


def test_the_first_damage_is_named(bench: Bench) -> None:
    whole = bench.files[WARC]
    offsets = [place["offset"] for capture in captures(bench.files) for place in capture["records"]]
    for at in (2, len(whole) // 3, offsets[-1] + 40, len(whole) - 3):
        damaged = whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :]
        named = found_by_one(bench.files | {WARC: damaged})
        assert isinstance(named, tuple)
        assert found(opened(bench.files | {WARC: damaged})) == named
    cut = bench.files | {WARC: whole[:-1]}
    assert found(opened(cut)) == found_by_one(cut) == ("WARC_TRUNCATED", str(max(found_offsets(bench))))


def test_both_inflaters_take_the_same(bench: Bench) -> None:
    """Whatever one byte is changed to: what the quick one takes, `zlib` takes, and reads the same in it."""
    isal_zlib = pytest.importorskip("isal.isal_zlib")
    whole = bench.files[WARC]
    for at in range(len(whole)):
        for mask in (0x01, 0x80, 0xFF):
            damaged = whole[:at] + bytes([whole[at] ^ mask]) + whole[at + 1 :]
            quickly = read(damaged, isal_zlib)
            assert quickly is None or quickly == read(damaged, zlib), (at, mask)


def read(data: bytes, inflater: Any) -> dict[int, dict[str, Any]] | None:
    try:
        return dict(archive.read_records([data], 0, inflater))
    except (Finding, *MALFORMED):
        return None


def captures(files: Files) -> list[dict[str, list[dict[str, int]]]]:
    listed: list[dict[str, list[dict[str, int]]]] = json.loads(files["capture.json"])["captures"]
    return listed


def found_offsets(bench: Bench) -> list[int]:
    records = found_by_one(bench.files)
    assert isinstance(records, dict)
    return list(records)


def test_a_record_that_unpacks_without_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb in the archive is left as soon as it is larger than a record may be."""
    monkeypatch.setattr(archive, "UNPACKED_BYTES", 1 << 16)
    monkeypatch.setattr(archive, "RECORD_MAX_BYTES", 1 << 20)
    bomb = gzip.compress(b"WARC/1.1\r\n" + b"0" * (64 << 20))
    packet = opened(bench.files | {WARC: bomb})
    assert found(packet) == ("WARC_TOO_LARGE", "0")
