"""Who answered a browser's request: the door on plain HTTP, never inside TLS."""

from __future__ import annotations

import pytest

from crawlers.records import Exchange
from crawlers.rendering import _door_verdict

HEADER = ("X-Zhengshao-Door", "refused; private_address")


@pytest.mark.parametrize(
    ("url", "headers", "verdict"),
    [
        ("http://a.test/", (("Content-Type", "text/plain"), HEADER), "refused:private_address"),
        ("http://a.test/", (("x-zhengshao-door", "dead; dns"),), "dead:dns"),
        ("http://a.test/", (("Content-Type", "text/html"),), ""),
        ("https://a.test/", (HEADER,), ""),
    ],
    ids=["refused", "dead", "the site's own", "forged inside TLS"],
)
def test_only_plain_http_carries_the_door_s_word(url: str, headers: tuple[tuple[str, str], ...], verdict: str) -> None:
    assert _door_verdict(Exchange(url=url, status=502, response_headers=headers)) == verdict
