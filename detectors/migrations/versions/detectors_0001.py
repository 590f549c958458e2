"""Judgements, their verdicts, contacts and follow-ups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "detectors_0001"
down_revision = None
branch_labels = ("detectors",)
depends_on = None

HASH = sa.String(length=64)


def upgrade() -> None:
    _judgements()
    _verdicts()
    _contacts()
    _followups()


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer()),
        sa.Column("digest", HASH, nullable=False),
        sa.Column("subject", sa.String(length=512), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("errors", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_judgements_capture_id"),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name="fk_judgements_listing_id"),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
        sa.UniqueConstraint("capture_id", "listing_id", "digest", name="uq_judgements_what"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_judgements_capture_id", "judgements", ["capture_id"])
    op.create_index("ix_judgements_listing_id", "judgements", ["listing_id"])
    op.create_index("ix_judgements_subject", "judgements", ["subject"])


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("axis", sa.String(length=16), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("cls", sa.String(length=64), nullable=False),
        sa.Column("imitates", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('flag', 'watch', 'clear')", name="ck_verdicts_level"),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgements.id"], name="fk_verdicts_judgement_id"),
        sa.PrimaryKeyConstraint("judgement_id", "axis", name="pk_verdicts"),
    )


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("masked", sa.String(length=128), nullable=False),
        sa.Column("hmac", HASH, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgements.id"], name="fk_contacts_judgement_id"),
        sa.PrimaryKeyConstraint("judgement_id", "position", name="pk_contacts"),
    )
    op.create_index("ix_contacts_hmac", "contacts", ["hmac"])


def _followups() -> None:
    op.create_table(
        "followups",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("detector", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgements.id"], name="fk_followups_judgement_id"),
        sa.PrimaryKeyConstraint("judgement_id", "position", name="pk_followups"),
    )
