"""Sogou: web search, and the search of WeChat articles."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from crawlers.practice.answers import Answer, Ask, html, page, redirect
from crawlers.practice.engines.base import Engine
from crawlers.practice.index import Document
from crawlers.practice.sources import unseal

TOLD_EVERY = 2
"""Every second row tells its target in `data-url`, as since 2025; the others only by a request."""
PIECE_CHARS = 20
BEIJING = timezone(timedelta(hours=8))
UNDATED = 1_795_000_000


class SogouFamily(Engine):
    """Blocks by a redirect to `/antispider/` on the same host."""

    def blocked(self, ask: Ask) -> Answer:
        return redirect(f"/antispider/?from={quote(ask.target, safe='')}&antip=wx_hb")

    def _verification(self, ask: Ask) -> Answer | None:
        return html(page("sogou_captcha")) if ask.path.startswith("/antispider") else None

    @staticmethod
    def _offset(ask: Ask, per_page: int) -> int:
        return (max(ask.number("page", default=1), 1) - 1) * per_page


class Sogou(SogouFamily):
    id = "sogou"
    own_hosts = ("www.sogou.com", "sogou.com")
    ad_prefix = "http://www.sogou.com/bill_cpc?v=1&p="

    def is_search(self, ask: Ask) -> bool:
        return ask.path in ("/web", "/sogou")

    def search(self, ask: Ask) -> Answer:
        found = self.find(ask.first("query", "keyword").strip(), self._offset(ask, self.per_page))
        return html(page("sogou", found=found, told_every=TOLD_EVERY))

    def link(self, document: Document, rank: int) -> str:
        return "/link?url=" + self.seal(document.url)

    def other(self, ask: Ask) -> Answer | None:
        if ask.path == "/bill_cpc":
            return self.follow(ask.first("p"))
        if ask.path == "/link" and (url := unseal(self.id, ask.first("url"))):
            return html(page("sogou_link", url=url))
        return self._verification(ask)


class SogouWeixin(SogouFamily):
    id = "sogou_weixin"
    own_hosts = ("weixin.sogou.com",)
    default_hosts = ("mp.weixin.qq.com",)

    def is_search(self, ask: Ask) -> bool:
        return ask.path == "/weixin"

    def search(self, ask: Ask) -> Answer:
        found = self.find(ask.first("query").strip(), self._offset(ask, self.per_page))
        return html(page("sogou_weixin", found=found, epoch=epoch))

    def link(self, document: Document, rank: int) -> str:
        return f"/link?url={self.seal(document.url)}&type=2&token=practice"

    def other(self, ask: Ask) -> Answer | None:
        if ask.path == "/link" and (url := unseal(self.id, ask.first("url"))):
            pieces = [url[at : at + PIECE_CHARS] for at in range(0, len(url), PIECE_CHARS)]
            return html(page("sogou_weixin_link", pieces=pieces))
        return self._verification(ask)


def epoch(published: str) -> int:
    """Seconds since 1970 of `2026-11-20 08:30` (Beijing) or a bare date; a fixed day when nothing is said."""
    try:
        return int(datetime.fromisoformat(published).replace(tzinfo=BEIJING).timestamp())
    except ValueError:
        return UNDATED
