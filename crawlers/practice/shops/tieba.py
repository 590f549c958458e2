"""Baidu Tieba: the list of threads of a forum, and the search of posts."""

from __future__ import annotations

from crawlers.practice.answers import Answer, Ask, html, page
from crawlers.practice.shops.base import Shop
from crawlers.practice.sources import emphasised


class Tieba(Shop):
    id = "tieba"
    own_hosts = ("tieba.baidu.com",)

    def is_search(self, ask: Ask) -> bool:
        return ask.path in ("/f", "/f/search/res", "/f/search")

    def search(self, ask: Ask) -> Answer:
        query = ask.first("kw", "qw").strip()
        posts = ask.path != "/f"
        start = (max(ask.number("pn", default=1), 1) - 1) * self.per_page if posts else ask.number("pn")
        offers, total = self.find(query, start)
        layout = "tieba_search" if posts else "tieba"
        return html(page(layout, query=query, offers=offers, total=total, emphasised=emphasised))

    def blocked(self, ask: Ask) -> Answer:
        return html(page("baidu_captcha"), 403)

    def other(self, ask: Ask) -> Answer | None:
        return self.offer_page(ask.path.removeprefix("/p/")) if ask.path.startswith("/p/") else None
