"""The list of subjects at watch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0005"
down_revision = "review_0004"
branch_labels = None
depends_on = None

NAME, TIME = sa.String(length=64), sa.String(length=32)


def upgrade() -> None:
    op.create_table(
        "watched",
        sa.Column("subject", sa.String(length=512), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("platform", NAME, nullable=False),
        sa.Column("axis", sa.String(length=16), nullable=False),
        sa.Column("cls", NAME, nullable=False),
        sa.Column("score_milli", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("tied_to", sa.Integer(), nullable=True),
        sa.Column("tie", sa.String(length=16), nullable=False),
        sa.Column("tie_shown", sa.String(length=256), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("passed_at", TIME, nullable=False),
        sa.Column("passed_by", NAME, nullable=False),
        sa.Column("passed_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tied_to"], ["cases.id"], name="fk_watched_tied_to_cases"),
        sa.PrimaryKeyConstraint("subject", name="pk_watched"),
    )
    op.create_index("ix_watched_tied_to", "watched", ["tied_to"])
    op.create_index("watched_order", "watched", ["passed_at", sa.text("rank DESC"), "subject"])
