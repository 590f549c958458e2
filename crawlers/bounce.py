"""Pages that only send their visitor on: by a meta refresh, or by a script and nothing to read."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

from crawlers.redirects import is_web_address, page_target

_HEAD_CHARS = 16_384
_BARE_PAGE_MAX_CHARS = 16_384
_BARE_TEXT_MAX_CHARS = 60
_REFRESH_MAX_SECONDS = 5
_META = re.compile(r"<meta\b[^>]{0,400}>", re.IGNORECASE)
_CONTENT = re.compile(
    r"""content\s{0,4}=\s{0,4}["']?\s{0,4}(\d{1,4})(?:\.\d{0,3})?\s{0,4}[;,]\s{0,4}url\s{0,4}=\s{0,4}['"]?([^'">]{1,4000})""",
    re.IGNORECASE,
)
_SCRIPTED = re.compile(
    r"""\blocation(?:\.href\s{0,4}=|\.replace\s{0,4}\(|\.assign\s{0,4}\(|\s{0,4}=)\s{0,4}["']([^"'\n<>]{1,4000})["']"""
)
_UNSEEN = re.compile(r"<(script|style|noscript|title)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>|\s+", re.IGNORECASE | re.DOTALL)


def bounce_target(text: str, url: str) -> str:
    """The absolute http(s) address this page sends its visitor to at once; empty when it is a page of its own."""
    target = _refresh(text) or (_scripted(text) if _bare(text) else "")
    if not target:
        return ""
    try:
        absolute = urljoin(url, unescape(target.strip()))
    except ValueError:
        return ""
    return absolute if is_web_address(absolute) and absolute != url else ""


def _refresh(text: str) -> str:
    for tag in _META.findall(text, 0, _HEAD_CHARS):
        if "refresh" in tag.lower() and (found := _CONTENT.search(tag)):
            return found[2] if int(found[1]) <= _REFRESH_MAX_SECONDS else ""
    return ""


def _scripted(text: str) -> str:
    """The one address a script goes to; with several it depends on the visitor, and a browser must tell."""
    pieced = page_target(text)
    targets = {target.replace("\\/", "/") for target in _SCRIPTED.findall(text)}
    if len(targets) > 1:
        return ""
    return targets.pop() if targets else pieced


def _bare(text: str) -> bool:
    return len(text) <= _BARE_PAGE_MAX_CHARS and len(_UNSEEN.sub("", text)) <= _BARE_TEXT_MAX_CHARS
