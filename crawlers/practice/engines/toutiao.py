"""Toutiao's search: result blocks beside JSON islands, links through two nested jumps."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from crawlers.practice.answers import Answer, Ask, html, page, redirect, script_json
from crawlers.practice.engines.base import Engine, Row
from crawlers.practice.index import Document

JUMP = "https://sou.toutiao.com/search/jump?url={}&aid=4916&jtoken=practice"


class Toutiao(Engine):
    id = "toutiao"
    own_hosts = ("so.toutiao.com", "sou.toutiao.com")

    def is_search(self, ask: Ask) -> bool:
        return ask.path in ("/search", "/search/")

    def search(self, ask: Ask) -> Answer:
        found = self.find(ask.first("keyword").strip(), ask.number("page_num") * self.per_page)
        return html(page("toutiao", found=found, island=_island, furniture=_furniture))

    def link(self, document: Document, rank: int) -> str:
        return JUMP.format(quote(JUMP.format(quote(document.url, safe="")), safe=""))

    def blocked(self, ask: Ask) -> Answer:
        return html(page("toutiao_captcha"))

    def other(self, ask: Ask) -> Answer | None:
        url = ask.first("url")
        return redirect(url) if ask.path == "/search/jump" and url.startswith(("http://", "https://")) else None


def _island(row: Row) -> Markup:
    """The data of a result; odd ranks as a page of the open web, even ones as an article of the house."""
    shown = {"title": str(row.title), "summary": str(row.snippet)}
    common: dict[str, object] = {"id_str": f"72{row.rank:016d}", "host": row.host}
    if row.rank % 2:
        data = common | {
            "cell_type": 67,
            "template_key": "67-toutiao_web",
            "title": "",
            "emphasized": {},
            "url": row.url,
            "display": {"emphasized": shown},
        }
    else:
        data = common | {
            "template_key": "undefined-default",
            "title": row.document.title,
            "emphasized": shown,
            "abstract": row.snippet.striptags(),
            "source": row.document.author,
            "datetime": row.document.published,
            "url": row.url,
            "article_url": row.url,
            "source_url": row.url,
            "share_url": row.url,
        }
    return script_json({"data": data, "extraData": {}})


def _furniture(template_key: str) -> Markup:
    return script_json({"data": {"template_key": template_key}, "extraData": {}})
