"""Connections through the door to who is asked about names: a tunnel by CONNECT, and what is spoken inside."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawlers.deadline import MAX_ANSWER_BYTES, Proxied, line_to, read_into, tunnel
from crawlers.egress import LOOKUP
from crawlers.records import CrawlError


class NoTunnel(CrawlError):
    """Nobody could be asked; `reason` is one word: `refused` (by the door), `dead` (no answer), `timeout` (not all of
    one in time), `tls`, `too_long`. `received` is what came of the answer all the same."""

    def __init__(self, reason: str, detail: str, received: bytes = b"") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.received = received


@dataclass(frozen=True, slots=True)
class Tunnels:
    """Opens them as the component `lookup`, which may reach only what `network.toml` names."""

    door: Proxied
    timeout_seconds: float
    """For one tunnel, from the first byte to the last."""
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @contextmanager
    def open(self, host: str, port: int) -> Iterator[tuple[socket.socket, bytearray]]:
        """Bare bytes to and from `host`, and where to put what came of an answer that is not whole yet.

        Raises NoTunnel, also for what breaks inside the block.
        """
        received = bytearray()
        with _explained(f"{host}:{port}", received), line_to(self.door, self.timeout_seconds) as line:
            tunnel(line, host, port, self.door.headers_for(LOOKUP))
            yield line, received

    def get(self, url: str, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body of one https answer. Raises NoTunnel; a longer body than `MAX_ANSWER_BYTES` is one, too."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or http.client.HTTPS_PORT
        with self.open(host, port) as (bare, received), self.tls.wrap_socket(bare, server_hostname=host) as line:
            connection = http.client.HTTPSConnection(host, port, context=self.tls)
            connection.sock = line
            connection.request("GET", parts.path, headers=headers)
            answer = connection.getresponse()
            read_into(received, answer)
        if len(received) > MAX_ANSWER_BYTES:
            raise NoTunnel("too_long", url, bytes(received))
        return answer.status, bytes(received)


@contextmanager
def _explained(whom: str, received: bytearray) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise NoTunnel("timeout", whom, bytes(received)) from error
    except ssl.SSLError as error:
        raise NoTunnel("tls", f"{whom}: {error}", bytes(received)) from error
    except (OSError, http.client.HTTPException) as error:
        refused = "zhengshao-refused" in str(error)
        raise NoTunnel("refused" if refused else "dead", f"{whom}: {error}", bytes(received)) from error
