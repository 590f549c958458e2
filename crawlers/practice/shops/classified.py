"""A classified site in plain HTML, on a host the web names."""

from __future__ import annotations

import re

from crawlers.practice.answers import Answer, Ask, html, page
from crawlers.practice.format import MarketplacePlan, Offer
from crawlers.practice.names import ascii_host
from crawlers.practice.shops.base import Shop

DEFAULT_HOST = "www.fenlei.example.com"
ITEM = re.compile(r"/item/([\w-]+)\.html")


class Classified(Shop):
    id = "classified"
    own_hosts = (DEFAULT_HOST,)

    def __init__(self, plan: MarketplacePlan, offers: tuple[Offer, ...]) -> None:
        super().__init__(plan, offers)
        self._host = ascii_host(plan.host) if plan.host else DEFAULT_HOST

    @property
    def hosts(self) -> tuple[str, ...]:
        return (self._host,)

    def is_search(self, ask: Ask) -> bool:
        return ask.path.rstrip("/") == "/search"

    def search(self, ask: Ask) -> Answer:
        query = ask.first("q", "keyword", "kw").strip()
        number = max(ask.number("page", default=1), 1)
        offers, total = self.find(query, (number - 1) * self.per_page)
        more = number * self.per_page < total
        return html(page("classified", query=query, offers=offers, number=number, more=more))

    def blocked(self, ask: Ask) -> Answer:
        return html(page("site_captcha"), 403)

    def login(self, ask: Ask) -> Answer:
        return html(page("site_login"))

    def other(self, ask: Ask) -> Answer | None:
        item = ITEM.fullmatch(ask.path)
        return self.offer_page(item[1]) if item else None
