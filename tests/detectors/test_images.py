"""Pictures: QR codes followed as text, offers read, hostile files refused before they are unpacked."""

from __future__ import annotations

import io
import struct
import zlib

import pytest

pytest.importorskip("zxingcpp")
pytest.importorskip("PIL")

import zxingcpp
from PIL import Image

from detectors.context import Context
from detectors.features import Page
from detectors.images import decode, qr_addresses
from detectors.limits import MAX_IMAGE_BYTES
from detectors.runner import assess


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
    assert qr_addresses(image) == ["https://zs.example/"]


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
