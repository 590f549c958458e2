"""A file as it was handed in: its bytes, its name, who gave it, and how much of it we are willing to read."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.schema import ImportSettings
from config.schema_profiles import Profile
from crawlers.imports.problems import Refused

NIGHT = "import"
SOURCE = "import"
PHOTO = "photo"
"""Source of photos: they are no pages, and no subjects."""
START_BYTES = 8192

Limits = ImportSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What the person says of the file; everything may be left empty."""

    name: str = ""
    """As the person calls it; the file's own name when empty."""
    url: str = ""
    """Where a saved page was saved from."""
    source: str = ""
    """Whose search reply it is, by profile name."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Column header or number → field, of a table; an empty field leaves the column out."""
    channel: str = ""
    """By which way it came: `12350`, `12345`, another office …"""
    note: str = ""
    at: str = ""
    """When it was saved, for pages that do not say so; UTC, ISO 8601."""

    def called(self, path: Path) -> str:
        """How the file is called in rows and messages. A name in GBK, as old programs unpack it, is read as such."""
        raw = (self.name or path.name).encode("utf-8", "surrogateescape")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("gb18030", "replace")


@dataclass(frozen=True, slots=True)
class File:
    """A file being read. `start` are its first bytes, `sha256` covers all."""

    path: Path
    name: str
    size: int
    start: bytes
    sha256: str
    handed: Handed
    limits: Limits
    received_at: str
    profiles: tuple[Profile, ...] = ()
    scratch: Path | None = None
    """Where large things may be unpacked; None: where the system does."""

    @classmethod
    def open(
        cls,
        path: Path,
        handed: Handed,
        limits: Limits,
        now: str,
        profiles: tuple[Profile, ...] = (),
        scratch: Path | None = None,
    ) -> File:
        """Refused when it cannot be read, is empty or too large, or has no end: a pipe, a device."""
        name = handed.called(path)
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                raise Refused("no_file")
            size = found.st_size
            if size > limits.max_file_bytes:
                raise Refused("too_large", size=size, limit=limits.max_file_bytes, setting="max_file_bytes")
            with path.open("rb") as file:
                start = file.read(START_BYTES)
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise Refused("unreadable", detail=error.strerror or str(error)) from error
        if not size:
            raise Refused("empty")
        return cls(path, name, size, start, digest, handed, limits, now, profiles, scratch)

    def bounded(self, limit: int, setting: str) -> bytes:
        """All bytes of a file that must fit into memory."""
        if self.size > limit:
            raise Refused("too_large", size=self.size, limit=limit, setting=setting)
        return self.path.read_bytes()
