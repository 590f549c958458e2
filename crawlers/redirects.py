"""Redirecting links of search engines: named decoders, and the address a redirect page puts together.

A decoder gets the absolute link as shown and the address the page states for it (may be empty); it returns the
target, or "" when only a request can tell.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

from config.schema_profiles import Redirect
from crawlers.records import ProfileError

Decoder = Callable[[str, str], str]
MAX_NESTING = 5


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def stated(_url: str, target: str) -> str:
    """The page says it: `mu` of Baidu's cards, `data-url` of Sogou's."""
    return target if is_web_address(target) else ""


def so_mdurl(url: str, target: str) -> str:
    """`data-mdurl` of 360's results; the older `so.com/link?url=` carries the target itself."""
    if is_web_address(target):
        return target
    inner = _parameter(url, "url") if urlsplit(url).path == "/link" else ""
    return inner if is_web_address(inner) else ""


def _none(_url: str, _target: str) -> str:
    return ""


def _parameter(url: str, *names: str) -> str:
    """First value of the first parameter present, percent-decoded once."""
    try:
        query = parse_qs(urlsplit(url).query)
    except ValueError:
        return ""
    return next((query[name][0] for name in names if query.get(name)), "")


def _from_base64url(value: str) -> str:
    padded = value + "=" * (-len(value) % 4)
    try:
        return base64.urlsafe_b64decode(padded).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def bing_ck(url: str, _target: str) -> str:
    """`bing.com/ck/a?…&u=a1<base64url>` and the adverts' `aclick?…&u=<base64url of a percent-encoded address>`."""
    parts = urlsplit(url)
    if not re.fullmatch(r"(?:[\w-]+\.)*bing\.com", parts.hostname or "") or not re.match(
        r"/(ck/a|aclick|aclk)", parts.path
    ):
        return ""
    value = _parameter(url, "u")
    target = _from_base64url(value[2:]) if value.startswith("a1") else unquote(_from_base64url(value))
    return target if is_web_address(target) else ""


def google_url(url: str, _target: str) -> str:
    """`/url?q=` of the basic page, `/url?url=` of the desktop page, `/aclk?adurl=` of adverts, `/imgres?imgrefurl=`."""
    if not re.match(r"/(url|aclk|imgres|pagead/aclk)$", urlsplit(url).path):
        return ""
    target = _parameter(url, "q", "url", "adurl", "imgrefurl")
    return target if is_web_address(target) else ""


def toutiao_jump(url: str, _target: str) -> str:
    """`…/search/jump?url=`, which may hold another jump."""
    for _ in range(MAX_NESTING):
        if not urlsplit(url).path.endswith("/search/jump"):
            return url if is_web_address(url) else ""
        url = _parameter(url, "url")
    return ""


DECODERS: dict[str, Decoder] = {
    "direct": _none,
    "baidu_mu": stated,
    "so_mdurl": so_mdurl,
    "sogou_dataurl": stated,
    "weixin_concat": _none,
    "bing_ck": bing_ck,
    "google_url": google_url,
    "toutiao_jump": toutiao_jump,
}
"""`weixin_concat` links can only be resolved by asking: `page_target` reads the answer."""


def resolve(redirect: Redirect, url: str, target_shown: str = "") -> tuple[str, str]:
    """(target, how): how is `attribute`, `decoded`, `direct` or `none` (target empty: only a request can tell)."""
    decoder = DECODERS.get(redirect.decoder)
    if decoder is None:
        names = ", ".join(sorted(DECODERS))
        raise ProfileError(f"redirect decoder {redirect.decoder!r} does not exist; use one of: {names}")
    known = "" if _placeholder(redirect, target_shown) else target_shown
    if not is_web_address(url):
        return (known, "attribute") if is_web_address(known) else ("", "none")
    target = decoder(url, known)
    if target and target != url:
        return target, "attribute" if target == known else "decoded"
    if target == url == known:
        return url, "attribute"
    if _placeholder(redirect, url) or any(re.search(pattern, url) for pattern in redirect.opaque):
        return "", "none"
    return url, "direct"


def _placeholder(redirect: Redirect, url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return True
    return any(host == name or host.endswith(f".{name}") for name in redirect.placeholders)


_PIECE = re.compile(r"""\burl\s{0,4}\+=\s{0,4}(?:'([^'\n]{0,2000})'|"([^"\n]{0,2000})")""")


def page_target(text: str) -> str:
    """The address a page puts together from pieces of `url += '…'` before it goes there; "" when it does not."""
    pieces = "".join(first or second for first, second in _PIECE.findall(text))
    # the engine hides its links from crude readers by inserting "@", which its script removes again
    joined = pieces.replace("@", "")
    return joined if is_web_address(joined) else ""
