"""The copy for circulation: what is masked, what stays, and that nothing masked can be read out of it again.

Every person, number and phone is invented and impossible: numbers fail their check character or lie in no province.
"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from detectors import ocr
from review.packets import handout, names, pictures
from review.packets.evidence import utc
from review.packets.item import Item
from review.packets.masking import Masker, mask_name
from review.packets.redacted import Leak, Original, redacted, refuse_leaks
from review.packets.seal import Sealer
from review.packets.source import DecisionFacts, PacketSource
from review.packets.verify import verify
from review.packets.verify.papers import docx_text, pdf_text
from tests.review.packets import world
from tests.review.packets.bench import Bench, Files, edited, packed, unpacked
from tests.review.packets.test_mutations import codes

VICTIM, NUMBER, PHONE, OPERATOR = "堃喆明", "110101199902300018", "13900000000", "13800000000"
SALT = b"s" * 32
CASES = [
    (f"姓名：{VICTIM} 性别：女", "姓名：堃** 性别：女"),
    (f"持证人 {VICTIM}", "持证人 堃**"),
    ("姓 名 欧阳喆明", "姓 名 欧阳**"),
    (f"证书编号：T{NUMBER}", "证书编号：T110101********0018"),
    (f"身份证 {NUMBER}", "身份证 110101********0018"),
    (f"手机 {PHONE}，139 0000 0000", "手机 139****0000，139******0000"),
    (f"办证联系电话 {OPERATOR}", f"办证联系电话 {OPERATOR}"),
    ("没有个人信息的一句话。", "没有个人信息的一句话。"),
]


def masker(*texts: str) -> Masker:
    return Masker.of([{"kind": "phone", "value": OPERATOR}], texts)


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_rules(text: str, shown: str) -> None:
    assert masker(text).text(text) == shown
    assert len(shown) == len(text)


def test_a_name_announced_once_is_masked_everywhere() -> None:
    said = masker(f"姓名：{VICTIM}")
    assert said.text(f"经查，{VICTIM}称其证书系网购。") == "经查，堃**称其证书系网购。"


def test_masking_twice_changes_nothing_more() -> None:
    one = masker(*(text for text, _ in CASES))
    for text, _ in CASES:
        assert one.text(one.text(text)) == one.text(text)


def test_names() -> None:
    assert [mask_name(name) for name in ("张三", "欧阳修远", "欧阳", "阿依·古丽")] == ["张*", "欧阳**", "欧*", "阿****"]


# ---- pictures ----


def drawn(*lines: str, size: tuple[int, int] = (900, 400)) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    from review.packets import fonts

    place = next((path for path in Path("/usr/share/fonts").rglob("*CJK*.ttc")), None)
    if place is None or not fonts.choose():
        pytest.skip("no Chinese font to draw with")
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((40, 40 + 70 * number), line, fill="black", font=ImageFont.truetype(str(place), 36))
    picture.info["Author"] = "camera"
    output = io.BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def read(content: bytes) -> str:
    from PIL import Image

    return ocr.read(Image.open(io.BytesIO(content)).convert("RGB")).text


@pytest.mark.skipif(not ocr.installed(), reason="the extra `ocr` is not installed")
def test_lines_about_people_are_painted_over_and_cannot_be_read_again() -> None:
    shot = drawn("特种作业操作证查询平台", f"姓名：{VICTIM}", f"证书编号 T{NUMBER}", f"办证联系 {OPERATOR}")
    content, regions = pictures.redact(shot, masker())
    said = read(content)
    assert "操作证查询" in said
    assert OPERATOR in said.replace(" ", "")
    assert NUMBER[6:14] not in said.replace(" ", "")
    assert "喆" not in said
    assert {region.kind for region in regions} == {"text"}


@pytest.mark.skipif(not ocr.installed(), reason="the extra `ocr` is not installed")
def test_a_value_beside_its_label(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    boxes = [
        ("姓名", (10, 10, 60, 40)),
        ("性别", (10, 60, 60, 90)),
        ("明明", (100, 12, 180, 38)),
        ("女", (100, 60, 130, 90)),
    ]
    monkeypatch.setattr(pictures, "_lines", lambda _picture: iter(boxes))
    assert pictures._text_boxes(Image.new("RGB", (300, 200)), masker()) == [(100, 12, 180, 38)]


def test_what_may_be_a_face_is_painted_over() -> None:
    import random

    from PIL import Image

    rng = random.Random(1)
    picture = Image.new("RGB", (640, 480), "white")
    face = Image.new("RGB", (160, 200))
    face.putdata(
        [
            (200 + rng.randrange(-12, 12), 150 + rng.randrange(-12, 12), 125 + rng.randrange(-12, 12))
            for _ in range(160 * 200)
        ]
    )
    picture.paste(face, (300, 100))
    output = io.BytesIO()
    picture.save(output, "PNG")
    content, regions = pictures.redact(output.getvalue(), masker())
    (box,) = [region.box for region in regions if region.kind == "face"]
    assert box[0] <= 300 and box[1] <= 100 and box[2] >= 460 and box[3] >= 300
    assert Image.open(io.BytesIO(content)).getpixel((380, 200)) == pictures.PAINT


def test_without_ocr_the_whole_picture_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    shot = drawn(f"姓名：{VICTIM}", f"证书编号 T{NUMBER}")
    monkeypatch.setattr(ocr, "installed", lambda: False)
    content, regions = pictures.redact(shot, masker())
    monkeypatch.undo()
    assert [region.kind for region in regions] == ["whole"]
    if ocr.installed():
        assert "1101" not in read(content)


def test_no_metadata_goes_on() -> None:
    from PIL import Image, PngImagePlugin

    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", VICTIM)
    output = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(output, "PNG", pnginfo=notes)
    content, _ = pictures.redact(output.getvalue(), masker())
    assert Image.open(io.BytesIO(content)).info == {}
    with pytest.raises(pictures.PictureRefused):
        pictures.redact(b"no picture", masker())


# ---- the sealed copy ----


def source() -> PacketSource:
    shot = drawn("特种作业操作证查询平台", f"姓名：{VICTIM}", f"证书编号 T{NUMBER}", size=(700, 300))
    start = f"http://{world.HOST}/query?sfz={NUMBER}"
    captures = (world.material(1, [world.exchange(start)], (shot,), title=f"{VICTIM}的证书"),)
    contacts = [{"kind": "phone", "value": OPERATOR, "quote": OPERATOR}]
    decision = DecisionFacts(
        "2026-11-21T08:30:00.000Z", "张三", "属实", f"持证人：{VICTIM}，电话{PHONE}，卖家电话{OPERATOR}。"
    )
    assessment = {**world.ASSESSMENT, "contacts": contacts}
    return world.source(captures=captures, assessment=assessment, decisions=(decision,))


@pytest.fixture(scope="module")
def pair(bench: Bench) -> tuple[bytes, Files, PacketSource]:
    """The original, the copy and their source."""
    made = source()
    sealer = Sealer(bench.key, utc(datetime.now(UTC)), bench.authority.stamp, "required")
    original = world.make(made, bench.key, bench.authority.stamp, "required", sealer.built_at)
    copy = redacted(made, Original(original.manifest), world.agency(), SALT, sealer)
    return original.content, unpacked(copy.content), made


def judged(bench: Bench, tmp_path: Path, content: bytes, original: bytes | None = None) -> dict[str, Any]:
    (tmp_path / "copy.zip").write_bytes(content)
    (tmp_path / "p.zip").write_bytes(original or b"")
    return verify(str(tmp_path / "copy.zip"), str(bench.trust), str(tmp_path / "p.zip") if original else None)


def test_the_copy_is_valid_and_linked(bench: Bench, tmp_path: Path, pair: tuple[bytes, Files, PacketSource]) -> None:
    original, files, _ = pair
    alone = judged(bench, tmp_path, packed(files))
    assert (alone["verdict"], codes(alone)) == ("valid", {"OK", "ORIGINAL_NOT_GIVEN"})
    both = judged(bench, tmp_path, packed(files), original)
    assert (both["verdict"], codes(both)) == ("valid", {"OK"})


def test_nothing_masked_can_be_read_out_of_it(pair: tuple[bytes, Files, PacketSource]) -> None:
    _, files, _ = pair
    printed = ""
    for name, content in files.items():
        text = docx_text(content) if name.endswith(".docx") else content.decode("utf-8", "replace")
        if name.endswith(".pdf"):
            text = pdf_text(content)
            printed += text
        for secret in (VICTIM, "喆明", NUMBER, NUMBER[6:14], PHONE):
            assert secret not in text, (name, secret)
    assert OPERATOR in printed, "the operator's own contact is the lead"
    assert "堃**" in printed
    assert not [name for name in files if name.startswith(("archive/", "artefacts/")) or name == "custody.jsonl"]


def test_the_register_of_what_was_masked(pair: tuple[bytes, Files, PacketSource]) -> None:
    original, files, _ = pair
    told = json.loads(files["redactions.json"])
    rows = {row["path"]: row["sha256"] for row in json.loads(unpacked(original)["manifest.json"])["files"]}
    assert {row["path"]: row["sha256"] for row in told["withheld"]}.items() <= rows.items()
    (shot,) = [item for item in told["items"] if "path" in item]
    assert rows[shot["original_path"]] == shot["original_sha256"]
    assert shot["regions"]
    assert {item["kind"] for item in told["items"] if "kind" in item} == {"name", "identity", "phone"}


def test_another_original_is_found(bench: Bench, tmp_path: Path, pair: tuple[bytes, Files, PacketSource]) -> None:
    """Mutation 53: by the seal when redactions.json is changed, by the original when all is sealed anew."""
    original, files, _ = pair
    other = {"packet_id": "P-2026-000001", "manifest_sha256": "0" * 64}
    told = edited(dict(files), "redactions.json", lambda document: document.update(original=other))
    assert "REDACTION_MISMATCH" in codes(judged(bench, tmp_path, packed(bench.resealed(told))))
    both = edited(dict(told), "manifest.json", lambda manifest: manifest.update(original=other))
    forged = packed(bench.resealed(both))
    assert judged(bench, tmp_path, forged)["verdict"] == "valid", "alone it cannot be told"
    report = judged(bench, tmp_path, forged, original)
    assert (report["verdict"], "REDACTION_MISMATCH" in codes(report)) == ("invalid", True)


@pytest.mark.parametrize("key", ["packet_id", "case_id", "subject"])
def test_an_original_of_another_number_or_case(
    bench: Bench, tmp_path: Path, pair: tuple[bytes, Files, PacketSource], key: str
) -> None:
    """The hash of one packet's manifest under the number of another, sealed by an insider."""
    original, files, _ = pair

    def renamed(document: dict[str, Any]) -> None:
        document[key] = "P-2026-000009"
        if key == "packet_id" and "original" in document:
            document["original"]["packet_id"] = "P-2026-000009"

    forged = dict(files)
    for name in ("manifest.json", "redactions.json", "capture.json"):
        forged = edited(forged, name, renamed)
    report = judged(bench, tmp_path, packed(bench.resealed(forged)), original)
    assert (report["verdict"], "REDACTION_MISMATCH" in codes(report)) == ("invalid", True), report["checks"]


def test_an_original_that_cannot_be_opened(
    bench: Bench, tmp_path: Path, pair: tuple[bytes, Files, PacketSource]
) -> None:
    _, files, _ = pair
    (tmp_path / "copy.zip").write_bytes(packed({**files, "verify.py": files["verify.py"] + b" "}))
    report = verify(str(tmp_path / "copy.zip"), str(bench.trust), str(tmp_path / "nothing.zip"))
    assert (report["verdict"], "ZIP_UNREADABLE" in codes(report)) == ("invalid", True)


def test_a_leak_stops_the_copy(pair: tuple[bytes, Files, PacketSource]) -> None:
    """Mutation 54: a masked value under a drawn box is still text in the PDF."""
    known = masker(f"姓名：{VICTIM}")
    known.text(VICTIM)
    from review.packets.documents import papers

    made = papers(pair[2], world.agency(), [], world.BUILT_AT)
    letter = next(item for item in made if item.path.endswith(".pdf"))
    with pytest.raises(Leak, match=letter.path):
        refuse_leaks([letter], known)
    refuse_leaks([Item("a.txt", b"nothing", "document")], known)


def test_hashes_of_masked_values_are_keyed(pair: tuple[bytes, Files, PacketSource], tmp_path: Path) -> None:
    import hashlib

    told = pair[1]["redactions.json"].decode()
    assert hashlib.sha256(NUMBER.encode()).hexdigest() not in told
    first = handout.salt(tmp_path)
    assert handout.salt(tmp_path) == first
    assert (tmp_path / "keys/redaction.salt").stat().st_mode & 0o777 == 0o600


def test_labels_are_data() -> None:
    assert names.LABEL_ALONE.fullmatch(" 持 证 人 ：")
    assert replace(source(), title="x").title == "x"


# ---- names that no label announces ----


SPOKEN = [
    ("我叫张小明，在工地干活", {"张小明"}),
    ("客户李四说证已收到", {"李四"}),
    ("欧阳修远女士购买了一本", {"欧阳修远"}),
    ("买家何晓晓女士好评", {"何晓晓"}),
    ("学员赵喆 已拿证", {"赵喆"}),
    ("经查，刘强称其证书系网购。", {"刘强"}),
    ("朋友陈大力介绍来的", {"陈大力"}),
    *[
        (text, set())
        for text in (
            "客户安全生产培训", "本人高中毕业", "本人于昨天购买", "我是安全员，想考证", "老客户推荐", "员工方便吗",
            "客户成功案例", "联系王经理办证", "买家都是当天拿证", "发货给周师傅",
        )
    ],
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), SPOKEN)
def test_names_that_the_words_around_them_give_away(text: str, found: set[str]) -> None:
    assert names.spoken_of(text) == found
    shown = masker().text(text)
    assert all(name not in shown and mask_name(name) in shown for name in found)


def test_a_word_taken_for_a_name_does_not_stop_the_copy() -> None:
    known = masker("客户方某，")
    assert known.text("客户方某，") == "客户方*，"
    refuse_leaks([Item("law.txt", "方某".encode(), "document")], known)


def test_the_sheet_names_what_people_must_look_at(pair: tuple[bytes, Files, PacketSource], tmp_path: Path) -> None:
    from review.packets import checksheet

    files = dict(pair[1])
    edited(
        files, "papers.json", lambda d: d["papers"][0]["blocks"].append({"kind": "centred", "text": "见：周晓梅（左）"})
    )
    (tmp_path / "遮盖本.zip").write_bytes(packed(files))
    text = checksheet.write(tmp_path / "遮盖本.zip").read_bytes().decode("utf-8-sig")
    assert "\r\n" in text and "周晓梅" in text and VICTIM not in text
    for name in files:
        assert (name in text) == name.startswith("shots/"), name
