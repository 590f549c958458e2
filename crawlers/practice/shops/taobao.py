"""Taobao: the search page with `g_page_config`."""

from __future__ import annotations

from typing import Any

from crawlers.practice.answers import Answer, Ask, html, page, redirect, script_json
from crawlers.practice.format import Offer
from crawlers.practice.shops.base import Shop
from crawlers.practice.sources import emphasised


class Taobao(Shop):
    id = "taobao"
    own_hosts = ("s.taobao.com", "item.taobao.com", "detail.tmall.com", "login.taobao.com")
    default_per_page = 44

    def is_search(self, ask: Ask) -> bool:
        return ask.host == "s.taobao.com" and ask.path == "/search"

    def search(self, ask: Ask) -> Answer:
        query = ask.first("q").strip()
        offers, total = self.find(query, ask.number("s"))
        config = script_json(_config(query, offers, total, self.per_page))
        return html(page("taobao", query=query, config=config))

    def blocked(self, ask: Ask) -> Answer:
        return html(page("taobao_punish"))

    def login(self, ask: Ask) -> Answer:
        return redirect("https://login.taobao.com/member/login.jhtml?from=tb_search")

    def other(self, ask: Ask) -> Answer | None:
        if ask.host == "login.taobao.com":
            return html(page("login", name="淘宝网", action="/member/login.jhtml"))
        return self.offer_page(ask.first("id")) if ask.path == "/item.htm" else None


def _config(query: str, offers: list[Offer], total: int, per_page: int) -> dict[str, Any]:
    auctions = [_auction(offer, query) for offer in offers]
    shown: dict[str, Any] = {"status": "show", "data": {"query": query, "auctions": auctions, "recommendAuctions": []}}
    nothing: dict[str, Any] = {"status": "hide"}
    sad = {"status": "show", "data": {"h1": f"没有找到与“{query}”相关的宝贝"}}
    pager = {"pageSize": per_page, "totalPage": -(-total // per_page), "totalCount": total}
    return {
        "pageName": "mainsrp",
        "mods": {
            "itemlist": shown if auctions else nothing,
            "noresult": nothing if auctions else sad,
            "pager": {"status": "show", "data": pager} if auctions else nothing,
            "p4p": nothing,
            "nav": nothing,
        },
        "mainInfo": {"currentUrl": "//s.taobao.com/search", "modLinks": {}, "srpGlobal": {"q": query}},
        "feature": {"webpOff": False, "retinaOff": False, "shopcardOff": False},
    }


def _auction(offer: Offer, query: str) -> dict[str, Any]:
    address = f"//item.taobao.com/item.htm?id={offer.item_id}"
    return ({"p4p": 1} if offer.promoted else {}) | {
        "nid": offer.item_id,
        "category": "",
        "title": str(emphasised(offer.title, query, tag="span", css="H")),
        "raw_title": offer.title,
        "pic_url": offer.images[0].partition(":")[2] if offer.images else "",
        "detail_url": address,
        "view_price": offer.price,
        "view_fee": "0.00",
        "item_loc": offer.place,
        "view_sales": "0人付款",
        "comment_count": "",
        "user_id": offer.shop_id,
        "nick": offer.seller,
        "shopcard": {"isTmall": False},
        "shopLink": f"//store.taobao.com/shop/view_shop.htm?user_number_id={offer.shop_id}",
    }
