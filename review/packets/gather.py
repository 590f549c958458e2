"""From the store to the source of a packet: captures with their bytes, the chain around them, stamps, law."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, or_, select

from config import Config
from config.schema import Law
from config.schema_agencies import Agency
from crawlers import custody as chain
from crawlers import network, wacz
from crawlers.archive import Archive
from crawlers.blobs import BlobStore
from crawlers.records import Capture, Hop
from crawlers.store import Store
from crawlers.tables import custody, stamps
from review.cases import Case, Decision, parse_label
from review.errors import ReviewError
from review.packets import surroundings as around
from review.packets.facts import strongest
from review.packets.marked import marked
from review.packets.source import (
    CaptureMaterial,
    DecisionFacts,
    LawFacts,
    NetworkMaterial,
    OfficeFacts,
    PacketSource,
    RecordBytes,
    StampFacts,
)

JUDGED = ("state", "impersonation", "selling", "contacts")


class UnknownAgency(ReviewError):
    """No file in `agencies/` has this name."""


class NothingCaptured(ReviewError):
    """A case without captures has no evidence to hand over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What a packet needs of a case."""

    id: str
    subject: str
    title: str
    opened_at: str
    opened_by: str
    assessment: Mapping[str, Any]
    decisions: tuple[DecisionFacts, ...]
    capture_ids: tuple[int, ...]
    fields: Mapping[str, str] = field(default_factory=dict)


def case_file(case: Case, fields: Mapping[str, str] | None = None) -> CaseFile:
    """A case under its strongest subject, with every decision in order and what people supplied for the papers."""
    judged = zip(case.subjects, case.assessments, strict=True)
    subject, assessment = max(judged, key=lambda pair: float(strongest(pair[1]).get("score", 0)))
    return CaseFile(
        id=case.label,
        subject=subject,
        title=case.title,
        opened_at=case.opened_at,
        opened_by=case.opened_night,
        assessment={key: assessment[key] for key in JUDGED if key in assessment},
        decisions=tuple(_decisions(case)),
        capture_ids=case.capture_ids,
        fields=fields or {},
    )


def _decisions(case: Case) -> Iterable[DecisionFacts]:
    for event in case.events:
        if event.kind == "decided":
            what = Decision(event.detail["decision"]).chinese
            yield DecisionFacts(event.at, event.actor, what, str(event.detail["reason"]))


def gather(
    store: Store,
    archive: Archive,
    blobs: BlobStore,
    case: CaseFile,
    agency: str,
    config: Config,
    packet_id: str,
    before: str = "",
) -> PacketSource:
    """Everything of one packet, with what happened to the case `before` that moment (UTC). Raises ArchiveError when
    evidence is not what it was when it was kept."""
    if agency not in config.agencies:
        raise UnknownAgency(f"没有名为“{agency}”的收件方；可用：{'、'.join(sorted(config.agencies))}")
    captures = list(store.captures(ids=case.capture_ids))
    if not captures:
        raise NothingCaptured(f"{case.id} 没有任何抓取，不能生成证据包")
    looked_up = around.network_of(store, captures)
    pages = around.texts(captures, archive, blobs)
    with store.read() as connection:
        stamped = _stamps(connection, captures, looked_up)
        lines = _lines(connection, stamped, captures, looked_up)
        head = chain.head(connection)
        ways = around.ways_in(connection, captures, {name: one.title for name, one in config.engines.items()})
        told = _told(connection, store, blobs, captures, case, before)
    office = config.settings.office
    return PacketSource(
        packet_id=packet_id,
        case_id=case.id,
        subject=case.subject,
        title=case.title,
        agency=agency,
        office=OfficeFacts(office.name, office.kind, office.region),
        opened_at=case.opened_at,
        opened_by=case.opened_by,
        assessment=around.in_full(case.assessment, pages),
        decisions=case.decisions,
        captures=tuple(_material(capture, store, archive, blobs) for capture in captures),
        custody=lines,
        custody_head=head,
        stamps=stamped,
        law=provisions(config, config.agencies[agency], case.assessment),
        fields={
            "ways_in": "；".join(ways),
            **around.network_fields(looked_up),
            **_listing_fields(store, config, case.subject),
            **case.fields,
        },
        tool=f"zhengshao {version('zhengshao')}",
        excerpts=around.excerpts(case.assessment, pages),
        marked=marked(case.assessment, captures, store, archive),
        network=tuple(_network(found, blobs) for found in looked_up),
        replay=_replay(store, archive, captures),
        **told,
    )


def _told(
    connection: Connection, store: Store, blobs: BlobStore, captures: Sequence[Capture], case: CaseFile, before: str
) -> dict[str, Any]:
    """What other rows say of the case: its campaigns, the genuine page, its neighbours, its history."""
    imitated = str(case.assessment.get("impersonation", {}).get("imitates", ""))
    return {
        "genuine": around.genuine(connection, store, blobs, imitated),
        "campaigns": around.campaigns_of(connection, case.subject),
        "neighbours": around.neighbours(connection, captures),
        "earlier": around.earlier(connection, parse_label(case.id), before),
    }


def _replay(store: Store, archive: Archive, captures: Sequence[Capture]) -> bytes:
    with TemporaryDirectory(prefix="zhengshao-") as folder:
        path = Path(folder) / "site.wacz"
        wacz.export(store, archive, [capture.id for capture in captures], path)
        return path.read_bytes()


def _network(found: network.Facts, blobs: BlobStore) -> NetworkMaterial:
    document = _reader(blobs, found.document)
    return NetworkMaterial(found.host, found.started_at, found.custody_seq, found.document, document)


def _material(capture: Capture, store: Store, archive: Archive, blobs: BlobStore) -> CaptureMaterial:
    page = Hop(capture.final_url, capture.status, capture.peer, capture.place)
    exchanges = (*capture.hops, page, *store.resources(capture.id))
    return CaptureMaterial(
        capture,
        tuple(RecordBytes(e.url, e.status, archive.raw_exchange(e.place)) for e in exchanges if e.place),
        len(capture.hops),
        {a.sha256: _reader(blobs, a.sha256) for a in capture.artefacts},
    )


def _reader(blobs: BlobStore, sha256: str) -> Any:
    return lambda: blobs.read(sha256)


def _stamps(
    connection: Connection, captures: Sequence[Capture], looked_up: Sequence[network.Facts]
) -> tuple[StampFacts, ...]:
    """The stamps of what was kept; one that an authority answered badly counts as not yet given."""
    ids = [capture.stamp_id for capture in captures] + [found.stamp_id for found in looked_up]
    wanted = {number for number in ids if number is not None}
    rows = connection.execute(select(stamps).where(stamps.c.id.in_(wanted)).order_by(stamps.c.id))
    return tuple(
        StampFacts(
            id=row.id,
            digest=row.digest,
            from_seq=row.from_seq,
            to_seq=row.to_seq,
            token=row.token or b"",
            refused=row.state != "stamped" and bool(row.token),
            authority=row.authority,
            gen_time=row.gen_time,
        )
        for row in rows
    )


def _lines(
    connection: Connection,
    stamped: Sequence[StampFacts],
    captures: Sequence[Capture],
    looked_up: Sequence[network.Facts],
) -> tuple[dict[str, Any], ...]:
    """All lines that the stamps cover, so that each stamp can be checked, those of the captures and of the look-ups."""
    ranges = [custody.c.seq.between(stamp.from_seq, stamp.to_seq) for stamp in stamped]
    asked = custody.c.seq.in_([found.custody_seq for found in looked_up])
    own = custody.c.capture_id.in_([capture.id for capture in captures])
    rows = connection.execute(select(custody).where(or_(own, asked, *ranges)).order_by(custody.c.seq)).mappings()
    return tuple({**row, "detail": json.loads(row["detail"])} for row in rows)


def provisions(config: Config, agency: Agency, assessment: Mapping[str, Any]) -> tuple[LawFacts, ...]:
    """What papers to this recipient may cite, in its order: for the classes found, for every case, and in its lists."""
    verdicts = [assessment[axis] for axis in ("impersonation", "selling") if axis in assessment]
    found = {verdict["class"] for verdict in verdicts if verdict["verdict"] != "clear"}
    entries = {entry.id: entry for entry in config.law.entries}
    named = [name for name in agency.law if not entries[name].classes or found & set(entries[name].classes)]
    listed = [counter.law for counter in agency.counters] + [helper.law for helper in agency.helpers]
    return tuple(_law_facts(entries[name]) for name in dict.fromkeys([*named, *listed]))


def _law_facts(entry: Law) -> LawFacts:
    return LawFacts(
        id=entry.id,
        title=entry.title,
        article=entry.article,
        version=entry.version,
        text=entry.text or entry.gist,
        confirmed=entry.confirmed,
        classes=entry.classes,
    )


def _listing_fields(store: Store, config: Config, subject: str) -> dict[str, str]:
    """What a marketplace showed of an offer when it was last seen."""
    if not subject.startswith("listing:"):
        return {}
    profile = config.marketplaces.get(subject.split(":")[1])
    named = {"platform_name": profile.title} if profile else {}
    offers = store.listings(subject=subject.removeprefix("listing:"))
    if not offers:
        return named
    last = offers[-1]
    shown = {
        "item_url": last.url,
        "seller": last.seller,
        "price": last.price,
        "place_shown": last.place,
        "shop": last.shop_id,
    }
    return {**named, **{key: value for key, value in shown.items() if value}}
