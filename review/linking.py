"""The office's secret for linking: an HMAC under it stands in rows where a contact or number itself must not."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

LINKING_FILE = "linking.key"
KEY_BYTES = 32


def linking_key(data: Path) -> bytes:
    """32 random bytes in `data/keys`, mode 0600, made on first use; never leaves the machine."""
    path = data / "keys" / LINKING_FILE
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
