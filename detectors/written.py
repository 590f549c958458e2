"""What a page's scripts write into it by plain words: `document.write` of literals, as every browser shows it."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote

MAX_CHARS = 100_000
"""Of one script that are looked at."""
WRITES = re.compile(r"document\.(?:write|title|body\.innerHTML|documentElement\.innerHTML)")
_LITERAL = r"(?:\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'|`(?:[^`\\]++|\\.)*+`)"
_WRITE = re.compile(
    rf"document\.(?:write(?:ln)?\(|(?:body|documentElement)\.innerHTML\s*=)\s*((?:(?:unescape|decodeURIComponent|decodeURI|escape|atob)\(\s*)*)({_LITERAL}(?:\s*\+\s*{_LITERAL})*)"
)
_DECODERS = re.compile(r"\w+")
_TITLE = re.compile(rf"document\.title\s*=\s*({_LITERAL})")
_STRING = re.compile(_LITERAL, re.S)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
_PERCENT_U = re.compile(r"%u([0-9a-fA-F]{4})")
_CONTROLS = {"n": "\n", "r": "\n", "t": "\t", "b": "", "f": "", "v": "", "0": "", "\n": ""}


def markup(script: str) -> str:
    """All that is written, decoded as far as literals and the usual decoders around them go."""
    return "".join(map(_said, _WRITE.finditer(script[:MAX_CHARS])))


def title(script: str) -> str:
    """What a script makes the document's title."""
    found = _TITLE.search(script[:MAX_CHARS])
    return plain(found[1][1:-1]) if found else ""


def _said(call: re.Match[str]) -> str:
    said = "".join(plain(one[1:-1]) for one in _STRING.findall(call[2]))
    for decoder in reversed(_DECODERS.findall(call[1])):
        said = _decoded(said, decoder)
    return said


def without(script: str) -> str:
    """The script without what it writes."""
    return _WRITE.sub("", script[:MAX_CHARS]) + script[MAX_CHARS:]


def plain(literal: str) -> str:
    """A literal's text, its escapes resolved."""
    return _ESCAPE.sub(_unescaped, literal) if "\\" in literal else literal


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        return character(code)
    return _CONTROLS.get(found[4], found[4])


def character(code: str) -> str:
    """By its number in hexadecimal digits; nothing for what is no character."""
    value = int(code, 16)
    return chr(value) if value <= 0x10FFFF and not 0xD800 <= value < 0xE000 else ""


def _decoded(said: str, decoder: str) -> str:
    if decoder == "atob":
        try:
            return base64.b64decode(said, validate=True).decode("latin-1")
        except (binascii.Error, ValueError):
            return said
    if decoder == "escape":  # with decodeURIComponent around it: bytes of UTF-8 as characters
        return said.encode("latin-1", "ignore").decode("utf-8", "ignore")
    if decoder == "unescape":
        return unquote(_PERCENT_U.sub(lambda match: character(match[1]), said), "latin-1")
    return unquote(said)
