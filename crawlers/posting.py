"""One POST through the door, for services that answer a short request with a short answer."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from crawlers.records import CrawlError

MAX_ANSWER_BYTES = 1 << 20
DOOR_HEADER = "X-Zhengshao-Door"


class NoAnswer(CrawlError):
    """The service answered something else than 200, or too much, or the door refused."""


class Proxied(Protocol):
    """What is needed of a `DoorClient`."""

    @property
    def proxy(self) -> str: ...
    def headers_for(self, component: str) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class DoorPoster:
    """Callable `(url, data, component) -> bytes`; OSError, HTTPException or CrawlError when there is no answer."""

    door: Proxied
    timeout_seconds: float
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
        }
    )

    def __call__(self, url: str, data: bytes, component: str) -> bytes:
        connection, headers = self._connection(url, component)
        try:
            connection.request("POST", self._target(url), body=data, headers={**self.headers, **headers})
            answer = connection.getresponse()
            body: bytes = answer.read(MAX_ANSWER_BYTES + 1)
        finally:
            connection.close()
        if answer.status != http.client.OK:
            said = answer.getheader(DOOR_HEADER)
            raise NoAnswer(f"{url} answered {answer.status}" + (f", the door says: {said}" if said else ""))
        if len(body) > MAX_ANSWER_BYTES:
            raise NoAnswer(f"{url} answered more than {MAX_ANSWER_BYTES} bytes")
        return body

    def _connection(self, url: str, component: str) -> tuple[Any, dict[str, str]]:
        """A connection to the door and the headers that go with the request itself."""
        where, target = urlsplit(self.door.proxy), urlsplit(url)
        place = (where.hostname or "", where.port)
        credentials = self.door.headers_for(component)
        if target.scheme != "https":
            return http.client.HTTPConnection(*place, timeout=self.timeout_seconds), credentials
        tunnel = http.client.HTTPSConnection(*place, timeout=self.timeout_seconds)
        tunnel.set_tunnel(target.hostname or "", target.port or 443, headers=credentials)
        return tunnel, {}

    @staticmethod
    def _target(url: str) -> str:
        """The whole URL for a proxy, path and query inside a tunnel."""
        parts = urlsplit(url)
        if parts.scheme != "https":
            return url
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
