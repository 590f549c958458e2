"""The one door out: starting and stopping it. All traffic of crawler and browser leaves through this process.

`python -m crawlers.egress` reads one JSON document `{"policy": …, "master": hex, "log": path}` from standard
input, prints the port it listens on, and ends when its standard input is closed: it never outlives its parent.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from urllib.parse import urlsplit

from crawlers.dialing import DoorPolicy, ServiceEntry
from crawlers.doorclient import DOOR, KEYS, DoorClient, DoorDown
from crawlers.doorway import Doorway, secret_for
from crawlers.lifeline import end

if TYPE_CHECKING:
    from config import Config

__all__ = ["CRAWLER", "LOOKUP", "Door", "DoorPolicy", "ServiceEntry", "crawler_components", "policy_from"]

CRAWLER = "crawler"
"""The component of everything that follows pages; it owns no service."""
LOOKUP = "lookup"
"""The component that asks resolvers and registries, and may dial nothing else."""
WHOIS_PORT = 43
_LOOKUP_THREADS = 32
_STOP_SECONDS = 5


def policy_from(config: Config, *, host_map: Mapping[str, str] | None = None) -> DoorPolicy:
    """The policy an office's configuration asks for. In a closed world nobody is asked about names but who is in it."""
    door = config.crawl.door
    mapped = host_map or {}
    asked = (entry for entry in lookup_entries(config) if not mapped or f"{entry.host}:{entry.port}" in mapped)
    services = (
        *(_service(service.url, service.component) for service in config.settings.services.values() if service.enabled),
        *asked,
    )
    return DoorPolicy(
        services=services,
        host_map=dict(host_map or {}),
        pin_seconds=door.pin_seconds,
        idle_seconds=door.idle_seconds,
        connect_timeout_seconds=door.connect_timeout_seconds,
        head_timeout_seconds=door.head_timeout_seconds,
        max_tunnel_bytes=door.max_tunnel_bytes,
        deny_ports=tuple(door.deny_ports),
    )


def lookup_entries(config: Config) -> tuple[ServiceEntry, ...]:
    """Whom the office asks about names (`network.toml`): resolvers, and the registries' RDAP and WHOIS."""
    network = config.network
    found = [ServiceEntry("tcp", resolver.address, resolver.port, LOOKUP) for resolver in network.resolvers]
    found += [_service(registry.rdap, LOOKUP) for registry in network.registries if registry.rdap]
    found += [ServiceEntry("tcp", entry.whois, WHOIS_PORT, LOOKUP) for entry in network.registries if entry.whois]
    return tuple(dict.fromkeys(found))


def crawler_components(config: Config) -> tuple[str, ...]:
    """As whom the spiders may pass: the crawler itself, and each service of the office that a source asks."""
    services = config.settings.services
    asked = (profile.request.service for profile in (*config.engines.values(), *config.marketplaces.values()))
    wanted = {services[name].component for name in asked if name in services and services[name].enabled}
    return (CRAWLER, *sorted(wanted - {CRAWLER}))


def _service(url: str, component: str) -> ServiceEntry:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    return ServiceEntry(parts.scheme, parts.hostname or "", port, component)


@dataclass(frozen=True, slots=True)
class Door:
    """A running door; `program` is the module that is its process."""

    program: ClassVar[str] = "crawlers.egress"
    url: str
    master: bytes

    @classmethod
    @contextmanager
    def spawn(cls, policy: DoorPolicy, *, log: Path | None = None) -> Iterator[Self]:
        """Start the process, wait until it listens, stop it at the end. Raises DoorDown when it does not start."""
        master = secrets.token_bytes(32)
        order = {"policy": asdict(policy), "master": master.hex(), "log": str(log) if log else None}
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", cls.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin and process.stdout
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            port = process.stdout.readline().strip()
            if not port:
                raise DoorDown("the door's process ended before it listened; its message is above")
            yield cls(f"http://127.0.0.1:{port}", master)
        finally:
            end(process, _STOP_SECONDS)

    def client(self, component: str = CRAWLER, *more: str) -> DoorClient:
        return DoorClient(self.url, {name: secret_for(self.master, name) for name in (component, *more)})

    def environment(self, component: str = CRAWLER, *more: str) -> dict[str, str]:
        """What a child process needs to pass the door as `component`; `more` adds the keys of services it may use."""
        keys = " ".join(f"{name}:{secret}" for name, secret in self.client(component, *more).keys.items())
        return {DOOR: self.url, KEYS: keys}


def _policy(document: dict[str, Any]) -> DoorPolicy:
    services = tuple(ServiceEntry(**entry) for entry in document.pop("services"))
    return DoorPolicy(services=services, deny_ports=tuple(document.pop("deny_ports")), **document)


async def _serve(order: dict[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_LOOKUP_THREADS, "look-up"))
    with Path(order["log"] or os.devnull).open("a", encoding="utf-8", buffering=1) as log:
        doorway = Doorway(_policy(order["policy"]), bytes.fromhex(order["master"]), log=log)
        server = await asyncio.start_server(doorway.serve, "127.0.0.1", 0, backlog=512, limit=1 << 20)
        print(server.sockets[0].getsockname()[1], flush=True)
        parent_gone = asyncio.Event()
        loop.add_reader(sys.stdin, parent_gone.set)
        await parent_gone.wait()
    os._exit(0)  # look-ups that still wait for an answer cannot be cancelled, and nobody wants them any more


def main() -> None:
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, signal.SIG_IGN)  # the children drain through the door; it ends with its parent
    asyncio.run(_serve(json.loads(sys.stdin.readline())))


if __name__ == "__main__":
    main()
