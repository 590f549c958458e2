"""Small files that are there whole or not at all, whatever ends the program meanwhile: keys, tokens, registers.

Readable by their owner alone, like the directories made for them.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_new(path: Path, data: bytes) -> bool:
    """False, and nothing changed, when somebody has made the file before."""
    draft = _draft(path, data)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync_directory(path.parent)
    return True


def write_over(path: Path, data: bytes) -> None:
    """In the place of what stood there, if anything did."""
    _draft(path, data).replace(path)
    sync_directory(path.parent)


def _draft(path: Path, data: bytes) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def sync_directory(path: Path) -> None:
    """Make a new file's name durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
