"""After a crash: volumes cut to what was committed and sealed, leases given back; and the proof that all agree."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from crawlers import custody, leases
from crawlers.archive import SUFFIX, Archive
from crawlers.clock import utc_now
from crawlers.durable import lock, sync_directory
from crawlers.records import ArchiveError
from crawlers.revisits import standing_alone
from crawlers.salvage import mapped
from crawlers.store import Store
from crawlers.tables import volumes

ACTOR = "recovery"
ORPHAN_SECONDS = 60.0
"""How long the children of a killed night may take to notice that their door is gone, and to end."""
_LOOK_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """What was put right; `busy` names volumes whose writer is alive, `problems` what could not be put right."""

    sealed: tuple[str, ...] = ()
    cut_bytes: int = 0
    busy: tuple[str, ...] = ()
    released: int = 0
    problems: tuple[str, ...] = ()


def recover(
    store: Store, archive: Archive, *, force: bool = False, patience_seconds: float = ORPHAN_SECONDS
) -> RecoveryReport:
    """Cut and seal the volumes of dead writers and give back every lease, when no writer is alive.

    A writer holds a file lock on its volume as long as it lives; one that is still there is waited for up to
    `patience_seconds`, else its tasks could not be claimed again. `force` takes volumes whose lock cannot be had (a
    network file system that lost it); never use it beside a running night. Safe to repeat.
    """
    sealed: list[str] = []
    busy: list[str] = []
    problems: list[str] = []
    cut_bytes = 0
    deadline = time.monotonic() + (0 if force else patience_seconds)
    while _written_to(store, archive) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_SECONDS)
    for name in _unsealed(store, archive):
        try:
            removed = _settle(store, archive, name, force)
        except (OSError, ArchiveError) as error:
            problems.append(f"volume {name}: {error}")
            continue
        if removed is None:
            busy.append(name)
        else:
            sealed.append(name)
            cut_bytes += removed
    released = 0
    if not busy:
        with store.write() as connection:
            released = leases.release_all(connection)
    return RecoveryReport(tuple(sealed), cut_bytes, tuple(busy), released, tuple(problems))


def _unsealed(store: Store, archive: Archive) -> list[str]:
    """Volumes open in the store, and files the store never heard of: their writer died before its first commit."""
    with store.read() as connection:
        known = {row.name: row.state for row in connection.execute(select(volumes.c.name, volumes.c.state))}
    files = {path.name for path in archive.root.glob(f"*{SUFFIX}")}
    return sorted({name for name, state in known.items() if state == "open"} | (files - known.keys()))


def _written_to(store: Store, archive: Archive) -> bool:
    """Whether any writer is alive."""
    return any(_held(archive.path(name)) for name in _unsealed(store, archive))


def _held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not lock(descriptor)
    finally:
        os.close(descriptor)


def _settle(store: Store, archive: Archive, name: str, force: bool) -> int | None:
    """Bytes cut off the volume, which is now sealed; None when its writer is alive."""
    path = archive.path(name)
    descriptor = os.open(path, os.O_RDWR)
    try:
        if not lock(descriptor) and not force:
            return None
        with store.write() as connection:
            return _cut_and_seal(connection, archive, path, descriptor)
    finally:
        os.close(descriptor)


def _set_aside(archive: Archive, path: Path, keep: int, size: int) -> str:
    """Copy what is about to be cut to `archive/cut/`; returns its name. It begins at a record, so it can be imported.

    Usually it is half a batch, fetched again anyway; after a restore from an old backup it may be evidence. So it
    stands alone: a revisit of what stays in the volume becomes the full response.
    """
    folder = archive.root / "cut"
    folder.mkdir(mode=0o700, exist_ok=True)
    aside = folder / f"{path.name.removesuffix(SUFFIX)}.{keep}-{size}{SUFFIX}"
    with mapped(path) as view, os.fdopen(os.open(aside, os.O_CREAT | os.O_RDWR, 0o600), "wb") as target:
        target.writelines(standing_alone(view, keep))
        target.flush()
        os.fsync(target.fileno())
    sync_directory(folder)
    return aside.name


def _cut_and_seal(connection: Connection, archive: Archive, path: Path, descriptor: int) -> int:
    committed = connection.scalar(select(volumes.c.committed_bytes).where(volumes.c.name == path.name))
    size = os.fstat(descriptor).st_size
    keep = committed or 0
    if size < keep:
        raise ArchiveError(f"has {size} bytes, {keep} were committed: evidence is missing, restore it from a copy")
    tail = _set_aside(archive, path, keep, size) if size > keep else ""
    os.ftruncate(descriptor, keep)
    os.fsync(descriptor)
    digest = archive.sha256(path.name)
    sealed = {"state": "cut" if size > keep else "sealed", "sha256": digest, "sealed_at": utc_now()}
    if committed is None:
        row = {"name": path.name, "committed_bytes": 0, "writer": "", "opened_at": utc_now()}
        connection.execute(insert(volumes).values(**row, **sealed))
    else:
        connection.execute(update(volumes).where(volumes.c.name == path.name).values(**sealed))
    detail = {"volume": path.name, "bytes": keep, "bytes_removed": size - keep, "kept_as": tail, "sha256": digest}
    custody.append(connection, "volume_cut" if size > keep else "volume_sealed", ACTOR, detail)
    return size - keep
