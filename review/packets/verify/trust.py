"""Who sealed it: keys from outside the packet, and the tools to check a signature with."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
from typing import Any, Dict

from review.packets.verify.container import Packet
from review.packets.verify.reasons import Finding, Unknown
from review.packets.verify.values import moment, strict_json


class Key:
    """A registered key: raw public bytes, and the time it may be used in."""

    def __init__(self, entry: Dict[str, Any]) -> None:
        self.public = base64.b64decode(entry["public_key"], validate=True)
        self.valid_from, self.valid_to = moment(entry["valid_from"]), moment(entry["valid_to"])
        self.revoked_at = moment(entry["revoked_at"]) if entry.get("revoked_at") else None
        self.office = str(entry["office"])
        if len(self.public) != 32 or entry.get("alg", "Ed25519") != "Ed25519":
            raise ValueError("not an Ed25519 key")


def signing_key(packet: Packet, key_id: str) -> Key:
    if packet.trust is None:
        raise Unknown("TRUST_MISSING")
    try:
        with open(os.path.join(packet.trust, "keys.json"), "rb") as file:
            keys = strict_json(file.read(), "keys.json")["keys"]
        entry = keys.get(key_id)
        key = Key(entry) if entry is not None else None
    except (OSError, KeyError, TypeError, ValueError, AttributeError, Finding) as error:
        raise Unknown("TRUST_INVALID", "keys.json") from error
    if key is None:
        raise Unknown("KEY_UNKNOWN", key_id)
    return key


def openssl(*arguments: str, **files: bytes) -> "subprocess.CompletedProcess[bytes]":
    """Run `openssl` with the named bytes as files; `{name}` in an argument is the file's path."""
    program = shutil.which("openssl")
    if program is None:
        raise Unknown("NO_CRYPTO")
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: os.path.join(folder, name) for name in files}
        for name, content in files.items():
            with open(paths[name], "wb") as file:
                file.write(content)
        command = [program] + [argument.format(**paths) for argument in arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def signature_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        der = bytes.fromhex("302a300506032b6570032100") + public
        pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) + b"\n-----END PUBLIC KEY-----\n"
        arguments = "pkeyutl -verify -pubin -inkey {key} -rawin -in {text} -sigfile {sig}".split()
        return openssl(*arguments, key=pem, text=message, sig=signature).returncode == 0
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def check_seal(packet: Packet) -> str:
    seal, manifest = packet.json("seal.json", exact=True), packet.read("manifest.json")
    if seal["alg"] != "Ed25519" or set(seal) != {"alg", "format", "key_id", "manifest_sha256", "packet_id", "sig"}:
        raise Finding("SEAL_ALGORITHM", str(seal["alg"]))
    same = (seal["packet_id"], seal["key_id"]) == (packet.manifest["packet_id"], packet.manifest["key_id"])
    if not same or seal["format"] != "zhengshao-seal/1":
        raise Finding("IDENTITY_MISMATCH", "seal.json")
    if seal["manifest_sha256"] != hashlib.sha256(manifest).hexdigest():
        raise Finding("SEAL_MANIFEST")
    key = signing_key(packet, seal["key_id"])
    if not signature_holds(key.public, base64.b64decode(seal["sig"], validate=True), manifest):
        raise Finding("SEAL_SIGNATURE")
    at = packet.token_time or moment(packet.manifest["built_at"])
    if not key.valid_from <= at <= key.valid_to:
        raise Finding("KEY_EXPIRED", seal["key_id"])
    if key.revoked_at is not None and key.revoked_at <= at:
        raise Finding("KEY_REVOKED", seal["key_id"])
    return f"{key.office} {seal['key_id']}"
