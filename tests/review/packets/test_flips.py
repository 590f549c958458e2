"""One byte changed anywhere in a packet: never valid, and the reason names what was hit."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers import custody
from review.packets.evidence import utc
from review.packets.verify.container import CENTRAL, END, Packet, check_zip
from review.packets.verify.contents import PACKET, REQUIRED, UNLISTED
from review.packets.verify.report import judge
from tests.review.packets import world
from tests.review.packets.bench import Bench, custody_lines, edited, packed, stamped_packet, unpacked
from tests.review.packets.test_mutations import codes

SEED = 20261121
SMALL_MAX_BYTES = 20_000
UNSEALED = {"SHA256SUMS", "manifest.json", "seal.json", "seal.tsr"}
NAMES = {"NAME_ILLEGAL", "NAME_DUPLICATE", "NAME_CASE_CLASH", "ZIP_ORDER", "ZIP_HEADER_MISMATCH"}
CENTRAL_FIELDS: tuple[tuple[int, set[str]], ...] = (
    (8, {"ZIP_HEADER"}),  # signature, made by, needed
    (10, {"ZIP_HEADER", "ZIP_ENCRYPTED"}),  # flags
    (12, {"ZIP_COMPRESSED"}),
    (16, {"ZIP_HEADER"}),  # time, date
    (20, {"ZIP_HEADER_MISMATCH"}),  # CRC-32
    (28, {"ZIP_SIZE", "ZIP_ZIP64", "ZIP_HEADER"}),
    (30, {*NAMES, "ZIP_HEADER", "ZIP_TRUNCATED"}),  # length of the name
    (32, {"ZIP_ZIP64"}),  # length of extra fields
    (38, {"ZIP_HEADER"}),  # comment, disk, internal attributes
    (42, {"ZIP_HEADER", "ZIP_SYMLINK"}),
    (46, {"ZIP_OVERLAP", "ZIP_LEADING_BYTES", "ZIP_ZIP64"}),
)
END_CODES = {"ZIP_TRUNCATED", "ZIP_TRAILING_BYTES", "ZIP_HEADER", "ZIP_LEADING_BYTES", "ZIP_ZIP64", *NAMES}


@dataclass
class Region:
    """From `start` on up to the next one; a byte changed there must give one of `codes`."""

    start: int
    codes: set[str]


def regions(content: bytes) -> list[Region]:
    """What each byte of a packet belongs to."""
    packet = Packet(io.BytesIO(content), None)
    check_zip(packet)
    found, position = [], 0
    for entry in packet.entries.values():
        found.append(Region(position, {"ZIP_HEADER_MISMATCH"}))
        found.append(Region(entry.offset, {"ZIP_CRC"} if entry.name in UNSEALED else {"FILE_SHA256"}))
        position = entry.offset + entry.size
    for name in packet.entries:
        start = 0
        for stop, expected in CENTRAL_FIELDS:
            found.append(Region(position + start, expected))
            start = stop
        found.append(Region(position + CENTRAL.size, NAMES))
        position += CENTRAL.size + len(name.encode())
    found.append(Region(position, END_CODES))
    assert position == len(content) - END.size
    return found


def flipped(bench: Bench, content: bytes, position: int, mask: int) -> tuple[str, set[str]]:
    changed = bytearray(content)
    changed[position] ^= mask
    report = judge(Packet(io.BytesIO(bytes(changed)), str(bench.trust)))
    return str(report["verdict"]), codes(report)


def check(bench: Bench, content: bytes, flips: Iterator[tuple[int, int]]) -> None:
    known = regions(content)
    starts = [region.start for region in known]
    for position, mask in flips:
        region = known[sum(start <= position for start in starts) - 1]
        verdict, found = flipped(bench, content, position, mask)
        assert verdict == "invalid", (position, mask, found)
        assert found & region.codes, (position, mask, found, region)


def light(bench: Bench) -> bytes:
    """A packet small enough to change each of its bytes: no papers, no verifier; tokens, archive and chain are in."""
    one = world.material(1, [world.exchange(f"http://{world.HOST}/query")], (world.png(16, 16),), (world.HTML,))
    files = unpacked(stamped_packet(bench.key, bench.authority, utc(datetime.now(UTC)), (one,)))
    evidence = (*REQUIRED[PACKET], *UNLISTED, "shots/", "artefacts/", "stamps/")
    heavy = tuple(name for name in files if not name.startswith(evidence))
    for name in heavy:
        del files[name]
    edited(files, "law.json", lambda document: document.update(entries=document["entries"][:1]))
    lines = custody.joined(line["hash"] for line in custody_lines(files))
    files["stamps/000001.tsr"] = bench.authority.stamp(lines, chain=False)
    files = bench.signed(bench.rehashed(files, drop_rows=heavy), stamped=False)
    files["seal.tsr"] = bench.authority.stamp(files["seal.json"], chain=False)
    return packed(bench.summed(files))


def seeded(content: bytes, count: int) -> Iterator[tuple[int, int]]:
    chosen = random.Random(SEED)
    for _ in range(count):
        yield chosen.randrange(len(content)), 1 << chosen.randrange(8)


@pytest.fixture(scope="module")
def small(bench: Bench) -> bytes:
    content = light(bench)
    assert len(content) <= SMALL_MAX_BYTES
    assert bench.judge(content)["verdict"] == "valid"
    return content


def test_seeded_flips_of_a_small_packet(bench: Bench, small: bytes) -> None:
    check(bench, small, seeded(small, 300))


def test_each_header_byte_of_a_small_packet(bench: Bench, small: bytes) -> None:
    """Every byte that is neither content nor name: headers, directory, end."""
    known = regions(small)
    ends = [region.start for region in known[1:]] + [len(small)]
    plain = [
        (position, 1 << position % 8)
        for region, end in zip(known, ends, strict=True)
        if not region.codes & {"ZIP_CRC", "FILE_SHA256"}
        for position in range(region.start, end)
    ]
    check(bench, small, iter(plain[:: max(1, len(plain) // 400)]))


@pytest.mark.long
@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_every_byte_of_a_small_packet(bench: Bench, small: bytes, mask: int) -> None:
    check(bench, small, ((position, mask) for position in range(len(small))))


def test_a_hundred_flips_of_a_whole_packet(bench: Bench) -> None:
    check(bench, bench.content, seeded(bench.content, 100))


@pytest.mark.long
def test_two_thousand_flips_of_a_whole_packet(bench: Bench) -> None:
    check(bench, bench.content, seeded(bench.content, 2000))


def test_nothing_is_written_while_judging(bench: Bench, tmp_path: Path) -> None:
    """A folder and a packet that cannot be written to are judged the same."""
    from review.packets.verify import verify

    path = tmp_path / "p.zip"
    path.write_bytes(bench.content)
    path.chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        assert verify(str(path), str(bench.trust))["verdict"] == "valid"
        assert sorted(tmp_path.iterdir()) == [path]
    finally:
        tmp_path.chmod(0o700)
