"""Screenshots that are no pictures, or no longer: made unreadable for who may not see them, or refused by name."""

from __future__ import annotations

import io

import pytest

from review.packets.masking import Masker
from review.packets.pictures import PictureRefused, redact
from tests.hostile.fuzz import spoilt

Image = pytest.importorskip("PIL.Image")
SEEDS, MANY = 300, 100_000
NO_PICTURES = (
    *(b"", b"<html>", b"%PDF-1.4\n", b"\0" * 5000),
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0",
)


def pictures() -> list[bytes]:
    found = []
    for form in ("PNG", "JPEG", "WEBP", "GIF"):
        Image.effect_noise((60, 90), 50).convert("P" if form == "GIF" else "RGB").save(made := io.BytesIO(), form)
        found.append(made.getvalue())
    return found


@pytest.fixture(autouse=True)
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detectors.ocr.installed", lambda: False)


@pytest.mark.parametrize("content", NO_PICTURES, ids=range(len(NO_PICTURES)))
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureRefused, match="a screenshot cannot be opened"):
        redact(content, Masker(frozenset()))


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("seeds", [SEEDS, pytest.param(MANY, marks=pytest.mark.long)])
def test_a_spoilt_screenshot_is_shown_unreadable_or_refused(seeds: int) -> None:
    good, shown = pictures(), 0
    for seed in range(seeds):
        try:
            content, _ = redact(spoilt(good[seed % len(good)], seed), Masker(frozenset()))
        except PictureRefused:
            continue
        assert content.startswith(b"\x89PNG")
        shown += 1
    assert 0 < shown < seeds
