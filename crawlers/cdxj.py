"""CDXJ: the index by which replay tools find a response in a WARC file; plain lines, and gzip blocks (ZipNum)."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from crawlers.warcfile import digest, member

BLOCK_LINES = 2048
_GZIP_LEVEL = 9
_WWW = re.compile(r"www\d*\.")
_PATH = "/!\"$%&'()*+,:;=@[\\]^`{|}~-._"
"""What canonicalising leaves in a path as it is."""


def sort_key(url: str) -> str:
    """The address as SURT, canonicalised like the Internet Archive does: `cn,gov,mem,cx)/path?a=1&b=2`.

    No scheme, user, fragment, default port, `www.` or final slash; lower case; query sorted. What is no web address
    (`urn:view:…`) stays as it is.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return url
    where = _reversed(_WWW.sub("", parts.hostname.rstrip("."), count=1))
    where += f":{port}" if port not in (None, 80 if parts.scheme == "http" else 443) else ""
    path = re.sub("/{2,}", "/", posixpath.normpath(parts.path or "/"))
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{where}){quote(path, safe=_PATH)}{'?' + quote(query, safe=_PATH + '/?') if query else ''}".lower()


def _reversed(host: str) -> str:
    try:
        if ip_address(host.strip("[]")).version == 6:
            return host
        labels = host.split(".")
    except ValueError:
        labels = _ascii(host).split(".")
    return ",".join(reversed(labels))


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def line(url: str, date: str, fields: Mapping[str, str | int]) -> str:
    """One entry: sort key, 14 digits of time, JSON. `date` is ISO 8601 in UTC."""
    told = {"url": url, **{name: str(value) for name, value in fields.items()}}
    return f"{sort_key(url)} {re.sub(r'[^0-9]', '', date)[:14]} {json.dumps(told, ensure_ascii=False)}\n"


def blocks(lines: Iterable[str], name: str) -> tuple[bytes, bytes]:
    """The sorted index as gzip blocks in a file called `name`, and the index of the blocks (`.idx`)."""
    ordered = sorted(lines, key=str.encode)
    data = bytearray()
    heads = [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': name})}\n"]
    for start in range(0, len(ordered), BLOCK_LINES):
        block = member("".join(ordered[start : start + BLOCK_LINES]).encode(), _GZIP_LEVEL)
        heads.append(_block_line(ordered[start], len(data), block))
        data += block
    return bytes(data), "".join(heads).encode()


def _block_line(first: str, offset: int, block: bytes) -> str:
    key: Sequence[str] = first.split(" ", 2)[:2]
    return f"{' '.join(key)} {json.dumps({'offset': offset, 'length': len(block), 'digest': digest(block)})}\n"
