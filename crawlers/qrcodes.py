"""Codes in pictures, read as text with the extra `ocr`; nothing is visited."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_CODES = 20
"""Of one picture."""


def installed() -> bool:
    return find_spec("PIL") is not None and find_spec("zxingcpp") is not None


def texts(image: Image) -> list[str]:
    """What the QR codes of a picture say, each once, in the order found."""
    import zxingcpp

    found = zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    said = (one.text.strip() for one in found[:MAX_CODES])
    return list(dict.fromkeys(text for text in said if text))
