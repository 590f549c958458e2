"""The tables of what people touch: nights, cases and their events, packets, hand-overs, the audit log.

Foreign keys point down only: a case names captures of the floor below, nothing below names a case.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from crawlers.tables import metadata
from review.desk import tables as _desk  # noqa: F401  the desk's tables are this floor's, too

nights = Table(
    "nights",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("started_at", String(32), nullable=False),
    Column("finished_at", String(32)),
    Column("report", Text),
)

night_stages = Table(
    "night_stages",
    metadata,
    Column("night", ForeignKey("nights.id"), primary_key=True),
    Column("stage", String(32), primary_key=True),
    Column("finished_at", String(32), nullable=False),
    Column("detail", Text, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("cls", String(64), nullable=False),
    Column("imitates", String(128), nullable=False),
    Column("score_milli", Integer, nullable=False),
    Column("opened_night", String(32), nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("updated_at", String(32), nullable=False),
    Column("merged_into", ForeignKey("cases.id")),
    sqlite_autoincrement=True,
)
Index("cases_queue", cases.c.state, cases.c.score_milli.desc(), cases.c.id)

case_subjects = Table(
    "case_subjects",
    metadata,
    Column("subject", String(512), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("assessment", Text, nullable=False),
    Column("capture_ids", Text, nullable=False),
)

case_events = Table(
    "case_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_case_events_actor", case_events.c.actor, case_events.c.kind, case_events.c.id)

packets = Table(
    "packets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("agency", String(64), nullable=False),
    Column("built_at", String(32), nullable=False),
    Column("file", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("case_id", "agency", "sha256"),
)

case_facts = Table(
    "case_facts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("field", String(64), nullable=False),
    Column("value", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    sqlite_autoincrement=True,
)
Index("case_facts_newest", case_facts.c.case_id, case_facts.c.field, case_facts.c.id)

referrals = Table(
    "referrals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("label", String(32), nullable=False, unique=True),
    Column("agency", String(64), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("doc_number", String(64), nullable=False),
    Column("prepared_by", String(64), nullable=False),
    Column("reviewed_by", String(64), nullable=False),
    Column("approved_by", String(64), nullable=False),
    Column("content", String(64), nullable=False),
    Column("channel", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("updated_at", String(32), nullable=False),
    Column("sent_at", String(32)),
    Column("receipt_due", String(10)),
    Column("feedback_due", String(10)),
    sqlite_autoincrement=True,
)

referral_items = Table(
    "referral_items",
    metadata,
    Column("referral_id", ForeignKey("referrals.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("agency", String(64), nullable=False),
    Column("open", Integer, nullable=False),
    Column("packet_id", ForeignKey("packets.id")),
    Column("received_at", String(32)),
    Column("received_by", Text, nullable=False),
    Column("answered_at", String(32)),
    Column("result", String(64), nullable=False),
    Column("answer", Text, nullable=False),
)
Index(
    "referral_items_open",
    referral_items.c.case_id,
    referral_items.c.agency,
    unique=True,
    sqlite_where=text("open = 1"),
    postgresql_where=text("open = 1"),
)

referral_events = Table(
    "referral_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("referral_id", ForeignKey("referrals.id"), nullable=False, index=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)

referral_papers = Table(
    "referral_papers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("referral_id", ForeignKey("referrals.id"), nullable=False, index=True),
    Column("item", Integer),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("custody_seq", Integer, nullable=False),
    UniqueConstraint("referral_id", "kind", "sha256"),
    sqlite_autoincrement=True,
)

bundles = Table(
    "bundles",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("referral_id", ForeignKey("referrals.id"), nullable=False, index=True),
    Column("content", String(64), nullable=False),
    Column("built_at", String(32), nullable=False),
    Column("file", String(255), nullable=False),
    Column("light", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(48), nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
