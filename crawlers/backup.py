"""Copies of the store, made while it is in use, with the list of volumes that belong to them; and the way back.

Volumes and blobs are files that never change once sealed: they are copied with the office's own tools. A backup holds
the database and says which bytes of which volume it needs.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crawlers import custody, schema
from crawlers.archive import Archive
from crawlers.clock import utc_now
from crawlers.durable import sync_directory, write_over
from crawlers.records import ArchiveError, StoreError
from crawlers.store import SQLITE_FILE, Store, store_url
from crawlers.tables import volumes

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A finished backup: the database copy and the volumes it needs."""

    directory: Path
    store_sha256: str
    volumes: int
    volume_bytes: int


def backup(store: Store, archive: Archive, directory: Path) -> BackupReport:
    """Copy the store into an empty or new directory. StoreError on a database server or when the place is taken."""
    if store.sqlite_path is None:
        raise StoreError("the store is on a database server: back it up with the server's own tool (pg_dump)")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = directory / SQLITE_FILE
    if target.exists():
        raise StoreError(f"{target} exists: give a new directory for each backup")
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    _copy_database(store.sqlite_path, target)
    copy = Store.open(store_url(directory))
    try:
        manifest = _manifest(copy, archive)
    finally:
        copy.close()
    _settle(target)
    manifest["store_sha256"] = _sha256(target)
    write_over(directory / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    needed = manifest["volumes"]
    return BackupReport(directory, manifest["store_sha256"], len(needed), sum(item["bytes"] for item in needed))


def restore(directory: Path, data: Path, archive: Archive) -> list[str]:
    """Check a backup against itself and the archive, then put its store into the data directory.

    Returns the problems; with any, nothing is changed. What the archive holds beyond the backup is not lost: the
    volumes stay, and `recover` sets aside what the store does not know.
    """
    target = data / SQLITE_FILE
    if target.exists():
        return [f"{target} exists: move it away first, a restore never overwrites a store"]
    problems = list(_problems(directory, archive))
    if problems:
        return problems
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = target.with_suffix(".restoring")
    shutil.copyfile(directory / SQLITE_FILE, new)
    new.chmod(0o600)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.rename(target)
    sync_directory(data)
    return []


def _problems(directory: Path, archive: Archive) -> Iterator[str]:
    source = directory / SQLITE_FILE
    try:
        manifest = _read_manifest(directory / MANIFEST)
        digest = _sha256(source)
    except (OSError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        yield f"{directory} is no backup: {type(error).__name__}: {error}"
        return
    if manifest.get("format") != FORMAT:
        yield f"{directory} has format {manifest.get('format')!r}, this program reads {FORMAT}"
        return
    if digest != manifest["store_sha256"]:
        yield f"{source} was changed after the backup: its SHA-256 differs from {MANIFEST}"
        return
    yield from _store_problems(source, manifest)
    yield from (problem for item in manifest["volumes"] if (problem := _volume_problem(archive, item)))


def _read_manifest(path: Path) -> dict[str, Any]:
    """Raises one of what its caller catches when the manifest is not as `_manifest` writes it."""
    manifest: dict[str, Any] = json.loads(path.read_bytes())
    texts = [manifest["store_sha256"], *manifest["schema"]]
    for item in manifest["volumes"]:
        texts += [item["name"], item["sha256"]]
        if type(item["bytes"]) is not int or item["bytes"] < 0:
            raise ValueError(f"{MANIFEST} gives a volume {item['bytes']!r} bytes")
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{MANIFEST} has something else where names and digests belong")
    return manifest


def _store_problems(source: Path, manifest: dict[str, Any]) -> Iterator[str]:
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what is damaged is named in its own damaged words
        found = str(error)
    if found != "ok":
        yield f"{source} is damaged: {found}"
    if manifest["schema"] != sorted(schema.heads().values()):
        yield f"{source} is of version {', '.join(manifest['schema'])}: restore it with that program, then upgrade"


def _volume_problem(archive: Archive, item: dict[str, Any]) -> str:
    """A volume may be longer than at the time of the backup, never shorter or different."""
    try:
        path = archive.path(item["name"])
        size = path.stat().st_size if path.is_file() else None
    except (ArchiveError, OSError) as error:
        return f"{MANIFEST} names a volume that cannot be: {error}"
    if size is None:
        return f"volume {path} is missing: copy it back first"
    if size < item["bytes"] or _sha256(path, item["bytes"]) != item["sha256"]:
        return f"volume {path} is not the one of the backup: its first {item['bytes']} bytes differ"
    return ""


def _manifest(copy: Store, archive: Archive) -> dict[str, Any]:
    with copy.read() as connection:
        seq, digest = custody.head(connection)
        rows = connection.execute(select(volumes).order_by(volumes.c.name)).all()
    needed = [
        {
            "name": row.name,
            "state": row.state,
            "bytes": row.committed_bytes,
            "sha256": _sha256(archive.path(row.name), row.committed_bytes),
        }
        for row in rows
    ]
    return {
        "format": FORMAT,
        "made_at": utc_now(),
        "schema": sorted(schema.heads().values()),
        "custody": {"seq": seq, "hash": digest},
        "volumes": needed,
    }


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online copy: consistent while others write."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _settle(target: Path) -> None:
    """One file that stands alone: no write-ahead log beside it."""
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _sha256(path: Path, size: int | None = None) -> str:
    digest, left = hashlib.sha256(), path.stat().st_size if size is None else size
    with path.open("rb") as file:
        while left and (chunk := file.read(min(left, 1 << 20))):
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()
