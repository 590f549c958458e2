"""The office's secrets: for linking (an HMAC under it stands in rows where a contact or number itself must not) and
for the desk (sessions, addresses of captured material)."""

from __future__ import annotations

import secrets
from pathlib import Path

from crawlers.durable import write_new
from review.errors import KeyRefused

LINKING_FILE = "linking.key"
DESK_FILE = "desk.key"
KEY_BYTES = 32


def linking_key(data: Path) -> bytes:
    """32 random bytes in `data/keys`, mode 0600, made on first use; never leaves the machine."""
    return secret(data, LINKING_FILE)


def desk_key(data: Path) -> bytes:
    """Another such secret, from which the web application derives its own."""
    return secret(data, DESK_FILE)


def secret(data: Path, name: str) -> bytes:
    """Of a file in `keys/`. KeyRefused when it is not whole: linked by less, or by nothing, values could be guessed."""
    path = data / "keys" / name
    if not path.exists():
        write_new(path, secrets.token_bytes(KEY_BYTES))
    found = path.read_bytes()
    if len(found) != KEY_BYTES:
        raise KeyRefused(f"{path} has {len(found)} bytes, a secret has {KEY_BYTES}; restore it from the backup")
    return found
