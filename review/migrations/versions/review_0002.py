"""Facts people supply for papers, referrals with their items, events and papers, bundles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0002"
down_revision = "review_0001"
branch_labels = None
depends_on = None

TIME = sa.String(length=32)
NAME = sa.String(length=64)
OPEN = sa.text("open = 1")


def upgrade() -> None:
    _facts()
    _referrals()
    _items()
    _events()
    _papers()
    _bundles()


def _facts() -> None:
    op.create_table(
        "case_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("field", NAME, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_facts_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_facts"),
        sqlite_autoincrement=True,
    )
    op.create_index("case_facts_newest", "case_facts", ["case_id", "field", "id"])


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", TIME, nullable=False),
        sa.Column("agency", NAME, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("doc_number", NAME, nullable=False),
        sa.Column("prepared_by", NAME, nullable=False),
        sa.Column("reviewed_by", NAME, nullable=False),
        sa.Column("approved_by", NAME, nullable=False),
        sa.Column("content", NAME, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("sent_at", TIME),
        sa.Column("receipt_due", sa.String(length=10)),
        sa.Column("feedback_due", sa.String(length=10)),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
        sa.UniqueConstraint("label", name="uq_referrals_label"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referrals_state", "referrals", ["state"])


def _items() -> None:
    op.create_table(
        "referral_items",
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("agency", NAME, nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("packet_id", TIME),
        sa.Column("received_at", TIME),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("answered_at", TIME),
        sa.Column("result", NAME, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_referral_items_referral_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_referral_items_case_id"),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name="fk_referral_items_packet_id"),
        sa.PrimaryKeyConstraint("referral_id", "number", name="pk_referral_items"),
    )
    op.create_index("ix_referral_items_case_id", "referral_items", ["case_id"])
    op.create_index(
        "referral_items_open",
        "referral_items",
        ["case_id", "agency"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def _events() -> None:
    op.create_table(
        "referral_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_referral_events_referral_id"),
        sa.PrimaryKeyConstraint("id", name="pk_referral_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referral_events_referral_id", "referral_events", ["referral_id"])


def _papers() -> None:
    op.create_table(
        "referral_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer()),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", NAME, nullable=False),
        sa.Column("sha256", NAME, nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("custody_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_referral_papers_referral_id"),
        sa.PrimaryKeyConstraint("id", name="pk_referral_papers"),
        sa.UniqueConstraint("referral_id", "kind", "sha256", name="uq_referral_papers_referral_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referral_papers_referral_id", "referral_papers", ["referral_id"])


def _bundles() -> None:
    op.create_table(
        "bundles",
        sa.Column("id", TIME, nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("content", NAME, nullable=False),
        sa.Column("built_at", TIME, nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("sha256", NAME, nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_bundles_referral_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bundles"),
    )
    op.create_index("ix_bundles_referral_id", "bundles", ["referral_id"])
