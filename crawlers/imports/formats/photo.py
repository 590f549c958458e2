"""Photos, of certificates above all: kept as they are; the codes in them are read as text and never visited here."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Generator

from crawlers import qrcodes
from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item, Page
from crawlers.imports.problems import Problem, Refused
from crawlers.imports.tips import Tip
from crawlers.records import Exchange
from crawlers.urls import canonical

ADDRESS = "urn:sha256:"
"""A photo has no address of its own: it is named by its bytes."""
_KINDS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
}
_UNSUPPORTED = re.compile(rb".{4}ftyp(avif|avis|heic|heix|mif1|msf1)", re.DOTALL)
_TEXT_CHARS = 120


def _media(file: File) -> str:
    if re.match(rb"RIFF.{4}WEBP", file.start, re.DOTALL):
        return "image/webp"
    found = next((media for start, media in _KINDS.items() if file.start.startswith(start)), "")
    return "" if found == "image/bmp" and int.from_bytes(file.start[2:6], "little") != file.size else found


def _recognises(file: File) -> bool:
    return bool(_media(file)) or _UNSUPPORTED.match(file.start) is not None


def _read(file: File) -> Generator[Item, None, None]:
    unsupported = _UNSUPPORTED.match(file.start)
    if unsupported:
        raise Refused("photo_kind", kind=unsupported[1].decode().upper())
    body = file.bounded(file.limits.max_page_bytes, "max_page_bytes")
    texts = _codes(file, body)
    photo = Exchange(
        url=f"{ADDRESS}{file.sha256}",
        status=200,
        reason="Imported from photo",
        response_headers=(("Content-Type", _media(file)),),
        body=body,
        fetched_at=file.received_at,
    )
    yield Page(exchanges=(photo,), flags=("no_http_answer", "time_unknown"), photo=True)
    if texts is None:
        yield Problem("photo_no_reader")
        return
    if not texts:
        yield Problem("photo_no_code")
    for number, text in enumerate(texts, 1):
        address = canonical(text)
        if address:
            yield Tip(url=address, row=number, text=file.handed.note, channel=file.handed.channel, page=0)
        else:
            yield Problem("photo_code_text", fields={"shown": text[:_TEXT_CHARS]})


def _codes(file: File, body: bytes) -> list[str] | None:
    """What the codes say; None when nothing here can read them. Sizes are checked before anything is unpacked."""
    from PIL import Image

    limit = file.limits.max_photo_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(body))
        width, height = image.size
        if width * height > limit:
            raise Refused("photo_pixels", pixels=width * height, limit=limit)
        image.load()
    except Image.DecompressionBombError as error:
        raise Refused("photo_pixels", pixels=str(error).split(" pixels")[0].rpartition("(")[2], limit=limit) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise Refused("photo_broken", detail=str(error)[:_TEXT_CHARS]) from error
    return qrcodes.texts(image.convert("RGB")) if qrcodes.installed() else None


FORMAT = Format("photo", 20, _recognises, _read)
