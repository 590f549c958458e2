"""One hand-over as `referral list` and `referral show` print it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from review.strings import (
    REFERRAL_DUE,
    REFERRAL_EVENTS,
    REFERRAL_OVERDUE,
    REFERRAL_PAPER_KINDS,
    REFERRAL_WAITS,
)
from review.telling import Codes, event_told

if TYPE_CHECKING:
    from review.referral_records import Referral


def due_told(referral: Referral, late: bool) -> str:
    """Until when what is waited for; empty when nothing is."""
    if referral.due is None:
        return ""
    return (REFERRAL_OVERDUE if late else REFERRAL_DUE).format(due=referral.due, what=REFERRAL_WAITS[referral.state])


def summary(referral: Referral) -> dict[str, Any]:
    """As `--json` prints it (docs/json.md)."""
    items = [
        {
            "number": item.number,
            "case": item.case_label,
            "packet": item.packet_id,
            "received_at": item.received_at,
            "received_by": item.received_by,
            "answered_at": item.answered_at,
            "result": item.result,
            "answer": item.answer,
        }
        for item in referral.items
    ]
    names = ("label", "agency", "recipient", "document", "doc_number", "prepared_by", "reviewed_by", "approved_by")
    return {
        **{name: getattr(referral, name) for name in names},
        "state": referral.state.value,
        "sent_at": referral.sent_at,
        "receipt_due": str(referral.receipt_due or ""),
        "feedback_due": str(referral.feedback_due or ""),
        "bundle": referral.bundle.id if referral.bundle else "",
        "items": items,
        "papers": [{"name": p.name, "kind": p.kind, "item": p.item, "sha256": p.sha256} for p in referral.papers],
    }


def told(referral: Referral, codes: Codes) -> Iterator[str]:
    """Lines for people: what it is, its items, the papers that came back, who did what when."""
    yield f"{referral.label}  {referral.state.chinese}  {referral.document} → {referral.recipient}"
    for item in referral.items:
        result = codes["result"].get(item.result, item.result)
        parts = (f"  {item.number}", item.case_label, item.packet_id or "—", item.received_by, result)
        yield "  ".join(parts).rstrip()
    for paper in referral.papers:
        yield f"  {REFERRAL_PAPER_KINDS[paper.kind]}  {paper.name}  SHA-256 {paper.sha256}"
    for event in referral.events:
        yield event_told(event, codes, REFERRAL_EVENTS)
