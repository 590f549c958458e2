"""Bundles: every case in it, one seal, a 台账 that drops nothing, a light copy within its limit."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

import config
from review import bundles, referrals
from review.clock import utc_now
from review.errors import BeingBuilt, BundleError, ReferralError
from review.packets import strings
from review.packets.ledger import CELL_MAX_CHARS, ledger, read_back
from review.packets.verify import verify
from review.referral_records import Referral, ReferralState
from tests.crawlers.imports.packing import packed
from tests.crawlers.keeping import House, house
from tests.review.handing import confirmed, office
from tests.review.packets.reading import bare, docx_pieces, json_pieces, pdf_text
from tests.review.packets.world import no_stamp

NOW = utc_now()
"""What is kept carries the time of the machine, and a packet cannot be older than what is in it."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Referral, bundles.BuiltBundle]]:
    """A bundle of two cases, built once."""
    config = office()
    with house(tmp_path_factory.mktemp("bundle") / "data") as rooms:
        cases = [confirmed(rooms, f"cx-{number}.example", fetched_at=NOW) for number in (1, 2)]
        with rooms.store.write() as connection:
            referral = referrals.draft(connection, cases, "cac", config, actor="张三", now=NOW)
        built = bundles.build(rooms.store, rooms.data, referral.id, config, no_stamp, actor="张三", now=utc_now())
        with rooms.store.read() as connection:
            yield rooms, referrals.get(connection, referral.id), built


Made = tuple[House, Referral, bundles.BuiltBundle]


LIMITS = config.load().settings.imports


def read(content: bytes, folder: Path) -> list[dict[str, str]]:
    (folder / "back.xlsx").write_bytes(content)
    return read_back(folder / "back.xlsx", LIMITS)


def inside(path: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_one_seal_over_every_packet(made: Made) -> None:
    rooms, referral, built = made
    assert built.row.id == "B-2026-000001-1"
    assert [item.packet_id for item in referral.items] == list(built.packets) == ["P-2026-000001", "P-2026-000002"]
    report = verify(str(built.file), str(rooms.data / "trust"))
    assert (report["verdict"], report["packet_id"]) == ("unknown", built.row.id)
    assert {row["code"] for row in report["checks"]} == {"OK", "PACKET_UNKNOWN", "TIMESTAMP_QUEUED"}
    assert referral.bundle == built.row
    assert referral.bundle.content == referrals.content_digest(referral.items)


def test_it_goes_on_for_review_only_as_built(made: Made) -> None:
    rooms, referral, _ = made
    with rooms.store.write() as connection:
        submitted = referrals.submit(connection, referral.id, office(), actor="张三", now=NOW)
        assert submitted.state is ReferralState.REVIEW
    with pytest.raises(ReferralError, match="不能生成移送批次"):
        bundles.build(rooms.store, rooms.data, referral.id, office(), no_stamp, actor="张三", now=NOW)
    with rooms.store.write() as connection:
        referrals.return_(connection, referral.id, actor="李四", now=NOW, reason="重做")
    again = bundles.build(rooms.store, rooms.data, referral.id, office(), no_stamp, actor="张三", now=NOW, keep=True)
    assert (again.row.id, again.packets) == ("B-2026-000001-2", ("P-2026-000001", "P-2026-000002"))


def test_the_ledger_has_every_case_and_says_what_the_packet_says(made: Made, tmp_path: Path) -> None:
    _, referral, built = made
    rows = read(inside(built.file)["01_移送台账.xlsx"], tmp_path)
    assert [row["case"] for row in rows] == [item.case_label for item in referral.items]
    manifest = json.loads(inside(built.file)["manifest.json"])
    assert [row["manifest"] for row in rows] == [named["manifest_sha256"] for named in manifest["packets"]]
    assert rows[0]["url"] == "http://cx-1.example/"
    assert all(not row["result"] for row in rows)


def test_the_letter_of_a_bundle_says_the_same_in_three_forms(made: Made) -> None:
    _, referral, built = made
    files = inside(built.file)
    (letter,) = json.loads(files["papers.json"])["papers"]
    pieces = [found for piece in json_pieces(letter) if (found := bare(piece))]
    written = [found for piece in docx_pieces(files[f"{letter['file']}.docx"]) if (found := bare(piece))]
    assert sorted(written) == sorted(pieces)
    shown = pdf_text(files[f"{letter['file']}.pdf"])
    for said in ("草稿", "机器评分仅供参考", referral.content or referrals.content_digest(referral.items), "回执"):
        assert bare(said) in shown
    manifest = json.loads(files["manifest.json"])
    for named in manifest["packets"]:
        assert named["manifest_sha256"] in shown
        assert named["packet_id"] in shown


def test_the_light_copy_holds_papers_and_what_ties_them_to_the_seal(made: Made) -> None:
    _, _, built = made
    (light,) = built.light
    files, whole = inside(light), inside(built.file)
    assert files["manifest.json"] == whole["manifest.json"]
    assert files["01_移送台账.xlsx"] == whole["01_移送台账.xlsx"]
    packet = zipfile.ZipFile(io.BytesIO(whole["packets/P-2026-000002.zip"]))
    for name in ("00_处置请示.pdf", "02_电子数据清单.pdf", "02_电子数据清单.csv", "manifest.json"):
        assert files[f"P-2026-000002/{name}"] == packet.read(name)


def test_the_light_copy_keeps_to_its_limit() -> None:
    groups = [{f"P-{number}/00_函.pdf": bytes(400), f"P-{number}/a.csv": bytes(100)} for number in range(5)]
    parts = list(bundles._portions(iter(groups), 1500))
    assert [len(part) for part in parts] == [4, 4, 2]
    for part in parts:
        assert len(bundles.write_zip(part)) == bundles._size(part) <= 1500
    with pytest.raises(BundleError, match="light_copy_bytes"):
        list(bundles._portions(iter(groups), 500))


ROW = dict.fromkeys(strings.LEDGER, "")


def cells(content: bytes) -> list[object]:
    sheet = load_workbook(io.BytesIO(content))[strings.LEDGER_SHEET]
    return [cell for line in sheet.iter_rows() for cell in line]


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(1)", "\t=1", '=HYPERLINK("http://x")'])
def test_nothing_in_the_ledger_is_run(text: str, tmp_path: Path) -> None:
    content = ledger("台账", "x", [{**ROW, "number": "1", "title": text}], {"a": text}, NOW)
    for cell in cells(content):
        assert cell.data_type != "f", cell.value  # type: ignore[attr-defined]
    assert read(content, tmp_path)[0]["title"] == text
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_nothing_in_the_ledger_is_cut(tmp_path: Path) -> None:
    long = "长" * (2 * CELL_MAX_CHARS + 7)
    odd = "堃喆赟𠮷 🙂 xn--fiq228c.example\u202e\x07"
    rows = [{**ROW, "number": str(n), "case": f"A-{n:06d}", "title": long, "url": odd} for n in (1, 2)]
    content = ledger("台账", "x", rows, {"a": "甲"}, NOW)
    back = read(content, tmp_path)
    assert [row["title"] for row in back] == [long, long]
    assert [row["url"] for row in back] == [odd.replace("\x07", "[U+0007]")] * 2
    assert content == ledger("台账", "x", rows, {"a": "甲"}, NOW)


def test_a_foreign_workbook_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="移送台账"):
        read(b"no workbook", tmp_path)


def test_a_damaged_ledger_is_read_or_refused(tmp_path: Path) -> None:
    """Every part changed at some places in turn, in the archive and before it is packed; seeded."""
    chance = random.Random(20261130)
    content = ledger("台账", "x", [{**ROW, "number": "1", "title": "题"}], {"a": "甲"}, NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in [name for name in parts for _ in range(6)]:
        try:
            read(packed({**parts, name: damaged(parts[name], chance)}), tmp_path)
            read(damaged(content, chance), tmp_path)
        except ValueError as error:
            assert "移送台账" in str(error)


def damaged(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    at = chance.randrange(len(changed))
    changed[at : at + chance.choice((0, 1, 20))] = chance.randbytes(chance.choice((0, 1, 4)))
    return bytes(changed)


def test_a_ledger_that_unpacks_to_too_much_is_none(tmp_path: Path) -> None:
    content = ledger("台账", "x", [{**ROW, "number": "1", "title": "长" * 5000}], {"a": "甲"}, NOW)
    (tmp_path / "back.xlsx").write_bytes(content)
    with pytest.raises(ValueError, match="移送台账"):
        read_back(tmp_path / "back.xlsx", LIMITS.model_copy(update={"max_workbook_bytes": 4000}))


def test_one_builds_at_a_time_whoever_it_is(made: Made) -> None:
    """The desk and a console are processes that know nothing of each other."""
    rooms, referral, _ = made
    hold = (
        "import sys; from pathlib import Path; from review.bundles import _alone\n"
        "with _alone(Path(sys.argv[1]), sys.argv[2]): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(rooms.data), referral.label]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        with pytest.raises(BeingBuilt, match=str(other.pid)):
            bundles.build(rooms.store, rooms.data, referral.id, office(), no_stamp, actor="张三", now=NOW)
        other.communicate("")
    with bundles._alone(rooms.data, referral.label):
        pass
