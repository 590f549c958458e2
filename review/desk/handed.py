"""What of the cases lies with others: counted for the day's page, and asked before a decision is changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from review.referral_records import ReferralState
from review.tables import referral_items, referrals

LEFT = (ReferralState.SENT, ReferralState.RECEIVED, ReferralState.ANSWERED, ReferralState.CLOSED)
ENDED = frozenset({"blocked", "removed", "closed", "listing_down", "platform_ordered"})
"""Results of recipients after which the page or offer is no longer there for the public."""


def left(packet_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a packet was approved and handed over: before that nobody outside the office has it from us."""
    sent = select(referral_items.c.packet_id).join(referrals, referrals.c.id == referral_items.c.referral_id)
    return packet_id.in_(sent.where(referrals.c.state.in_(LEFT), referral_items.c.packet_id.is_not(None)))


def referred(connection: Connection) -> int:
    """Cases that were handed over, whatever became of them."""
    sent = select(func.count(referral_items.c.case_id.distinct())).join(
        referrals, referrals.c.id == referral_items.c.referral_id
    )
    return int(connection.scalar(sent.where(referrals.c.state.in_(LEFT))) or 0)


def ended_since(connection: Connection, at: str, results: Collection[str] = ENDED) -> int:
    """Cases that a recipient answered as blocked, taken down or closed since a moment."""
    told = select(func.count(referral_items.c.case_id.distinct())).where(
        referral_items.c.answered_at >= at, referral_items.c.result.in_(sorted(results))
    )
    return int(connection.scalar(told) or 0)


def open_referral(connection: Connection, case_id: int) -> str:
    """The label of a referral in which the case lies at this moment, drafts included; empty when there is none."""
    held = select(referrals.c.label).join(referral_items, referral_items.c.referral_id == referrals.c.id)
    mine = held.where(referral_items.c.case_id == case_id, referral_items.c.open == 1)
    return str(connection.scalar(mine.order_by(referrals.c.id.desc()).limit(1)) or "")
