"""A page saved as HTML: by SingleFile, by a browser's “save as”, or with its address given by the person."""

from __future__ import annotations

import re
from collections.abc import Generator

from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item, Page, saved_page, utc

ENDS = (".html", ".htm", ".xhtml", ".mht.html")
_BOM = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MARKUP = re.compile(rb"^\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|title|meta)\b", re.I | re.S)
_SINGLEFILE = re.compile(
    rb"Page saved with SingleFile\s{1,20}url:\s{0,4}(\S{1,4000})\s{1,20}saved date:\s{0,4}([^\r\n]{1,100})"
)
_SAVED_FROM = re.compile(rb"<!--\s{0,4}saved from url=\(\d{1,6}\)(\S{1,4000})\s{0,4}-->")


def _recognises(file: File) -> bool:
    start = file.start
    for mark in _BOM:
        start = start.removeprefix(mark)
    if start[1:2] == b"\0" or start[:1] == b"\0":
        start = start.replace(b"\0", b"")
    return _MARKUP.match(start) is not None or (file.name.lower().endswith(ENDS) and start.lstrip().startswith(b"<"))


def _read(file: File) -> Generator[Item, None, None]:
    body = file.bounded(file.limits.max_page_bytes, "max_page_bytes")
    url, moment, kind = _claims(body)
    exchange, flags = saved_page(file, file.handed.url or url, body, kind, "text/html", moment)
    if file.handed.url or not moment:
        flags.append("address_claimed")
    told = (("claimed_url", file.handed.url or url), *((("page_says_url", url),) if url and file.handed.url else ()))
    yield Page(exchanges=(exchange,), flags=tuple(flags), provenance=told, source=file.handed.source)


def _claims(body: bytes) -> tuple[str, str, str]:
    """Address, time and tool by what the page says of itself."""
    found = _SINGLEFILE.search(body[:20_000])
    if found:
        return found[1].decode("utf-8", "replace"), utc(found[2].decode("utf-8", "replace")), "SingleFile"
    saved = _SAVED_FROM.search(body[:20_000])
    return (saved[1].decode("utf-8", "replace"), "", "saved page") if saved else ("", "", "saved page")


FORMAT = Format("html", 70, _recognises, _read)
