"""What profiles read of each page, files and tips that people handed in, and tasks that wait for a source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "crawlers_0003"
down_revision = "crawlers_0002"
branch_labels = None
depends_on = None

HASH = sa.String(length=64)
TIME = sa.String(length=32)


def upgrade() -> None:
    with op.batch_alter_table("tasks") as tasks:
        tasks.add_column(sa.Column("not_before", TIME, nullable=False, server_default=""))
    _readings()
    _imports()
    _tips()


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("ads", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_readings_capture_id"),
        sa.PrimaryKeyConstraint("capture_id", name="pk_readings"),
    )
    op.create_index("ix_readings_source", "readings", ["source"])


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.UniqueConstraint("sha256", name="uq_imports_sha256"),
        sqlite_autoincrement=True,
    )


def _tips() -> None:
    words = ("url", "title", "platform", "seller", "price", "place", "text", "channel", "reference", "reported_at")
    op.create_table(
        "tips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("capture_id", sa.Integer(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("night", sa.String(length=32), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_tips_import_id"),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_tips_capture_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tips"),
        sa.UniqueConstraint("import_id", "key", name="uq_tips_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tips_import_id", "tips", ["import_id"])
    op.create_index("ix_tips_waiting", "tips", ["night", "id"])
