"""Referrals as they stand: one recipient, one or many cases, each with its packet, receipt and feedback."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from crawlers.custody import canonical
from review.errors import ReferralError
from review.strings import REFERRAL_STATES, REFERRAL_UNKNOWN
from review.tables import bundles, packets, referral_events, referral_items, referral_papers, referrals


class ReferralState(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    APPROVAL = "approval"
    SENT = "sent"
    RECEIVED = "received"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def chinese(self) -> str:
        return REFERRAL_STATES[self.value]

    @property
    def open(self) -> bool:
        return self not in {ReferralState.CLOSED, ReferralState.WITHDRAWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralItem:
    """One case of a referral; `number` counts from 1 and stands in the 台账."""

    number: int
    case_id: int
    packet_id: str | None
    packet_sha256: str
    """Of the packet's manifest; empty while there is no packet."""
    received_at: str | None
    received_by: str
    answered_at: str | None
    result: str
    """A code of the recipient's `results`; empty until answered."""
    answer: str

    @property
    def case_label(self) -> str:
        return f"A-{self.case_id:06d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralEvent:
    """A step of the way: `kind` is the name of the function in `review.referrals` that made it."""

    at: str
    actor: str
    kind: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPaper:
    """A signed or scanned 回执 or 反馈 that came back; its bytes are the blob of that SHA-256."""

    id: int
    item: int | None
    kind: str
    name: str
    media_type: str
    sha256: str
    bytes: int
    actor: str
    at: str
    custody_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRow:
    """A built bundle: names of files below `bundles/`, SHA-256 of its manifest, digest of the content it holds."""

    id: str
    referral_id: int
    content: str
    built_at: str
    file: str
    light: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    id: int
    label: str
    agency: str
    recipient: str
    document: str
    state: ReferralState
    doc_number: str
    prepared_by: str
    reviewed_by: str
    approved_by: str
    content: str
    """Digest of what was submitted: cases and manifests of their packets; empty in a draft."""
    channel: str
    created_at: str
    updated_at: str
    sent_at: str | None
    receipt_due: date | None
    feedback_due: date | None
    items: tuple[ReferralItem, ...]
    events: tuple[ReferralEvent, ...]
    papers: tuple[ReferralPaper, ...]
    bundle: BundleRow | None
    """The newest one."""

    @property
    def ready(self) -> bool:
        """Approved and not yet sent."""
        return self.state is ReferralState.APPROVAL and bool(self.approved_by)

    @property
    def preparers(self) -> frozenset[str]:
        """Everyone who put something into it: none of them may review or approve."""
        return frozenset(named(event.actor) for event in self.events if event.kind in {"draft", "attach"})

    @property
    def due(self) -> date | None:
        """The deadline that runs now."""
        if self.state is ReferralState.SENT:
            return self.receipt_due
        return self.feedback_due if self.state is ReferralState.RECEIVED else None

    def overdue(self, today: date) -> bool:
        return self.due is not None and today > self.due

    def item(self, number: int) -> ReferralItem:
        for item in self.items:
            if item.number == number:
                return item
        raise ReferralError(REFERRAL_UNKNOWN.format(label=f"{self.label}/{number}"))


def named(actor: str) -> str:
    """One writing of a name: a blank, a capital, a wide letter, a sign nobody sees make no second pair of eyes."""
    plain = unicodedata.normalize("NFKC", actor).casefold()
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Cf")


def content_digest(items: Sequence[ReferralItem]) -> str:
    """What reviewer, approver and sender all answer for: the cases in order, with their packets' manifests."""
    told = [[item.number, item.case_id, item.packet_id, item.packet_sha256] for item in items]
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def get(connection: Connection, referral_id: int) -> Referral:
    row = connection.execute(select(referrals).where(referrals.c.id == referral_id)).mappings().first()
    if row is None:
        raise ReferralError(REFERRAL_UNKNOWN.format(label=referral_id))
    return _referral(connection, row)


def by_label(connection: Connection, label: str) -> Referral:
    """`R-2026-000001`, in capitals or not."""
    found = connection.execute(select(referrals.c.id).where(referrals.c.label == label.strip().upper())).scalar()
    if found is None:
        raise ReferralError(REFERRAL_UNKNOWN.format(label=label))
    return get(connection, int(found))


def find(
    connection: Connection,
    *,
    state: ReferralState | None = None,
    agency: str | None = None,
    case_id: int | None = None,
    overdue_on: date | None = None,
) -> Iterator[Referral]:
    """Referrals, newest first; `overdue_on` keeps those whose running deadline lies before that day."""
    query = select(referrals.c.id).order_by(referrals.c.id.desc())
    if state:
        query = query.where(referrals.c.state == state)
    if agency:
        query = query.where(referrals.c.agency == agency)
    if case_id is not None:
        mine = select(referral_items.c.referral_id).where(referral_items.c.case_id == case_id)
        query = query.where(referrals.c.id.in_(mine))
    for referral_id in connection.execute(query).scalars().all():
        referral = get(connection, referral_id)
        if overdue_on is None or referral.overdue(overdue_on):
            yield referral


def open_for(connection: Connection, case_id: int, agency: str) -> str:
    """The label of the open referral of this case to this recipient; empty when there is none."""
    query = select(referrals.c.label).join(referral_items, referral_items.c.referral_id == referrals.c.id)
    mine = (referral_items.c.case_id == case_id) & (referral_items.c.agency == agency) & (referral_items.c.open == 1)
    return str(connection.execute(query.where(mine)).scalar() or "")


def _referral(connection: Connection, row: RowMapping) -> Referral:
    referral_id = row["id"]
    values = {name: row[name] for name in row if name not in {"state", "receipt_due", "feedback_due"}}
    return Referral(
        **values,
        state=ReferralState(row["state"]),
        receipt_due=_day(row["receipt_due"]),
        feedback_due=_day(row["feedback_due"]),
        items=tuple(_items(connection, referral_id)),
        events=tuple(_events(connection, referral_id)),
        papers=tuple(_papers(connection, referral_id)),
        bundle=_bundle(connection, referral_id),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _items(connection: Connection, referral_id: int) -> Iterator[ReferralItem]:
    query = (
        select(referral_items, packets.c.sha256.label("packet_sha256"))
        .outerjoin(packets, packets.c.id == referral_items.c.packet_id)
        .where(referral_items.c.referral_id == referral_id)
        .order_by(referral_items.c.number)
    )
    for row in connection.execute(query).mappings():
        names = ReferralItem.__slots__
        yield ReferralItem(**{**{name: row[name] for name in names}, "packet_sha256": row["packet_sha256"] or ""})


def _events(connection: Connection, referral_id: int) -> Iterator[ReferralEvent]:
    query = select(referral_events).where(referral_events.c.referral_id == referral_id).order_by(referral_events.c.id)
    for row in connection.execute(query).mappings():
        yield ReferralEvent(at=row["at"], actor=row["actor"], kind=row["kind"], detail=json.loads(row["detail"]))


def _papers(connection: Connection, referral_id: int) -> Iterator[ReferralPaper]:
    query = select(referral_papers).where(referral_papers.c.referral_id == referral_id).order_by(referral_papers.c.id)
    for row in connection.execute(query).mappings():
        yield ReferralPaper(**{name: row[name] for name in ReferralPaper.__slots__})


def _bundle(connection: Connection, referral_id: int) -> BundleRow | None:
    query = (
        select(bundles)
        .where(bundles.c.referral_id == referral_id)
        .order_by(func.length(bundles.c.id).desc(), bundles.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return BundleRow(**row) if row else None
