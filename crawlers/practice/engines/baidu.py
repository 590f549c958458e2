"""Baidu: web search as HTML and as JSON (`tn=json`), news (`tn=news`) and the site search on zhannei.baidu.com."""

from __future__ import annotations

from urllib.parse import quote

from crawlers.practice.answers import Answer, Ask, as_json, html, page, redirect
from crawlers.practice.engines.base import Engine, Found
from crawlers.practice.index import Document

DIRECT_EVERY = 4
"""Every fourth organic row is of the older kind without `mu`: only a request tells its target."""


class BaiduFamily(Engine):
    """Blocks by sending the visitor to the verification host all Baidu services share."""

    def blocked(self, ask: Ask) -> Answer:
        back = quote(ask.url, safe="")
        return redirect(f"https://wappass.baidu.com/static/captcha/tuxing.html?ak=practice&backurl={back}&ext=")


class Baidu(BaiduFamily):
    id = "baidu"
    own_hosts = ("www.baidu.com", "baidu.com", "wappass.baidu.com")
    ad_prefix = "http://www.baidu.com/baidu.php?url="

    def is_search(self, ask: Ask) -> bool:
        return ask.host == "www.baidu.com" and ask.path in ("/s", "/baidu") and ask.first("tn") != "news"

    def search(self, ask: Ask) -> Answer:
        found = self.find(ask.first("wd", "word").strip(), ask.number("pn"), min(ask.number("rn"), 50))
        if ask.first("tn") == "json":
            return as_json(_feed(found))
        return html(page("baidu", found=found, direct_every=DIRECT_EVERY))

    def link(self, document: Document, rank: int) -> str:
        return "http://www.baidu.com/link?url=" + self.seal(document.url)

    def other(self, ask: Ask) -> Answer | None:
        if ask.host == "wappass.baidu.com":
            return html(page("baidu_captcha"))
        return self.follow(ask.first("url")) if ask.path in ("/link", "/baidu.php") else None


class BaiduNews(BaiduFamily):
    id = "baidu_news"
    own_hosts = ("www.baidu.com", "wappass.baidu.com")

    def is_search(self, ask: Ask) -> bool:
        return ask.host == "www.baidu.com" and ask.path == "/s" and ask.first("tn") == "news"

    def search(self, ask: Ask) -> Answer:
        return html(page("baidu_news", found=self.find(ask.first("word", "wd").strip(), ask.number("pn"))))

    def other(self, ask: Ask) -> Answer | None:
        return html(page("baidu_captcha")) if ask.host == "wappass.baidu.com" else None


class BaiduSite(BaiduFamily):
    id = "baidu_site"
    own_hosts = ("zhannei.baidu.com", "wappass.baidu.com")

    def is_search(self, ask: Ask) -> bool:
        return ask.host == "zhannei.baidu.com" and ask.path.startswith("/cse/")

    def search(self, ask: Ask) -> Answer:
        query, site = ask.first("q").strip(), ask.first("cc").strip()
        found = self.find(f"{query} site:{site}" if site else query, ask.number("p") * self.per_page)
        return html(page("baidu_site", found=found, query=query, site=site))

    def other(self, ask: Ask) -> Answer | None:
        return html(page("baidu_captcha")) if ask.host == "wappass.baidu.com" else None


def _feed(found: Found) -> dict[str, object]:
    entries: list[dict[str, object]] = [
        {
            "title": row.document.title,
            "url": row.url,
            "urlEnc": row.link,
            "abs": row.document.description or str(row.snippet.striptags()),
            "time": 0,
            "imgUrl": "",
            "source": row.host,
            "pn": row.rank,
            "relate": "0",
        }
        for row in found.rows
    ]
    return {
        "feed": {
            "all": found.total,
            "category": {"category": "category", "label": "分类", "value": "网页"},
            "resultnum": found.total,
            "startIndex": found.start,
            "itemsPerPage": len(found.rows),
            "entry": [*entries, {}],
        }
    }
