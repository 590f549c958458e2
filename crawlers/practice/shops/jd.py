"""JD: the search page of goods."""

from __future__ import annotations

import re

from crawlers.practice.answers import Answer, Ask, html, page, redirect
from crawlers.practice.shops.base import Shop
from crawlers.practice.sources import emphasised

ITEM = re.compile(r"/([\w-]+)\.html")


class Jd(Shop):
    """Counts pages in halves: `page` is 1, 3, 5 … for the first, second, third screen of 30."""

    id = "jd"
    own_hosts = ("search.jd.com", "item.jd.com", "passport.jd.com", "cfe.m.jd.com")

    def is_search(self, ask: Ask) -> bool:
        return ask.host == "search.jd.com" and ask.path.lower() == "/search"

    def search(self, ask: Ask) -> Answer:
        query = ask.first("keyword").strip()
        offers, total = self.find(query, max(ask.number("page", default=1), 1) // 2 * self.per_page)
        return html(page("jd", query=query, offers=offers, total=total, emphasised=emphasised))

    def blocked(self, ask: Ask) -> Answer:
        return redirect("https://cfe.m.jd.com/privatedomain/risk_handler/03101900/?evtype=2")

    def login(self, ask: Ask) -> Answer:
        return redirect("https://passport.jd.com/new/login.aspx?ReturnUrl=https%3A%2F%2Fsearch.jd.com%2F")

    def other(self, ask: Ask) -> Answer | None:
        if ask.host == "passport.jd.com":
            return html(page("login", name="京东", action="/uc/loginService"))
        if ask.host == "cfe.m.jd.com":
            return html(page("jd_captcha"))
        item = ITEM.fullmatch(ask.path) if ask.host == "item.jd.com" else None
        return self.offer_page(item[1]) if item else None
