"""Adding to a sealed packet what may come after its seal: a time stamp that was queued, people's approvals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crawlers.durable import drafted, put_over
from review.errors import ReviewError
from review.packets.container import Entry, write_entries
from review.packets.hashes import digests
from review.packets.seal import SealStamper
from review.packets.verify.container import Packet, check_zip
from review.packets.verify.contents import UNLISTED, sums
from review.packets.verify.reasons import Finding


class CannotAmend(ReviewError):
    """The file is no packet, or there is nothing to add to it."""


def read_file(path: Path, name: str) -> bytes:
    """One file of a packet. Raises KeyError when it has none of this name, CannotAmend when it is no packet."""
    with path.open("rb") as file:
        packet = _opened(path, Packet(file, None))
        if name not in packet.entries:
            raise KeyError(name)
        return packet.read(name)


def amend(path: Path, added: Mapping[str, bytes]) -> None:
    """Write the packet anew with these unlisted files, whole or not at all; nothing that is sealed changes."""
    if not set(added) <= set(UNLISTED[3:]):
        raise CannotAmend(f"{path}: {', '.join(sorted(added))} would change what is sealed")
    with path.open("rb") as file:
        packet = _opened(path, Packet(file, None))
        kept = [name for name in packet.entries if name not in added and name != "SHA256SUMS"]
        found = {name: digests(packet.chunks(name)) for name in kept}
        found |= {name: digests([content]) for name, content in added.items()}
        entries = [_stored(packet, name, found[name].size, found[name].crc) for name in kept]
        table = sums({name: said.sha256 for name, said in found.items()})
        entries += [_held(name, content) for name, content in {**added, "SHA256SUMS": table}.items()]
        with drafted(path) as draft:
            write_entries(draft, entries)
            put_over(draft, path)


def stamp_later(path: Path, stamp: SealStamper) -> None:
    """Complete a packet that was sealed without a time stamp. Raises CannotAmend when it has one, or nobody answers."""
    with path.open("rb") as file:
        packet = _opened(path, Packet(file, None))
        if "seal.tsr" in packet.entries:
            raise CannotAmend(f"{path} has its time stamp already")
        token = stamp(packet.read("seal.json"))
    if not token:
        raise CannotAmend(f"{path}: no time-stamp authority answered; check [stamp] authorities and try again")
    amend(path, {"seal.tsr": token})


def _opened(path: Path, packet: Packet) -> Packet:
    try:
        check_zip(packet)
        packet.read("manifest.json")
    except Finding as error:
        raise CannotAmend(f"{path} is no whole packet ({error.code})") from error
    return packet


def _stored(packet: Packet, name: str, size: int, crc: int) -> Entry:
    return Entry(name, size, crc, lambda: packet.chunks(name))


def _held(name: str, content: bytes) -> Entry:
    found = digests([content])
    return Entry(name, found.size, found.crc, lambda: [content])
