"""MHTML (RFC 2557) as browsers save it: the page, its address and time, and the pictures it showed."""

from __future__ import annotations

import email.parser
import email.policy
import re
from collections.abc import Generator, Iterator
from email.message import Message
from itertools import islice

from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item, Page, Skipped, saved_page, utc
from crawlers.imports.problems import Refused
from crawlers.records import Exchange
from crawlers.urls import canonical

PAGES = ("text/html", "application/xhtml+xml")
MAX_PARTS = 2000
MAX_PICTURES = 40
MAX_NESTED = 20
"""Parts that hold parts; browsers write one, and the parser calls itself for each."""
_NESTS = re.compile(rb"^content-type:\s{0,20}(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_HEAD = re.compile(rb"^(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){1,40}?\s", re.MULTILINE)


def _recognises(file: File) -> bool:
    start = file.start.lower()
    return b"multipart/related" in start[:4096] and b"content-type:" in start and _HEAD.match(file.start) is not None


def _read(file: File) -> Generator[Item, None, None]:
    data = file.bounded(file.limits.max_page_bytes, "max_page_bytes")
    if len(_NESTS.findall(data)) > MAX_NESTED:
        raise Refused("mhtml_nested", limit=MAX_NESTED)
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(data)
    parts = [part for part in islice(message.walk(), MAX_PARTS) if not part.is_multipart()]
    page = _page(message, parts)
    if page is None:
        raise Refused("mhtml_no_page")
    url = str(message.get("Snapshot-Content-Location", "")) or str(page.get("Content-Location", ""))
    media = f"{page.get_content_type()}; charset={page.get_content_charset() or 'utf-8'}"
    moment = utc(str(message.get("Date", "")))
    exchange, flags = saved_page(file, file.handed.url or url, _bytes(page), "MHTML", media, moment)
    pictures = list(islice(_pictures(parts, exchange), MAX_PICTURES))
    yield Page(
        exchanges=(exchange,),
        flags=tuple(flags),
        resources=tuple(pictures),
        source=file.handed.source,
        provenance=(("claimed_url", url),) if url else (),
    )
    for part in parts:
        if part is not page:
            yield Skipped(part.get_content_type())


def _page(message: Message, parts: list[Message]) -> Message | None:
    """The part that `start` names, else the first that is a page."""
    start = str(message.get_param("start", ""))
    pages = [part for part in parts if part.get_content_type() in PAGES]
    named = next((part for part in pages if start and part.get("Content-ID") == start), None)
    return named or next(iter(pages), None)


def _bytes(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _pictures(parts: list[Message], page: Exchange) -> Iterator[Exchange]:
    for part in parts:
        address = canonical(str(part.get("Content-Location", "")))
        if address and part.get_content_maintype() == "image":
            yield Exchange(
                url=address,
                status=200,
                reason="Imported from MHTML",
                response_headers=(("Content-Type", part.get_content_type()),),
                body=_bytes(part),
                fetched_at=page.fetched_at,
            )


FORMAT = Format("mhtml", 60, _recognises, _read)
