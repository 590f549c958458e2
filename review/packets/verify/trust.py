"""Who sealed it: keys, policy and heads from outside the packet, and the tools to check a signature with."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
from datetime import datetime
from typing import Any, Dict, List

from review.packets.verify.container import Packet
from review.packets.verify.reasons import Finding, Unknown
from review.packets.verify.values import SKEW, canonical, moment, strict_json

SM2_ID = "1234567812345678"
"""The signer's identity where none is agreed on (GM/T 0009)."""
OPENSSL_TIMEOUT_SECONDS, SMALL_MAX_BYTES, APPROVALS_MAX = 120, 1 << 20, 64
APPROVALS, APPROVAL = "zhengshao-approvals/1", "zhengshao-approval/1"
UNREADABLE = (OSError, KeyError, TypeError, ValueError, AttributeError, Finding)


class Key:
    """A registered key: whose it is, its public half, and the time it may be used in.

    `public` is the 32 raw bytes of an Ed25519 key, or the DER SubjectPublicKeyInfo of an SM2 key.
    """

    def __init__(self, key_id: str, entry: Dict[str, Any]) -> None:
        self.id, self.alg = key_id, entry.get("alg", "Ed25519")
        self.public = base64.b64decode(entry["public_key"], validate=True)
        self.valid_from, self.valid_to = moment(entry["valid_from"]), moment(entry["valid_to"])
        self.revoked_at = moment(entry["revoked_at"]) if entry.get("revoked_at") else None
        self.use, self.office = entry.get("use", "seal"), str(entry["office"])
        self.holder = str(entry.get("holder", ""))
        if self.alg not in ("Ed25519", "SM2") or (self.alg == "Ed25519" and len(self.public) != 32):
            raise ValueError("no key of a kind that is known here")
        if key_id != hashlib.sha256(self.public).hexdigest()[:16]:
            raise ValueError("registered under the name of another key")

    def check_time(self, at: datetime) -> None:
        if not self.valid_from <= at <= self.valid_to:
            raise Finding("KEY_EXPIRED", self.id)
        if self.revoked_at is not None and self.revoked_at <= at:
            raise Finding("KEY_REVOKED", self.id)

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's. Raises Unknown when there is nothing to check it with."""
        if self.alg == "Ed25519":
            try:
                return ed25519_holds(self.public, signature, message)
            except ImportError:
                der = bytes.fromhex("302a300506032b6570032100") + self.public
                return program_holds(der, signature, message, "")
        return program_holds(self.public, signature, message, f" -digest sm3 -pkeyopt distid:{SM2_ID}")


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def program_holds(der: bytes, signature: bytes, message: bytes, more: str) -> bool:
    """By the openssl program; one that does not know the algorithm leaves it open."""
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(der) + b"-----END PUBLIC KEY-----\n"
    command = f"pkeyutl -verify -pubin -inkey {{key}} -rawin -in {{text}} -sigfile {{sig}}{more}"
    result = openssl(*command.split(), key=pem, text=message, sig=signature)
    if result.returncode == 0:
        return True
    if b"Signature Verification Failure" in result.stdout:
        return False
    raise Unknown("NO_CRYPTO", result.stdout.decode("utf-8", "replace").strip()[-200:])


def openssl(*arguments: str, errors: bool = True, **files: bytes) -> "subprocess.CompletedProcess[bytes]":
    """Run `openssl` with the named bytes as files; `{name}` in an argument is the file's path.

    What it says of errors goes with its output, unless `errors` is false.
    """
    try:
        program = shutil.which("openssl")
        if program is None or os.path.dirname(os.path.abspath(program)) == os.getcwd():
            raise Unknown("NO_CRYPTO")  # Windows looks where one stands first: there a packet may have been unpacked
        with tempfile.TemporaryDirectory() as folder:
            paths = {name: os.path.join(folder, name) for name in files}
            for name, content in files.items():
                with open(paths[name], "wb") as file:
                    file.write(content)
            return subprocess.run(
                [program] + [argument.format(**paths) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if errors else subprocess.DEVNULL,
                timeout=OPENSSL_TIMEOUT_SECONDS,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unknown("NO_CRYPTO", type(error).__name__) from error


def signature_bytes(text: str) -> bytes:
    """From base64 in its one usual writing: another one would be another file with the same signature."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode("ascii") != text:
        raise ValueError("base64 with spare bits")
    return raw


def trust_file(packet: Packet, name: str) -> Any:
    """A JSON file of the trust directory; None when it has no such file."""
    if packet.trust is None:
        raise Unknown("TRUST_MISSING")
    path = os.path.join(packet.trust, name)
    if not os.path.exists(path):
        return None
    try:
        with open(path, "rb") as file:
            return strict_json(file.read(), name)
    except (OSError, Finding) as error:
        raise Unknown("TRUST_INVALID", name) from error


def registered_key(packet: Packet, key_id: str, use: str) -> Key:
    document = trust_file(packet, "keys.json")
    try:
        entry = document["keys"].get(key_id)
        key = Key(key_id, entry) if entry is not None else None
    except UNREADABLE as error:
        raise Unknown("TRUST_INVALID", "keys.json") from error
    if key is None or key.use != use:
        raise Unknown("KEY_UNKNOWN", key_id)
    return key


def policy(packet: Packet, name: str, default: int) -> int:
    """A number from the recipient's `policy.json`."""
    document = trust_file(packet, "policy.json") if packet.trust is not None else None
    try:
        value = default if document is None else document.get(name, default)
        if type(value) is not int or value < 0:
            raise ValueError(name)
    except (AttributeError, ValueError) as error:
        raise Unknown("TRUST_INVALID", "policy.json") from error
    return value


def check_seal(packet: Packet) -> str:
    manifest = packet.read("manifest.json")
    seal = strict_json(packet.read("seal.json", SMALL_MAX_BYTES), "seal.json", exact=True)
    if seal["alg"] not in ("Ed25519", "SM2"):
        raise Finding("SEAL_ALGORITHM", str(seal["alg"]))
    if set(seal) != {"alg", "format", "key_id", "manifest_sha256", "packet_id", "sig"}:
        raise Finding("MALFORMED", "seal.json")
    same = (seal["packet_id"], seal["key_id"]) == (packet.manifest["packet_id"], packet.manifest["key_id"])
    if not same or seal["format"] != "zhengshao-seal/1":
        raise Finding("IDENTITY_MISMATCH", "seal.json")
    if seal["manifest_sha256"] != hashlib.sha256(manifest).hexdigest():
        raise Finding("SEAL_MANIFEST")
    signature = signature_bytes(seal["sig"])
    key = registered_key(packet, seal["key_id"], "seal")
    if seal["alg"] != key.alg:
        raise Finding("SEAL_ALGORITHM", str(seal["alg"]))
    if not key.holds(signature, manifest):
        raise Finding("SEAL_SIGNATURE")
    if key.office != packet.manifest["office"]:
        raise Finding("OFFICE_MISMATCH", f"{packet.manifest['office']} / {key.office}")
    key.check_time(packet.token_time or moment(packet.manifest["built_at"]))
    return f"{key.office} {seal['key_id']}"


def approved_text(packet_id: str, manifest_sha256: str, at: str) -> bytes:
    """What a person signs who approves a packet."""
    return canonical({"format": APPROVAL, "packet_id": packet_id, "manifest_sha256": manifest_sha256, "at": at})


def check_approvals(packet: Packet) -> str:
    """Signatures of people, each with a key of their own: nobody who holds the office's key alone can make them."""
    wanted = policy(packet, "approvals_min", 0)
    holders: Dict[str, str] = {}
    if "approvals.json" in packet.entries:
        document = strict_json(packet.read("approvals.json", SMALL_MAX_BYTES), "approvals.json", exact=True)
        known = document["format"] == APPROVALS and set(document) == {"format", "approvals"}
        if not known or len(document["approvals"]) > APPROVALS_MAX:
            raise Finding("MALFORMED", "approvals.json")
        for approval in document["approvals"]:
            holders.update(check_approval(packet, approval))
    if len(holders) < wanted:
        raise Unknown("APPROVALS_MISSING", f"{len(holders)} < {wanted}")
    return ", ".join(sorted(holders))


def check_approval(packet: Packet, approval: Dict[str, str]) -> Dict[str, str]:
    digest = hashlib.sha256(packet.read("manifest.json")).hexdigest()
    text = approved_text(packet.manifest["packet_id"], digest, approval["at"])
    if set(approval) != {"key_id", "at", "sig"}:
        raise Finding("MALFORMED", "approvals.json")
    signature = signature_bytes(approval["sig"])
    key = registered_key(packet, approval["key_id"], "approve")
    if not key.holds(signature, text):
        raise Finding("APPROVAL_SIGNATURE", key.holder)
    at, sealed = moment(approval["at"]), moment(packet.manifest["built_at"])
    if packet.manifest["timestamp"] == "required" and packet.token_time:
        sealed = packet.token_time
    if at < sealed - SKEW:
        raise Finding("APPROVAL_TIME", f"{key.holder} {approval['at']}")
    key.check_time(at)
    return {key.holder: approval["at"]}


def noted_heads(packet: Packet) -> List[Dict[str, Any]]:
    """What a second office noted of this office's chain: `heads/*.jsonl` of the trust directory, by number."""
    folder = os.path.join(packet.trust or "", "heads")
    names = sorted(os.listdir(folder)) if packet.trust and os.path.isdir(folder) else []
    found = []
    try:
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                lines = [strict_json(raw, name) for raw in file.read().splitlines() if raw.strip()]
            found += [line for line in lines if line["office"] == packet.manifest["office"]]
        found.sort(key=lambda head: int(head["seq"]))
        for head in found:
            moment(head["at"])
    except UNREADABLE as error:
        raise Unknown("TRUST_INVALID", "heads") from error
    return found


def check_heads(packet: Packet) -> str:
    """The chain in the packet is the one that a second office saw: same hash at the same number, times that fit."""
    heads = noted_heads(packet)
    lines = sorted(packet.lines.values(), key=lambda line: int(line["seq"]))
    own = {line["seq"]: line["hash"] for line in lines}
    said = packet.manifest["custody"]
    own.setdefault(said["head_seq"], said["head_hash"])
    for head in heads:
        if own.get(head["seq"], head["hash"]) != head["hash"]:
            raise Finding("HEAD_MISMATCH", str(head["seq"]))
    seen = {head["seq"] for head in heads}
    open_ends = [line["seq"] for line in lines if line["seq"] + 1 not in packet.lines and line["seq"] not in seen]
    if open_ends:
        raise Unknown("HEAD_MISSING", ", ".join(map(str, open_ends)))
    return str(len(seen & set(own)))
