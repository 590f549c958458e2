"""Documents read in a Western encoding though they are Chinese: a wrong label hides nothing from who repairs it."""

from __future__ import annotations

import re

from detectors.text import ONE_HAN, chinese_chars

_GARBLED = re.compile(
    r"[\xa1-\xfe\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{4,}"
)
_SAMPLE_CHARS = 20_000
_MIN_HAN = 8
_ENCODINGS = ("utf-8", "gb18030")


def repaired(html: str) -> str:
    """The document as it was meant where not one character of it is Chinese and its bytes are; itself otherwise."""
    if html.isascii() or ONE_HAN.search(html) or not _GARBLED.search(html):
        return html
    data = _bytes(html)
    for encoding in _ENCODINGS if data else ():
        try:
            meant = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if chinese_chars(meant[:_SAMPLE_CHARS]) >= _MIN_HAN:
            return meant
    return html


def _bytes(html: str) -> bytes:
    """What was read as ISO 8859-1 or, as browsers have it, Windows-1252."""
    for encoding in ("latin-1", "cp1252"):
        try:
            return html.encode(encoding)
        except UnicodeEncodeError:
            continue
    return b""
