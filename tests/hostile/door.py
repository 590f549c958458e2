"""The door of the hostile world: `crawlers.egress` with names that answer by their spelling, and roads to loopback.

`10-0-0-1.and.8-8-8-8.ip.test` has both addresses, `8-8-8-8.then.127-0-0-1.ip.test` the second at the second
look-up, `v6-fc00--1.ip.test` an IPv6 one; labels before these are free. Other names under `.test` are `PUBLIC`.
Every dialled address is written down; no packet leaves: what is public is one of the servers, all else the victim.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import socket
from collections import Counter
from pathlib import Path
from typing import Any

from crawlers import doorway, egress
from crawlers.dialing import Dialer, DoorPolicy

WORLD = "HOSTILE_WORLD"
PUBLIC, CLOSED, UNREACHABLE, OLD_TLS = "8.8.8.8", "8.8.4.4", "8.8.4.5", "8.8.4.6"
_STEP = re.compile(r"(?:v6-[0-9a-f-]+|\d+-\d+-\d+-\d+)(?:\.and\.(?:v6-[0-9a-f-]+|\d+-\d+-\d+-\d+))*")
_BROKEN = {"nxdomain": socket.EAI_NONAME, "servfail": socket.EAI_AGAIN}
_open_connection = asyncio.open_connection


class Names:
    """The resolver."""

    def __init__(self, down: Path) -> None:
        self._down = down
        self._asked: Counter[str] = Counter()

    async def __call__(self, host: str) -> list[str]:
        kind = host.removesuffix(".test").rpartition(".")[2]
        if self._down.exists():
            raise socket.gaierror(socket.EAI_AGAIN, "the network is down")
        if kind in _BROKEN:
            raise socket.gaierror(_BROKEN[kind], host)
        if kind == "unanswered":
            await asyncio.sleep(3600)
        if kind != "ip":
            return [PUBLIC] if host.endswith(".test") else []
        steps = _STEP.findall(host)
        self._asked[host] += 1
        return [_address(one) for one in steps[min(self._asked[host], len(steps)) - 1].split(".and.")]


def _address(label: str) -> str:
    return label[3:].replace("-", ":") if label.startswith("v6-") else label.replace("-", ".")


class Roads:
    """Where a dialled address leads."""

    def __init__(self, world: dict[str, Any]) -> None:
        self._world = world

    async def __call__(self, address: str, port: int, **more: Any) -> Any:
        with Path(self._world["dialled"]).open("a", encoding="utf-8") as log:
            log.write(f"{address} {port}\n")
        if address == UNREACHABLE or Path(self._world["down"]).exists():
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        if address == CLOSED:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        name = {PUBLIC: "tls" if port == 443 else "plain", OLD_TLS: "old_tls"}.get(address, "victim")
        return await _open_connection("127.0.0.1", self._world[name], **more)


def main() -> None:
    world = json.loads(os.environ[WORLD])
    names = Names(Path(world["down"]))

    def dialer(policy: DoorPolicy) -> Dialer:
        return Dialer(policy, names)

    doorway.Dialer = dialer  # type: ignore[assignment, misc]
    asyncio.open_connection = Roads(world)  # type: ignore[assignment]
    egress.main()


if __name__ == "__main__":
    main()
