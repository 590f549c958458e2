"""Text in pictures, line by line with the box each line stands in. Works where the extra `ocr` is installed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from detectors.limits import (
    MAX_OCR_DETECT_SIDE_PX,
    MAX_OCR_SIDE_PX,
    MIN_OCR_HEIGHT_PX,
    MIN_OCR_PIXELS,
    MIN_OCR_WIDTH_PX,
    OCR_THREADS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL.Image import Image

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the picture as it was kept."""
_MIN_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a picture in reading order, a line a box; `boxes[n]` is the n-th line's."""

    text: str = ""
    boxes: tuple[Box, ...] = ()

    def box(self, start: int, end: int) -> Box:
        """What holds every line that a span of the text touches."""
        first = self.text.count("\n", 0, start)
        last = self.text.count("\n", 0, max(start, end - 1))
        return _around(self.boxes[first : last + 1])


def _around(boxes: Iterable[Box]) -> Box:
    edges = [(left, top, left + width, top + height) for left, top, width, height in boxes]
    if not edges:
        return (0, 0, 0, 0)
    left, top = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
    return (left, top, max(edge[2] for edge in edges) - left, max(edge[3] for edge in edges) - top)


def installed() -> bool:
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read(image: Image) -> Written:
    """Empty when the picture is too small to hold an offer."""
    import numpy

    width, height = image.size
    if width < MIN_OCR_WIDTH_PX or height < MIN_OCR_HEIGHT_PX or width * height < MIN_OCR_PIXELS:
        return Written()
    if max(width, height) > MAX_OCR_SIDE_PX:
        image = image.copy()
        image.thumbnail((MAX_OCR_SIDE_PX, MAX_OCR_SIDE_PX))
    found = _reader()(numpy.asarray(image)[:, :, ::-1])
    if found.txts is None:
        return Written()
    sure = [
        (" ".join(text.split("\n")), _box(corners, width / image.width))
        for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
        if score >= _MIN_CONFIDENCE
    ]
    return Written("\n".join(text for text, _ in sure), tuple(box for _, box in sure))


def _box(corners: Any, scale: float) -> Box:
    """From four corners in the picture that was read."""
    across, down = [float(x) * scale for x, _ in corners], [float(y) * scale for _, y in corners]
    left, top = int(min(across)), int(min(down))
    return (left, top, int(max(across)) - left, int(max(down)) - top)


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
