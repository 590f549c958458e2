"""What is kept beside the records of a browser's visit: picture, DOM, logs, certificate, surroundings."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from crawlers.blobs import BlobStore
from crawlers.browser import Shot
from crawlers.records import Artefact

JSON = "application/json"
MEDIA = {
    "screenshot": "image/png",
    "step": "image/png",
    "dom": "text/html; charset=utf-8",
    "mhtml": "multipart/related",
}
"""Roles that are not JSON; `steps`, `console`, `network`, `tls`, `dns` and `environment` are."""


async def keep_artefacts(
    blobs: BlobStore, shot: Shot, surroundings: Mapping[str, Any], peer: str
) -> tuple[Artefact, ...]:
    """Everything a visit left, durably in the blob store; `peer` is the `address:port` that the door dialled.

    All at once: waiting for the disk one after the other takes a tenth of a second.
    """
    parts = [(role, data) for role, data in _parts(shot, surroundings, peer) if data]
    return tuple(await asyncio.gather(*(asyncio.to_thread(_keep, blobs, role, data) for role, data in parts)))


def _parts(shot: Shot, surroundings: Mapping[str, Any], peer: str) -> Iterator[tuple[str, bytes]]:
    yield "screenshot", shot.screenshot
    yield "dom", shot.dom
    yield "mhtml", shot.mhtml
    yield from (("step", one.picture) for one in shot.steps if one.picture and one.picture != shot.screenshot)
    yield "steps", _json([one.told(number) for number, one in enumerate(shot.steps, 1)])
    yield "console", _json(list(shot.console))
    yield "network", _json(list(shot.network))
    if shot.certificates:
        yield "tls", _json({"chain_der": [der.hex() for der in shot.certificates], **(shot.tls or {})})
    host = urlsplit(shot.exchanges[-1].url).hostname
    yield "dns", _json({"host": host, "resolver": "door", "peer": peer})
    yield "environment", _json({**surroundings, **(shot.environment or {})})


def _keep(blobs: BlobStore, role: str, data: bytes) -> Artefact:
    return Artefact(role=role, sha256=blobs.put(data), bytes=len(data), media_type=MEDIA.get(role, JSON))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()
