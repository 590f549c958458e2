"""Copies of one picture are alike, other pictures are not, and plain ones are like nothing."""

from __future__ import annotations

import io
import random

import pytest

pytest.importorskip("PIL")

from PIL import Image, ImageDraw

from detectors.likeness import MAX_DIFFERENT_BITS, different_bits, fingerprint, groups


def drawn(seed: int, width: int = 400, height: int = 300) -> Image.Image:
    """An invented picture of some forty rectangles."""
    dice = random.Random(seed)
    image = Image.new("RGB", (width, height), (240, 240, 235))
    pen = ImageDraw.Draw(image)
    for _ in range(40):
        left, top = dice.randrange(width), dice.randrange(height)
        shade = tuple(dice.randrange(256) for _ in range(3))
        pen.rectangle((left, top, left + dice.randrange(20, 120), top + dice.randrange(20, 90)), fill=shade)
    return image


def compressed(image: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return Image.open(io.BytesIO(stream.getvalue())).convert("RGB")


@pytest.mark.parametrize("seed", range(8))
def test_scaled_and_compressed_copies_are_alike(seed: int) -> None:
    image = drawn(seed)
    copy = compressed(image.resize((260, 195), Image.Resampling.BILINEAR), 45)
    assert different_bits(fingerprint(image), fingerprint(copy)) <= MAX_DIFFERENT_BITS


def test_other_pictures_are_far_from_each_other() -> None:
    hashes = [fingerprint(drawn(seed)) for seed in range(40)]
    nearest = min(different_bits(one, other) for one in hashes for other in hashes if one is not other)
    assert nearest > 3 * MAX_DIFFERENT_BITS


@pytest.mark.parametrize(
    "image",
    [Image.new("RGB", (400, 300), (200, 10, 10)), drawn(1, 60, 60), Image.linear_gradient("L").rotate(90)],
    ids=["one colour", "an icon", "a gradient"],
)
def test_what_cannot_be_known_again_has_no_hash(image: Image.Image) -> None:
    assert fingerprint(image) == ""


def test_groups_gather_copies_under_one_name() -> None:
    pairs = [(fingerprint(drawn(seed)), fingerprint(compressed(drawn(seed), 40))) for seed in range(6)]
    leaders = groups(one for pair in pairs for one in pair)
    assert all(leaders[first] == leaders[second] for first, second in pairs)
    assert len(set(leaders.values())) == len(pairs)


def test_a_hash_within_the_limit_is_found_by_its_bands() -> None:
    whole = fingerprint(drawn(3))
    near = f"{int(whole, 16) ^ sum(1 << (number * 17) for number in range(MAX_DIFFERENT_BITS)):064x}"
    far = f"{int(whole, 16) ^ sum(1 << (number * 9) for number in range(2 * MAX_DIFFERENT_BITS)):064x}"
    leaders = groups([whole, near, far])
    assert leaders[whole] == leaders[near]
    assert leaders[far] == far
