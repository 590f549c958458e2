"""Pictures of a page: QR codes to follow, and offers written into a picture. Works with what is installed."""

from __future__ import annotations

import hashlib
import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from crawlers.identities import masked as mask
from detectors import likeness, ocr, strings
from detectors.base import Axis, Contact, FollowUp, Signal, Trace, detector
from detectors.hosts import Owner
from detectors.limits import MAX_IMAGE_BYTES, MAX_IMAGE_KEPT_PIXELS, MAX_IMAGE_PIXELS, MAX_IMAGES_DECODED

if TYPE_CHECKING:
    from PIL.Image import Image

    from detectors.context import Context
    from detectors.features import Page
    from detectors.ocr import Written

VERSION = 5
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "ICO", "AVIF")
"""What web pages show; Pillow would also read PostScript, fonts and films of old games."""
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
    areas: dict[bytes, int] = {}
    looks: dict[str, None] = {}
    for body in page.images[:MAX_IMAGES_DECODED]:  # one at a time: twelve large ones do not fit beside each other
        image = decode(body)
        if image is not None:
            areas[body] = image.width * image.height
            looks[likeness.fingerprint(image)] = None
            yield from _codes(image, context)
    for look in filter(None, looks):
        yield Trace(kind="image", value=look, shown=look, where="image")
    if can_read():
        yield from _written(_largest(areas), page.url, context)


def _largest(areas: dict[bytes, int]) -> list[bytes]:
    return sorted(areas, key=lambda body: -areas[body])[:_MAX_OCR_IMAGES]


def numbered(bodies: Iterable[bytes]) -> list[Image]:
    """The pictures of a page that are read, in the order in which reasons number them; boxes are in their pixels."""
    decoded = {body: image for body in bodies if (image := decode(body)) is not None}
    return [decoded[body] for body in _largest({body: one.width * one.height for body, one in decoded.items()})]


def _codes(image: Image, context: Context) -> Iterator[Trace | FollowUp]:
    for target in qr_targets(image):
        web = target.lower().startswith(_WEB)
        if not _official(target, context):
            yield Trace(kind="qr", value=target, shown=target if web else mask(target), where="image")
        if web:
            yield FollowUp(detector="images", kind="qr", url=target, reason=strings.QR_FOUND.format(url=target))


def _official(target: str, context: Context) -> bool:
    """Whether a code leads to a state organ: then it is copied from there, or harmless."""
    from detectors.features import Page

    return context.registry.owner(Page(text="", url=target).host)[0] in (Owner.OFFICIAL, Owner.STATE)


def decode(body: bytes) -> Image | None:
    """The first frame in colour, made smaller when it is very large, without what the file says beside it; None for
    what is too large, too small, broken or of no known format. Sizes are checked before anything is unpacked."""
    from PIL import Image, UnidentifiedImageError

    if len(body) > MAX_IMAGE_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is the lower one
            image = Image.open(io.BytesIO(body), formats=_formats())
        width, height = image.size
        if width * height > MAX_IMAGE_PIXELS or min(width, height) < _MIN_SIDE_PX:
            return None
        seen = _smaller(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    seen.info.clear()
    return seen


@cache
def _formats() -> tuple[str, ...]:
    """Those of `FORMATS` that this build of Pillow reads."""
    from PIL import Image

    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _smaller(image: Image) -> Image:
    """At most `MAX_IMAGE_KEPT_PIXELS`, by whole factors; what has a palette or a mask is sampled, the rest averaged."""
    from PIL import Image

    factor = math.ceil(math.sqrt(image.width * image.height / MAX_IMAGE_KEPT_PIXELS))
    if factor <= 1:
        return image
    size = image.width // factor, image.height // factor
    image.draft("RGB", size)  # a JPEG is made smaller while it is unpacked
    factor = min(image.width // size[0], image.height // size[1])
    if factor <= 1:
        return image
    return image.reduce(factor) if image.mode in ("L", "RGB", "CMYK") else image.resize(size, Image.Resampling.NEAREST)


def qr_targets(image: Image) -> list[str]:
    """What the QR codes of a picture point to, web addresses and others (payment, messengers); nothing is visited."""
    import zxingcpp

    found = zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    texts = (one.text.strip() for one in found)
    return list(dict.fromkeys(text for text in texts if _TARGET.match(text)))


_MAX_OFFERS = 5
"""Of one picture."""


def _written(large: list[bytes], url: str, context: Context) -> Iterator[Signal | Contact]:
    """What these pictures say. Numbers and contacts in them have no place in the page's text."""
    from detectors.contacts import find, is_personal
    from detectors.features import Page
    from detectors.licence import licence
    from detectors.text import views
    from detectors.wording import Reader, apart, signal

    for number, body in enumerate(large):
        read = _read(body, context.pictures)
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


def _read(body: bytes, known: dict[str, Written]) -> Written:
    """What is written in a picture; one that two visitors or two pages were shown is read once."""
    name = hashlib.sha256(body).hexdigest()
    if name not in known:
        image = decode(body)
        known[name] = ocr.read(image) if image is not None else ocr.Written()
    return known[name]


def _in_picture(found: Signal, number: int, read: Written) -> Signal:
    reason = strings.IN_PICTURE.format(number=number + 1, reason=found.reason)
    box = read.box(found.start, found.end)
    return replace(found, detector="images", version=VERSION, reason=reason, where="image", box=box)
