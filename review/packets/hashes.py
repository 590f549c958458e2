"""SHA-256, SM3 and CRC-32 of contents."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes


@dataclass(frozen=True, slots=True)
class Digests:
    """What a container says of one content; hex."""

    size: int
    crc: int
    sha256: str
    sm3: str
    """Empty where the OpenSSL in use was built without SM3."""


def digests(chunks: Iterable[bytes]) -> Digests:
    """All of them in one pass."""
    size, crc, sha256, sm3 = 0, 0, hashlib.sha256(), _sm3()
    for chunk in chunks:
        size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        sha256.update(chunk)
        if sm3 is not None:
            sm3.update(chunk)
    return Digests(size, crc, sha256.hexdigest(), sm3.finalize().hex() if sm3 is not None else "")


def sha256_hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sm3_hex(content: bytes) -> str:
    """Empty where the OpenSSL in use was built without SM3."""
    return digests([content]).sm3


def _sm3() -> hashes.Hash | None:
    try:
        return hashes.Hash(hashes.SM3())
    except UnsupportedAlgorithm:
        return None
