"""Which characters the chosen fonts can draw; the rest is written `[U+1F642]`, the same in every form of a paper."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from review.packets import fonts

_ORDINARY = re.compile(r"[\n\x20-\x7e\u3000-\u301f\u4e00-\u9fa5\uff01-\uff5e\u2014\u2018-\u201d\u2026\u00b7]*")
"""What every Chinese font draws; a text of these alone is not looked up."""


_PLAIN = {ord("\t"): " ", ord("\r"): ""}


def drawn(text: str) -> str:
    """The text with what no font draws, what turns the line round and what cannot be seen, written by its number."""
    if _ORDINARY.fullmatch(text):
        return text
    plain = text.translate(_PLAIN)
    return "".join(char if _is_drawn(char) else f"[U+{ord(char):04X}]" for char in plain)


def _is_drawn(char: str) -> bool:
    kind = unicodedata.category(char)
    if char == "\n" or _ORDINARY.fullmatch(char):
        return True
    return kind[0] not in "C" and kind not in ("Zl", "Zp") and ord(char) in _covered()


@cache
def _covered() -> frozenset[int]:
    """Code points of the fonts that stand behind every other in the chains."""
    from fontTools.ttLib import TTFont

    wanted = {family for chain in fonts.choose().values() for family in chain[1:] or chain}
    points: set[int] = set()
    files = {(font.path, font.index) for font in fonts.found().fonts() if font.family in wanted and font.path}
    for path, index in sorted(files):
        with TTFont(path, fontNumber=index, lazy=True) as font:
            points.update(font.getBestCmap())
    return frozenset(points)
