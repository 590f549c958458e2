"""Pictures of a page with what was read in them framed: an offer that stands in a poster is shown where it stands."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crawlers.records import Capture
from detectors.images import numbered
from detectors.kept import pictures
from detectors.strings import IN_PICTURE
from review.packets import strings
from review.packets.source import MarkedPicture

if TYPE_CHECKING:
    from PIL.Image import Image

    from crawlers.archive import Archive
    from crawlers.store import Store

Box = tuple[int, int, int, int]
"""Left, top, width, height."""
NUMBER = re.compile(re.escape(IN_PICTURE).replace(r"\{number\}", "([0-9]+)").replace(r"\{reason\}", ".*"), re.DOTALL)
MARKED_MAX, FRAME_COLOUR, FRAME_PX, HALO_PX = 3, (200, 24, 24), 3, 2


def marked(
    assessment: Mapping[str, Any], captures: Sequence[Capture], store: Store, archive: Archive
) -> tuple[MarkedPicture, ...]:
    """Pictures in which detectors read something. One that is not the same in all captures is left out: a frame must
    not stand on a picture that it was not found in."""
    framed = _framed(assessment)
    if not framed:
        return ()
    seen = [(one, numbered(_bodies(one, store, archive))) for one in captures]
    found = (_one(number, signals, seen) for number, signals in framed.items())
    return tuple(picture for picture in found if picture is not None)[:MARKED_MAX]


def _framed(assessment: Mapping[str, Any]) -> dict[int, list[Mapping[str, Any]]]:
    """Signals with a box, by the number of the picture that their reason names."""
    found: dict[int, list[Mapping[str, Any]]] = {}
    for axis in strings.AXES:
        for signal in assessment.get(axis, {}).get("signals", ()):
            match = NUMBER.fullmatch(signal["reason"]) if signal.get("box") else None
            if match:
                found.setdefault(int(match[1]), []).append(signal)
    return dict(sorted(found.items()))


def _bodies(capture: Capture, store: Store, archive: Archive) -> Iterator[bytes]:
    if capture.media_type.startswith("image/"):
        yield archive.read(capture.place).body
    yield from pictures(store, archive, capture)


def _one(
    number: int, signals: Sequence[Mapping[str, Any]], seen: Sequence[tuple[Capture, Sequence[Image]]]
) -> MarkedPicture | None:
    shown = [(capture, images[number - 1]) for capture, images in seen if len(images) >= number]
    boxes = list(dict.fromkeys(tuple(signal["box"]) for signal in signals))
    if not shown or len({(one.size, one.tobytes()) for _, one in shown}) > 1 or not _inside(boxes, shown[0][1]):
        return None
    quotes = "；".join(dict.fromkeys(" ".join(signal["quote"].split()) for signal in signals))
    capture, image = shown[-1]
    return MarkedPicture(capture.label, capture.final_url, capture.fetched_at, number, quotes, _drawn(image, boxes))


def _inside(boxes: Sequence[Box], image: Image) -> bool:
    return all(left + wide <= image.width and top + high <= image.height for left, top, wide, high in boxes)


def _drawn(image: Image, boxes: Sequence[Box]) -> bytes:
    from PIL import ImageDraw

    drawn = image.copy()
    pen = ImageDraw.Draw(drawn)
    for left, top, wide, high in boxes:  # with a white edge: posters are red, too
        edge = (left - HALO_PX, top - HALO_PX, left + wide + HALO_PX, top + high + HALO_PX)
        pen.rectangle(edge, outline="white", width=FRAME_PX + 2 * HALO_PX)
    for left, top, wide, high in boxes:
        pen.rectangle((left, top, left + wide, top + high), outline=FRAME_COLOUR, width=FRAME_PX)
    drawn.save(output := io.BytesIO(), "PNG")
    return output.getvalue()
