"""Blobs: what belongs to a capture and is no HTTP body (screenshot, DOM, MHTML), named by the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from crawlers.durable import write_over
from crawlers.records import ArchiveError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class BlobStore:
    """Files `aa/<sha256>` under one directory, written once, mode 0600."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Keep the bytes, durably; returns their SHA-256. The same bytes twice are one file."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_over(path, data)
        return digest

    def read(self, sha256: str) -> bytes:
        """The bytes; ArchiveError when they are not there or not what they were."""
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ArchiveError(f"cannot read blob {path}: {error}") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ArchiveError(f"blob {path} was changed: its bytes no longer have the SHA-256 of its name")
        return data

    def path(self, sha256: str) -> Path:
        """Where the blob stands; ArchiveError for a name that is no SHA-256."""
        if not _SHA256.fullmatch(sha256):
            raise ArchiveError(f"{sha256!r} is no SHA-256 in hexadecimal")
        return self.root / sha256[:2] / sha256
