"""What was read in a picture is framed where it stands, and only on the picture that it was found in."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from detectors import strings as detector_words
from review.packets import marked
from review.packets.marked import FRAME_COLOUR
from tests.review.packets import world
from tests.review.packets.test_papers import files_of, rich

BOX = (20, 30, 100, 40)
POSTER = world.png(300, 200)


def assessment(box: tuple[int, ...] = BOX, number: int = 1) -> dict[str, Any]:
    reason = detector_words.IN_PICTURE.format(number=number, reason="承诺免考。")
    signal = {"reason": reason, "box": list(box), "quote": "免考\n包过", "weight": 1.0, "where": "image"}
    return {"selling": {"signals": [signal, {**signal, "box": None}]}}


def found(pictures: dict[str, list[bytes]], said: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`pictures` by capture, in order."""
    start = world.exchange(f"http://{world.HOST}/")
    captures = [world.material(number, [start]).capture for number in range(1, len(pictures) + 1)]
    bodies = dict(zip((capture.id for capture in captures), pictures.values(), strict=True))
    monkeypatch.setattr(marked, "_bodies", lambda capture, _store, _archive: iter(bodies[capture.id]))
    none: Any = None
    return marked.marked(said, captures, none, none)


def test_a_frame_stands_around_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = found({"crawl": [], "desktop": [world.png(20, 20), POSTER]}, assessment(), monkeypatch)
    picture = Image.open(io.BytesIO(one.content)).convert("RGB")
    assert picture.size == (300, 200)
    assert picture.getpixel((20, 30)) == picture.getpixel((120, 70)) == FRAME_COLOUR
    assert picture.getpixel((70, 50)) == Image.open(io.BytesIO(POSTER)).convert("RGB").getpixel((70, 50))
    assert (one.capture, one.number, one.quotes) == ("C-00000002", 1, "免考 包过")


@pytest.mark.parametrize(
    ("pictures", "said"),
    [
        ({"desktop": [POSTER], "phone": [world.png(300, 200, 7)]}, assessment()),
        ({"desktop": [POSTER]}, assessment(number=2)),
        ({"desktop": [POSTER]}, assessment(box=(250, 30, 100, 40))),
        ({"desktop": [b"no picture"]}, assessment()),
        ({"desktop": [POSTER]}, {"selling": {"signals": []}}),
    ],
)
def test_no_frame_stands_where_it_was_not_found(
    pictures: dict[str, list[bytes]], said: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(pictures, said, monkeypatch) == ()


def test_papers_show_it_with_its_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    framed = found({"desktop": [POSTER]}, assessment(), monkeypatch)
    files = files_of(rich("cac", "cac", marked=framed), tmp_path)
    assert "免考 包过" in files["papers.json"].decode()
