"""Files that are there whole or not at all, whatever ends the program meanwhile: keys, tokens, registers, packets.

Readable by their owner alone, like the directories made for them.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from crawlers.marks import mark

DRAFT = ".new-"
STALE_SECONDS = 5
"""A draft this old that nobody holds is what a killed program left."""


@contextmanager
def drafted(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` to write to, for `put_new` or `put_over`; gone when it was put nowhere.

    What breaks while it is written names `path`.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(path.parent)
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=DRAFT)
        os.close(descriptor)
        try:
            with Path(name).open("wb") as draft:
                lock(draft.fileno())
                yield draft
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


@lru_cache(maxsize=4096)
def _sweep(folder: Path) -> None:
    """Remove drafts of programs that were killed: they hold no lock. Once in a program: folders are large."""
    for draft in folder.glob(f"{DRAFT}*"):
        with suppress(FileNotFoundError), draft.open("rb") as file:
            if time.time() - os.fstat(file.fileno()).st_mtime > STALE_SECONDS and lock(file.fileno()):
                draft.unlink()


def lock(descriptor: int) -> bool:
    """Take the lock of an open file; False when who writes it is alive."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def put_new(draft: BinaryIO, path: Path) -> bool:
    """Give a draft its name, durably. False, and nothing changed, when somebody has made the file before."""
    _settle(draft)
    mark("file-before-name")
    try:
        os.link(draft.name, path)
    except FileExistsError:
        return False
    sync_directory(path.parent)
    return True


def put_over(draft: BinaryIO, path: Path) -> None:
    """Give a draft its name, durably, in the place of what stood there, if anything did."""
    _settle(draft)
    Path(draft.name).replace(path)
    sync_directory(path.parent)


def write_new(path: Path, data: bytes) -> bool:
    """As `put_new`, all at once."""
    with drafted(path) as draft:
        draft.write(data)
        return put_new(draft, path)


def write_over(path: Path, data: bytes) -> None:
    """As `put_over`, all at once."""
    with drafted(path) as draft:
        draft.write(data)
        put_over(draft, path)


def _settle(draft: BinaryIO) -> None:
    draft.flush()
    os.fsync(draft.fileno())


def sync_directory(path: Path) -> None:
    """Make a new file's name durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
