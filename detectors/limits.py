"""How much of one page the detectors look at; a page beyond a limit is cut there and marked `truncated`."""

from __future__ import annotations

MAX_HTML_CHARS = 2_000_000
MAX_TEXT_CHARS = 10_000_000
MAX_LINKS = 5_000
MAX_IMAGES = 2_000
MAX_FIELDS = 500
MAX_SCRIPT_STRING_CHARS = 200_000
MAX_WRITES = 60
"""Scripts whose `document.write` is followed, those within what is written among them."""
MAX_DRAWN = 20
"""Texts of style sheets."""
MAX_DRAWN_CHARS = 200
MAX_TEMPLATES = 4
SHELL_CHARS = 100
"""A page with less text has no words of its own: what its templates and scripts hold is read for it."""
MAX_SIGNALS_PER_DETECTOR = 40
MAX_CONTACTS = 60
MAX_IMAGES_DECODED = 12
MAX_IMAGE_BYTES = 8_000_000
MAX_IMAGE_PIXELS = 90_000_000
"""In memory four bytes each: what one picture at a time may cost."""
MAX_IMAGE_KEPT_PIXELS = 24_000_000
"""A larger picture is made smaller as soon as it is unpacked."""
MIN_OCR_WIDTH_PX = 200
MIN_OCR_HEIGHT_PX = 60
MIN_OCR_PIXELS = 60_000
"""Smaller pictures are icons and buttons: no room for an offer."""
MAX_OCR_SIDE_PX = 1_600
"""Larger pictures are made smaller before their text is read."""
MAX_OCR_DETECT_SIDE_PX = 1_280
"""On a picture of at most this size lines of text are looked for; they are then read at full size."""
OCR_THREADS = 1
"""A second one saves little time on pictures of this size and spends half as much again of the processor."""
