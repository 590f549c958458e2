"""From the bytes a site sent to text: content encodings first, then the character set.

The order is BOM, strict UTF-8, the page's own declaration, the HTTP header, GB18030 against Big5; a cut last
character is forgiven everywhere. UTF-7 and HZ are never decoded: no browser does, so no visitor saw that text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from crawlers.records import Exchange
from crawlers.unpacking import MAX_UNPACKED_BYTES, unpack

Headers = Iterable[tuple[str, str]]

_DECLARED_WITHIN_BYTES = 64 * 1024
_SHORT_BYTES = 24
"""With fewer bytes outside ASCII than this, a guessed encoding is only a guess."""
_META = re.compile(rb"""<meta[^>]{0,400}?charset\s{0,8}=\s{0,8}["']?\s{0,8}([\w.:-]{1,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s{0,64}<\?xml[^>]{0,200}?encoding\s{0,8}=\s{0,8}["']([\w.:-]{1,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_LOST = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_ENOUGH = re.compile(rb"(?:[\x00-\x7f]*[\x80-\xff]){%d}" % _SHORT_BYTES)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WEAK = "cp1252"
"""Declared by editors' templates and servers' defaults whatever the page holds; believed last."""
_CODECS = {
    "utf-8": ("utf8", "utf8mb4", "utf-16", "utf-16le", "utf-16be", "unicode"),
    "gb18030": ("gbk", "gb2312", "gb_2312-80", "x-gbk", "cp936", "ms936", "chinese", "gb-2312", "csgb2312"),
    "big5hkscs": ("big5", "big5-hkscs", "cn-big5", "x-x-big5", "csbig5"),
    "shift_jis": ("shift-jis", "sjis", "x-sjis", "windows-31j"),
    "euc_jp": ("euc-jp",),
    "euc_kr": ("euc-kr", "ks_c_5601-1987", "windows-949"),
    "cp1251": ("windows-1251",),
    "koi8-r": ("koi8_r",),
    _WEAK: ("windows-1252", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii", "iso-8859-15"),
}
"""Our codec for each label that sites write. A label that stands nowhere is no declaration."""
_BY_LABEL = {label: codec for codec, labels in _CODECS.items() for label in (codec, *labels)}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that gave it, and what was odd.

    Flags: `charset_overruled` (the site's declaration was false), `low_confidence` (guessed, or with losses),
    `bomb`, `content_encoding_broken`, `content_encoding_unknown`.
    """

    text: str
    encoding: str
    flags: tuple[str, ...] = ()


def decode_exchange(exchange: Exchange, *, max_bytes: int = MAX_UNPACKED_BYTES) -> Decoded:
    return decode(exchange.body, exchange.response_headers, max_bytes=max_bytes)


def decode(body: bytes, headers: Headers = (), *, max_bytes: int = MAX_UNPACKED_BYTES) -> Decoded:
    """Never raises for what a body holds; `body` is as transferred, its Content-Encoding still applied."""
    encodings, content_type = _read_headers(headers)
    data, flags = unpack(body, encodings, max_bytes=max_bytes) if encodings else (body, ())
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(codec, "replace"), codec, flags)
    stated_in_page, stated_in_header = _in_page(data), _codec(_first(_HEADER.findall(content_type)))
    text, codec, sure = _best(data, stated_in_page, stated_in_header)
    stated = stated_in_header or stated_in_page
    if stated and stated != codec and not data.isascii():
        flags = (*flags, "charset_overruled")
    return Decoded(text, codec, flags if sure else (*flags, "low_confidence"))


def _best(data: bytes, in_page: str, in_header: str) -> tuple[str, str, bool]:
    """(text, codec, sure)."""
    stated = in_page or in_header
    text = _strictly(data, "utf-8")
    if text is not None:
        return text, "utf-8", stated == "utf-8" or data.isascii() or _enough(data)
    for codec in (in_page, in_header):
        if codec not in ("", _WEAK, "utf-8") and (text := _strictly(data, codec)) is not None:
            return text, codec, not _LOST.search(text)
    candidates = dict.fromkeys(codec for codec in (in_page, in_header, "gb18030", "big5hkscs", "utf-8") if codec)
    texts = [(_roughly(data, codec), codec) for codec in candidates if codec != _WEAK]
    text, codec = min(texts, key=lambda found: len(_LOST.findall(found[0])))
    losses = len(_LOST.findall(text))
    if losses and stated == _WEAK:
        return data.decode(_WEAK, "replace"), _WEAK, True
    return text, codec, not losses and (codec == stated or _enough(data))


def _enough(data: bytes) -> bool:
    return _ENOUGH.match(data) is not None


def _strictly(data: bytes, codec: str) -> str | None:
    """The text when the codec fits throughout; a character cut off at the very end is dropped."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        if len(data) - error.start > 4:
            return None
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(data, final=False)
    except UnicodeDecodeError:
        return None


def _roughly(data: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)("replace").decode(data, final=False)


def _read_headers(headers: Headers) -> tuple[list[str], str]:
    """Content encodings in the order applied, and the content type."""
    encodings: list[str] = []
    content_type = ""
    for name, value in headers:
        lowered = name.lower()
        if lowered == "content-encoding":
            encodings += [part.strip().lower() for part in value.split(",")]
        elif lowered == "content-type":
            content_type = content_type or value
    return [encoding for encoding in encodings if encoding not in ("", "identity")], content_type


def _in_page(data: bytes) -> str:
    head = data[:_DECLARED_WITHIN_BYTES]
    declared = chain(_XML.finditer(head), _META.finditer(head))
    return next((codec for found in declared if (codec := _codec(found[1].decode("ascii", "replace")))), "")


def _codec(label: str) -> str:
    return _BY_LABEL.get(label.strip().lower(), "")


def _first(labels: list[str]) -> str:
    return labels[0] if labels else ""
