"""What resolvers and registries said of a host."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "crawlers_0002"
down_revision = "crawlers_0001"
branch_labels = None
depends_on = None

TIME = sa.String(length=32)
HOST = sa.String(length=255)


def upgrade() -> None:
    op.create_table(
        "network_lookups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", HOST, nullable=False),
        sa.Column("domain", HOST, nullable=False),
        sa.Column("night", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("custody_seq", sa.Integer(), nullable=False),
        sa.Column("stamp_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["stamp_id"], ["stamps.id"], name="fk_network_lookups_stamp_id"),
        sa.PrimaryKeyConstraint("id", name="pk_network_lookups"),
        sa.UniqueConstraint("custody_seq", name="uq_network_lookups_custody_seq"),
        sa.UniqueConstraint("night", "host", name="uq_network_lookups_what"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_network_lookups_host", "network_lookups", ["host", "started_at"])
    op.create_table(
        "network_answers",
        sa.Column("lookup_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lookup_id"], ["network_lookups.id"], name="fk_network_answers_lookup_id"),
        sa.PrimaryKeyConstraint("lookup_id", "position", name="pk_network_answers"),
    )


def downgrade() -> None:
    op.drop_table("network_answers")
    op.drop_table("network_lookups")
