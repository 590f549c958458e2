"""The office's secrets: for linking (an HMAC under it stands in rows where a contact or number itself must not) and
for the desk (sessions, addresses of captured material)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

LINKING_FILE = "linking.key"
DESK_FILE = "desk.key"
KEY_BYTES = 32


def linking_key(data: Path) -> bytes:
    """32 random bytes in `data/keys`, mode 0600, made on first use; never leaves the machine."""
    return _secret(data / "keys" / LINKING_FILE)


def desk_key(data: Path) -> bytes:
    """Another such secret, from which the web application derives its own."""
    return _secret(data / "keys" / DESK_FILE)


def _secret(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()
