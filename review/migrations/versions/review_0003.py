"""The review desk: accounts and their sessions, what the queue is sorted, searched and counted by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0003"
down_revision = "review_0002"
branch_labels = None
depends_on = None

TIME = sa.String(length=32)
NAME = sa.String(length=64)
DAY = sa.String(length=10)
STATE = sa.String(length=16)


def upgrade() -> None:
    _accounts()
    _sign_in()
    _work()
    _desk()
    _search()


def _accounts() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", NAME, nullable=False),
        sa.Column("full_name", sa.String(length=128), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", NAME, nullable=False),
        sa.Column("tf_primary_method", sa.String(length=32)),
        sa.Column("tf_totp_secret", sa.Text()),
        sa.Column("totp_counter", sa.Integer()),
        sa.Column("password_at", TIME, nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("agency", NAME, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_users_fs_uniquifier"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.UniqueConstraint("name", name="uq_roles_name"),
    )
    op.create_table(
        "user_roles",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_roles_user_id"),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name="fk_user_roles_role_id"),
        sa.PrimaryKeyConstraint("user_id", "role_id", name="pk_user_roles"),
    )
    op.create_table(
        "password_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_password_history_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_password_history"),
    )
    op.create_index("ix_password_history_user_id", "password_history", ["user_id"])


def _sign_in() -> None:
    op.create_table(
        "web_sessions",
        sa.Column("id", NAME, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=False),
        sa.Column("ended_by", STATE, nullable=False),
        sa.Column("address", NAME, nullable=False),
        sa.Column("agent", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_web_sessions_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_web_sessions"),
    )
    op.create_index("ix_web_sessions_user_id", "web_sessions", ["user_id"])
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("username", NAME, nullable=False),
        sa.Column("address", NAME, nullable=False),
        sa.Column("kind", STATE, nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_attempts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_login_attempts_name", "login_attempts", ["username", "at"])
    op.create_index("ix_login_attempts_from", "login_attempts", ["address", "at"])


def _work() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", NAME, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filters"),
        sa.UniqueConstraint("owner", "name", name="uq_saved_filters_owner"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "case_locks",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("username", NAME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_locks_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_locks"),
    )
    op.create_index("ix_case_locks_username", "case_locks", ["username"])
    op.create_index("ix_case_events_actor", "case_events", ["actor", "kind", "id"])


def _desk() -> None:
    op.create_table(
        "desk",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("kind", STATE, nullable=False),
        sa.Column("platform", NAME, nullable=False),
        sa.Column("place", NAME, nullable=False),
        sa.Column("cls", NAME, nullable=False),
        sa.Column("imitates", sa.String(length=128), nullable=False),
        sa.Column("score_milli", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("opened_day", DAY, nullable=False),
        sa.Column("night", sa.String(length=32), nullable=False),
        sa.Column("decided_day", DAY, nullable=False),
        sa.Column("decided_by", NAME, nullable=False),
        sa.Column("assignee", NAME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_desk_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_desk"),
    )
    priority: sa.ColumnElement[int] = sa.literal_column("priority DESC")
    op.create_index("desk_queue", "desk", ["state", priority, "case_id"])
    op.create_index("desk_newest", "desk", ["state", sa.literal_column("opened_day DESC"), priority, "case_id"])
    op.create_index("desk_all", "desk", [priority, "case_id"])
    for column in ("platform", "cls", "place", "imitates", "assignee", "night"):
        op.create_index(f"desk_{column}", "desk", [column, "state", priority, "case_id"])
    op.create_table(
        "desk_tallies",
        sa.Column("facet", STATE, nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("facet", "value", "state", name="pk_desk_tallies"),
    )


def _search() -> None:
    """Texts for every database; where it can, an index over pairs of characters, since most Chinese words are two."""
    op.create_table(
        "desk_texts",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_desk_texts_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_desk_texts"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE desk_search USING fts5(grams, content='', tokenize='unicode61')")
    else:
        op.execute(
            "CREATE TABLE desk_search (case_id integer PRIMARY KEY REFERENCES cases (id), grams text[] NOT NULL)"
        )
        op.execute("CREATE INDEX desk_search_grams ON desk_search USING gin (grams)")
