"""Traces that tie subjects, official pages to compare with, and campaigns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "detectors_0002"
down_revision = "detectors_0001"
branch_labels = None
depends_on = None

HASH = sa.String(length=64)
TIME = sa.String(length=32)


def upgrade() -> None:
    _traces()
    _page_references()
    _campaigns()
    _campaign_subjects()
    _campaign_ties()


def _traces() -> None:
    op.create_table(
        "traces",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("shown", sa.String(length=256), nullable=False),
        sa.Column("hmac", HASH, nullable=False),
        sa.Column("where", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgements.id"], name="fk_traces_judgement_id"),
        sa.PrimaryKeyConstraint("judgement_id", "position", name="pk_traces"),
    )
    op.create_index("ix_traces_hmac", "traces", ["hmac"])


def _page_references() -> None:
    op.create_table(
        "page_references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("retired_at", TIME, server_default="", nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_page_references_capture_id"),
        sa.PrimaryKeyConstraint("id", name="pk_page_references"),
        sa.UniqueConstraint("url", "version", "capture_id", name="uq_page_references_what"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_page_references_url", "page_references", ["url"])


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("merged_into", sa.Integer()),
        sa.ForeignKeyConstraint(["merged_into"], ["campaigns.id"], name="fk_campaigns_merged_into"),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sqlite_autoincrement=True,
    )


def _campaign_subjects() -> None:
    op.create_table(
        "campaign_subjects",
        sa.Column("subject", sa.String(length=512), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_campaign_subjects_campaign_id"),
        sa.PrimaryKeyConstraint("subject", name="pk_campaign_subjects"),
    )
    op.create_index("ix_campaign_subjects_campaign_id", "campaign_subjects", ["campaign_id"])


def _campaign_ties() -> None:
    op.create_table(
        "campaign_ties",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("hmac", HASH, nullable=False),
        sa.Column("shown", sa.String(length=256), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("carriers", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_campaign_ties_campaign_id"),
        sa.PrimaryKeyConstraint("campaign_id", "kind", "hmac", name="pk_campaign_ties"),
    )
