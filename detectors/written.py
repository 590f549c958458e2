"""What a page's scripts write into it by plain words, `document.write` and `innerHTML`, as every browser shows it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote

from crawlers.needles import Needle

MAX_CHARS = 100_000
"""Of one script that are looked at."""
_WRITING = ("document.write", ".innerHTML", ".insertAdjacentHTML")
WORDS = (*_WRITING, "document.title")
"""One of them is in every script that writes."""
_NEEDLES = tuple((word, Needle(word)) for word in WORDS)
_LITERAL = r"(?:\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'|`(?:[^`\\]++|\\.)*+`)"
_NAME = r"[A-Za-z_$][\w$.]{0,60}+"
_WRITE = re.compile(
    r"(?:document\.write(?:ln)?\(|\.innerHTML\s*\+?=|\.insertAdjacentHTML\([^,()]{1,40},)"
    r"\s*((?:(?:unescape|decodeURIComponent|decodeURI|escape|atob)\(\s*)*)"
    rf"({_LITERAL}(?:\s*\+\s*(?:{_LITERAL}|{_NAME}))*)"
)
"""A literal, and others or names behind it; a name is known where it is made a literal in the same script."""
_DECODERS = re.compile(r"\w+")
_TITLE = re.compile(rf"document\.title\s*=\s*({_LITERAL})")
_PART = re.compile(rf"{_LITERAL}|{_NAME}", re.S)
_QUOTES = "\"'`"
_MADE = re.compile(rf"=\s*({_LITERAL})\s*[,;\n]")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
_PERCENT_U = re.compile(r"%u([0-9a-fA-F]{4})")
_CONTROLS = {"n": "\n", "r": "\n", "t": "\t", "b": "", "f": "", "v": "", "0": "", "\n": ""}


def words_in(data: bytes) -> tuple[str, ...]:
    """Those of `WORDS` that are anywhere in a document encoded as UTF-8."""
    return tuple(word for word, needle in _NEEDLES if needle.is_in(data))


def split(script: str) -> tuple[str, str]:
    """All that is written, decoded as far as literals and the usual decoders around them go; and the script without
    what it writes."""
    looked_at = script[:MAX_CHARS]
    calls = list(_calls(looked_at))
    names = {one for call in calls for one in _PART.findall(call[2]) if one[0] not in _QUOTES}
    constants = _constants(looked_at, names) if names else {}
    ends = (0, *(call.end() for call in calls))
    starts = (*(call.start() for call in calls), len(script))
    left = "".join(script[end:start] for end, start in zip(ends, starts, strict=True))
    return "".join(_said(call, constants) for call in calls), left


def _calls(script: str) -> Iterator[re.Match[str]]:
    """All that `_WRITE` finds, looked for only where it can begin."""
    last = 0
    for at in sorted(at for word in _WRITING for at in _places(script, word)):
        if at >= last and (call := _WRITE.match(script, at)):
            last = call.end()
            yield call


def _places(script: str, word: str) -> Iterator[int]:
    at = script.find(word)
    while at >= 0:
        yield at
        at = script.find(word, at + len(word))


def _constants(script: str, names: Collection[str]) -> dict[str, str]:
    """What literal each of some names is made last; what stands within a literal that another name is made is none."""
    found: dict[str, str] = {}
    last = 0
    while made := _MADE.search(script, last):
        end = made.start()
        while end > last and script[end - 1].isspace():
            end -= 1
        start = end
        while start > last and _is_of_name(script[start - 1]):
            start -= 1
        if script[start:end] in names:
            found[script[start:end]] = made[1]
        last = made.end() if start < end else made.start() + 1
    return found


def _is_of_name(character: str) -> bool:
    return character.isalnum() or character in "_$"


def title(script: str) -> str:
    """What a script makes the document's title."""
    found = _TITLE.search(script[:MAX_CHARS])
    return plain(found[1][1:-1]) if found else ""


def _said(call: re.Match[str], constants: dict[str, str]) -> str:
    parts = (one if one[0] in _QUOTES else constants.get(one, "") for one in _PART.findall(call[2]))
    said = "".join(plain(one[1:-1]) for one in parts)
    for decoder in reversed(_DECODERS.findall(call[1])):
        said = _decoded(said, decoder)
    return said


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
