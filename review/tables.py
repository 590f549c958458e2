"""The tables of what people touch: nights, cases and their events, packets, the audit log.

Foreign keys point down only: a case names captures of the floor below, nothing below names a case.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from crawlers.tables import metadata

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
