"""No capture without its line in the chain, and nothing about evidence is changed or deleted: the database sees to it.

`capture_lines` holds for each capture the line that must name it; a trigger fills it and its foreign key is looked at
when a transaction ends, so that whoever inserts a capture by whatever path must also write the line. Triggers keep the
chain a chain: a line follows the last one and is never touched again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "crawlers_0004"
down_revision = "crawlers_0003"
branch_labels = None
depends_on = None

KEPT = {
    "custody": "",
    "captures": " OF id, night, source, url, final_url, host, status, peer, profile, origin, fetched_at, sha256,"
    " size_bytes, custody_seq",
    "hops": "",
    "artefacts": "",
    "capture_lines": "",
}
"""Tables from which nothing is deleted, with the columns that are never changed (none named: all)."""
GUARDS = [
    *((f"{name}_kept", "BEFORE DELETE", name, f"{name} rows are never deleted") for name in (*KEPT, "stamps")),
    *((f"{name}_unchanged", f"BEFORE UPDATE{of}", name, f"{name} rows never change") for name, of in KEPT.items()),
]
SQLITE = """
CREATE TRIGGER captures_owe_a_line AFTER INSERT ON captures BEGIN
    INSERT INTO capture_lines VALUES (NEW.id, NEW.custody_seq, 'captured'); END;
CREATE TRIGGER custody_follows BEFORE INSERT ON custody WHEN
    NEW.seq <> coalesce((SELECT max(seq) FROM custody), 0) + 1
    OR NEW.prev_hash <> coalesce((SELECT hash FROM custody WHERE seq = NEW.seq - 1), hex(zeroblob(32)))
    BEGIN SELECT RAISE(ABORT, 'a custody line must follow the last one'); END;
CREATE TRIGGER stamps_unchanged BEFORE UPDATE ON stamps WHEN OLD.state = 'stamped'
    BEGIN SELECT RAISE(ABORT, 'a stamp that was granted is never changed'); END;
"""
POSTGRESQL = """
CREATE FUNCTION captures_owe_a_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO capture_lines VALUES (NEW.id, NEW.custody_seq, 'captured'); RETURN NEW; END $$;
CREATE FUNCTION custody_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.seq <> coalesce((SELECT max(seq) FROM custody), 0) + 1
    OR NEW.prev_hash <> coalesce((SELECT hash FROM custody WHERE seq = NEW.seq - 1), repeat('0', 64))
    THEN RAISE EXCEPTION 'a custody line must follow the last one'; END IF; RETURN NEW; END $$;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0]; END $$;
CREATE TRIGGER captures_owe_a_line AFTER INSERT ON captures FOR EACH ROW EXECUTE FUNCTION captures_owe_a_line();
CREATE TRIGGER custody_follows BEFORE INSERT ON custody FOR EACH ROW EXECUTE FUNCTION custody_follows();
CREATE TRIGGER stamps_unchanged BEFORE UPDATE ON stamps FOR EACH ROW WHEN (OLD.state = 'stamped')
    EXECUTE FUNCTION refuse('a stamp that was granted is never changed');
"""


def upgrade() -> None:
    op.create_index("uq_custody_line", "custody", ["seq", "capture_id", "event"], unique=True)
    op.create_table(
        "capture_lines",
        sa.Column("capture_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("custody_seq", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_capture_lines_capture_id"),
        sa.ForeignKeyConstraint(
            ["custody_seq", "capture_id", "event"],
            ["custody.seq", "custody.capture_id", "custody.event"],
            name="fk_capture_lines_custody_seq",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("capture_id", name="pk_capture_lines"),
    )
    op.execute("INSERT INTO capture_lines SELECT id, custody_seq, 'captured' FROM captures")
    sqlite = op.get_context().dialect.name == "sqlite"
    for statement in (SQLITE if sqlite else POSTGRESQL).split(";\nCREATE"):
        op.get_bind().exec_driver_sql(_whole(statement))
    for name, moment, table, why in GUARDS:
        refusal = f"BEGIN SELECT RAISE(ABORT, '{why}'); END" if sqlite else f"EXECUTE FUNCTION refuse('{why}')"
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} {moment} ON {table} FOR EACH ROW {refusal}")


def _whole(statement: str) -> str:
    text = statement.strip().removesuffix(";")
    return text if text.startswith("CREATE") else f"CREATE {text}"
