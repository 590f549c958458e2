"""Pictures of a page: QR codes to follow, and offers written into a picture. Works with what is installed."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from crawlers.identities import masked as mask
from detectors import likeness, ocr, strings
from detectors.base import Axis, Contact, FollowUp, Signal, Trace, detector
from detectors.hosts import Owner
from detectors.limits import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, MAX_IMAGES_DECODED

if TYPE_CHECKING:
    from PIL.Image import Image

    from detectors.context import Context
    from detectors.features import Page
    from detectors.ocr import Written

VERSION = 5
_WEB = ("http://", "https://")
_TARGET = re.compile(r"(?!javascript:|data:)[a-z][a-z0-9+.\-]{1,15}:/?/?\S{4,2000}$", re.I)
_MIN_SIDE_PX = 60
_MAX_OCR_IMAGES = 4


def can_decode() -> bool:
    return find_spec("PIL") is not None and find_spec("zxingcpp") is not None


def can_read() -> bool:
    return can_decode() and ocr.installed()


@detector("images", version=VERSION, title="图片", axis=Axis.SELLING, budget_ms=60_000)
def images(page: Page, context: Context) -> Iterator[Signal | FollowUp | Contact | Trace]:
    """QR codes are decoded to text and proposed as addresses to visit; text in pictures is read and judged as an
    offer, a card's number and dates as a record, each with its box. Pictures that look the same tie subjects. Without
    the extra `ocr` pictures are left unread."""
    if not page.images or not can_decode():
        return
    bodies = page.images[:MAX_IMAGES_DECODED]
    decoded = [(body, image) for body in bodies if (image := decode(body)) is not None]
    for _, image in decoded:
        for target in qr_targets(image):
            web = target.lower().startswith(_WEB)
            if not _official(target, context):
                yield Trace(kind="qr", value=target, shown=target if web else mask(target), where="image")
            if web:
                yield FollowUp(detector="images", kind="qr", url=target, reason=strings.QR_FOUND.format(url=target))
    for look in dict.fromkeys(filter(None, (likeness.fingerprint(image) for _, image in decoded))):
        yield Trace(kind="image", value=look, shown=look, where="image")
    if can_read():
        yield from _written(decoded, page.url, context)


def _official(target: str, context: Context) -> bool:
    """Whether a code leads to a state organ: then it is copied from there, or harmless."""
    from detectors.features import Page

    return context.registry.owner(Page(text="", url=target).host)[0] in (Owner.OFFICIAL, Owner.STATE)


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


def qr_targets(image: Image) -> list[str]:
    """What the QR codes of a picture point to, web addresses and others (payment, messengers); nothing is visited."""
    import zxingcpp

    found = zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    texts = (one.text.strip() for one in found)
    return list(dict.fromkeys(text for text in texts if _TARGET.match(text)))


_MAX_OFFERS = 5
"""Of one picture."""


def _written(decoded: list[tuple[bytes, Image]], url: str, context: Context) -> Iterator[Signal | Contact]:
    """What the largest pictures say. Numbers and contacts in them have no place in the page's text."""
    from detectors.contacts import find, is_personal
    from detectors.features import Page
    from detectors.licence import licence
    from detectors.text import views
    from detectors.wording import Reader, apart, signal

    large = sorted(decoded, key=lambda picture: -picture[1].width * picture[1].height)[:_MAX_OCR_IMAGES]
    for number, (body, image) in enumerate(large):
        read = _read(body, image, context.pictures)
        if not read.text:
            continue
        written = Page.from_text(read.text, url)
        for offer in apart(Reader.of(written, context).offers(), _MAX_OFFERS):
            yield _in_picture(signal(written, offer), number, read)
        for found in licence(written, context):
            if isinstance(found, Signal):
                yield _in_picture(found, number, read)
            elif isinstance(found, Contact):
                yield replace(found, start=0, end=0)
        for contact in filter(is_personal, find(views(read.text))):
            yield replace(contact, start=0, end=0)


def _read(body: bytes, image: Image, known: dict[str, Written]) -> Written:
    """What is written in a picture; one that two visitors or two pages were shown is read once."""
    name = hashlib.sha256(body).hexdigest()
    if name not in known:
        known[name] = ocr.read(image)
    return known[name]


def _in_picture(found: Signal, number: int, read: Written) -> Signal:
    reason = strings.IN_PICTURE.format(number=number + 1, reason=found.reason)
    box = read.box(found.start, found.end)
    return replace(found, detector="images", version=VERSION, reason=reason, where="image", box=box)
