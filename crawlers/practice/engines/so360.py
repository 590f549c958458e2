"""360 (so.com)."""

from __future__ import annotations

from urllib.parse import quote

from crawlers.practice.answers import Answer, Ask, html, page, redirect
from crawlers.practice.engines.base import Engine
from crawlers.practice.index import Document

DIRECT_EVERY = 3
"""Every third row links its target directly and has no `data-mdurl`."""


class So360(Engine):
    id = "so360"
    own_hosts = ("www.so.com", "so.com", "e.so.com", "qcaptcha.so.com")
    ad_prefix = "https://e.so.com/search/eclk?p="

    def is_search(self, ask: Ask) -> bool:
        return ask.host in ("www.so.com", "so.com") and ask.path == "/s"

    def search(self, ask: Ask) -> Answer:
        start = (max(ask.number("pn", default=1), 1) - 1) * self.per_page
        return html(page("so360", found=self.find(ask.first("q").strip(), start), direct_every=DIRECT_EVERY))

    def link(self, document: Document, rank: int) -> str:
        return document.url if rank % DIRECT_EVERY == 0 else "https://www.so.com/link?m=" + self.seal(document.url)

    def blocked(self, ask: Ask) -> Answer:
        return redirect(f"https://qcaptcha.so.com/?ret={quote(ask.url, safe='')}&tk=practice")

    def other(self, ask: Ask) -> Answer | None:
        if ask.host == "qcaptcha.so.com":
            return html(page("so360_captcha"))
        if ask.path in ("/link", "/search/eclk"):
            return self.follow(ask.first("m", "p"))
        return None
