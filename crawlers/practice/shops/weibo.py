"""Weibo: the search of posts on s.weibo.com."""

from __future__ import annotations

from crawlers.practice.answers import Answer, Ask, html, page, redirect
from crawlers.practice.shops.base import Shop
from crawlers.practice.sources import emphasised


class Weibo(Shop):
    """An anonymous visitor who is not welcome is sent to the visitor system; that is its login and its captcha."""

    id = "weibo"
    own_hosts = ("s.weibo.com", "weibo.com", "passport.weibo.com")
    default_per_page = 20

    def is_search(self, ask: Ask) -> bool:
        return ask.host == "s.weibo.com" and ask.path in ("/weibo", "/weibo/")

    def search(self, ask: Ask) -> Answer:
        query = ask.first("q").strip()
        offers, total = self.find(query, (max(ask.number("page", default=1), 1) - 1) * self.per_page)
        return html(page("weibo", query=query, offers=offers, total=total, emphasised=emphasised))

    def blocked(self, ask: Ask) -> Answer:
        return redirect("https://passport.weibo.com/visitor/visitor?entry=miniblog&a=enter&domain=.weibo.com")

    def other(self, ask: Ask) -> Answer | None:
        if ask.host == "passport.weibo.com":
            return html(page("weibo_visitor"))
        return self.offer_page(ask.path.strip("/").partition("/")[2]) if ask.host == "weibo.com" else None
