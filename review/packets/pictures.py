"""Pictures for circulation: encoded anew, lines that name people and what may be faces painted over.

Lines are found by OCR; without it the whole picture is made unreadable. There is no detector of faces here: regions
with the colour and the texture of skin are painted over, which hides more than faces and may miss a grey one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detectors import ocr
from review.errors import ReviewError
from review.packets.masking import Masker
from review.packets.names import LABEL_ALONE

if TYPE_CHECKING:
    from PIL.Image import Image

TILE_PX, OVERLAP_PX = 1400, 120
CELL_PX, SKIN_CELLS_MIN, SKIN_SHARE, TEXTURE_SHARE = 16, 6, 0.5, 0.15
BLIND_WIDTH_PX = 96
"""A picture that cannot be read by OCR is shrunk to this width and blown up again."""
VALUE_REACH_PX = 400
LONG_NUMBER = re.compile(r"(?:[0-9OoIl][\s-]?){13,}")
"""Longer than any telephone: an identity number of which OCR got a character wrong."""
PAINT = (128, 128, 128)
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""


class PictureRefused(ReviewError):
    """A picture that cannot be opened, or that still shows what was to be masked."""


@dataclass(frozen=True, slots=True)
class Region:
    kind: str
    """text, face or whole"""
    box: Box


def redact(content: bytes, masker: Masker) -> tuple[bytes, list[Region]]:
    """The picture as PNG, and what was painted over. Raises PictureRefused when it still says what it must not."""
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(content)).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureRefused(f"a screenshot cannot be opened: {error}") from error
    if not ocr.installed():
        return _png(_blinded(picture)), [Region("whole", (0, 0, *picture.size))]
    regions = [Region("text", box) for box in _text_boxes(picture, masker)]
    regions += [Region("face", box) for box in _skin_boxes(picture)]
    for region in regions:
        picture.paste(PAINT, region.box)
    left = [Region("text", box) for box in _text_boxes(picture, masker)]
    for region in left:  # what only shows now that its neighbours are gone
        picture.paste(PAINT, region.box)
    return _png(picture), regions + left


def _png(picture: Image) -> bytes:
    output = io.BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def _blinded(picture: Image) -> Image:
    from PIL.Image import Resampling

    width, height = picture.size
    small = picture.resize((min(BLIND_WIDTH_PX, width), max(1, height * BLIND_WIDTH_PX // max(width, 1))))
    return small.resize(picture.size, Resampling.NEAREST)


def _lines(picture: Image) -> Iterator[tuple[str, Box]]:
    """Lines of text with their boxes; a tall picture is read piece by piece, or its letters would be too small."""
    width, height = picture.size
    for top in range(0, max(1, height), TILE_PX):
        tile = picture.crop((0, top, width, min(height, top + TILE_PX + OVERLAP_PX)))
        read = ocr.read(tile)
        for text, (left, y, w, h) in zip(read.text.split("\n"), read.boxes, strict=False):
            yield text, (max(0, left - 2), top + y - 2, left + w + 2, top + y + h + 2)


def _text_boxes(picture: Image, masker: Masker) -> list[Box]:
    lines = list(_lines(picture))
    found = [box for text, box in lines if masker.text(text) != text or LONG_NUMBER.search(text)]
    for text, label in lines:
        if LABEL_ALONE.fullmatch(text):
            found += _beside(label, [box for _, box in lines if box != label])
    return found


def _beside(label: Box, boxes: Iterable[Box]) -> list[Box]:
    """The value of a label that stands alone: what is nearest to its right, else below it."""
    left, top, right, bottom = label
    level = [box for box in boxes if box[1] < bottom and box[3] > top and 0 <= box[0] - right + 4 < VALUE_REACH_PX]
    if level:
        return [min(level, key=lambda box: box[0])]
    under = [box for box in boxes if box[0] < right and box[2] > left and 0 <= box[1] - bottom + 4 < bottom - top]
    return [min(under, key=lambda box: box[1])] if under else []


def _skin_boxes(picture: Image) -> list[Box]:
    """Boxes around connected cells that have the colour of skin (YCbCr) and are no flat ground."""
    from PIL import ImageChops, ImageFilter
    from PIL.Image import Resampling

    columns, rows = picture.width // CELL_PX, picture.height // CELL_PX
    if not columns or not rows:
        return []
    grey, blue, red = picture.convert("YCbCr").split()
    skin = ImageChops.multiply(
        blue.point(lambda v: 255 if 77 <= v <= 127 else 0), red.point(lambda v: 255 if 136 <= v <= 173 else 0)
    )
    texture = ImageChops.difference(grey, grey.filter(ImageFilter.BoxBlur(3))).point(lambda v: 255 if v >= 2 else 0)
    shares = [plane.resize((columns, rows), Resampling.BOX).tobytes() for plane in (skin, texture)]
    cells = {
        (at % columns, at // columns)
        for at, (colour, rough) in enumerate(zip(*shares, strict=True))
        if colour >= 255 * SKIN_SHARE and rough >= 255 * TEXTURE_SHARE
    }
    groups = [group for group in _groups(cells) if len(group) >= SKIN_CELLS_MIN]
    return [_around(group, picture.size) for group in groups]


def _groups(cells: set[tuple[int, int]]) -> Iterator[set[tuple[int, int]]]:
    left = set(cells)
    while left:
        group, edge = set(), {left.pop()}
        while edge:
            x, y = edge.pop()
            group.add((x, y))
            near = {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & left
            left -= near
            edge |= near
        yield group


def _around(group: set[tuple[int, int]], size: tuple[int, int]) -> Box:
    """With two cells of margin: hair and chin."""
    margin = 2 * CELL_PX
    xs, ys = [x for x, _ in group], [y for _, y in group]
    return (
        max(0, min(xs) * CELL_PX - margin),
        max(0, min(ys) * CELL_PX - margin),
        min(size[0], (max(xs) + 1) * CELL_PX + margin),
        min(size[1], (max(ys) + 1) * CELL_PX + margin),
    )
