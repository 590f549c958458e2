"""Who may be dialled, and the dialling: one look-up, one judgement, a connection to exactly the judged address."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TypeVar

from crawlers.addresses import canonical_host, port_allowed, public
from crawlers.records import CrawlError

Resolver = Callable[[str], Awaitable[list[str]]]

_READ_BUFFER_BYTES = 1 << 20
_SPOKEN = {"tcp": frozenset({"https"})}
"""What the door calls a tunnel to a service of that scheme."""
_REMEMBERED_MAX = 20_000
_UNSURE = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM})
"""What `getaddrinfo` says of SERVFAIL, and when no resolver can be reached."""
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A service the office runs itself or asks by name: this exact scheme, host and port, for this component alone.

    Scheme `tcp` is reached by CONNECT like `https`, whatever is spoken inside.
    """

    scheme: str
    host: str
    port: int
    component: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPolicy:
    """What the door lets out and how long it waits.

    `host_map` ("host" or "host:port" to "address:port") makes a closed world: a name that is not in it does not
    exist. Only the practice web and tests give one.
    """

    services: tuple[ServiceEntry, ...] = ()
    host_map: Mapping[str, str] = field(default_factory=dict)
    pin_seconds: float = 600
    idle_seconds: float = 60
    connect_timeout_seconds: float = 10
    head_timeout_seconds: float = 20
    max_tunnel_bytes: int = 64 << 20
    max_connections: int = 512
    deny_ports: tuple[int, ...] = (
        *(1080, 1433, 1521, 2049, 2181, 2375, 2376, 2379, 3128, 3306, 3389, 4369, 5432, 5672, 5900, 5984, 5985, 6000),
        *(6379, 6443, 7001, 8500, 9042, 9092, 9200, 9300, 10250, 11211, 15672, 27017, 50070),
    )


class DoorVerdict(CrawlError):
    """The door will not (`refused`) or cannot (`dead`) connect; `reason` is one word for machines."""

    def __init__(self, verdict: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{verdict}: {reason} {detail}".strip())
        self.verdict = verdict
        self.reason = reason

    @property
    def status(self) -> int:
        if self.verdict == "refused":
            return 407 if self.reason == "key" else 403
        return 504 if self.reason == "timeout" else 502


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection and the address it was made to (`address:port`)."""

    reader: StreamReader
    writer: StreamWriter
    peer: str


async def resolve(host: str) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def join(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _split(target: str) -> tuple[str, int]:
    address, _, port = target.rpartition(":")
    return address.strip("[]"), int(port)


class Dialer:
    """Judges and connects for one door; remembers judged addresses for `pin_seconds`, and every target's last peer."""

    def __init__(self, policy: DoorPolicy, resolver: Resolver = resolve, clock: Callable[[], float] = time.monotonic):
        self._policy = policy
        self._resolve = resolver
        self._clock = clock
        self._denied = frozenset(policy.deny_ports)
        self._services = {(canonical_host(entry.host), entry.port): entry for entry in policy.services}
        self._owners = frozenset(entry.component for entry in policy.services)
        self._pins: dict[str, tuple[float, list[str]]] = {}
        self._peers: dict[tuple[str, int], str] = {}

    def peer(self, host: str, port: int) -> str:
        """The address last dialled for this target, or nothing."""
        try:
            return self._peers.get((canonical_host(host), port), "")
        except ValueError:
            return ""

    async def judge(self, component: str, scheme: str, raw_host: str, port: int) -> list[tuple[str, int]]:
        """The addresses that may be dialled, best first. Raises DoorVerdict."""
        try:
            host = canonical_host(raw_host)
        except ValueError as error:
            raise DoorVerdict("refused", "name", str(error)) from None
        exact = self._policy.host_map.get(f"{host}:{port}")
        service = self._services.get((host, port))
        if service and service.component == component and scheme in _SPOKEN.get(service.scheme, {service.scheme}):
            return [_split(exact)] if exact else [(address, port) for address in await self._look_up(host)]
        if service or component in self._owners:
            raise DoorVerdict("refused", "service", f"{component} at {scheme}://{raw_host}:{port}")
        if exact is None and not port_allowed(port, self._denied):
            raise DoorVerdict("refused", "port", str(port))
        mapped = exact or self._policy.host_map.get(host)
        if mapped:
            return [_split(mapped)]
        return [(address, port) for address in await self._public_addresses(host)]

    async def dial(self, component: str, scheme: str, host: str, port: int) -> Line:
        """A connection to a judged address; the next one is tried when the first does not answer."""
        addresses = await self.judge(component, scheme, host, port)
        failure = DoorVerdict("dead", "connect")
        for address, address_port in addresses:
            try:
                async with asyncio.timeout(self._policy.connect_timeout_seconds):
                    reader, writer = await asyncio.open_connection(address, address_port, limit=_READ_BUFFER_BYTES)
            except TimeoutError:
                failure = DoorVerdict("dead", "timeout", join(address, address_port))
            except OSError as error:
                failure = DoorVerdict("dead", _why_unreached(error), str(error))
            else:
                return Line(reader, writer, self._note(host, port, address, address_port))
        raise failure

    async def _public_addresses(self, host: str) -> list[str]:
        pinned = self._pins.get(host)
        if pinned and pinned[0] > self._clock():
            return pinned[1]
        if host == "localhost" or host.endswith(".localhost"):
            raise DoorVerdict("refused", "private_address", host)
        addresses = await self._look_up(host)
        if not all(map(public, addresses)):
            raise DoorVerdict("refused", "private_address", " ".join(addresses))
        _remember(self._pins, host, (self._clock() + self._policy.pin_seconds, addresses))
        return addresses

    async def _look_up(self, host: str) -> list[str]:
        if _is_literal(host):
            if self._policy.host_map and public(host):
                raise DoorVerdict("dead", "connect", "a closed world has no public addresses")
            return [host]
        if self._policy.host_map and not any(host == name for name, _ in self._services):
            raise DoorVerdict("dead", "dns", host)
        try:
            async with asyncio.timeout(self._policy.connect_timeout_seconds):
                addresses = await self._resolve(host)
        except (TimeoutError, OSError, UnicodeError) as error:
            raise DoorVerdict("dead", _why_unnamed(error), str(error)) from None
        if not addresses:
            raise DoorVerdict("dead", "dns", host)
        return addresses

    def _note(self, host: str, port: int, address: str, address_port: int) -> str:
        peer = join(address, address_port)
        key = canonical_host(host)
        _remember(self._peers, (key, port), peer)
        pinned = self._pins.get(key)
        if pinned and pinned[1][0] != address and address in pinned[1]:
            rest = [other for other in pinned[1] if other != address]
            self._pins[key] = (pinned[0], [address, *rest])
        return peer


def _why_unnamed(error: Exception) -> str:
    """`dns`: there is no such name; `dns_timeout`: no answer in time; `dns_failed`: the resolver could not tell."""
    if isinstance(error, TimeoutError):
        return "dns_timeout"
    return "dns_failed" if isinstance(error, socket.gaierror) and error.errno in _UNSURE else "dns"


def _why_unreached(error: OSError) -> str:
    """`connect`: the host said no; `unreachable`: there is no way to it from here."""
    return "unreachable" if error.errno in _NO_WAY else "connect"


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _remember(table: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Newest last; the oldest entry goes when the table is full."""
    table.pop(key, None)
    if len(table) >= _REMEMBERED_MAX:
        del table[next(iter(table))]
    table[key] = value
