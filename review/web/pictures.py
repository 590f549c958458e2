"""Captured pictures as people may look at them: decoded within limits, re-encoded as PNG, nothing else kept.

What is served was drawn by us: no metadata, no second file inside, no script of an SVG.
"""

from __future__ import annotations

import io
import warnings
from functools import lru_cache

from PIL import Image, ImageDraw, UnidentifiedImageError

from crawlers.blobs import BlobStore

MAX_PIXELS = 90_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
CACHED = 96
BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombWarning,
    Image.DecompressionBombError,
)
BOX_COLOUR, BOX_WIDTH_PX = (196, 32, 24), 4

Box = tuple[int, int, int, int]


class NotShown(Exception):
    """A picture that is broken, too large or of a kind that is not decoded."""


@lru_cache(maxsize=CACHED)
def rendered(blobs: BlobStore, sha256: str, width: int, height: int, boxes: tuple[Box, ...] = ()) -> bytes:
    """PNG no wider than `width` pixels, cut below `height`; `boxes` (left, top, width, height) are drawn on it."""
    return encoded(blobs.read(sha256), width, height, boxes)


def encoded(data: bytes, width: int, height: int, boxes: tuple[Box, ...] = ()) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise NotShown(f"{picture.width}×{picture.height}")
                drawn = picture.convert("RGB")
    except BROKEN as error:
        raise NotShown(str(error)) from error
    pen = ImageDraw.Draw(drawn)
    for left, top, across, down in boxes:
        pen.rectangle((left, top, left + across, top + down), outline=BOX_COLOUR, width=BOX_WIDTH_PX)
    output = io.BytesIO()
    _fitted(drawn, width, height).save(output, "PNG", compress_level=6)
    return output.getvalue()


def _fitted(picture: Image.Image, width: int, height: int) -> Image.Image:
    scale = min(1.0, width / picture.width)
    kept = picture.crop((0, 0, picture.width, min(picture.height, max(1, round(height / scale)))))
    if scale == 1.0:
        return kept
    return kept.resize((width, max(1, round(kept.height * scale))), Image.Resampling.LANCZOS, reducing_gap=2.0)
