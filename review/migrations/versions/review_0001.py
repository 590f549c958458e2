"""Nights, cases with their events, packets, the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0001"
down_revision = None
branch_labels = ("review",)
depends_on = None

TIME = sa.String(length=32)
NAME = sa.String(length=64)


def upgrade() -> None:
    _nights()
    _cases()
    _papers()


def _nights() -> None:
    op.create_table(
        "nights",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.Column("report", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_nights"),
    )
    op.create_table(
        "night_stages",
        sa.Column("night", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("finished_at", TIME, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["night"], ["nights.id"], name="fk_night_stages_night"),
        sa.PrimaryKeyConstraint("night", "stage", name="pk_night_stages"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cls", NAME, nullable=False),
        sa.Column("imitates", sa.String(length=128), nullable=False),
        sa.Column("score_milli", sa.Integer(), nullable=False),
        sa.Column("opened_night", sa.String(length=32), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("merged_into", sa.Integer()),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name="fk_cases_merged_into"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sqlite_autoincrement=True,
    )
    op.create_index("cases_queue", "cases", ["state", sa.literal_column("score_milli DESC"), "id"])
    op.create_table(
        "case_subjects",
        sa.Column("subject", sa.String(length=512), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("capture_ids", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_subjects_case_id"),
        sa.PrimaryKeyConstraint("subject", name="pk_case_subjects"),
    )
    op.create_index("ix_case_subjects_case_id", "case_subjects", ["case_id"])
    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_events_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_events_case_id", "case_events", ["case_id"])


def _papers() -> None:
    op.create_table(
        "packets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("agency", NAME, nullable=False),
        sa.Column("built_at", TIME, nullable=False),
        sa.Column("file", sa.String(length=255), nullable=False),
        sa.Column("sha256", NAME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_packets_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_packets"),
        sa.UniqueConstraint("case_id", "agency", "sha256", name="uq_packets_case_id"),
    )
    op.create_index("ix_packets_case_id", "packets", ["case_id"])
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev_hash", NAME, nullable=False),
        sa.Column("hash", NAME, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
