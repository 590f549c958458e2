"""Scrapy's download handler for http and https: every request goes through the door, every answer is an `Exchange`.

Scrapy's own handlers lose what evidence needs (reason phrase, order and spelling of headers, a body cut short) and
connect directly when a request names no proxy; this one knows no other way out than the door.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import yarl
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, Response

from crawlers.clock import utc_now
from crawlers.doorclient import CONTROL_URL, DoorClient, DoorDown
from crawlers.records import CrawlError, Exchange, Outcome

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

COMPONENT = "component"
"""Request.meta key: as which component to pass the door, where it is not the process's own."""
_VERDICT = "x-zhengshao-door"
_PEER = "x-zhengshao-peer"
_NOT_SENT = frozenset({"proxy-authorization"})
_RETRIED = frozenset({"connect", "timeout", "reset"})
_HEADERS_KEPT_MAX = 200
_HEADERS_READ_MAX = 5_000
_HEADER_LINE_MAX_BYTES = 64 * 1024
_KEEPALIVE_SECONDS = 15


class FetchFailed(CrawlError):
    """No page came back; `outcome` is `refused` only when the door itself said so."""

    def __init__(self, outcome: Outcome, reason: str, detail: str = "") -> None:
        super().__init__(f"{outcome.value}: {reason} {detail}".strip())
        self.outcome = outcome
        self.reason = reason


class WireResponse(Response):
    """A response with the exchange it is part of; `body` still has its Content-Encoding."""

    exchange: Exchange


class _Answer(aiohttp.ClientResponse):
    """Notes the certificate while the connection is still at hand."""

    certificate_der: bytes = b""

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        tls = connection.transport.get_extra_info("ssl_object") if connection.transport else None
        if tls is not None:
            self.certificate_der = tls.getpeercert(binary_form=True) or b""
        return await super().start(connection)


class WireHandler(BaseDownloadHandler):
    """Reads DOWNLOAD_TIMEOUT (seconds, whole exchange) and DOWNLOAD_MAXSIZE (a longer body is cut and flagged)."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._door = DoorClient.from_environment()
        self._max_bytes: int = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout = aiohttp.ClientTimeout(total=crawler.settings.getfloat("DOWNLOAD_TIMEOUT"))
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=_trusting_context(), keepalive_timeout=_KEEPALIVE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_Answer,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            max_line_size=_HEADER_LINE_MAX_BYTES,
            max_field_size=_HEADER_LINE_MAX_BYTES,
            max_headers=_HEADERS_READ_MAX,
        )

    async def download_request(self, request: Request) -> Response:
        """Raises FetchFailed for what the site or the network did, DoorDown when there is no door."""
        loop = asyncio.get_running_loop()
        started, fetched_at = loop.time(), utc_now()
        try:
            async with self._send(request) as answer:
                request.meta["download_latency"] = loop.time() - started
                _raise_verdict(request, answer)
                body, flags = await self._read(answer)
                peer = answer.headers.get(_PEER, "") if answer.url.scheme == "http" else await self._peer(answer.url)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise _explained(request, error) from error
        return _response(request, answer, body, flags, peer, fetched_at)

    async def close(self) -> None:
        await self._session.close()

    def _send(self, request: Request) -> Any:
        key = self._door.headers_for(request.meta.get(COMPONENT) or self._door.key[0])
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in _items(request.headers)]
        encrypted = request.url.startswith("https:")
        return self._session.request(
            request.method,
            yarl.URL(request.url, encoded=True),
            headers=headers if encrypted else [*headers, *key.items()],
            data=request.body or None,
            allow_redirects=False,
            timeout=self._timeout,
            proxy=self._door.proxy,
            proxy_headers=key if encrypted else None,
        )

    async def _read(self, answer: aiohttp.ClientResponse) -> tuple[bytes, list[str]]:
        """The body, and what is wrong with it: `truncated` by us, `dataloss` by the site, `stalled` at the limit."""
        parts: list[bytes] = []
        room = self._max_bytes
        try:
            async for part in answer.content.iter_any():
                parts.append(part[:room])
                room -= len(part)
                if room < 0:
                    answer.close()
                    return b"".join(parts), ["truncated"]
        except TimeoutError:
            return b"".join(parts), ["dataloss", "stalled"]
        except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, OSError):
            return b"".join(parts), ["dataloss"]
        return b"".join(parts), []

    async def _peer(self, url: yarl.URL) -> str:
        query = urlencode({"host": url.host or "", "port": url.port or 443})
        control = yarl.URL(f"{CONTROL_URL}?{query}", encoded=True)
        async with self._session.get(control, proxy=self._door.proxy, headers=self._door.headers) as answer:
            return await answer.text()


def _trusting_context() -> ssl.SSLContext:
    """Counterfeits have bad certificates and old servers old ciphers: both are seen, kept and flagged, not refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


def _items(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in headers.items() for value in values]


def _response(
    request: Request, answer: _Answer, body: bytes, flags: list[str], peer: str, fetched_at: str
) -> WireResponse:
    raw = [(name, value) for name, value in answer.raw_headers if name.lower() != _PEER.encode()]
    if len(raw) > _HEADERS_KEPT_MAX:
        raw, flags = raw[:_HEADERS_KEPT_MAX], [*flags, "header_flood"]
    names = {name.lower() for name, _ in raw}
    if b"content-length" in names and b"transfer-encoding" in names:
        flags = [*flags, "smuggling_shape"]
    sent: Mapping[str, str] = answer.request_info.headers
    response = WireResponse(request.url, status=answer.status, headers=raw, body=body, flags=flags, request=request)
    response.exchange = Exchange(
        url=request.url.partition("#")[0],
        status=answer.status,
        reason=answer.reason or "",
        method=request.method,
        request_headers=tuple((name, value) for name, value in sent.items() if name.lower() not in _NOT_SENT),
        response_headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw),
        body=body,
        peer=peer,
        fetched_at=fetched_at,
        certificate_der=answer.certificate_der,
    )
    return response


def _raise_verdict(request: Request, answer: aiohttp.ClientResponse) -> None:
    """Only on plain HTTP has the door stripped a site's own attempt at this header."""
    if answer.url.scheme == "http" and _VERDICT in answer.headers:
        verdict, _, reason = answer.headers[_VERDICT].partition("; ")
        raise _door_said(request, verdict, reason)


def _door_said(request: Request, verdict: str, reason: str) -> CrawlError:
    if reason == "key":
        return DoorDown("the door does not know this process's key: the parent gave the environment of another door")
    return _failed(request, Outcome.REFUSED if verdict == "refused" else Outcome.FAILED, reason)


def _failed(request: Request, outcome: Outcome, reason: str, detail: str = "") -> FetchFailed:
    if outcome is Outcome.REFUSED or reason not in _RETRIED:
        request.meta["dont_retry"] = True
    return FetchFailed(outcome, reason, detail)


def _explained(request: Request, error: Exception) -> CrawlError:
    """What went wrong, in one word: door's verdicts, tls, timeout, reset, protocol, url."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        _, verdict, reason = [*error.message.split("-", 2), "", ""][:3]
        return _door_said(request, verdict, reason)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return DoorDown(f"the door does not answer: {error}")
    return _failed(request, Outcome.FAILED, _kind(error), str(error)[:200])


def _kind(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "tls"
    if isinstance(error, (aiohttp.InvalidURL, ValueError)):
        return "url"
    if isinstance(error, (aiohttp.ClientConnectionError, OSError)):
        return "reset"
    return "protocol"
