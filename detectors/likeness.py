"""Pictures that look the same: a difference hash of 256 bits, equal or nearly equal for copies of one picture.

Each bit says whether a cell of a 16 × 16 grid is darker than its right neighbour (dHash, N. Krawetz, 2013). Scaling and
compressing again change a few bits, another picture about half of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE_CELLS = 16
HASH_BITS = SIDE_CELLS * SIDE_CELLS
MAX_DIFFERENT_BITS = 15
_BAND_BITS = HASH_BITS // (MAX_DIFFERENT_BITS + 1)
"""Of two hashes that differ in at most 15 of 256 bits, one of 16 bands is equal."""
_MIN_SIDE_PX = 80
_MIN_SPREAD = 12.0
"""Standard deviation of grey levels (0 … 255); a flatter picture is a background."""
_MIN_SET_BITS = 24


def fingerprint(image: Image) -> str:
    """64 hex digits; empty for a picture too small or too plain to know again."""
    from PIL import Image as Pictures
    from PIL import ImageStat

    if min(image.size) < _MIN_SIDE_PX:
        return ""
    grey = image.convert("L")
    if ImageStat.Stat(grey).stddev[0] < _MIN_SPREAD:
        return ""
    cells = grey.resize((SIDE_CELLS + 1, SIDE_CELLS), Pictures.Resampling.LANCZOS).tobytes()
    rows = [cells[at : at + SIDE_CELLS + 1] for at in range(0, len(cells), SIDE_CELLS + 1)]
    bits = "".join("1" if left < right else "0" for row in rows for left, right in pairwise(row))
    if not _MIN_SET_BITS <= bits.count("1") <= HASH_BITS - _MIN_SET_BITS:
        return ""
    return f"{int(bits, 2):064x}"


def different_bits(first: str, second: str) -> int:
    return (int(first, 16) ^ int(second, 16)).bit_count()


def groups(hashes: Iterable[str]) -> dict[str, str]:
    """Each hash → the first of those that look the same as it, in sorted order; itself when none does."""
    leaders: dict[str, str] = {}
    by_band: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for one in sorted(set(hashes)):
        near = {other for band in _bands(one) for other in by_band[band]}
        alike = sorted(other for other in near if different_bits(one, other) <= MAX_DIFFERENT_BITS)
        leaders[one] = leaders[alike[0]] if alike else one
        for band in _bands(one):
            by_band[band].append(one)
    return leaders


def _bands(one: str) -> Iterator[tuple[int, int]]:
    value = int(one, 16)
    for number in range(HASH_BITS // _BAND_BITS):
        yield number, (value >> (number * _BAND_BITS)) & ((1 << _BAND_BITS) - 1)
