"""Bing, on cn.bing.com and www.bing.com."""

from __future__ import annotations

import base64
from urllib.parse import quote, unquote

from crawlers.practice.answers import Answer, Ask, html, page, redirect
from crawlers.practice.engines.base import Engine
from crawlers.practice.index import Document

COUNTED_EVERY = 2
"""Every second row has `h2 > a` with a `ck/a` click counter, the others `a > h2` with the address itself."""


class Bing(Engine):
    id = "bing"
    own_hosts = ("cn.bing.com", "www.bing.com")

    def is_search(self, ask: Ask) -> bool:
        return ask.path == "/search"

    def search(self, ask: Ask) -> Answer:
        start = max(ask.number("first", default=1), 1) - 1
        return html(page("bing", found=self.find(ask.first("q").strip(), start), counted_every=COUNTED_EVERY))

    def link(self, document: Document, rank: int) -> str:
        if rank % COUNTED_EVERY:
            return document.url
        return (
            f"https://www.bing.com/ck/a?!&&p=practice&ptn=3&ver=2&hsh=4&fclid=practice&u=a1{_code(document.url)}&ntb=1"
        )

    def ad_link(self, url: str) -> str:
        return f"https://www.bing.com/aclick?ld=practice&u={_code(quote(url, safe=''))}&rlid=practice"

    def blocked(self, ask: Ask) -> Answer:
        return html(page("bing_shell", query=ask.first("q")))

    def other(self, ask: Ask) -> Answer | None:
        if ask.path not in ("/aclick", "/ck/a"):
            return None
        url = unquote(_decode(ask.first("u").removeprefix("a1")))
        return redirect(url) if url.startswith(("http://", "https://")) else None


def _code(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(code: str) -> str:
    try:
        return base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
    except ValueError:
        return ""
