"""Tasks, captures and what belongs to them, volumes, custody, stamps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "crawlers_0001"
down_revision = None
branch_labels = ("crawlers",)
depends_on = None


def upgrade() -> None:
    _work()
    _evidence()
    _captures()
    _beside()
    _chain()
    _readings()


def _work() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("night", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("profile", sa.String(length=16), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("referrer", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.String(length=128), server_default="", nullable=False),
        sa.Column("lease_until", sa.String(length=32), server_default="", nullable=False),
        sa.Column("planned_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("night", "kind", "source", "target", "profile", "page", name="uq_tasks_what"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_tasks_claim", "tasks", ["night", "state", sa.literal_column("priority DESC"), "id"], unique=False
    )


def _evidence() -> None:
    op.create_table(
        "volumes",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("committed_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("writer", sa.String(length=256), nullable=False),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.Column("sealed_at", sa.String(length=32), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_volumes")),
    )
    op.create_table(
        "stamps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("from_seq", sa.Integer(), nullable=False),
        sa.Column("to_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("authority", sa.Text(), server_default="", nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("queued_at", sa.String(length=32), nullable=False),
        sa.Column("requested_at", sa.String(length=32), server_default="", nullable=False),
        sa.Column("stamped_at", sa.String(length=32), server_default="", nullable=False),
        sa.Column("gen_time", sa.String(length=32), server_default="", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamps")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_stamps_state"), "stamps", ["state"], unique=False)


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("night", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("peer", sa.String(length=64), nullable=False),
        sa.Column("profile", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("fetched_at", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("volume", sa.String(length=128), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("page_state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("custody_seq", sa.Integer(), nullable=False),
        sa.Column("stamp_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["stamp_id"], ["stamps.id"], name=op.f("fk_captures_stamp_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_captures_task_id")),
        sa.ForeignKeyConstraint(["volume"], ["volumes.name"], name=op.f("fk_captures_volume")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("custody_seq", name=op.f("uq_captures_custody_seq")),
        sa.UniqueConstraint("volume", "offset", name="uq_captures_place"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_captures_host"), "captures", ["host"], unique=False)
    op.create_index(op.f("ix_captures_night"), "captures", ["night"], unique=False)
    op.create_index(op.f("ix_captures_sha256"), "captures", ["sha256"], unique=False)
    op.create_index(op.f("ix_captures_stamp_id"), "captures", ["stamp_id"], unique=False)
    op.create_index(op.f("ix_captures_task_id"), "captures", ["task_id"], unique=False)


def _beside() -> None:
    op.create_table(
        "hops",
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("peer", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("volume", sa.String(length=128), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_hops_capture_id")),
        sa.ForeignKeyConstraint(["volume"], ["volumes.name"], name=op.f("fk_hops_volume")),
        sa.PrimaryKeyConstraint("capture_id", "position", name=op.f("pk_hops")),
        sa.UniqueConstraint("volume", "offset", name="uq_hops_place"),
    )
    op.create_table(
        "artefacts",
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_artefacts_capture_id")),
        sa.PrimaryKeyConstraint("capture_id", "position", name=op.f("pk_artefacts")),
    )


def _chain() -> None:
    op.create_table(
        "custody",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_custody_capture_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_custody")),
    )
    op.create_index(op.f("ix_custody_capture_id"), "custody", ["capture_id"], unique=False)
    op.create_table(
        "custody_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_head")),
    )
    head = sa.table("custody_head", sa.column("id"), sa.column("seq"), sa.column("hash"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])


def _readings() -> None:
    op.create_table(
        "hits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("resolved", sa.Text(), nullable=False),
        sa.Column("resolution", sa.String(length=16), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("snippet", sa.Text(), nullable=False),
        sa.Column("advertiser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_hits_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hits")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_hits_capture_id"), "hits", ["capture_id"], unique=False)
    op.create_table(
        "listings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.String(length=255), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("price", sa.Text(), nullable=False),
        sa.Column("price_cny", sa.Float(), nullable=True),
        sa.Column("seller", sa.Text(), nullable=False),
        sa.Column("shop_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("images", sa.Text(), nullable=False),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_listings_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("capture_id", "platform", "item_id", name="uq_listings_item"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_listings_subject", "listings", ["platform", "item_id"], unique=False)
    op.create_index("ix_listings_url", "listings", ["url"], unique=False)
