"""Answers that are pictures: served as one, and with the first bytes of one."""

from __future__ import annotations

import re

from crawlers.keeping import media_type
from crawlers.records import Exchange

_FIRST_BYTES = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF.{4}WEBP|BM.{12}|\x00\x00\x01\x00.\x00|.{4}ftyp(?:avif|avis|hei[cfx]|m[is]f1)",
    re.DOTALL,
)
"""JPEG, PNG, GIF, WebP, BMP, ICO, AVIF and HEIF. SVG is text and read as such."""
_HEIF = re.compile(rb".{4}ftyp(?:heic|heix|heif|mif1|msf1)", re.DOTALL)


def is_picture(page: Exchange) -> bool:
    """Label and bytes must agree: an error page served as image/jpeg is a page."""
    return media_type(page).startswith("image/") and _FIRST_BYTES.match(page.body) is not None


def unreadable(page: Exchange) -> bool:
    """Whether an answer is a picture of a format that nothing here can show (HEIF)."""
    return is_picture(page) and _HEIF.match(page.body) is not None


def mislabelled(page: Exchange) -> bool:
    """Whether an answer with a body is a picture called something else, or something else called a picture."""
    if not page.body or not 200 <= page.status < 300:
        return False
    media = media_type(page)
    return media != "image/svg+xml" and media.startswith("image/") != (_FIRST_BYTES.match(page.body) is not None)
