"""Pictures: QR codes followed as text, offers read, hostile files refused before they are unpacked."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest

pytest.importorskip("zxingcpp")
pytest.importorskip("PIL")

import zxingcpp
from PIL import Image

import config
from detectors import images as pictures
from detectors import ocr, strings
from detectors.context import Context
from detectors.features import Page
from detectors.images import decode, qr_targets
from detectors.limits import MAX_IMAGE_BYTES, MAX_OCR_SIDE_PX
from detectors.runner import assess

CONTEXT = Context.build(config.load())


def png(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def qr(text: str) -> bytes:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return png(Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=5)))


def test_addresses_are_proposed_and_nothing_else_is(context: Context) -> None:
    page = Page.from_html("<p>样证", "https://a.example/")
    page.images = (qr("https://zs.example/c?id=1"), qr("javascript:alert(1)"), qr("只是文字"))
    found = assess(page, context)
    assert [(one.kind, one.url) for one in found.followups] == [("qr", "https://zs.example/c?id=1")]
    assert not found.errors


def test_one_address_in_two_pictures_of_one_code() -> None:
    image = decode(qr("https://zs.example/"))
    assert image is not None
    assert qr_targets(image) == ["https://zs.example/"]


def _giant() -> bytes:
    """A PNG header of 30,000 × 30,000 pixels with hardly a byte behind it."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"GIF89a",
        b"<svg onload=x()>",
        _giant(),
        qr("x")[:200],
        b"\x89PNG\r\n\x1a\n" + b"\0" * (MAX_IMAGE_BYTES + 1),
    ],
    ids=["empty", "cut-gif", "svg", "giant", "cut-png", "too-many-bytes"],
)
def test_hostile_files_are_refused(body: bytes, context: Context) -> None:
    page = Page.from_html("<p>样证", "https://a.example/")
    page.images = (body,)
    assert not assess(page, context).errors
    assert decode(body) is None


class Engine:
    """Stands for the OCR engine: reads the same offer in everything and remembers the sizes it was given."""

    txts = ("低压电工证 不用考试 三天拿证", "看不清")
    scores = (0.98, 0.2)
    boxes = (((10, 20), (310, 22), (310, 60), (10, 58)), ((10, 80), (60, 80), (60, 99), (10, 99)))

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def __call__(self, pixels: Any) -> Engine:
        self.sizes.append((pixels.shape[1], pixels.shape[0]))
        return self


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    pytest.importorskip("numpy")
    engine = Engine()
    monkeypatch.setattr(ocr, "_reader", lambda: engine)
    monkeypatch.setattr(pictures, "can_read", lambda: True)
    return engine


def blank(width: int, height: int, shade: int = 255) -> bytes:
    return png(Image.new("RGB", (width, height), (shade, shade, shade)))


def shown(*bodies: bytes) -> Page:
    page = Page.from_html("<p>样证", "https://a.example/")
    page.images = bodies
    return page


def test_an_offer_in_a_picture_is_a_signal_and_an_unsure_line_is_not(engine: Engine) -> None:
    found = assess(shown(blank(600, 400)), Context.build(config.load()))
    assert {one.where for one in found.selling.signals} == {"image"}
    assert all(one.quote in Engine.txts[0] for one in found.selling.signals)
    assert found.selling.signals[0].box == (10, 20, 300, 40)
    assert found.selling.signals[0].as_json()["box"] == [10, 20, 300, 40]


def test_a_card_in_a_picture_is_checked_and_its_number_links(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ("特种作业操作证", "证号 T110101199001011230", "有效期限 2021-03-05 至 2031-03-04", "应复审日期 2024-03-04")
    monkeypatch.setattr(Engine, "txts", lines)
    monkeypatch.setattr(Engine, "scores", (0.99,) * len(lines))
    monkeypatch.setattr(Engine, "boxes", Engine.boxes[:1] * len(lines))
    found = assess(shown(blank(600, 400)), Context.build(config.load()))
    written = [one for one in found.selling.signals if one.where == "image"]
    assert {one.cls for one in written} == {strings.LICENCE_NUMBER, strings.LICENCE_DATES}
    assert all(one.weight < config.load().policy.thresholds.selling.flag for one in written)
    assert "110101199001011230" not in repr(found.selling)
    assert [(one.kind, one.value, one.start, one.end) for one in found.contacts] == [
        ("certificate", "110101199001011230", 0, 0)
    ]


def test_a_picture_shown_to_two_visitors_is_read_once(engine: Engine) -> None:
    context = Context.build(config.load())
    first = assess(shown(blank(600, 400)), context)
    second = assess(shown(blank(600, 400), blank(601, 400)), context)
    assert engine.sizes == [(600, 400), (601, 400)]
    assert {one.quote for one in first.selling.signals} == {one.quote for one in second.selling.signals}
    assess(shown(blank(600, 400)), Context.build(config.load()))
    assert len(engine.sizes) == 3, "another run reads for itself"


@pytest.mark.parametrize(("width", "height"), [(199, 900), (1_200, 59), (220, 100)])
def test_icons_and_buttons_are_not_read(width: int, height: int, engine: Engine) -> None:
    assess(shown(blank(width, height)), Context.build(config.load()))
    assert not engine.sizes


def test_a_large_picture_is_made_smaller_in_proportion(engine: Engine) -> None:
    assess(shown(blank(3_200, 1_600)), Context.build(config.load()))
    assert engine.sizes == [(MAX_OCR_SIDE_PX, MAX_OCR_SIDE_PX // 2)]


def test_what_a_code_points_to_is_a_value_to_tie_by() -> None:
    found = assess(shown(qr("https://zs.example/c?id=1"), qr("wxp://f2f0AbCdEfGh"), qr("data:text/html,x")), CONTEXT)
    assert [(one.kind, one.value) for one in found.traces if one.kind == "qr"] == [
        ("qr", "https://zs.example/c?id=1"),
        ("qr", "wxp://f2f0AbCdEfGh"),
    ]
    assert [one.url for one in found.followups if one.kind == "qr"] == ["https://zs.example/c?id=1"]


def test_a_contact_in_a_picture_links(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "txts", ("加微信 zs_invented_77 详谈", "焊工证"))
    monkeypatch.setattr(Engine, "scores", (0.99, 0.99))
    found = assess(shown(blank(600, 400)), Context.build(config.load()))
    assert [(one.kind, one.value, one.start, one.end) for one in found.contacts] == [("wechat", "zs_invented_77", 0, 0)]


def test_the_box_is_in_pixels_of_the_picture_as_kept(engine: Engine) -> None:
    found = assess(shown(blank(3_200, 1_600)), Context.build(config.load()))
    assert found.selling.signals[0].box == (20, 40, 600, 80)


def test_a_span_over_two_lines_has_a_box_around_both() -> None:
    written = ocr.Written("第一行\n第二行", ((10, 10, 100, 20), (5, 40, 50, 20)))
    assert written.box(0, 3) == (10, 10, 100, 20)
    assert written.box(1, 6) == (5, 10, 105, 50)
    assert ocr.Written().box(0, 0) == (0, 0, 0, 0)
