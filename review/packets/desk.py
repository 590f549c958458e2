"""Making a packet for a case and putting it where packets lie: number, build, file. Nothing is ever overwritten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from config import Config
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.durable import drafted, put_new
from crawlers.marks import mark
from crawlers.store import Store
from review import case_facts, looks, registry
from review.cases import get
from review.keys import office_signer
from review.packets.amend import read_file
from review.packets.build import build
from review.packets.gather import CaseFile, case_file, gather
from review.packets.handout import salt
from review.packets.redacted import Original, redacted
from review.packets.seal import Sealed, Sealer, SealStamper

NUMBER = re.compile(r"P-(\d{4})-(\d{6})\.zip")


def case_for_papers(connection: Connection, case_id: int) -> CaseFile:
    """A case with what people supplied on it, and when it was last seen up: by capture, re-check or an officer."""
    case = get(connection, case_id)
    look = looks.last(connection, case)
    seen = {} if look.gone or not look.at else {looks.BY_HAND: look.at}
    return case_file(case, {**case_facts.values(connection, case_id), **seen})


def make_packet(
    store: Store, data: Path, case: CaseFile, agency: str, config: Config, stamp: SealStamper, now: str
) -> tuple[Sealed, Path]:
    """The packet of a case for one kind of recipient, in `data/packets/`. `now` is the time it is built at, UTC."""
    archive = Archive(data / "archive", config.settings.archive.gzip_level)
    moment = datetime.fromisoformat(now)
    settings = config.settings
    key = office_signer(data, settings.office.name, settings.sign, moment)

    sealer = Sealer(key, now, stamp, config.settings.stamp.policy)

    def sealed(packet_id: str) -> Sealed:
        source = gather(store, archive, BlobStore(data / "blobs"), case, agency, config, packet_id, now)
        return build(source, config.agencies[agency], sealer)

    with store.read() as connection:
        known = registry.known_files(connection)
    return file_under(data / "packets", moment.year, sealed, known)


def make_copy(
    store: Store, data: Path, case: CaseFile, config: Config, stamp: SealStamper, original: Path, now: str
) -> Sealed:
    """The copy for circulation of a packet of `case` that lies at `original`: the same captures, masked."""
    settings = config.settings
    manifest, captured = read_file(original, "manifest.json"), json.loads(read_file(original, "capture.json"))
    said = json.loads(manifest)
    same = replace(case, capture_ids=tuple(capture["id"] for capture in captured["captures"]))
    archive, blobs = Archive(data / "archive", settings.archive.gzip_level), BlobStore(data / "blobs")
    source = gather(store, archive, blobs, same, said["agency"], config, said["packet_id"])
    key = office_signer(data, settings.office.name, settings.sign, datetime.fromisoformat(now))
    sealer = Sealer(key, now, stamp, settings.stamp.policy)
    return redacted(source, Original(manifest), config.agencies[said["agency"]], salt(data), sealer)


def file_under(
    folder: Path, year: int, sealed: Callable[[str], Sealed], known: Collection[str] = ()
) -> tuple[Sealed, Path]:
    """Build under the next free number of the year and write it, durable and whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        packet_id = next_number(folder, year, known)
        built, path = sealed(packet_id), folder / f"{packet_id}.zip"
        with drafted(path) as draft:
            built.write(draft)
            mark("packet-before-name")
            if put_new(draft, path):  # else another process took the number meanwhile
                return built, path


def next_number(folder: Path, year: int, known: Collection[str] = ()) -> str:
    """A number never given before: neither to a file that lies here, nor to one in `known` (file names) that left."""
    matches = (NUMBER.fullmatch(name) for name in {*known, *(path.name for path in folder.iterdir())})
    taken = [int(match[2]) for match in matches if match and int(match[1]) == year]
    return f"P-{year}-{max(taken, default=0) + 1:06d}"
