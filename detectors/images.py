"""Pictures of a page: QR codes to follow, and offers written into a picture. Works with what is installed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from detectors import strings
from detectors.base import Axis, Contact, FollowUp, Signal, detector
from detectors.limits import (
    MAX_IMAGE_BYTES,
    MAX_IMAGE_PIXELS,
    MAX_IMAGES_DECODED,
    MAX_OCR_DETECT_SIDE_PX,
    MAX_OCR_SIDE_PX,
    MIN_OCR_HEIGHT_PX,
    MIN_OCR_PIXELS,
    MIN_OCR_WIDTH_PX,
    OCR_THREADS,
)

if TYPE_CHECKING:
    from PIL.Image import Image

    from detectors.context import Context
    from detectors.features import Page

VERSION = 4
_MIN_SIDE_PX = 60
_MAX_OCR_IMAGES = 4
_MIN_CONFIDENCE = 0.5


def can_decode() -> bool:
    return find_spec("PIL") is not None and find_spec("zxingcpp") is not None


def can_read() -> bool:
    return can_decode() and find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@detector("images", version=VERSION, title="图片", axis=Axis.SELLING, budget_ms=60_000)
def images(page: Page, context: Context) -> Iterator[Signal | FollowUp | Contact]:
    """QR codes are decoded to text and proposed as addresses to visit; text in pictures is read and judged as an
    offer, a card's number and dates as a record. Without the extra `ocr` pictures are left unread."""
    if not page.images or not can_decode():
        return
    bodies = page.images[:MAX_IMAGES_DECODED]
    decoded = [(body, image) for body in bodies if (image := decode(body)) is not None]
    for _, image in decoded:
        for address in qr_addresses(image):
            reason = strings.QR_FOUND.format(url=address)
            yield FollowUp(detector="images", kind="qr", url=address, reason=reason)
    if can_read():
        yield from _written(decoded, page.url, context)


def decode(body: bytes) -> Image | None:
    """The first frame in grey or colour; None for what is too large, too small or no picture. Sizes are checked
    before anything is unpacked."""
    from PIL import Image, UnidentifiedImageError

    if len(body) > MAX_IMAGE_BYTES:
        return None
    try:
        image = Image.open(io.BytesIO(body))
        width, height = image.size
        if width * height > MAX_IMAGE_PIXELS or min(width, height) < _MIN_SIDE_PX:
            return None
        return image.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def qr_addresses(image: Image) -> list[str]:
    """Web addresses in the QR codes of a picture, as text; nothing is visited."""
    import zxingcpp

    found = zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    texts = (one.text.strip() for one in found)
    return list(dict.fromkeys(text for text in texts if text.lower().startswith(("http://", "https://"))))


_MAX_OFFERS = 5
"""By rule, and by manner, of one picture."""


def _written(decoded: list[tuple[bytes, Image]], url: str, context: Context) -> Iterator[Signal | Contact]:
    """What the largest pictures say. A number on a card has no place in the page's text."""
    from detectors.features import Page
    from detectors.licence import licence
    from detectors.wording import Reader, apart, signal

    large = sorted(decoded, key=lambda picture: -picture[1].width * picture[1].height)[:_MAX_OCR_IMAGES]
    for number, (body, image) in enumerate(large):
        text = _text_of(body, image, context.pictures)
        if not text:
            continue
        written = Page.from_text(text, url)
        for offer in apart(Reader.of(written, context).offers())[:5]:
            yield _in_picture(signal(written, offer), number)
        for found in licence(written, context):
            if isinstance(found, Signal):
                yield _in_picture(found, number)
            elif isinstance(found, Contact):
                yield replace(found, start=0, end=0)


def _text_of(body: bytes, image: Image, known: dict[str, str]) -> str:
    """What is written in a picture; one that two visitors or two pages were shown is read once."""
    name = hashlib.sha256(body).hexdigest()
    if name not in known:
        known[name] = read(image)
    return known[name]


def _in_picture(found: Signal, number: int) -> Signal:
    reason = strings.IN_PICTURE.format(number=number + 1, reason=found.reason)
    return replace(found, detector="images", version=VERSION, reason=reason, where="image")


def read(image: Image) -> str:
    """The text of a picture in reading order, one line a text box; empty when it is too small to hold an offer."""
    import numpy

    width, height = image.size
    if width < MIN_OCR_WIDTH_PX or height < MIN_OCR_HEIGHT_PX or width * height < MIN_OCR_PIXELS:
        return ""
    if max(width, height) > MAX_OCR_SIDE_PX:
        image = image.copy()
        image.thumbnail((MAX_OCR_SIDE_PX, MAX_OCR_SIDE_PX))
    found = _reader()(numpy.asarray(image)[:, :, ::-1])
    if found.txts is None:
        return ""
    pairs = zip(found.txts, found.scores, strict=True)
    return "\n".join(text for text, score in pairs if score >= _MIN_CONFIDENCE)


@lru_cache(maxsize=1)
def _reader() -> Any:
    """The engine, loaded once a process. Left alone it takes every core, and enlarges a banner before it looks."""
    import logging

    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": OCR_THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": MAX_OCR_DETECT_SIDE_PX,
        }
    )
