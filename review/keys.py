"""The office's signing key: made on first use in `keys/` (mode 0600), or held by a device that a command talks to."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from review import trusted
from review.errors import ReviewError
from review.packets.verify.reasons import Unknown
from review.packets.verify.trust import SM2_ID, program_holds

if TYPE_CHECKING:
    from config.schema import SignSettings
    from review.packets.seal import Signer

KEY_FILE = "office.key"
SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")
"""The object identifier of the curve, 1.2.156.10197.1.301 (GM/T 0006), as it stands in a public key."""


class KeyRefused(ReviewError):
    """The office key cannot be read, is readable by others, or its device does not sign as it should."""


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
        return trusted.key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


@dataclass(frozen=True, slots=True)
class Device:
    """An SM2 key that never leaves its device: a UKey, a signing server, or `openssl` over a key file.

    `command` is run without a shell; in it `{message}` and `{signature}` are paths, of the bytes to be signed and of
    the DER signature (SM2 with SM3, identity 1234567812345678) that it must write. `kept` is the directory of earlier
    signatures: SM2 signatures are random, and a rebuilt packet must be the same.
    """

    command: tuple[str, ...]
    public: bytes
    """DER SubjectPublicKeyInfo."""
    timeout_seconds: float
    kept: Path

    @property
    def alg(self) -> str:
        return "SM2"

    @property
    def id(self) -> str:
        return trusted.key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        path = self.kept / f"{hashlib.sha256(message).hexdigest()}.{self.id}.sig"
        if path.is_file():
            return path.read_bytes()
        signature = self._asked(message)
        try:
            held = program_holds(self.public, signature, message, f" -digest sm3 -pkeyopt distid:{SM2_ID}")
        except Unknown as error:
            raise KeyRefused(
                f"no openssl here that can check an SM2 signature ({error.detail}); install one"
            ) from error
        if not held:
            raise KeyRefused(f"what `{self.command[0]}` wrote is no signature by the key in [sign] public_key_file")
        self.kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(signature)
        return signature

    def _asked(self, message: bytes) -> bytes:
        with tempfile.TemporaryDirectory(prefix="zhengshao-") as name:
            paths = {part: str(Path(name) / part) for part in ("message", "signature")}
            Path(paths["message"]).write_bytes(message)
            command = [_filled(word, paths) for word in self.command]
            try:
                done = subprocess.run(
                    command, capture_output=True, stdin=subprocess.DEVNULL, timeout=self.timeout_seconds, check=False
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise KeyRefused(f"[sign] command cannot be run: {error}") from error
            if done.returncode or not Path(paths["signature"]).is_file():
                said = done.stderr.decode("utf-8", "replace").strip()[-300:]
                raise KeyRefused(f"[sign] command ended with {done.returncode} and no signature: {said}")
            return Path(paths["signature"]).read_bytes()


def _filled(word: str, paths: dict[str, str]) -> str:
    for name, path in paths.items():
        word = word.replace(f"{{{name}}}", path)
    return word


def office_signer(data: Path, office: str, sign: SignSettings, now: datetime) -> Signer:
    """Whoever signs for the office: the device of `[sign]`, else the key in `data/keys`. Registered in `data/trust`."""
    if not sign.command:
        key = office_key(data, office, now)
        _refuse_other_office(data / "trust", key.id, office, "run: zhengshao trust rotate")
        return key
    try:
        text = Path(sign.public_key_file).expanduser().read_text("ascii")
        public = base64.b64decode("".join(text.split("-----")[2].split()), validate=True)
    except (OSError, ValueError, IndexError) as error:
        raise KeyRefused(f"[sign] public_key_file {sign.public_key_file!r} is no public key in PEM: {error}") from error
    if SM2_CURVE not in public:
        raise KeyRefused(f"[sign] public_key_file {sign.public_key_file}: not a key on the SM2 curve")
    device = Device(tuple(sign.command), public, sign.timeout_seconds, data / "packets/signatures")
    trusted.register(data / "trust", "SM2", public, office, now)
    _refuse_other_office(data / "trust", device.id, office, "set a new device key in [sign]")
    return device


def _refuse_other_office(trust: Path, key_id: str, office: str, remedy: str) -> None:
    """A key belongs to one office for good: under another name its seals would be found invalid."""
    registered = trusted.read(trust)[key_id]["office"]
    if registered != office:
        raise KeyRefused(f"key {key_id} is registered to {registered!r}, [office] name is {office!r}; {remedy}")


def office_key(data: Path, office: str, now: datetime) -> OfficeKey:
    """The key in `data/keys`, made and registered for `trusted.VALID_DAYS` when there is none yet."""
    path = data / "keys" / KEY_FILE
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = _made(path) if not path.exists() else _read(path)
    trusted.register(data / "trust", key.alg, key.public, office, now)
    return key


def rotate(data: Path, office: str, now: datetime) -> OfficeKey:
    """A new key from `now` on. The old one's private half is erased; what it sealed stays valid."""
    old = office_key(data, office, now)
    (data / "keys" / KEY_FILE).unlink()
    trusted.end(data / "trust", old.id, now)
    return office_key(data, office, now)


def _made(path: Path) -> OfficeKey:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)  # another process was first
    key = OfficeKey(Ed25519PrivateKey.generate())
    with os.fdopen(handle, "wb") as file:
        file.write(key.private.private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    return key


def _read(path: Path) -> OfficeKey:
    if path.stat().st_mode & 0o077:
        raise KeyRefused(f"{path} is open to other users; run: chmod 600 {path}")
    try:
        return OfficeKey(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
    except ValueError as error:
        raise KeyRefused(f"{path} is not an Ed25519 key of 32 bytes; restore it from the backup") from error
