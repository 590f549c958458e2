"""People who approve a packet: each signs its manifest with a key of their own, under a passphrase of their own.

Who holds the office's key, but not theirs, cannot make a packet anew that a recipient who asks for approvals accepts.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from review import trusted
from review.errors import ReviewError
from review.packets.amend import amend, read_file
from review.packets.hashes import sha256_hex
from review.packets.verify.trust import APPROVALS, approved_text
from review.packets.verify.values import canonical

FILE = "approvals.json"


class ApprovalRefused(ReviewError):
    """The key cannot be used, or the packet is not one that can be approved."""


def make_key(trust: Path, path: Path, passphrase: str, holder: str, office: str, now: datetime) -> str:
    """A new key in a file of PEM (mode 0600), registered to its holder; returns its id."""
    if not passphrase:
        raise ApprovalRefused("a passphrase is needed: the key is what a second person's approval rests on")
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ApprovalRefused(f"{path}: {error.strerror}; name a new file") from error
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    return trusted.register(trust, "Ed25519", _public(key), office, now, use="approve", holder=holder)


def approve(packet: Path, key_file: Path, passphrase: str, trust: Path, at: str) -> str:
    """Add the signature of the holder of `key_file` to the packet file; returns the holder. `at` is UTC."""
    key = _read(key_file, passphrase)
    name = trusted.key_id(_public(key))
    entry = trusted.read(trust).get(name)
    if entry is None or entry.get("use") != "approve":
        raise ApprovalRefused(f"{key_file}: key {name} is not registered to approve; see `zhengshao trust show`")
    manifest = read_file(packet, "manifest.json")
    said = json.loads(manifest)
    text = approved_text(said["packet_id"], sha256_hex(manifest), at)
    signed = {"key_id": name, "at": at, "sig": base64.b64encode(key.sign(text)).decode("ascii")}
    earlier = [one for one in _earlier(packet) if one["key_id"] != name]
    amend(packet, {FILE: canonical({"format": APPROVALS, "approvals": [*earlier, signed]})})
    return str(entry["holder"])


def _earlier(packet: Path) -> list[Mapping[str, Any]]:
    try:
        approvals: list[Mapping[str, Any]] = json.loads(read_file(packet, FILE))["approvals"]
    except KeyError:
        return []
    return approvals


def _read(path: Path, passphrase: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ApprovalRefused(f"{path} cannot be opened with this passphrase: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ApprovalRefused(f"{path} is no Ed25519 key; make one with `zhengshao trust approver`")
    return key


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
