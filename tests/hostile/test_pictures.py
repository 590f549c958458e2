"""Cases I: pictures that are too large, broken, or something else. Each is read in a process of its own."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("zxingcpp")

import zxingcpp
from PIL import Image

from crawlers.pictures import is_picture
from crawlers.records import Exchange, Outcome
from detectors.images import decode, qr_targets
from tests.conftest import ROOT
from tests.hostile.conftest import Visit
from tests.hostile.faults.pages import picture

TARGETS = ("https://zs.example/c?id=1", "javascript:alert(1)", "http://127.0.0.1/pay", "http://10.0.0.1/")
READ = """
import json, resource, sys, time
from types import SimpleNamespace
from detectors import images as pictures
from detectors.base import FollowUp
from detectors.features import Page
pictures.can_read = lambda: False
context = SimpleNamespace(registry=SimpleNamespace(owner=lambda host: (None, None)), pictures={})
def look(bodies):
    page = Page.from_text("")
    page.images = bodies
    return [found.url for found in pictures.images(page, context) if isinstance(found, FollowUp)]
bodies = tuple(open(path, "rb").read() for path in sys.argv[1:])
look(bodies[-1:])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.process_time()
followups = look(bodies)
spent = time.process_time() - started
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // (1024 if sys.platform == "linux" else 1 << 20)
first = pictures.decode(bodies[0])
print(json.dumps({"mb": grown, "seconds": spent, "size": first and first.size, "followups": followups}))
"""
"""What is written in pictures is read elsewhere: it takes longer than all this together."""


class Looked:
    """What became of the pictures of one page, and what it cost."""

    def __init__(self, said: str) -> None:
        read = json.loads(said)
        self.mb: int = read["mb"]
        self.seconds: float = read["seconds"]
        self.size: list[int] | None = read["size"]
        self.followups: list[str] = read["followups"]


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Looked]:
    def looked(*bodies: bytes, mb: int = 200, seconds: float = 10) -> Looked:
        files = []
        for number, body in enumerate(bodies):
            files.append(tmp_path / str(number))
            files[-1].write_bytes(body)
        command = [sys.executable, "-c", READ, *map(str, files)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        found = Looked(done.stdout.splitlines()[-1])
        assert (found.mb <= mb, found.seconds <= seconds) == (True, True), vars(found)
        return found

    return looked


def encoded(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **more)
    return stream.getvalue()


def qr(text: str, scale: int = 5) -> Image.Image:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=scale))


GOOD = encoded(qr(TARGETS[0]))


@pytest.mark.parametrize("side", [20_000, 12_000])
def test_i01_a_giant_is_refused_before_it_is_unpacked(look: Callable[..., Looked], side: int) -> None:
    giant = picture(side, side, bits=1)
    assert len(giant) < 60_000
    found = look(giant, GOOD, mb=32)
    assert found.size is None
    assert found.followups == [TARGETS[0]]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_i02_a_large_picture_is_made_smaller_under_a_cap(look: Callable[..., Looked], kind: str) -> None:
    large = Image.new("RGB", (9_000, 9_000), "white")
    large.paste(qr(TARGETS[0], scale=60).resize((2_400, 2_400)), (100, 100))
    found = look(encoded(large, kind, **({"compress_level": 1} if kind == "PNG" else {})), GOOD, mb=420)
    assert found.size is not None and found.size[0] * found.size[1] <= 24_000_000
    assert found.followups == [TARGETS[0]] * 2


def test_i02_a_page_of_large_pictures_costs_no_more_than_one(look: Callable[..., Looked]) -> None:
    large = [encoded(Image.new("RGB", (4_800, 4_800), (n, 0, 0)), compress_level=1) for n in range(5)]
    look(*large, GOOD, mb=250)


@pytest.mark.parametrize("broken", [
    encoded(qr("x"), "JPEG")[:-200], GOOD.replace(b"IDAT", b"IDAX", 1), GOOD[:40], b"", b"\xff\xd8\xff", GOOD[:-16],
], ids=["cut jpeg", "bad chunk", "cut png", "empty", "no jpeg", "cut end"])  # fmt: skip
def test_i03_a_broken_picture_stops_nothing(look: Callable[..., Looked], broken: bytes) -> None:
    assert look(broken, GOOD).followups[-1] == TARGETS[0]


def _gif(frames: int) -> bytes:
    one = b"\x2c\0\0\0\0\x40\0\x40\0\0\x02" + b"\x02\x4c\x01\0"
    head = b"GIF89a" + struct.pack("<HHBBB", 64, 64, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + one * frames + b";"


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_i04_of_a_film_the_first_picture_is_read(look: Callable[..., Looked], kind: str) -> None:
    others = [Image.new("RGB", (300, 300), (number % 255, 0, 0)) for number in range(60)]
    first = Image.new("RGB", (300, 300), "white")
    first.paste(qr(TARGETS[0], scale=4), (20, 20))
    film = encoded(first, kind, save_all=True, append_images=others)
    assert look(film).followups == [TARGETS[0]]


def test_i04_a_hundred_thousand_frames_cost_as_much_as_one(look: Callable[..., Looked]) -> None:
    look(_gif(100_000), GOOD, mb=48, seconds=5)


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script>
<image href="http://127.0.0.1/x"/></svg>"""


def exchange(body: bytes, kind: str) -> Exchange:
    return Exchange(url="http://a.test/x", status=200, body=body, response_headers=(("Content-Type", kind),))


def test_i05_a_drawing_that_can_run_scripts_is_no_picture() -> None:
    assert not is_picture(exchange(SVG, "image/svg+xml"))
    assert decode(SVG) is None


def test_i06_a_file_of_two_kinds_is_what_label_and_bytes_agree_on() -> None:
    both = encoded(Image.new("RGB", (80, 80)), "JPEG") + b"<script>alert(1)</script>"
    zipped = GOOD + b"PK\x03\x04" + bytes(30)
    assert is_picture(exchange(both, "image/jpeg")) and not is_picture(exchange(both, "text/html"))
    for body in (both, zipped):
        image = decode(body)
        assert image is not None
        again = encoded(image)
        assert b"<script>" not in again and b"PK\x03\x04" not in again


def test_i07_what_a_picture_says_of_its_maker_stays_in_the_original() -> None:
    image = Image.new("RGB", (80, 80))
    place = image.getexif()
    place[0x0131] = "maker"
    place.get_ifd(0x8825)[1] = "N"
    body = encoded(image, "JPEG", exif=place, icc_profile=bytes(100_000))
    seen = decode(body)
    assert seen is not None
    assert (dict(seen.getexif()), seen.info) == ({}, {})
    assert b"maker" in body and b"maker" not in encoded(seen, "JPEG")


def test_i07_a_bomb_beside_the_picture_is_not_unpacked(look: Callable[..., Looked]) -> None:
    data = b"XML:com.adobe.xmp\0\x01\0\0\0" + zlib.compress(bytes(200 << 20), 9)
    chunk = struct.pack(">I", len(data)) + b"iTXt" + data + struct.pack(">I", zlib.crc32(b"iTXt" + data))
    look(GOOD[:33] + chunk + GOOD[33:], GOOD, mb=64)


def test_i08_codes_are_text_until_the_door_has_judged_them(look: Callable[..., Looked]) -> None:
    page = Image.new("L", (2_000, 2_000), 255)
    for number in range(49):
        page.paste(qr(f"https://zs.example/{number}", scale=5), (number % 7 * 280, number // 7 * 280))
    damaged = qr(TARGETS[0])
    damaged.paste(0, (0, 0, damaged.width // 2, damaged.height // 2))
    found = look(encoded(page), encoded(damaged), *(encoded(qr(text)) for text in TARGETS), GOOD)
    assert not [url for url in found.followups if url.startswith("javascript:")]
    assert qr_targets(Image.new("RGB", (200, 200))) == []
    assert TARGETS[2] in found.followups or len(found.followups) >= 40  # an address is proposed; case U11: refused


@pytest.mark.parametrize("brand", [b"heic", b"avif", b"mif1"])
def test_i09_a_format_that_nobody_here_reads_is_passed_over(look: Callable[..., Looked], brand: bytes) -> None:
    body = b"\0\0\0\x18ftyp" + brand + bytes(400)
    found = look(body, GOOD)
    assert (found.size, found.followups) == (None, [TARGETS[0]])


def test_i09_the_crawl_says_that_it_cannot_be_read(visit: Visit) -> None:
    seen = visit("phone_photo")
    assert (seen.ending, seen.flags) == ((Outcome.CAPTURED, ""), ("picture_unreadable",))
