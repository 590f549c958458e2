"""Sites and re-checks: the page at an address, as a desktop or a phone sees it."""

from __future__ import annotations

import re
from html import unescape
from typing import ClassVar
from urllib.parse import urlsplit

from scrapy import Request

from crawlers.addresses import valid_idn
from crawlers.bounce import bounce_target
from crawlers.decode import decode_exchange
from crawlers.markup import blinding
from crawlers.middlewares import FOLLOWED
from crawlers.pictures import is_picture, mislabelled, unreadable
from crawlers.profiles import page_state
from crawlers.records import Exchange, Fetched, Outcome, Task, TaskKind
from crawlers.spiders.base import TaskSpider

_BOUNCES_MAX = 3
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,2000})", re.IGNORECASE)


class SitesSpider(TaskSpider):
    name = "sites"
    kinds: ClassVar[tuple[TaskKind, ...]] = (TaskKind.SITE, TaskKind.RECHECK)

    def source_key(self, task: Task) -> str:
        """One host's refusal says nothing of the others."""
        try:
            return urlsplit(task.target).hostname or task.target
        except ValueError:
            return task.target

    def request(self, task: Task) -> Request:
        if urlsplit(task.target).scheme not in ("http", "https"):
            raise ValueError(f"not a web address: {task.target[:200]}")
        return self.ask(task, task.target, headers=self.visitor_headers(task))

    def read(self, task: Task, page: Exchange, flags: list[str], request: Request) -> Fetched | Request:
        if 200 <= page.status < 300 and is_picture(page):
            unread = ["picture_unreadable"] if unreadable(page) else []
            return Fetched(task=task, outcome=Outcome.CAPTURED, flags=(*flags, *unread))
        decoded = decode_exchange(page)
        followed: int = request.meta.get(FOLLOWED, 0)
        target = bounce_target(decoded.text, page.url)
        if target and followed < _BOUNCES_MAX:
            headers = {**self.visitor_headers(task), "Referer": page.url}
            return request.replace(url=target, headers=headers, meta={**request.meta, FOLLOWED: followed + 1})
        state, reason = page_state(None, status=page.status, url=page.url, text=decoded.text, flags=decoded.flags)
        title = _TITLE.search(decoded.text)
        return Fetched(
            task=task,
            outcome=Outcome.CAPTURED,
            reason=reason,
            page_state=state,
            flags=(*flags, *decoded.flags, *_odd(page, decoded.text), *(["bounce_loop"] if target else [])),
            title=" ".join(unescape(title[1]).split()) if title else "",
        )


def _odd(page: Exchange, text: str) -> list[str]:
    """What a reader of this page should know: `mislabelled` (a picture called a page, or a page a picture),
    `parser_blinding` (nested so deep that common parsers see nothing behind it), `invalid_idn` (a host that IDNA
    forbids and some registry sold all the same)."""
    odd = {
        "mislabelled": mislabelled(page),
        "parser_blinding": blinding(text),
        "invalid_idn": not valid_idn(urlsplit(page.url).hostname or ""),
    }
    return [flag for flag, holds in odd.items() if holds]
