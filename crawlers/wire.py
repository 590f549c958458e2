"""Scrapy's download handler for http and https: every request goes through the door, every answer is an `Exchange`.

Scrapy's own handlers lose what evidence needs (reason phrase, order and spelling of headers, a body cut short) and
connect directly when a request names no proxy; this one knows no other way out than the door.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, Response

from crawlers.client import Answer, Client
from crawlers.clock import utc_now
from crawlers.dialing import DoorVerdict
from crawlers.doorclient import DoorClient, DoorDown, NoKey
from crawlers.framing import FramingError
from crawlers.patience import asked_to_wait, refuse_rested, tell_wait
from crawlers.records import CrawlError, Exchange, Outcome

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

COMPONENT = "component"
"""Request.meta key: as which component to pass the door, where it is not the process's own."""
UNKEPT = "unkept_headers"
"""Request.meta key: names of headers whose values are sent and not kept."""
LEFT_OUT = "(left out)"
_RETRIED = frozenset({"connect", "timeout", "reset"})


class FetchFailed(CrawlError):
    """No page came back; `outcome` is `refused` only when the door itself said so."""

    def __init__(self, outcome: Outcome, reason: str, detail: str = "") -> None:
        super().__init__(f"{outcome.value}: {reason} {detail}".strip())
        self.outcome = outcome
        self.reason = reason


class WireResponse(Response):
    """A response with the exchange it is part of; `body` still has its Content-Encoding."""

    exchange: Exchange


class WireHandler(BaseDownloadHandler):
    """Reads DOWNLOAD_TIMEOUT (seconds, whole exchange) and DOWNLOAD_MAXSIZE (a longer body is cut and flagged)."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        door = DoorClient.from_environment()
        self._component = door.key[0]
        self._client = Client(
            door,
            timeout_seconds=crawler.settings.getfloat("DOWNLOAD_TIMEOUT"),
            max_body_bytes=crawler.settings.getint("DOWNLOAD_MAXSIZE"),
        )

    async def download_request(self, request: Request) -> Response:
        """Raises FetchFailed for what the site or the network did, DoorDown when there is no door."""
        refuse_rested(self.crawler, request)
        loop = asyncio.get_running_loop()
        started, fetched_at = loop.time(), utc_now()
        headers = tuple(_pairs(request.headers))
        component = request.meta.get(COMPONENT) or self._component
        try:
            answer = await self._client.fetch(request.method, request.url, headers, request.body, component)
        except (DoorVerdict, NoKey, FramingError, OSError, ValueError) as error:
            raise _explained(request, error) from error
        request.meta["download_latency"] = loop.time() - started
        wait = asked_to_wait(answer.status, answer.headers)
        if wait:
            request.meta["dont_retry"] = True
            tell_wait(self.crawler, request, wait)
        return _response(request, answer, fetched_at)

    async def close(self) -> None:
        self._client.close()


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("utf-8", "replace"))
        for name, values in headers.items()
        for value in values
    ]


def _response(request: Request, answer: Answer, fetched_at: str) -> WireResponse:
    body = answer.body
    response = WireResponse(
        request.url, status=answer.status, headers=answer.headers, body=body, flags=answer.flags, request=request
    )
    response.exchange = Exchange(
        url=request.url.partition("#")[0],
        status=answer.status,
        reason=answer.reason,
        method=request.method,
        request_headers=_without(request.meta.get(UNKEPT, ()), answer.sent),
        response_headers=answer.headers,
        body=body,
        peer=answer.peer,
        fetched_at=fetched_at,
        certificate_der=answer.certificates_der[0] if answer.certificates_der else b"",
        issuers_der=answer.certificates_der[1:],
        raw_head=answer.raw_head,
    )
    return response


def _without(names: Iterable[str], headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    secret = {name.lower() for name in names}
    return tuple((name, LEFT_OUT if name.lower() in secret else value) for name, value in headers)


def _explained(request: Request, error: Exception) -> CrawlError:
    """What went wrong, in one word: the door's own, or no_key, tls, timeout, reset, protocol, url."""
    if isinstance(error, DoorVerdict):
        if error.reason == "key":
            return DoorDown("the door does not know this process's key: its environment is of another door")
        outcome = Outcome.REFUSED if error.verdict == "refused" else Outcome.FAILED
        return _failed(request, outcome, error.reason)
    return _failed(request, Outcome.FAILED, _kind(error), str(error)[:200])


def _failed(request: Request, outcome: Outcome, reason: str, detail: str = "") -> FetchFailed:
    if outcome is Outcome.REFUSED or reason not in _RETRIED:
        request.meta["dont_retry"] = True
    return FetchFailed(outcome, reason, detail)


def _kind(error: Exception) -> str:
    if isinstance(error, NoKey):
        return "no_key"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls"
    if isinstance(error, OSError):
        return "reset"
    return "url" if isinstance(error, ValueError) else "protocol"
