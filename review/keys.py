"""The office's Ed25519 key: made on first use, kept in `keys/` (mode 0600), its public half registered in `trust/`."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from review.errors import ReviewError

KEY_FILE = "office.key"
KEYS_FILE = "keys.json"
VALID_DAYS = 3 * 365


class KeyRefused(ReviewError):
    """The office key cannot be read or is readable by others."""


@dataclass(frozen=True, slots=True)
class OfficeKey:
    """A signing key and the id it is registered under: the first 16 hex digits of SHA-256 of the public key."""

    private: Ed25519PrivateKey

    @property
    def alg(self) -> str:
        return "Ed25519"

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def id(self) -> str:
        return hashlib.sha256(self.public).hexdigest()[:16]

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def office_key(data: Path, office: str, now: datetime) -> OfficeKey:
    """The key in `data/keys`, made and registered for `VALID_DAYS` when there is none yet."""
    path = data / "keys" / KEY_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = _read(path)
    else:
        key = OfficeKey(Ed25519PrivateKey.generate())
        with os.fdopen(handle, "wb") as file:
            file.write(key.private.private_bytes_raw())
            file.flush()
            os.fsync(file.fileno())
    register(data / "trust", key, office, now)
    return key


def _read(path: Path) -> OfficeKey:
    if path.stat().st_mode & 0o077:
        raise KeyRefused(f"{path} is open to other users; run: chmod 600 {path}")
    try:
        return OfficeKey(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
    except ValueError as error:
        raise KeyRefused(f"{path} is not an Ed25519 key of 32 bytes; restore it from the backup") from error


def register(trust: Path, key: OfficeKey, office: str, now: datetime) -> None:
    """Enter the public key into `trust/keys.json` unless it is there; what is there is never changed."""
    (trust / "tsa").mkdir(mode=0o700, parents=True, exist_ok=True)
    path = trust / KEYS_FILE
    document: dict[str, Any] = {"format": "zhengshao-keys/1", "keys": {}}
    if path.exists():
        document = json.loads(path.read_text("utf-8"))
    if key.id in document["keys"]:
        return
    document["keys"][key.id] = {
        "alg": "Ed25519",
        "public_key": base64.b64encode(key.public).decode(),
        "valid_from": _utc(now),
        "valid_to": _utc(now + timedelta(days=VALID_DAYS)),
        "office": office,
    }
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    temporary.replace(path)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
