"""Which configuration the desk works by, and when it changed: one entry in the audit log for each change seen."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from review import audit
from review.tables import audit as entries

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTION = "config.changed"


def digests(directory: Path | None) -> dict[str, str]:
    """SHA-256 of every file of the office's own directory by its name there; empty when it has none."""
    if directory is None or not directory.is_dir():
        return {}
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*.toml"))
    }


def note(connection: Connection, directory: Path | None, *, actor: str, now: str) -> list[str]:
    """Enter what differs from the last entry; `actor` is who started the desk with it. Returns the changed files."""
    before, after = _last(connection), digests(directory)
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    if changed:
        audit.append(connection, actor, ACTION, {"files": changed, "digests": after}, now=now)
    return changed


def _last(connection: Connection) -> Mapping[str, str]:
    query = select(entries.c.detail).where(entries.c.action == ACTION).order_by(entries.c.seq.desc()).limit(1)
    detail = connection.execute(query).scalar()
    found: dict[str, str] = json.loads(detail)["digests"] if detail else {}
    return found
