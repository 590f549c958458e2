"""One seal over the manifests of many packets: the container of a 移送批次."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from review.errors import ReviewError
from review.packets.build import verifier
from review.packets.hashes import sha256_hex
from review.packets.seal import Attached, Contents, Part, Sealed, Sealer, Timestamp, seal
from review.packets.verify.container import Packet, check_zip
from review.packets.verify.contents import BUNDLE, PACKET
from review.packets.verify.reasons import Finding
from review.packets.windows import checker

FOLDER = "packets"


class PacketRefused(ReviewError):
    """A file that was to go into a bundle is no whole packet of this program."""


def seal_together(
    bundle_id: str, agency: str, office: str, packets: Sequence[Path], contents: Contents, sealer: Sealer
) -> Sealed:
    """A sealed bundle: the packets as they lie on disk under `packets/`, beside what `contents` gives (letter, 台账 …).

    `contents` must not hold `verify.py`, which is added. Each packet keeps its own seal; the bundle's manifest names
    each packet's number and the SHA-256 of its manifest, so one signature and one token bind them all. Raises
    PacketRefused, and PacketTooLarge (on writing) when the packets together exceed 4 GiB.
    """
    rows = [_row(path) for path in packets]
    attached = [
        Attached(str(row["path"]), path, "packet", sealer.built_at) for row, path in zip(rows, packets, strict=True)
    ]

    def whole(timestamp: Timestamp) -> Sequence[Part]:
        return [*contents(timestamp), *attached, verifier(sealer.built_at), checker(sealer.built_at)]

    head = {"format": BUNDLE, "packet_id": bundle_id, "agency": agency, "office": office}
    return seal({**head, "packets": sorted(rows, key=lambda row: str(row["path"]))}, whole, sealer)


def _row(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            packet = Packet(file, None)
            check_zip(packet)
            raw, manifest = packet.read("manifest.json"), packet.json("manifest.json", exact=True)
        if manifest["format"] != PACKET:
            raise PacketRefused(f"{path}: {manifest['format']} is not {PACKET}; a bundle holds packets only")
        said = {key: manifest[key] for key in ("packet_id", "case_id", "subject")}
    except (OSError, Finding, KeyError, TypeError) as error:
        raise PacketRefused(f"{path} is no packet of this program ({error}); build it again") from error
    return {**said, "path": f"{FOLDER}/{said['packet_id']}.zip", "manifest_sha256": sha256_hex(raw)}
