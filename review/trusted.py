"""The trust directory: which keys seal for an office and approve in it, and when; time-stamp roots; noted heads.

It is handed to recipients apart from any packet. `keys.json` is only ever added to: a key ends or is revoked, its
entry stays, or what it sealed could no longer be judged.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawlers.durable import write_over
from review.errors import ReviewError

KEYS_FILE, FORMAT = "keys.json", "zhengshao-keys/1"
VALID_DAYS = 3 * 365
ED25519_HEAD = bytes.fromhex("302a300506032b6570032100")
"""What DER puts before the 32 bytes of a public key (RFC 8410)."""
ALGORITHMS = ("Ed25519", "SM2")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
HANDED_OUT = (KEYS_FILE, "policy.json", "tsa", "heads")


class TrustError(ReviewError):
    """The trust directory does not hold what was asked for."""


def key_id(public: bytes) -> str:
    """First 16 hex digits of SHA-256 of the public key (raw for Ed25519, DER for SM2)."""
    return hashlib.sha256(public).hexdigest()[:16]


def read(trust: Path) -> dict[str, dict[str, Any]]:
    """The registered keys by id; none where there is no file yet."""
    path = trust / KEYS_FILE
    if not path.exists():
        return {}
    try:
        keys: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))["keys"]
        for name, key in keys.items():
            _check(name, key)
    except (OSError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise TrustError(f"{path} cannot be read ({type(error).__name__}: {error}); restore it from backup") from error
    return keys


def _check(name: str, key: Mapping[str, Any]) -> None:
    """Raises ValueError, KeyError or another of what `read` catches for an entry that this module did not write."""
    for text in (*key, *key.values()):
        text.encode()  # no half of a surrogate pair, which could not be written again
    if key_id(base64.b64decode(key["public_key"], validate=True)) != name:
        raise ValueError(f"key {name} is not the one of its id")
    if key["alg"] not in ALGORITHMS or not isinstance(key["office"], str):
        raise ValueError(f"key {name} has no alg that is known, or no office")
    for date in ("valid_from", "valid_to", "revoked_at"):
        if date != "revoked_at" or date in key:
            datetime.strptime(key[date], _TIME)


def register(
    trust: Path, alg: str, public: bytes, office: str, now: datetime, *, use: str = "seal", holder: str = ""
) -> str:
    """Enter a public key for `VALID_DAYS` unless it is there; what is there is never changed. Returns its id."""
    (trust / "tsa").mkdir(mode=0o700, parents=True, exist_ok=True)
    keys, name = read(trust), key_id(public)
    if name not in keys:
        said = {"alg": alg, "public_key": base64.b64encode(public).decode(), "office": office, "use": use}
        until = {"valid_from": _utc(now), "valid_to": _utc(now + timedelta(days=VALID_DAYS))}
        _write(trust, {**keys, name: {**said, **until, **({"holder": holder} if holder else {})}})
    return name


def end(trust: Path, name: str, now: datetime) -> None:
    """The key is used no more from now on; what it sealed before stays valid."""
    _change(trust, name, {"valid_to": _utc(now)})


def revoke(trust: Path, name: str, at: datetime, reason: str) -> None:
    """The key can no longer be trusted from `at` on: what was sealed and stamped before stays valid."""
    _change(trust, name, {"revoked_at": _utc(at), "revoked_reason": reason})


def _change(trust: Path, name: str, changes: Mapping[str, str]) -> None:
    keys = read(trust)
    if name not in keys:
        raise TrustError(f"no key {name} in {trust / KEYS_FILE}; there are: {', '.join(sorted(keys)) or 'none'}")
    _write(trust, {**keys, name: {**keys[name], **changes}})


def _write(trust: Path, keys: Mapping[str, Any]) -> None:
    path = trust / KEYS_FILE
    document = {"format": FORMAT, "keys": keys}
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_over(path, text.encode())


def export(trust: Path, target: Path) -> list[tuple[str, str]]:
    """Copy what recipients need to a new directory; path and SHA-256 of each file, to be read out over the phone."""
    if not read(trust):
        raise TrustError(f"no key is registered in {trust} yet; build a packet first, or register one")
    try:
        target.mkdir(parents=True)
    except FileExistsError as error:
        raise TrustError(f"{target} is there already; name a new directory") from error
    for name in HANDED_OUT:
        if (trust / name).is_dir():
            shutil.copytree(trust / name, target / name)
        elif (trust / name).is_file():
            shutil.copyfile(trust / name, target / name)
    (target / "keys").mkdir()
    for name, key in read(trust).items():
        (target / "keys" / f"{name}.pem").write_bytes(_pem(key))
    files = sorted(path for path in target.rglob("*") if path.is_file())
    return [(path.relative_to(target).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


def _pem(key: Mapping[str, Any]) -> bytes:
    """The public key as other programs read it: SubjectPublicKeyInfo in PEM."""
    public = base64.b64decode(key["public_key"])
    der = ED25519_HEAD + public if key["alg"] == "Ed25519" else public
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(der) + b"-----END PUBLIC KEY-----\n"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_TIME)
