"""The rows of judging. A judgement is of one capture or listing by one set of detectors and rules, and never changes.

Nothing here holds a contact, a certificate number or an identity number in full: quotes are masked, values are HMACs.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from crawlers.tables import HASH, metadata

judgements = Table(
    "judgements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("capture_id", ForeignKey("captures.id"), nullable=False, index=True),
    Column("listing_id", ForeignKey("listings.id"), index=True),
    Column("digest", HASH, nullable=False),
    Column("subject", String(512), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("errors", Text, nullable=False),
    UniqueConstraint("capture_id", "listing_id", "digest", name="uq_judgements_what"),
    sqlite_autoincrement=True,
)
"""`listing_id` is null for a page. `errors` is a JSON list of what detectors could not do."""

verdicts = Table(
    "verdicts",
    metadata,
    Column("judgement_id", ForeignKey("judgements.id"), primary_key=True),
    Column("axis", String(16), primary_key=True),
    Column("level", String(8), nullable=False),
    Column("cls", String(64), nullable=False),
    Column("imitates", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("signals", Text, nullable=False),
    CheckConstraint("level IN ('flag', 'watch', 'clear')", name="ck_verdicts_level"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("judgement_id", ForeignKey("judgements.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("masked", String(128), nullable=False),
    Column("hmac", HASH, nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

followups = Table(
    "followups",
    metadata,
    Column("judgement_id", ForeignKey("judgements.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("detector", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
