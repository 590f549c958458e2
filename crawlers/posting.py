"""One POST through the door, for services that answer a short request with a short answer."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from crawlers.deadline import MAX_ANSWER_BYTES, Proxied, line_to, read_into, tunnel
from crawlers.records import CrawlError

DOOR_HEADER = "X-Zhengshao-Door"


class NoAnswer(CrawlError):
    """The service answered something else than 200, or too much, or the door refused."""


@dataclass(frozen=True, slots=True)
class DoorPoster:
    """Callable `(url, data, component) -> bytes`; OSError, HTTPException or CrawlError when there is no answer."""

    door: Proxied
    timeout_seconds: float
    """For one answer, from the first byte of the question to its last."""
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
        }
    )

    def __call__(self, url: str, data: bytes, component: str) -> bytes:
        body = bytearray()
        with self._connection(urlsplit(url), component) as (connection, target, headers):
            connection.request("POST", target, body=data, headers={**self.headers, **headers})
            answer = connection.getresponse()
            read_into(body, answer)
        if answer.status != http.client.OK:
            said = answer.getheader(DOOR_HEADER)
            raise NoAnswer(f"{url} answered {answer.status}" + (f", the door says: {said}" if said else ""))
        if len(body) > MAX_ANSWER_BYTES:
            raise NoAnswer(f"{url} answered more than {MAX_ANSWER_BYTES} bytes")
        return bytes(body)

    @contextmanager
    def _connection(
        self, url: SplitResult, component: str
    ) -> Iterator[tuple[http.client.HTTPConnection, str, dict[str, str]]]:
        """A connection, what to ask for on it (the whole URL of a proxy, path and query inside a tunnel), and the
        headers that go with the request itself."""
        host, credentials = url.hostname or "", self.door.headers_for(component)
        with line_to(self.door, self.timeout_seconds) as line:
            if url.scheme != "https":
                plain = http.client.HTTPConnection(host, url.port)
                plain.sock = line
                yield plain, url.geturl(), credentials
                return
            port, tls = url.port or http.client.HTTPS_PORT, ssl.create_default_context()
            tunnel(line, host, port, credentials)
            with tls.wrap_socket(line, server_hostname=host) as secure:
                inside = http.client.HTTPSConnection(host, port, context=tls)
                inside.sock = secure
                yield inside, (url.path or "/") + (f"?{url.query}" if url.query else ""), {}
