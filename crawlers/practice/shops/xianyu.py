"""Xianyu (goofish.com): the mtop search interface, JSON in and out."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from crawlers.practice.answers import Answer, Ask, as_json
from crawlers.practice.engines.sogou import epoch
from crawlers.practice.format import Offer
from crawlers.practice.shops.base import Shop

API = "mtop.taobao.idlemtopsearch.pc.search"
NUMBER = re.compile(r"(\d+)(\.\d+)?(\D*)")


class Xianyu(Shop):
    id = "xianyu"
    own_hosts = ("h5api.m.goofish.com", "www.goofish.com")

    def is_search(self, ask: Ask) -> bool:
        return ask.host == "h5api.m.goofish.com" and ask.path.startswith(f"/h5/{API}/")

    def search(self, ask: Ask) -> Answer:
        keyword, number = _asked(ask)
        offers, total = self.find(keyword, (number - 1) * self.per_page)
        more = number * self.per_page < total
        rows = [_row(offer, keyword, number, at, self.per_page) for at, offer in enumerate(offers)]
        return _reply(
            {
                "appBar": {},
                "filterBar": {
                    "filterBarCellDO": [],
                    "hidden": False,
                    "showFilterBarWithCpv": False,
                    "showWantBuy": False,
                },
                "needDecryptKeys": [],
                "resultInfo": {"forceUseTppRepair": False, "hasNextPage": more, "searchResControlFields": {}},
                "resultList": rows,
                "resultPrefixBar": [],
                "tabList": [],
                "topList": [],
            },
            "SUCCESS::调用成功",
        )

    def blocked(self, ask: Ask) -> Answer:
        punish = f"https://h5api.m.goofish.com:443//h5/{API}/1.0/_____tmd_____/punish?x5secdata=practice&x5step=2"
        data = {"url": punish + "&action=captcha&pureCaptcha="}
        return _reply(data, "FAIL_SYS_USER_VALIDATE", "RGV587_ERROR::SM::哎哟喂,被挤爆啦,请稍后重试!")

    def login(self, ask: Ask) -> Answer:
        return _reply({}, "FAIL_SYS_SESSION_EXPIRED::Session过期")

    def other(self, ask: Ask) -> Answer | None:
        if ask.host == "www.goofish.com" and ask.path == "/item":
            return self.offer_page(ask.first("id"))
        return None


def _asked(ask: Ask) -> tuple[str, int]:
    """Keyword and page of the `data` parameter, in the query string or the form body."""
    try:
        data = json.loads(ask.first("data", default="{}"))
    except json.JSONDecodeError:
        return "", 1
    if not isinstance(data, dict):
        return "", 1
    number = str(data.get("pageNumber", 1))
    return str(data.get("keyword", "")).strip(), max(int(number), 1) if number.isdigit() else 1


def _reply(data: dict[str, Any], *said: str) -> Answer:
    return as_json({"api": API, "data": data, "ret": list(said), "v": "1.0"})


def _row(offer: Offer, keyword: str, number: int, position: int, per_page: int) -> dict[str, Any]:
    args = {
        "id": offer.item_id,
        "item_id": offer.item_id,
        "item_type": "goods",
        "keyword": keyword,
        "q": quote(keyword),
        "page": str(number),
        "pageSize": str(per_page),
        "position": str(position),
        "price": offer.price,
        "publishTime": str(epoch(offer.published_at) * 1000),
        "search_from_page": "pcSearch",
        "seller_id": offer.shop_id,
        "wantNum": "0",
    }
    main = {
        "clickParam": {"arg1": "Item", "args": args, "page": "Page_xySearchResult"},
        "exContent": _content(offer),
        "targetUrl": f"fleamarket://item?id={offer.item_id}&referPageArgs=%7B%7D",
    }
    return {
        "data": {"item": {"main": main}, "template": {"name": "idlefish_search_item_new_tags"}},
        "style": "flow",
        "type": "DX",
    }


def _content(offer: Offer) -> dict[str, Any]:
    title = f"{offer.title} {offer.text}".strip()
    return {
        "area": offer.place,
        "detailPageType": "detailCommonBuy",
        "detailParams": {
            "itemId": offer.item_id,
            "itemType": "detailCommonBuy",
            "soldPrice": offer.price,
            "title": title,
            "userNick": offer.seller,
        },
        "fishTags": {"r1": {"tagList": []}, "r2": {"tagList": []}},
        "hideUserInfo": False,
        "isAliMaMaAD": offer.promoted,
        "isAuction": False,
        "itemId": offer.item_id,
        "picUrl": offer.images[0] if offer.images else "",
        "price": _price(offer.price),
        "richTitle": [],
        "title": title,
        "titleSpan": {"bold": True, "content": title, "maxLines": 2},
        "userNickName": offer.seller,
        "want": "",
    }


def _price(price: str) -> list[dict[str, str]]:
    """A price in the pieces the app shows in different sizes: sign, whole, decimals, unit."""
    whole = NUMBER.fullmatch(price)
    if whole is None:
        return [{"text": price, "type": "text"}]
    pieces = [("sign", "¥"), ("integer", whole[1]), ("decimal", whole[2] or ""), ("text", whole[3])]
    return [{"text": text, "type": kind} for kind, text in pieces if text]
