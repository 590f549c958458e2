"""SHA-256 and SM3 of contents."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes


def sha256_hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sm3_hex(content: bytes) -> str:
    """Empty where the OpenSSL in use was built without SM3."""
    try:
        digest = hashes.Hash(hashes.SM3())
    except UnsupportedAlgorithm:
        return ""
    digest.update(content)
    return digest.finalize().hex()
