"""Sealing whatever is handed over: rows of the manifest, signature, time stamp, zip."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

from review.errors import ReviewError
from review.packets.container import Entry, write_entries
from review.packets.hashes import Digests, digests, sha256_hex
from review.packets.item import Item
from review.packets.verify.container import CHUNK_BYTES
from review.packets.verify.contents import sums
from review.packets.verify.values import canonical

Timestamp = Literal["required", "queued"]
SealStamper = Callable[[bytes], bytes]
"""From the bytes of `seal.json` to an RFC 3161 response; empty when no authority answers."""


class Unstamped(ReviewError):
    """No authority gave a time stamp, and the office's policy asks for one."""


class Signer(Protocol):
    """Whoever holds the office's key: this program, or a device behind a command."""

    @property
    def id(self) -> str: ...

    @property
    def alg(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes in as it lies on disk and is never held in memory."""

    path: str
    file: Path
    role: str
    created: str = ""
    source: str = ""


Part = Item | Attached
Contents = Callable[[Timestamp], Sequence[Part]]
"""What is sealed; papers say whether there is a time stamp, so they are made for either case."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """What the seals of one office at one time have in common. `built_at` is UTC."""

    key: Signer
    built_at: str
    stamp: SealStamper
    policy: Timestamp


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed container, ready to be written."""

    packet_id: str
    manifest: bytes
    timestamp: Timestamp
    entries: tuple[Entry, ...]

    @property
    def manifest_sha256(self) -> str:
        return sha256_hex(self.manifest)

    def write(self, file: BinaryIO) -> None:
        """The whole zip. Raises PacketTooLarge beyond 4 GiB or 65,534 files."""
        write_entries(file, self.entries)

    @property
    def content(self) -> bytes:
        self.write(output := BytesIO())
        return output.getvalue()


def seal(head: Mapping[str, Any], contents: Contents, sealer: Sealer) -> Sealed:
    """Seal `contents` under a manifest of `head` (with `format` and `packet_id`) and what every manifest has.

    Without an answer from an authority it is sealed as `queued` where the policy allows that, else Unstamped.
    Same head, contents, key, time and token: same bytes.
    """
    unstamped = _Unstamped.of(head, contents("required"), sealer, "required")
    token = sealer.stamp(unstamped.seal)
    if token:
        return unstamped.packed(token)
    if sealer.policy == "required":
        raise Unstamped(
            f"{head['packet_id']}: no time-stamp authority answered; check [stamp] authorities, or set policy"
        )
    return _Unstamped.of(head, contents("queued"), sealer, "queued").packed(b"")


@dataclass(frozen=True, slots=True)
class _Unstamped:
    """Signed, not yet stamped."""

    parts: tuple[tuple[Part, Digests], ...]
    manifest: bytes
    seal: bytes
    packet_id: str
    timestamp: Timestamp

    @classmethod
    def of(cls, head: Mapping[str, Any], parts: Sequence[Part], sealer: Sealer, timestamp: Timestamp) -> _Unstamped:
        counted = tuple((part, digests(_chunks(part))) for part in parts)
        rows = sorted((_row(part, found) for part, found in counted), key=lambda row: str(row["path"]))
        common = {"built_at": sealer.built_at, "key_id": sealer.key.id, "timestamp": timestamp, "files": rows}
        manifest = canonical({**head, **common})
        packet_id = str(head["packet_id"])
        return cls(counted, manifest, canonical(_seal(packet_id, sealer.key, manifest)), packet_id, timestamp)

    def packed(self, token: bytes) -> Sealed:
        own = {"manifest.json": self.manifest, "seal.json": self.seal, **({"seal.tsr": token} if token else {})}
        hashes = {part.path: found.sha256 for part, found in self.parts}
        own["SHA256SUMS"] = sums({**hashes, **{name: sha256_hex(content) for name, content in own.items()}})
        entries = [_entry(part, found) for part, found in self.parts]
        entries += [_entry(Item(name, content, "seal"), digests([content])) for name, content in own.items()]
        return Sealed(self.packet_id, self.manifest, self.timestamp, tuple(entries))


def _chunks(part: Part) -> Iterator[bytes]:
    if isinstance(part, Item):
        yield part.content
        return
    with part.file.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _entry(part: Part, found: Digests) -> Entry:
    return Entry(part.path, found.size, found.crc, lambda: _chunks(part))


def _row(part: Part, found: Digests) -> dict[str, Any]:
    row = {"path": part.path, "bytes": found.size, "sha256": found.sha256, "role": part.role}
    return {**row, "sm3": found.sm3} if found.sm3 else row


def _seal(packet_id: str, key: Signer, manifest: bytes) -> dict[str, str]:
    return {
        "format": "zhengshao-seal/1",
        "packet_id": packet_id,
        "alg": key.alg,
        "key_id": key.id,
        "manifest_sha256": sha256_hex(manifest),
        "sig": base64.b64encode(key.sign(manifest)).decode("ascii"),
    }
