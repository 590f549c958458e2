"""The reply of a source's search as it was copied out of a browser: JSON, bare or behind an assignment.

Whose it is, is said by the person, known by its address, or found by reading: the profile that gets rows from it.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from urllib.parse import urlsplit

from config.schema_profiles import Profile
from crawlers.decode import decode
from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item, Page, saved_page
from crawlers.imports.problems import Refused
from crawlers.profiles import parse

_START = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:[\[{]|(?:var\s+|const\s+|let\s+)?[\w$.]{1,60}\s*[=(]\s*[\[{])")
_ENDS = (".json", ".js", ".txt")


def _recognises(file: File) -> bool:
    return _START.match(file.start) is not None and (
        file.name.lower().endswith(_ENDS) or file.start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")
    )


def _read(file: File) -> Generator[Item, None, None]:
    body = file.bounded(file.limits.max_page_bytes, "max_page_bytes")
    profile = _whose(file, body)
    url = file.handed.url or profile.base_url
    exchange, flags = saved_page(file, url, body, "search reply", "application/json")
    if not file.handed.url:
        flags.append("address_assumed")
    yield Page(exchanges=(exchange,), flags=tuple(flags), source=profile.id, provenance=(("claimed_url", url),))


def _whose(file: File, body: bytes) -> Profile:
    host = urlsplit(file.handed.url).hostname or "" if file.handed.url else ""
    known = [profile for profile in file.profiles if any(layout.format == "json" for layout in profile.layouts)]
    named = [one for one in file.profiles if file.handed.source == one.id]
    text = decode(body).text
    read = ((len(parsed.listings) + len(parsed.hits), one) for one in known if (parsed := parse(one, text)))
    found = sorted((one for one in read if one[0]), key=lambda one: -one[0])
    chosen = named or [one for one in known if host and host in one.hosts] or [one for _, one in found]
    if not chosen:
        raise Refused("json_source", known="、".join(one.id for one in known))
    return chosen[0]


FORMAT = Format("reply", 80, _recognises, _read)
