"""The tables of the review desk: who may enter, what the queue is sorted and counted by, who is at which case.

`desk` repeats what the queue asks of a case, in the transaction that changed the case (`review.desk.index`), so that
every page answers from an index whatever the number of cases. `desk_search` stands beside them where the database has
full-text search of its own kind (`review.desk.texts`).
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from crawlers.tables import HASH, TIME, metadata

NAME = String(64)

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", NAME, nullable=False, unique=True),
    Column("full_name", String(128), nullable=False),
    Column("password", String(255), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("fs_uniquifier", NAME, nullable=False, unique=True),
    Column("tf_primary_method", String(32)),
    Column("tf_totp_secret", Text),
    Column("totp_counter", Integer),
    Column("password_at", TIME, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("agency", NAME, nullable=False),
    Column("made_at", TIME, nullable=False),
    Column("seen_at", TIME, nullable=False),
    sqlite_autoincrement=True,
)
"""`agency` names the office of a recipient, empty for all others. `totp_counter` is the last code that was used."""

roles = Table(
    "roles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(32), nullable=False, unique=True),
)

user_roles = Table(
    "user_roles",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True),
)

password_history = Table(
    "password_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("password", String(255), nullable=False),
    Column("at", TIME, nullable=False),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("id", HASH, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("began_at", TIME, nullable=False),
    Column("seen_at", TIME, nullable=False),
    Column("ended_at", TIME, nullable=False),
    Column("ended_by", String(16), nullable=False),
    Column("address", NAME, nullable=False),
    Column("agent", String(255), nullable=False),
)
"""`id` is the SHA-256 of the value in the cookie: who reads the database cannot enter with it."""

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", TIME, nullable=False),
    Column("username", NAME, nullable=False),
    Column("address", NAME, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("passed", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_login_attempts_name", login_attempts.c.username, login_attempts.c.at)
Index("ix_login_attempts_from", login_attempts.c.address, login_attempts.c.at)

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", NAME, nullable=False),
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("made_at", TIME, nullable=False),
    UniqueConstraint("owner", "name", name="uq_saved_filters_owner"),
    sqlite_autoincrement=True,
)

case_locks = Table(
    "case_locks",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("username", NAME, nullable=False, index=True),
    Column("until", TIME, nullable=False),
)

desk = Table(
    "desk",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("platform", NAME, nullable=False),
    Column("place", NAME, nullable=False),
    Column("cls", NAME, nullable=False),
    Column("imitates", String(128), nullable=False),
    Column("score_milli", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("opened_day", String(10), nullable=False),
    Column("night", String(32), nullable=False),
    Column("decided_day", String(10), nullable=False),
    Column("decided_by", NAME, nullable=False),
    Column("assignee", NAME, nullable=False),
)
"""`version` counts the changes of a case: who decides says which one was looked at. Days are the office's own."""
_SORTED = (desk.c.priority.desc(), desk.c.case_id)
Index("desk_queue", desk.c.state, *_SORTED)
Index("desk_newest", desk.c.state, desk.c.opened_day.desc(), *_SORTED)
Index("desk_all", *_SORTED)
for _column in (desk.c.platform, desk.c.cls, desk.c.place, desk.c.imitates, desk.c.assignee, desk.c.night):
    Index(f"desk_{_column.name}", _column, desk.c.state, *_SORTED)

desk_texts = Table(
    "desk_texts",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)
"""What a case is found by, folded: runs of letters and digits, one space between them."""

desk_tallies = Table(
    "desk_tallies",
    metadata,
    Column("facet", String(16), primary_key=True),
    Column("value", String(128), primary_key=True),
    Column("state", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many cases of a state have a value, kept with every change: pages read counts, they never count."""

watched = Table(
    "watched",
    metadata,
    Column("subject", String(512), primary_key=True),
    Column("title", Text, nullable=False),
    Column("platform", NAME, nullable=False),
    Column("axis", String(16), nullable=False),
    Column("cls", NAME, nullable=False),
    Column("score_milli", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("tied_to", ForeignKey("cases.id"), index=True),
    Column("tie", String(16), nullable=False),
    Column("tie_shown", String(256), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("since", TIME, nullable=False),
    Column("passed_at", TIME, nullable=False),
    Column("passed_by", NAME, nullable=False),
    Column("passed_why", Text, nullable=False),
)
"""Subjects at watch that are in no case (`review.watching`). `tied_to` is the case that shows the same value `tie`;
`passed_at` is empty for those that nobody has set aside."""
Index("watched_order", watched.c.passed_at, watched.c.rank.desc(), watched.c.subject)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", String(128), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", TIME, nullable=False),
    Column("seen_at", TIME, nullable=False),
    Column("revoked_at", TIME, nullable=False),
    sqlite_autoincrement=True,
)
"""`hash` is the SHA-256 of the secret part: who reads the database cannot ask with it."""
