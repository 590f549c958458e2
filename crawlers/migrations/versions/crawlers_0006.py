"""Records whose payload stands in an earlier response of their volume; they are never changed or deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "crawlers_0006"
down_revision = "crawlers_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revisits",
        sa.Column("volume", sa.String(length=128), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("refers_to", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_revisits_capture_id"),
        sa.ForeignKeyConstraint(["volume"], ["volumes.name"], name="fk_revisits_volume"),
        sa.PrimaryKeyConstraint("volume", "offset", name="pk_revisits"),
    )
    op.create_index("ix_revisits_capture_id", "revisits", ["capture_id"])
    sqlite = op.get_context().dialect.name == "sqlite"
    for name, moment in (("kept", "BEFORE DELETE"), ("unchanged", "BEFORE UPDATE")):
        why = "revisits rows are never deleted" if name == "kept" else "revisits rows never change"
        refusal = f"BEGIN SELECT RAISE(ABORT, '{why}'); END" if sqlite else f"EXECUTE FUNCTION refuse('{why}')"
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER revisits_{name} {moment} ON revisits FOR EACH ROW {refusal}")


def downgrade() -> None:
    op.drop_table("revisits")
