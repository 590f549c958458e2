"""移送批次: the packets of all cases of a referral under one letter, one 台账 and one seal, and a light copy."""

from __future__ import annotations

import fcntl
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import func, insert, select

from crawlers import custody
from crawlers.durable import drafted, put_over
from review import referrals, registry
from review.errors import BeingBuilt, BundleError
from review.keys import office_signer
from review.packets.container import write_zip
from review.packets.desk import case_for_papers, make_packet
from review.packets.documents import PAPERS
from review.packets.evidence import pretty
from review.packets.facts import paper_for
from review.packets.item import Item
from review.packets.ledger import ledger
from review.packets.ledger_rows import ledger_rows
from review.packets.papers.batch import Batch, as_data, compose
from review.packets.papers.view import cite
from review.packets.seal import Sealed, Sealer
from review.packets.source import LawFacts
from review.packets.strings import LEDGER_ABOUT, LEDGER_HEAD
from review.packets.together import seal_together
from review.packets.typesetting import pdf
from review.packets.verify.contents import FILE_LIST
from review.packets.word import docx
from review.referral_records import BundleRow, Referral, ReferralState, content_digest
from review.referral_steps import in_state, note
from review.strings import BEING_BUILT, BUNDLE_NO_PACKET_FILE, BUNDLE_OLD_PACKET, BUNDLE_TOO_BIG
from review.tables import bundles

if TYPE_CHECKING:
    from config import Config
    from crawlers.store import Store
    from review.packets.seal import SealStamper

LEDGER = "01_移送台账.xlsx"
LIGHT = (FILE_LIST, "manifest.json")
"""What the light copy takes of each packet beside its papers: what it lists, and the hashes that tie it to the seal."""
LIGHT_OWN = ("manifest.json", "seal.json", "seal.tsr")


@dataclass(frozen=True, slots=True)
class BuiltBundle:
    """`file` holds everything; `light` are one or more zips, each within `light_copy_bytes`."""

    row: BundleRow
    file: Path
    light: tuple[Path, ...]
    packets: tuple[str, ...]


def build(
    store: Store,
    data: Path,
    referral_id: int,
    config: Config,
    stamp: SealStamper,
    *,
    actor: str,
    now: str,
    keep: bool = False,
) -> BuiltBundle:
    """Build a packet for every case of a draft, put them to it, and seal them together in `data/bundles/`.

    With `keep`, packets already put to their case are taken as they are. Raises PacketBlocked when a paper lacks a
    required fact: nothing is sealed, packets already built stay for the next try (`keep`). Raises BeingBuilt while
    somebody else does so, at the desk or at a console.
    """
    with store.read() as connection:
        label = referrals.get(connection, referral_id).label
    with _alone(data, label):
        return _build(store, data, referral_id, config, stamp, actor=actor, now=now, keep=keep)


@contextmanager
def _alone(data: Path, label: str) -> Iterator[None]:
    """A lock on a file, which ends with whoever holds it; the process that holds it is written there."""
    place = data / "bundles" / f".{label}.lock"
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise BeingBuilt(BEING_BUILT.format(label=label, holder=file.read().strip() or "?")) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _build(
    store: Store,
    data: Path,
    referral_id: int,
    config: Config,
    stamp: SealStamper,
    *,
    actor: str,
    now: str,
    keep: bool,
) -> BuiltBundle:
    with store.write() as connection:
        referral = in_state(connection, referral_id, "bundle", ReferralState.DRAFT)
    for item in referral.items:
        if not (keep and item.packet_id):
            _packet(store, data, referral, item.case_id, config, stamp, actor, now)
    with store.read() as connection:
        referral = referrals.get(connection, referral_id)
        head = custody.head(connection)
        count = connection.execute(select(func.count()).where(bundles.c.referral_id == referral_id)).scalar_one()
    bundle_id = f"B-{referral.label.removeprefix('R-')}-{count + 1}"
    paths = [_packet_path(data, item.packet_id) for item in referral.items]
    sealed = _sealed(_batch(bundle_id, referral, paths, config, head), paths, config, data, stamp, now)
    file = _write(data / "bundles" / f"{bundle_id}.zip", sealed.write)
    light = tuple(_light(file, paths, config.settings.packets.light_copy_bytes))
    row = BundleRow(
        id=bundle_id,
        referral_id=referral_id,
        content=content_digest(referral.items),
        built_at=now,
        file=file.name,
        light="\n".join(path.name for path in light),
        sha256=sealed.manifest_sha256,
    )
    _enter(store, row, referral_id, actor, now)
    return BuiltBundle(row, file, light, tuple(path.stem for path in paths))


def _packet(
    store: Store, data: Path, referral: Referral, case_id: int, config: Config, stamp: SealStamper, actor: str, now: str
) -> None:
    with store.read() as connection:
        case = case_for_papers(connection, case_id)
    built, path = make_packet(store, data, case, referral.agency, config, stamp, now)
    with store.write() as connection:
        registry.enter_found(connection, path.parent)
        referrals.attach(connection, referral.id, built.packet_id, actor=actor, now=now)


def _packet_path(data: Path, packet_id: str | None) -> Path:
    path = data / "packets" / f"{packet_id}.zip"
    if not path.is_file():
        raise BundleError(BUNDLE_NO_PACKET_FILE.format(path=path))
    with zipfile.ZipFile(path) as packet:
        if PAPERS not in packet.namelist():
            raise BundleError(BUNDLE_OLD_PACKET.format(path=path.name))
    return path


def _sealed(batch: Batch, paths: Sequence[Path], config: Config, data: Path, stamp: SealStamper, now: str) -> Sealed:
    office = config.settings.office.name
    about = LEDGER_ABOUT.format(
        office=office, recipient=batch.recipient, referral=batch.referral, count=len(batch.rows)
    )
    results = {entry.id: entry.text for entry in batch.agency.results}
    table = ledger(LEDGER_HEAD.format(bundle=batch.id), about, batch.rows, results, now)
    letter = compose(batch)
    parts = [
        Item(f"{letter.name}.pdf", pdf(letter, now), "document", now),
        Item(f"{letter.name}.docx", docx(letter, now), "document", now),
        Item(LEDGER, table, "list", now),
        Item(PAPERS, pretty(as_data(batch, letter)), "papers", now),
    ]
    key = office_signer(data, office, config.settings.sign, datetime.fromisoformat(now))
    sealer = Sealer(key, now, stamp, config.settings.stamp.policy)
    return seal_together(batch.id, batch.agency.kind, office, paths, lambda _timestamp: parts, sealer)


def _batch(bundle_id: str, referral: Referral, paths: Sequence[Path], config: Config, head: tuple[int, str]) -> Batch:
    office, agency = config.settings.office, config.agencies[referral.agency]
    papers = [_inside(path, PAPERS) for path in paths]
    law = {entry["id"]: entry for path in paths for entry in _inside(path, "law.json")["entries"]}
    return Batch(
        id=bundle_id,
        referral=referral.label,
        office=office.name,
        region=office.region,
        recipient=referral.recipient,
        agency=agency,
        form=paper_for(agency, office.kind),
        rows=ledger_rows(paths),
        measures=tuple(dict.fromkeys(one["text"] for said in papers for one in said["measures"])),
        law=tuple(cite(LawFacts(**law[name])) for name in agency.law if name in law),
        custody_head=head,
        content=content_digest(referral.items),
    )


def _inside(path: Path, name: str) -> Any:
    with zipfile.ZipFile(path) as packet:
        return json.loads(packet.read(name))


def _write(path: Path, write: Callable[[BinaryIO], None]) -> Path:
    """Whole or not at all; a bundle of that number that a crash left without a row gives way."""
    with drafted(path) as draft:
        write(draft)
        put_over(draft, path)
    return path


def _light(bundle: Path, packets: Sequence[Path], limit: int) -> Iterator[Path]:
    """The papers and lists of bundle and packets, in as many zips as the limit asks for."""
    for number, files in enumerate(_portions(_light_files(bundle, packets), limit), 1):
        content = write_zip(files)
        yield _write(bundle.with_name(f"{bundle.stem}-轻量-{number}.zip"), lambda file, c=content: file.write(c))  # type: ignore[misc]


def _light_files(bundle: Path, packets: Sequence[Path]) -> Iterator[Mapping[str, bytes]]:
    """What must stay together: the bundle's own papers with its seal, then each packet's."""
    with zipfile.ZipFile(bundle) as whole:
        own = [name for name in whole.namelist() if "/" not in name and name.endswith((".pdf", ".xlsx"))]
        yield {name: whole.read(name) for name in [*own, *LIGHT_OWN] if name in whole.namelist()}
    for path in packets:
        with zipfile.ZipFile(path) as packet:
            names = [name for name in packet.namelist() if name in LIGHT or ("/" not in name and name.endswith(".pdf"))]
            yield {f"{path.stem}/{name}": packet.read(name) for name in names}


def _portions(groups: Iterator[Mapping[str, bytes]], limit: int) -> Iterator[dict[str, bytes]]:
    now: dict[str, bytes] = {}
    for group in groups:
        if _size(group) > limit:
            raise BundleError(BUNDLE_TOO_BIG.format(name=next(iter(group)), bytes=_size(group), limit=limit))
        if now and _size({**now, **group}) > limit:
            yield now
            now = {}
        now = {**now, **group}
    yield now


def _size(files: Mapping[str, bytes]) -> int:
    """Bytes of the zip that holds them, stored: two headers and twice the name beside each content."""
    heads = sum(76 + 2 * len(name.encode()) for name in files)
    return 22 + heads + sum(map(len, files.values()))


def _enter(store: Store, row: BundleRow, referral_id: int, actor: str, now: str) -> None:
    told: dict[str, Any] = {"bundle": row.id, "sha256": row.sha256, "content": row.content}
    with store.write() as connection:
        referral = in_state(connection, referral_id, "bundle", ReferralState.DRAFT)
        if content_digest(referral.items) != row.content:
            raise BundleError(BUNDLE_NO_PACKET_FILE.format(path=row.id))
        connection.execute(insert(bundles).values({name: getattr(row, name) for name in BundleRow.__slots__}))
        note(connection, referral, "bundle", actor, now, told)
