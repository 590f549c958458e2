"""Which fonts a paper is set in: the first found of each chain, with a complete one behind it for rare characters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from review.errors import ReviewError

if TYPE_CHECKING:
    from typst import Fonts

COMPLETE = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Songti SC",
    "SimSun",
)
CHAINS: Mapping[str, tuple[str, ...]] = {
    "body": ("FandolFang R", "FandolFang", "FangSong", "FangSong_GB2312", "STFangsong", *COMPLETE),
    "title": ("FZXiaoBiaoSong-B05S", *COMPLETE),
    "hei": ("FandolHei", "SimHei", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", *COMPLETE),
    "kai": ("FandolKai", "KaiTi", "STKaiti", *COMPLETE),
    "mono": ("DejaVu Sans Mono",),
}
SIGNS = ("DejaVu Sans", "Noto Sans Symbols2")


class FontsMissing(ReviewError):
    """No font on this machine has Chinese characters."""


@cache
def found() -> Fonts:
    from typst import Fonts

    return Fonts()


def choose(families: frozenset[str] | None = None) -> dict[str, list[str]]:
    """By use, the families to try in order: the best found, a complete one, signs. Nothing unknown is named."""
    families = frozenset(found().families()) if families is None else families
    complete = [name for name in COMPLETE if name in families][:1]
    if not complete:
        raise FontsMissing("no Chinese font found; install one, on Debian: apt install fonts-noto-cjk")
    signs = [name for name in SIGNS if name in families]
    return {
        use: list(dict.fromkeys([name for name in chain if name in families][:1] + complete + signs))
        for use, chain in CHAINS.items()
    }
