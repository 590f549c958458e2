"""What a packet is made of: plain values, so that the builder needs neither database nor archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawlers.records import Capture


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """Who sends: as `[office]` in `settings.toml` says."""

    name: str
    kind: str
    region: str


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What an analyst decided, `what` in Chinese."""

    at: str
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordBytes:
    """One exchange as it stands in the archive: its raw gzip members, response first or not."""

    url: str
    status: int
    members: bytes


@dataclass(frozen=True, slots=True)
class CaptureMaterial:
    """One capture with the bytes that belong to it: redirects first, then the page, then a browser's resources.

    `page` is the index of the page among `records`.
    """

    capture: Capture
    records: tuple[RecordBytes, ...]
    page: int
    artefacts: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    """By SHA-256, as `capture.artefacts` names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampFacts:
    """A token over lines `from_seq` … `to_seq` of the chain; without token it is still queued."""

    id: int
    digest: str
    from_seq: int
    to_seq: int
    token: bytes = b""
    refused: bool = False
    """An authority answered, but with something that is not accepted here: kept as it came, counts as not stamped."""
    authority: str = ""
    gen_time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFacts:
    """One provision that a class of finding rests on; unconfirmed ones print with the mark 待核."""

    id: str
    title: str
    article: str
    version: str
    text: str
    confirmed: bool
    classes: tuple[str, ...] = ()
    """Of findings that rest on it; none for one that goes with every case."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage that a detector quoted, as it stands in the page: what comes before, the quote, what comes after."""

    capture: str
    before: str
    quote: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class MarkedPicture:
    """A picture of a page with what was read in it framed, as PNG; the archive has it without frames."""

    capture: str
    url: str
    fetched_at: str
    number: int
    quotes: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """A page of the organ whose name was taken, as this office collected it; `picture` is a PNG, or empty."""

    name: str
    url: str
    title: str
    capture: str
    fetched_at: str
    sha256: str
    picture: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class TieFacts:
    """A value that subjects share, masked as people see it; `carriers` is how many subjects show it at all."""

    name: str
    shown: str
    subjects: tuple[str, ...]
    carriers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """The story this subject belongs to; `cases` gives the label of the case of a subject that has one."""

    label: str
    subjects: tuple[str, ...]
    ties: tuple[TieFacts, ...]
    cases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NetworkMaterial:
    """One look-up of a host: when, its line of the chain, and the document with every answer as received."""

    host: str
    asked_at: str
    custody_seq: int
    sha256: str
    document: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier packet or hand-over of the same case."""

    what: str
    to: str
    at: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketSource:
    """Everything that decides the content of one packet, but for the key, the time and the token of the seal."""

    packet_id: str
    case_id: str
    subject: str
    title: str
    agency: str
    office: OfficeFacts
    opened_at: str
    opened_by: str
    assessment: Mapping[str, Any]
    """`{"impersonation": {…}, "selling": {…}, "contacts": […]}` as `Verdict.as_json` gives them."""
    decisions: tuple[DecisionFacts, ...]
    captures: tuple[CaptureMaterial, ...]
    custody: tuple[Mapping[str, Any], ...]
    """Lines `seq, at, event, actor, capture_id, detail, prev_hash, hash`, `detail` parsed; ascending, and with all
    lines that the stamps cover."""
    custody_head: tuple[int, str]
    stamps: tuple[StampFacts, ...]
    law: tuple[LawFacts, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    """Facts that an agency's papers ask for, by field id; those that follow from the captures need not be here."""
    tool: str = "zhengshao"
    excerpts: tuple[Excerpt, ...] = ()
    marked: tuple[MarkedPicture, ...] = ()
    genuine: tuple[Genuine, ...] = ()
    campaigns: tuple[CampaignFacts, ...] = ()
    network: tuple[NetworkMaterial, ...] = ()
    neighbours: tuple[str, ...] = ()
    """Other hosts that this office met at the same address: what a block by address would hit as well."""
    earlier: tuple[Earlier, ...] = ()
    replay: bytes = b""
    """The same captures as WACZ, for those who want to look at them in a replay tool."""

    @property
    def is_listing(self) -> bool:
        return self.subject.startswith("listing:")
