"""Captures whose bytes were removed when their time was over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "crawlers_0005"
down_revision = "crawlers_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("custody_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_removals_capture_id"),
        sa.PrimaryKeyConstraint("capture_id", name="pk_removals"),
        sa.UniqueConstraint("custody_seq", name="uq_removals_custody_seq"),
    )


def downgrade() -> None:
    op.drop_table("removals")
