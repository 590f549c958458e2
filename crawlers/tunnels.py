"""Connections through the door to who is asked about names: a tunnel by CONNECT, and what is spoken inside."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawlers.egress import LOOKUP
from crawlers.posting import Proxied
from crawlers.records import CrawlError

MAX_ANSWER_BYTES = 1 << 20


class NoTunnel(CrawlError):
    """Nobody could be asked; `reason` is one word: `refused` (by the door), `dead` (no answer), `timeout`, `tls`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Tunnels:
    """Opens them as the component `lookup`, which may reach only what `network.toml` names."""

    door: Proxied
    timeout_seconds: float
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @contextmanager
    def open(self, host: str, port: int) -> Iterator[socket.socket]:
        """Bare bytes to and from `host`. Raises NoTunnel, also for what breaks inside the block."""
        connection = self._to(http.client.HTTPConnection(*self._door, timeout=self.timeout_seconds), host, port)
        with _explained(f"{host}:{port}"):
            try:
                connection.connect()
                yield connection.sock
            finally:
                connection.close()

    def get(self, url: str, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body of one https answer. Raises NoTunnel; a longer body than `MAX_ANSWER_BYTES` is one, too."""
        parts = urlsplit(url)
        secure = http.client.HTTPSConnection(*self._door, timeout=self.timeout_seconds, context=self.tls)
        connection = self._to(secure, parts.hostname or "", parts.port or 443)
        with _explained(url):
            try:
                connection.request("GET", parts.path, headers=headers)
                answer = connection.getresponse()
                body = answer.read(MAX_ANSWER_BYTES + 1)
            finally:
                connection.close()
        if len(body) > MAX_ANSWER_BYTES:
            raise NoTunnel("too_long", url)
        return answer.status, body

    @property
    def _door(self) -> tuple[str, int | None]:
        where = urlsplit(self.door.proxy)
        return where.hostname or "", where.port

    def _to(self, connection: http.client.HTTPConnection, host: str, port: int) -> http.client.HTTPConnection:
        connection.set_tunnel(host, port, headers=self.door.headers_for(LOOKUP))
        return connection


@contextmanager
def _explained(whom: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise NoTunnel("timeout", whom) from error
    except ssl.SSLError as error:
        raise NoTunnel("tls", f"{whom}: {error}") from error
    except (OSError, http.client.HTTPException) as error:
        refused = "zhengshao-refused" in str(error)
        raise NoTunnel("refused" if refused else "dead", f"{whom}: {error}") from error
