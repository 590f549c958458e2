"""Building: the same from the same, what is asked for and missing, what is refused, what the papers say."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from config.loader import Config
from config.schema_agencies import SENDERS
from review.keys import KeyRefused, office_key
from review.packets import fonts
from review.packets.documents import DocumentError, file_list, typeset
from review.packets.evidence import EvidenceRefused
from review.packets.facts import PacketBlocked, strongest, unicode_host
from review.packets.item import Item
from review.packets.seal import Unstamped
from review.packets.source import DecisionFacts, OfficeFacts, PacketSource
from tests.review.packets import world
from tests.review.packets.bench import unpacked

RARE = "堃喆赟𠮷 xn--fiq228c.example 中文.example"


def text_of(pdf: bytes, tmp_path: Path) -> str:
    """The text of a PDF without any white space."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext program here")
    (tmp_path / "a.pdf").write_bytes(pdf)
    done = subprocess.run([program, str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().replace("\u200b", "").split())


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


@pytest.mark.parametrize("agency", ["cac", "market", "police"])
@pytest.mark.parametrize("sender", SENDERS)
def test_every_sender_and_recipient(tmp_path: Path, agency: str, sender: str) -> None:
    office = OfficeFacts("示例县办公室", sender, "示例县")
    built = world.make(world.source(agency=agency, office=office), world.make_key(tmp_path))
    paper = next(paper for paper in Config().agencies[agency].papers if paper.id == sender)
    text = text_of(unpacked(built.content)["00_函.pdf"], tmp_path)
    title = paper.title.format(kind="网站")
    assert title in text
    for sentence in ("草稿", "机器评分仅供参考", "本件不能证明", "待核", "示例县办公室", "承办人二", "免考包过"):
        assert sentence in text, sentence
    assert "{" not in text


def listing_source(**changes: object) -> PacketSource:
    fields = {"item_url": "http://shop.example/item/7", "seller": "无名店", "price": "238.00"}
    return world.source(subject="listing:xianyu:7", agency="market", fields=fields, **changes)


def test_a_listing(tmp_path: Path) -> None:
    files = unpacked(world.make(listing_source(), world.make_key(tmp_path)).content)
    text = text_of(files["00_函.pdf"], tmp_path)
    for said in ("xianyu", "http://shop.example/item/7", "无名店", "238.00", "待补充，由平台经营者提供"):
        assert said in text
    assert json.loads(files["capture.json"])["facts"]["item_id"] == "7"


def test_a_missing_decision_blocks_and_says_who_can_supply_it(tmp_path: Path) -> None:
    doubt = (DecisionFacts("2026-11-21T08:30:00.000Z", "张三", "存疑", ""),)
    for decisions in ((), doubt):
        with pytest.raises(PacketBlocked, match=r"人工复核结论（decision），可由本单位复核人员提供"):
            world.make(world.source(decisions=decisions), world.make_key(tmp_path))


def test_rare_characters_and_markup_survive(tmp_path: Path) -> None:
    hostile = '#panic("x") $1$ *b* [c] \\ <l> @ref // #read("/etc/passwd")'
    decision = DecisionFacts("2026-11-21T08:30:00.000Z", f"{RARE} 🙂\u202e", "属实", hostile)
    files = unpacked(world.make(world.source(decisions=(decision,)), world.make_key(tmp_path)).content)
    text = text_of(files["00_函.pdf"], tmp_path)
    assert not set("".join(RARE.split())) - set(text)
    assert "".join(hostile.split()) in text
    assert "[U+1F642][U+202E]" in text


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
    text = text_of(files["00_函.pdf"], tmp_path)
    table = csv.DictReader(io.StringIO(files["02_电子数据清单.csv"].decode("utf-8-sig")))
    rows = {row["名称"]: row for row in table}
    manifest = {row["path"]: row for row in json.loads(files["manifest.json"])["files"]}
    assert set(manifest) - set(rows) == {
        "00_函.pdf",
        "01_电子数据提取笔录(草稿).pdf",
        "02_电子数据清单.csv",
        "03_如何核验.txt",
    }
    for name, row in rows.items():
        assert (row["SHA-256"], row["SM3"], int(row["字节数"])) == tuple(
            manifest[name][k] for k in ("sha256", "sm3", "bytes")
        )
        assert row["SHA-256"] in text
        assert row["SM3"] in text


def test_page_geometry(tmp_path: Path) -> None:
    """A4, left margin 28 mm, 22 lines of 28 characters: measured in the PDF of a page of text."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("no pdftotext program here")
    decision = DecisionFacts("2026-11-21T08:30:00.000Z", "张三", "属实", "测" * 2000)
    files = unpacked(world.make(world.source(decisions=(decision,)), world.make_key(tmp_path)).content)
    (tmp_path / "a.pdf").write_bytes(files["00_函.pdf"])
    done = subprocess.run([program, "-layout", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True)
    full = [page for page in done.stdout.decode().split("\f") if page.count("测") > 500]
    lines = [line.strip() for line in full[0].splitlines() if "测" in line]
    assert len(lines) == 22
    assert {len(line) for line in lines} == {28}


def test_an_unknown_font_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {use: ["No Such Font"] for use in fonts.CHAINS}
    monkeypatch.setattr(fonts, "choose", lambda: chosen)
    with pytest.raises(DocumentError, match="unknown font"):
        typeset("record", {**RECORD, "draft": "x"}, {}, world.BUILT_AT)


RECORD = {
    **dict.fromkeys(("cause", "subject", "content", "period", "office", "tool"), ""),
    **dict.fromkeys(("steps", "captures", "files", "limits"), ()),
}


def test_fonts_fall_back_to_what_is_there() -> None:
    chosen = fonts.choose(frozenset({"FandolFang R", "Noto Serif CJK SC", "DejaVu Sans"}))
    assert chosen["body"] == ["FandolFang R", "Noto Serif CJK SC", "DejaVu Sans"]
    assert chosen["hei"] == ["Noto Serif CJK SC", "DejaVu Sans"]
    with pytest.raises(fonts.FontsMissing, match="fonts-noto-cjk"):
        fonts.choose(frozenset({"DejaVu Sans"}))


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
