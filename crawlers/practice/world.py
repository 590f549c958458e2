"""All in which a night on a practice web differs from one on the real web, besides the data directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self


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
