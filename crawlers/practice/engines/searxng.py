"""SearXNG's JSON API, as an instance the office runs itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawlers.practice.answers import Answer, Ask, as_json, html, page
from crawlers.practice.engines.base import Engine, Found, Row

ASKED = ("baidu", "sogou", "360search", "bing")
SUSPENDED = "Suspended: CAPTCHA"


class Searxng(Engine):
    """Answers on the service's own address, whatever the Host header says."""

    id = "searxng"
    own_hosts = ()

    def is_search(self, ask: Ask) -> bool:
        return ask.path == "/search"

    def search(self, ask: Ask) -> Answer:
        if ask.first("format") != "json":
            return html(page("status", status=403), 403)
        start = (max(ask.number("pageno", default=1), 1) - 1) * self.per_page
        return as_json(_answer(self.find(ask.first("q").strip(), start), self._engine_plan.unresponsive))

    def blocked(self, ask: Ask) -> Answer:
        nothing = Found(ask.first("q"), 0, 0, [], [], [], more=False)
        return as_json(_answer(nothing, ASKED))


def _answer(found: Found, unresponsive: tuple[str, ...]) -> dict[str, object]:
    engines = [name for name in ASKED if name not in unresponsive]
    return {
        "query": found.query,
        "number_of_results": 0,
        "results": [_result(row, engines[row.rank % len(engines)]) for row in found.rows] if engines else [],
        "answers": [],
        "corrections": [],
        "infoboxes": [],
        "suggestions": [],
        "unresponsive_engines": [[name, SUSPENDED] for name in unresponsive],
    }


def _result(row: Row, engine: str) -> dict[str, object]:
    parts = urlsplit(row.url)
    return {
        "url": row.url,
        "title": row.document.title,
        "content": row.snippet.striptags(),
        "thumbnail": None,
        "engine": engine,
        "template": "default.html",
        "parsed_url": [parts.scheme, parts.netloc, parts.path, "", parts.query, parts.fragment],
        "img_src": "",
        "priority": "",
        "engines": [engine],
        "positions": [row.rank],
        "score": round(1 / row.rank, 3),
        "category": "general",
        "publishedDate": row.document.published or None,
    }
