"""Web addresses as a browser reads them (WHATWG URL), so that no two readers of one address disagree about its host."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from crawlers.addresses import canonical_host

URL_MAX_CHARS = 16_384
_EDGES = "".join(map(chr, range(0x21)))
_DROPPED = str.maketrans("", "", "\t\n\r")
_HALF = re.compile("[\ud800-\udfff]")
_WEB = re.compile(r"(https?):[/\\]*", re.IGNORECASE)
_DOT = re.compile(r"\.|%2e", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "%/:?#[]@!$&'()*+,;=~-._|^`{}\\\""


def canonical(url: str) -> str:
    """The one spelling of a web address; empty for what is none and for what no browser would visit.

    Lower-case ASCII host without trailing dot, addresses in their usual form, no default port, no user, no fragment,
    no dot segments; backslashes are slashes, tabs and line breaks are not there.
    """
    text = _HALF.sub("\ufffd", url.strip(_EDGES).translate(_DROPPED))
    scheme = _WEB.match(text)
    if len(text) > URL_MAX_CHARS or scheme is None:
        return ""
    before, mark, after = text[scheme.end() :].partition("#")[0].partition("?")
    authority, slash, path = before.replace("\\", "/").partition("/")
    try:
        parts = urlsplit(f"//{authority.rpartition('@')[2]}")
        host, port = canonical_host(_bracketed(parts.hostname or "")), parts.port
    except ValueError:
        return ""
    name = scheme[1].lower()
    shown = f"[{host}]" if ":" in host else host
    where = shown if port in (None, _DEFAULT_PORTS[name]) else f"{shown}:{port}"
    return f"{name}://{where}{quote(_undotted(slash + path), safe=_SAFE)}{mark}{quote(after, safe=_SAFE)}"


def page_key(url: str, tracking: Sequence[str]) -> str:
    """`canonical` less the parameters whose names match a pattern of `tracking`, the others in order: the same page."""
    parts = urlsplit(canonical(url))
    pairs = parts.query.split("&") if parts.query else []
    kept = [pair for pair in pairs if not _tracks(pair, tracking)]
    return urlunsplit(parts._replace(query="&".join(kept)))


def _tracks(pair: str, tracking: Sequence[str]) -> bool:
    name = next((key for key, _ in parse_qsl(pair, keep_blank_values=True)), "").lower()
    return any(fnmatchcase(name, pattern) for pattern in tracking)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _undotted(path: str) -> str:
    """The path without `.` and `..`, however they are spelled."""
    kept: list[str] = []
    parts = path.split("/")
    for place, part in enumerate(parts):
        plain = _DOT.sub(".", part) if len(part) <= 6 else part
        if plain == "..":
            kept = kept[:-1] if len(kept) > 1 else kept
        elif plain != ".":
            kept.append(part)
            continue
        if place == len(parts) - 1:
            kept.append("")
    return "/".join(kept) or "/"
