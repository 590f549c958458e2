"""Bilibili's search of videos: the JSON of its web interface."""

from __future__ import annotations

import re
from typing import Any

from crawlers.practice.answers import Answer, Ask, as_json
from crawlers.practice.engines.sogou import epoch
from crawlers.practice.format import Offer
from crawlers.practice.shops.base import Shop
from crawlers.practice.sources import emphasised

VIDEO = re.compile(r"/video/([\w-]+)/?")


class Bilibili(Shop):
    id = "bilibili"
    own_hosts = ("api.bilibili.com", "www.bilibili.com")
    default_per_page = 20

    def is_search(self, ask: Ask) -> bool:
        return ask.host == "api.bilibili.com" and ask.path == "/x/web-interface/search/type"

    def search(self, ask: Ask) -> Answer:
        keyword, number = ask.first("keyword").strip(), max(ask.number("page", default=1), 1)
        offers, total = self.find(keyword, (number - 1) * self.per_page)
        pages = -(-total // self.per_page)
        data: dict[str, Any] = {"page": number, "pagesize": self.per_page, "numResults": total, "numPages": pages}
        rows = [_video(offer, keyword) for offer in offers]
        return as_json({"code": 0, "message": "0", "ttl": 1, "data": {**data, "result": rows} if rows else data})

    def blocked(self, ask: Ask) -> Answer:
        return as_json({"code": -412, "message": "request was banned", "ttl": 1, "data": None})

    def other(self, ask: Ask) -> Answer | None:
        video = VIDEO.fullmatch(ask.path) if ask.host == "www.bilibili.com" else None
        return self.offer_page(video[1]) if video else None


def _video(offer: Offer, keyword: str) -> dict[str, Any]:
    return {
        "type": "video",
        "author": offer.seller,
        "mid": offer.shop_id,
        "arcurl": f"http://www.bilibili.com/video/{offer.item_id}",
        "bvid": offer.item_id,
        "title": str(emphasised(offer.title, keyword, css="keyword")),
        "description": offer.text,
        "pic": offer.images[0].partition(":")[2] if offer.images else "",
        "tag": keyword,
        "pubdate": epoch(offer.published_at),
    }
