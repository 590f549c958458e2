"""WACZ (ArchiveWeb.page, our own exports): every digest of its manifest is checked, then its WARC files are read.

Provenance is verified when `datapackage.json` is what `datapackage-digest.json` says (where there is one) and every
WARC file in it is listed there with the SHA-256 it has. That shows that the file was not changed since it was packed,
and nothing of who packed it. Specification: https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

from crawlers.imports.formats.warc import warc_items
from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item, Provenance
from crawlers.imports.problems import Place, Problem, Refused
from crawlers.imports.zips import MAGIC, Zip, opened

MANIFEST, MANIFEST_DIGEST = "datapackage.json", "datapackage-digest.json"
_MANIFEST_BYTES = 16 << 20
_WARCS = (".warc", ".warc.gz")


def _recognises(file: File) -> bool:
    return file.start.startswith((MAGIC, b"PK\x05\x06")) and not _is_workbook(file)


def _is_workbook(file: File) -> bool:
    return file.name.lower().endswith((".xlsx", ".xlsm")) or b"[Content_Types].xml" in file.start[:200]


def _read(file: File) -> Generator[Item, None, None]:
    with opened(file, file.limits.max_unpacked_bytes, "max_unpacked_bytes") as archive:
        warcs = [name for name in archive.entries if name.startswith("archive/") and name.lower().endswith(_WARCS)]
        if not warcs:
            raise Refused("wacz_no_warc")
        manifest, problems = _manifest(archive)
        digests = _listed(manifest)
        with tempfile.TemporaryDirectory(prefix="import-", dir=file.scratch) as scratch:
            unpacked = {name: Path(scratch) / f"{number}.warc.gz" for number, name in enumerate(warcs)}
            for name in archive.entries:
                found = _unpack(archive, name, unpacked.get(name))
                problems += _compare(name, found, digests, required=name in unpacked)
            yield Provenance(verified=not problems)
            yield from problems
            for name, path in unpacked.items():
                yield from warc_items(path, inside=name)


def _manifest(archive: Zip) -> tuple[dict[str, Any], list[Problem]]:
    if MANIFEST not in archive.entries:
        return {}, [Problem("wacz_manifest", fields={"detail": f"no {MANIFEST}"})]
    raw = archive.read(MANIFEST, _MANIFEST_BYTES)
    try:
        manifest = json.loads(raw)
        if MANIFEST_DIGEST in archive.entries:
            said = json.loads(archive.read(MANIFEST_DIGEST, _MANIFEST_BYTES))["hash"]
            if not _agrees(said, hashlib.sha256(raw).hexdigest()):
                return manifest, [Problem("wacz_digest", fields={"name": MANIFEST})]
        _listed(manifest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return {}, [Problem("wacz_manifest", fields={"detail": f"{type(error).__name__}: {error}"[:200]})]
    return manifest, []


def _listed(manifest: dict[str, Any]) -> dict[str, str]:
    return {str(one["path"]): str(one.get("hash", "")) for one in manifest.get("resources", ())}


def _unpack(archive: Zip, name: str, target: Path | None) -> str:
    """The SHA-256 of an entry, whose content goes to `target`."""
    digest = hashlib.sha256()
    if target is None:
        for chunk in archive.chunks(name):
            digest.update(chunk)
        return digest.hexdigest()
    with target.open("wb") as out:
        for chunk in archive.chunks(name):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def _compare(name: str, found: str, digests: dict[str, str], *, required: bool) -> list[Problem]:
    if not digests or name in (MANIFEST, MANIFEST_DIGEST):
        return []
    if name not in digests:
        return [Problem("wacz_unlisted", Place("entry", name), {"name": name})] if required else []
    if _agrees(digests[name], found):
        return []
    return [Problem("wacz_digest", Place("entry", name), {"name": name})]


def _agrees(said: str, found: str) -> bool:
    return str(said).lower() == f"sha256:{found}"


FORMAT = Format("wacz", 40, _recognises, _read)
