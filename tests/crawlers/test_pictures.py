"""What counts as a picture: label and first bytes together."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from crawlers.pictures import is_picture
from crawlers.records import Exchange


def drawn(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, kind)
    return out.getvalue()


def served(body: bytes, label: str = "image/jpeg; q=1") -> Exchange:
    return Exchange(url="http://a.test/a", status=200, response_headers=(("content-type", label),), body=body)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "ICO"])
def test_pictures_are_known_by_their_bytes(kind: str) -> None:
    assert is_picture(served(drawn(kind)))
    assert not is_picture(served(drawn(kind), "text/html"))


@pytest.mark.parametrize("body", [b"", b"<html>404</html>", b"BM", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_other_bytes_under_a_picture_s_label_are_none(body: bytes) -> None:
    assert not is_picture(served(body))
