"""One process on loopback that plays a whole practice web: http, https, SearXNG and a time-stamp authority."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from ssl import SSLContext
from urllib.parse import urlsplit

from aiohttp import web

from crawlers.practice.answers import Answer, Ask
from crawlers.practice.authority import Authority, HostCertificates
from crawlers.practice.lookups import serve_resolver, serve_whois
from crawlers.practice.reading import Web, print_warnings, read_web
from crawlers.practice.registry import Registry
from crawlers.practice.timestamps import TimeStamps
from crawlers.practice.town import Town
from crawlers.practice.world import PARTS

LOOPBACK = "127.0.0.1"
SILENCE_MAX_SECONDS = 300
"""A host that never answers is given up on by then."""

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the parts of a served web listen; `closed` is reserved and refuses connections."""

    http: int
    https: int
    searxng: int
    tsa: int
    closed: int
    lookups: dict[str, int]
    """By part of the name system."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the serving process tells its parent in one JSON line."""

    host_map: dict[str, str]
    searxng: str
    """`address:port`; of a closed port when the web has it refuse, "" when it is not there."""
    tsa: str
    ca: str
    tsa_root: str
    lookups: dict[str, str]
    """`address:port` by part of the name system: `world.PARTS`."""


async def serve(root: Path, directory: Path, until: Callable[[], Awaitable[None]]) -> None:
    """Serves the web in `root`, keys in `directory`, until `until` returns. Raises `PracticeError`."""
    folder = read_web(root)
    print_warnings(folder)
    town = Town(folder)
    certificates = Authority(directory, "ca")
    stamps = TimeStamps(directory)
    async with AsyncExitStack() as stack:
        closed = stack.enter_context(_reserved())
        ports = Ports(
            http=await _listen(stack, _pages(town.answer, "http")),
            https=await _listen(stack, _pages(town.answer, "https"), HostCertificates(certificates).context),
            searxng=await _listen(stack, _pages(town.ask_searxng, "http")),
            tsa=await _listen(stack, _stamping(stamps)),
            closed=closed.getsockname()[1],
            lookups=await _listen_for_lookups(stack, town, certificates),
        )
        report = report_of(town, ports, certificates.root_pem, stamps.root_pem)
        print(json.dumps(asdict(report)), flush=True)
        await until()


def report_of(town: Town, ports: Ports, ca: Path, tsa_root: Path) -> Report:
    host_map: dict[str, str] = {}
    for host, http, https in town.doors():
        host_map[host] = f"{LOOPBACK}:{ports.http if http else ports.closed}"
        host_map[f"{host}:443"] = f"{LOOPBACK}:{ports.https if https else ports.closed}"
    searxng = ports.closed if town.searxng.refuses else ports.searxng
    return Report(
        host_map=host_map,
        searxng=f"{LOOPBACK}:{searxng}" if town.searxng.served else "",
        tsa=f"{LOOPBACK}:{ports.tsa}",
        ca=str(ca),
        tsa_root=str(tsa_root),
        lookups={part: f"{LOOPBACK}:{port}" for part, port in ports.lookups.items()},
    )


async def _listen_for_lookups(stack: AsyncExitStack, town: Town, certificates: Authority) -> dict[str, int]:
    registry = Registry((host for host, _, _ in town.doors()), town.registrations)
    ports = [await serve_resolver(stack, registry, number, LOOPBACK) for number in (0, 1)]
    ports.append(await serve_whois(stack, registry, LOOPBACK))
    ports.append(await _listen(stack, _pages(registry.rdap, "https"), HostCertificates(certificates).context))
    return dict(zip(PARTS, ports, strict=True))


def check(root: Path) -> Web:
    """Reads a web without serving it; raises `PracticeError`."""
    web = read_web(root)
    Town(web)
    return web


def _pages(answer: Callable[[Ask], Answer], scheme: str) -> Handler:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return await _respond(request, answer(await _ask_of(request, scheme)))

    return handle


def _stamping(stamps: TimeStamps) -> Handler:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if request.method != "POST":
            return web.Response(status=405)
        return web.Response(body=stamps.answer(await request.read()), content_type="application/timestamp-reply")

    return handle


async def _ask_of(request: web.BaseRequest, scheme: str) -> Ask:
    return Ask(
        scheme=scheme,
        host=(urlsplit(f"//{request.host}").hostname or "").rstrip("."),
        target=request.raw_path if request.raw_path.startswith("/") else request.rel_url.raw_path_qs,
        method=request.method,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.read(),
    )


async def _respond(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    if answer.hangs:
        await asyncio.sleep(SILENCE_MAX_SECONDS)
        raise ConnectionResetError
    await asyncio.sleep(answer.wait_seconds)
    response = web.Response(status=answer.status, body=answer.body)
    response.headers.popall("Content-Type", None)
    for name, value in answer.headers:
        response.headers.add(name, value)
    response.headers.setdefault("Server", "nginx")
    return response


async def _listen(stack: AsyncExitStack, handler: Handler, tls: SSLContext | None = None) -> int:
    runner = web.ServerRunner(web.Server(handler, access_log=None))
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, LOOPBACK, 0, ssl_context=tls, shutdown_timeout=1)
    await site.start()
    return int(runner.addresses[0][1])


def _reserved() -> socket.socket:
    """A port that is ours and does not listen: whoever dials it is refused."""
    closed = socket.socket()
    closed.bind((LOOPBACK, 0))
    return closed


async def for_ever() -> None:
    await asyncio.Event().wait()


async def until_input_ends() -> None:
    """The parent holds our standard input open; when it goes, for whatever reason, we go."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
