"""All in which a night on a practice web differs from one on the real web, besides the data directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from config.schema_network import Network


@dataclass(frozen=True, slots=True)
class Trust:
    """PEM files; empty: what the operating system and the office's settings trust."""

    ca: Path | None = None
    """Root of the https certificates."""
    tsa_roots: tuple[Path, ...] = ()
    """Roots of the time-stamp authorities."""


@dataclass(frozen=True, slots=True)
class World:
    host_map: Mapping[str, str] = field(default_factory=dict)
    """Names the door dials elsewhere: `host` or `host:port` to `address:port`; not empty: nothing else exists."""
    services: Mapping[str, str] = field(default_factory=dict)
    """Address by name of the services this world answers for, as in `settings.toml`."""
    trust: Trust = field(default_factory=Trust)

    @classmethod
    def real(cls) -> Self:
        return cls()


PARTS = ("dns-1", "dns-2", "whois", "rdap")
"""What can be asked; each listens at an address of its own."""


def played(network: Network) -> dict[str, str]:
    """Which part of a practice web answers at each address of `network.toml` (`host:port`)."""
    found = {f"{one.address}:{one.port}": PARTS[number % 2] for number, one in enumerate(network.resolvers)}
    for entry in network.registries:
        if entry.rdap:
            host = entry.rdap.removeprefix("https://").partition("/")[0]
            found[host if ":" in host else f"{host}:443"] = "rdap"
        if entry.whois:
            found[f"{entry.whois}:43"] = "whois"
    return found
