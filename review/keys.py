"""The office's signing key: made on first use in `keys/` (mode 0600), or held by a device that a command talks to."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crawlers.durable import write_new, write_over
from review import trusted
from review.errors import KeyRefused
from review.packets.verify.reasons import Unknown
from review.packets.verify.trust import SM2_ID, program_holds

if TYPE_CHECKING:
    from config.schema import SignSettings
    from review.packets.seal import Signer

KEY_FILE = "office.key"
SIGNATURE_MAX_BYTES = 4096
"""Far more than SM2 in DER takes, which is 72."""
SAID_BYTES = 900
"""Of what a signing program says, the end is told."""
SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")
"""The object identifier of the curve, 1.2.156.10197.1.301 (GM/T 0006), as it stands in a public key."""


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
        signature = path.read_bytes() if path.is_file() else self._asked(message)
        try:
            held = program_holds(self.public, signature, message, f" -digest sm3 -pkeyopt distid:{SM2_ID}")
        except Unknown as error:
            raise KeyRefused(
                f"no openssl here that can check an SM2 signature ({error.detail}); install one"
            ) from error
        if not held and path.is_file():
            raise KeyRefused(f"{path} is no signature by the key in [sign] public_key_file; restore it from the backup")
        if not held:
            raise KeyRefused(f"what `{self.command[0]}` wrote is no signature by the key in [sign] public_key_file")
        if not path.is_file():
            write_over(path, signature)
        return signature

    def _asked(self, message: bytes) -> bytes:
        with tempfile.TemporaryDirectory(prefix="zhengshao-") as name:
            paths = {part: str(Path(name) / part) for part in ("message", "signature")}
            Path(paths["message"]).write_bytes(message)
            status, said = self._run([_filled(word, paths) for word in self.command], Path(name) / "said")
            signature = Path(paths["signature"])
            if status or not signature.is_file():
                raise KeyRefused(f"[sign] command ended with {status} and no signature: {said}")
            if signature.stat().st_size > SIGNATURE_MAX_BYTES:
                raise KeyRefused(
                    f"[sign] command wrote {signature.stat().st_size} bytes, which is no signature: {said}"
                )
            return signature.read_bytes()

    def _run(self, command: list[str], errors: Path) -> tuple[int, str]:
        """Status and last words. They go to a file: a pipe would be held open by whatever the program leaves behind."""
        nowhere = subprocess.DEVNULL
        try:
            with (
                errors.open("w+b") as said,
                subprocess.Popen(
                    command, stdin=nowhere, stdout=nowhere, stderr=said, start_new_session=True
                ) as running,
            ):
                status = self._waited(running)
                said.seek(max(0, said.seek(0, os.SEEK_END) - SAID_BYTES))
                return status, said.read(SAID_BYTES).decode("utf-8", "replace").strip()
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise KeyRefused(f"[sign] command cannot be run: {error}") from error

    def _waited(self, running: subprocess.Popen[bytes]) -> int:
        """Its status. Out of time, it ends with all that it has begun: they would work on for ever."""
        try:
            return running.wait(self.timeout_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise


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
    write_new(path, Ed25519PrivateKey.generate().private_bytes_raw())
    return _read(path)  # another process may have been first


def _read(path: Path) -> OfficeKey:
    if path.stat().st_mode & 0o077:
        raise KeyRefused(f"{path} is open to other users; run: chmod 600 {path}")
    try:
        return OfficeKey(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
    except ValueError as error:
        raise KeyRefused(f"{path} is not an Ed25519 key of 32 bytes; restore it from the backup") from error
