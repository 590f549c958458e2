"""Scrapy middlewares of ours: every hop's exchange is kept, and a source that blocks us is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware

from crawlers.patience import refuse_rested
from crawlers.records import Exchange
from crawlers.wire import WireResponse

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

HOPS = "hops"
"""Request.meta key: the exchanges so far, redirects first."""
FOLLOWED = "followed"
"""Request.meta key: how many redirects of the page's own (refresh, script) led here."""


def hops(request: Request) -> tuple[Exchange, ...]:
    kept: tuple[Exchange, ...] = request.meta.get(HOPS, ())
    return kept


class HopRecorder:
    """Stands next to the downloader and files each answer before anything looks at it.

    The place in the chain is the number of redirects that led here, so that a retry replaces what it repeats.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        if isinstance(response, WireResponse):
            place = request.meta.get("redirect_times", 0) + request.meta.get(FOLLOWED, 0)
            request.meta[HOPS] = (*hops(request)[:place], response.exchange)
        return response


class Redirects(RedirectMiddleware):
    """Scrapy's, with the referrer a browser would send; a redirect that leads nowhere on the web ends the chain."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            redirected: Request | Response = super().process_response(request, response)
        except ValueError:
            return response
        return redirected

    def handle_referer(self, request: Request, response: Response) -> None:
        """Across redirects a browser keeps the referrer of the first request, and so does the request's copy."""


class RestedSources:
    """What has not yet joined the queue of a source that is left alone ends here; the rest, when its turn comes."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RestedSources:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        refuse_rested(self._crawler, request)
