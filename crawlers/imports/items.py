"""What a format reads out of a file, one after the other: pages, tips, problems, and what holds neither."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime

from crawlers.clock import iso
from crawlers.imports.handed import File
from crawlers.imports.problems import WHOLE, Place, Problem, Refused
from crawlers.imports.report import Column
from crawlers.imports.tips import Tip
from crawlers.records import Exchange
from crawlers.urls import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page with the redirects before it (`exchanges`, the page last) and what it showed (`resources`)."""

    exchanges: tuple[Exchange, ...]
    place: Place = WHOLE
    flags: tuple[str, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    resources: tuple[Exchange, ...] = ()
    source: str = ""
    """Profile that reads it, when the person or the format says so."""
    wanted: bool = True
    """False: kept only when a profile reads rows from it."""
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that holds no page, by kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the file proves itself; without one it does not."""

    verified: bool


Item = Page | Tip | Problem | Skipped | Provenance


@dataclass(frozen=True, slots=True)
class Format:
    """`read` yields items as it goes and raises Refused when nothing of the file may be kept."""

    id: str
    order: int
    """Formats are asked in this order whether a file is theirs."""
    recognises: Callable[[File], bool]
    read: Callable[[File], Generator[Item, None, None]]
    columns: Callable[[File], tuple[int, tuple[Column, ...]]] | None = None
    """Of tables: the header's row (from 1; 0 for none) and what each column would be read as."""


def saved_page(file: File, url: str, body: bytes, kind: str, media: str, at: str = "") -> tuple[Exchange, list[str]]:
    """A page that was saved without its HTTP answer: none is made up, the status line says where it comes from.

    Flags: `no_http_answer`, and `time_unknown` or `time_in_future` when the file's own time cannot be used; then it is
    the time of the import.
    """
    address = canonical(url)
    if not address:
        raise Refused("bad_url", url=url[:200]) if url else Refused("needs_url")
    flags = ["no_http_answer"]
    moment = at or file.handed.at
    if not moment:
        flags.append("time_unknown")
    elif moment > file.received_at:
        flags.append("time_in_future")
        moment = ""
    exchange = Exchange(
        url=address,
        status=200,
        reason=f"Imported from {kind}",
        response_headers=(("Content-Type", media),),
        body=body,
        fetched_at=moment or file.received_at,
    )
    return exchange, flags


def utc(text: str) -> str:
    """A moment as browsers write it (RFC 5322, ISO 8601, `Thu Jan 01 2026 12:00:00 GMT+0800 (…)`), or ""."""
    text = re.sub(r"\s*\([^)]*\)\s*$", "", text.strip())
    for read in (datetime.fromisoformat, _scripted, email.utils.parsedate_to_datetime):
        try:
            moment = read(text)
            return iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return ""


def _scripted(text: str) -> datetime:
    return datetime.strptime(text, "%a %b %d %Y %H:%M:%S GMT%z")
