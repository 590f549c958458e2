"""A small well-behaved server on loopback, plain or TLS, that remembers what it was asked."""

from __future__ import annotations

import asyncio
import ssl
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def host(self) -> str:
        return self.headers["host"]


@dataclass
class Site:
    """`answers` maps a host to the body of all its pages."""

    answers: dict[str, bytes]
    content_type: str = "text/html; charset=utf-8"
    port: int = 0
    heard: list[Heard] = field(default_factory=list)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while True:
                heard = await _hear(reader)
                self.heard.append(heard)
                writer.write(self.answer(heard))
                await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def answer(self, heard: Heard) -> bytes:
        """The whole response, head and body."""
        body = self.answers.get(heard.host.partition(":")[0], b"")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {self.content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


async def _hear(reader: StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    method, path, _ = first.split(" ", 2)
    return Heard(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def certificate(folder: Path, host: str) -> ssl.SSLContext:
    """A server's TLS with a self-signed certificate for `host`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
        .sign(key, SHA256())
    )
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@contextmanager
def serving(site: Site, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=tls))
    site.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="site")
    thread.start()
    try:
        yield site
    finally:
        server.close()
        asyncio.run_coroutine_threadsafe(_end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end() -> None:
    others: set[asyncio.Task[object]] = asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
