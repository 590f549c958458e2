"""Seals that still wait for their time stamp: a token that comes after the key has ended makes them invalid.

A stamp is the only proof of when a seal was made, so the verifier holds the key against the stamp's time. Whoever ends
a key must first have stamped what it sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from review import trusted
from review.packets.amend import CannotAmend, read_file
from review.packets.verify.values import moment
from review.strings import KEY_ENDED_BEFORE_STAMP

PLACES = ("packets", "bundles")


def waiting(data: Path, key_id: str = "") -> Iterator[Path]:
    """Packets and bundles of this office (sealed by `key_id`, if given) that have no time stamp yet."""
    for place in PLACES:
        for path in sorted((data / place).glob("[PB]-*.zip")):
            manifest = _unstamped_manifest(path)
            if manifest and key_id in ("", manifest["key_id"]):
                yield path


def _unstamped_manifest(path: Path) -> dict[str, str]:
    """Empty for a file that is stamped, or no container with a seal (a light copy, a damaged one)."""
    try:
        read_file(path, "seal.tsr")
    except CannotAmend:
        return {}
    except KeyError:
        try:
            found: dict[str, str] = json.loads(read_file(path, "manifest.json"))
        except KeyError:
            return {}
        return found if "key_id" in found else {}
    return {}


def refuse_after_end(path: Path, trust: Path, now: datetime) -> None:
    """Raises CannotAmend when the key that sealed `path` has ended or was revoked: a stamp from now would not help."""
    manifest = _unstamped_manifest(path)
    key = trusted.read(trust).get(manifest.get("key_id", ""))
    ends = [key[name] for name in ("valid_to", "revoked_at") if key.get(name)] if key else []
    if ends and moment(min(ends)) <= now:
        told = {"path": path, "key": manifest["key_id"], "ended": min(ends)}
        raise CannotAmend(KEY_ENDED_BEFORE_STAMP.format(**told))
