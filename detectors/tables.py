"""The rows of judging. A judgement is of one capture or listing by one set of detectors and rules, and never changes.

Nothing here holds a contact, a certificate number or an identity number in full: quotes are masked, values are HMACs.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
)

from crawlers.tables import HASH, TIME, metadata

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


def newest() -> ColumnElement[bool]:
    """Whether a judgement is the last one of its capture or listing. One look at an index a row, not a list of all."""
    later = judgements.alias("later")
    what, same = func.coalesce(judgements.c.listing_id, 0), func.coalesce(later.c.listing_id, 0)
    other = select(later.c.id).where(later.c.capture_id == judgements.c.capture_id, later.c.id > judgements.c.id)
    return ~other.where(same == what).correlate(judgements).exists()


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

traces = Table(
    "traces",
    metadata,
    Column("judgement_id", ForeignKey("judgements.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("shown", String(256), nullable=False),
    Column("hmac", HASH, nullable=False, index=True),
    Column("where", String(16), nullable=False),
)
"""Values of a page that are no contacts and may tie it to other subjects: identifiers, pictures, its make."""

page_references = Table(
    "page_references",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("capture_id", ForeignKey("captures.id"), nullable=False),
    Column("added_at", TIME, nullable=False),
    Column("retired_at", TIME, nullable=False, server_default=""),
    Column("fingerprint", Text, nullable=False),
    UniqueConstraint("url", "version", "capture_id", name="uq_page_references_what"),
    sqlite_autoincrement=True,
)
"""Official pages to compare with. A version may rest on several captures: as sent, and as a browser shows it."""

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("opened_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    Column("merged_into", ForeignKey("campaigns.id")),
    sqlite_autoincrement=True,
)
"""A number is never given twice; one whose subjects went to an older campaign points to it."""

campaign_subjects = Table(
    "campaign_subjects",
    metadata,
    Column("subject", String(512), primary_key=True),
    Column("campaign_id", ForeignKey("campaigns.id"), nullable=False, index=True),
)

campaign_ties = Table(
    "campaign_ties",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("hmac", HASH, primary_key=True),
    Column("shown", String(256), nullable=False),
    Column("weight", Float, nullable=False),
    Column("carriers", Integer, nullable=False),
    Column("seen", Text, nullable=False),
)
"""`carriers` counts all subjects that show the value; `seen` is a JSON list of `{"subject", "capture"}` of members."""
