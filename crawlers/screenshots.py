"""The picture of a whole page, in CSS pixels, and whether it is as high as the page says it is."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from crawlers.apart import call

if TYPE_CHECKING:
    from playwright.async_api import CDPSession

MAX_WIDTH_PX = 2_560
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIZE = struct.Struct(">II")
_WAKE = """async (most) => {
  const late = () => [...document.images].some(i => !i.complete || (!i.src && i.dataset && i.dataset.src))
  const lazy = document.querySelector('img[loading=lazy],img[data-src],img[data-original]')
  if (!lazy || !late()) return false
  const end = Date.now() + most, step = Math.max(innerHeight, 200)
  for (let y = 0; y < document.documentElement.scrollHeight && Date.now() < end; y += step) {
    scrollTo(0, y)
    await new Promise(r => setTimeout(r, 30))
  }
  while (late() && Date.now() < end) await new Promise(r => setTimeout(r, 50))
  scrollTo(0, 0)
  return true
}"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, empty when none could be taken; sizes are (width, height) in CSS pixels.

    Flags: `screenshot_capped` (the page is larger than what is kept), `screenshot_short` (the picture is not as high
    as was asked for), `no_screenshot`.
    """

    png: bytes
    page_px: tuple[int, int]
    picture_px: tuple[int, int]
    flags: tuple[str, ...] = ()


async def wake(session: CDPSession, most_ms: int) -> bool:
    """Scroll once through a page whose pictures load when they come into view; whether that was so."""
    return bool(await call(session, _WAKE, most_ms))


async def full_page(session: CDPSession, *, width: int, height: int, max_height_px: int) -> Picture:
    """The page as wide as it lays itself out and as high as it is, cut at `max_height_px`: its author chooses both.

    `width` and `height` are the least: the viewport. Fast PNG compression: a third less time for a quarter more bytes.
    """
    page_px = await _measured(session)
    asked = max(width, min(page_px[0], MAX_WIDTH_PX)), max(height, min(page_px[1], max_height_px))
    capped = ("screenshot_capped",) if page_px[0] > MAX_WIDTH_PX or page_px[1] > max_height_px else ()
    order: dict[str, Any] = {
        "format": "png",
        "captureBeyondViewport": True,
        "optimizeForSpeed": True,
        "clip": {"x": 0, "y": 0, "width": asked[0], "height": asked[1], "scale": 1},
    }
    answer = await session.send("Page.captureScreenshot", order)
    png = base64.b64decode(answer["data"])
    size = png_size(png)
    return Picture(png, page_px, size, capped if size == asked else (*capped, "screenshot_short"))


async def _measured(session: CDPSession) -> tuple[int, int]:
    """As the browser laid it out: what a script would be told, the page's own scripts can change."""
    size = (await session.send("Page.getLayoutMetrics"))["cssContentSize"]
    return ceil(size["width"]), ceil(size["height"])


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height as the file's first chunk states them; (0, 0) for what is no PNG."""
    if not png.startswith(_SIGNATURE) or len(png) < 24:
        return 0, 0
    width, height = _SIZE.unpack_from(png, 16)
    return int(width), int(height)
