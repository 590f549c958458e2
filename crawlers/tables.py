"""The tables of fetching and keeping, on the one `MetaData` that every floor adds its own tables to.

Times are UTC text (`2026-01-31T16:00:00.000Z`): they sort as text and read the same in every database. Lists are
canonical JSON text. Rows about evidence (captures, hops, artefacts, custody, stamps) are never deleted.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

TIME = String(32)
HASH = String(64)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("night", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("source", String(64), nullable=False),
    Column("target", Text, nullable=False),
    Column("profile", String(16), nullable=False),
    Column("page", Integer, nullable=False),
    Column("referrer", Text, nullable=False),
    Column("origin", String(32), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("outcome", String(16), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("owner", String(128), nullable=False, server_default=""),
    Column("lease_until", TIME, nullable=False, server_default=""),
    Column("not_before", TIME, nullable=False, server_default=""),
    Column("planned_at", TIME, nullable=False),
    Column("ended_at", TIME, nullable=False, server_default=""),
    UniqueConstraint("night", "kind", "source", "target", "profile", "page", name="uq_tasks_what"),
    sqlite_autoincrement=True,
)
Index("ix_tasks_claim", tasks.c.night, tasks.c.state, tasks.c.priority.desc(), tasks.c.id)

volumes = Table(
    "volumes",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("committed_bytes", BigInteger, nullable=False),
    Column("sha256", HASH, nullable=False, server_default=""),
    Column("writer", String(256), nullable=False),
    Column("opened_at", TIME, nullable=False),
    Column("sealed_at", TIME, nullable=False, server_default=""),
)

stamps = Table(
    "stamps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", HASH, nullable=False),
    Column("from_seq", Integer, nullable=False),
    Column("to_seq", Integer, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("authority", Text, nullable=False, server_default=""),
    Column("token", LargeBinary),
    Column("queued_at", TIME, nullable=False),
    Column("requested_at", TIME, nullable=False, server_default=""),
    Column("stamped_at", TIME, nullable=False, server_default=""),
    Column("gen_time", TIME, nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", ForeignKey("tasks.id"), index=True),
    Column("night", String(32), nullable=False, index=True),
    Column("source", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("final_url", Text, nullable=False),
    Column("host", String(255), nullable=False, index=True),
    Column("status", Integer, nullable=False),
    Column("peer", String(64), nullable=False),
    Column("profile", String(16), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("fetched_at", TIME, nullable=False),
    Column("sha256", HASH, nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("volume", ForeignKey("volumes.name"), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
    Column("page_state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("flags", Text, nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("custody_seq", Integer, nullable=False, unique=True),
    Column("stamp_id", ForeignKey("stamps.id"), index=True),
    UniqueConstraint("volume", "offset", name="uq_captures_place"),
    sqlite_autoincrement=True,
)

hops = Table(
    "hops",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("role", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("peer", String(64), nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("volume", ForeignKey("volumes.name"), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
    UniqueConstraint("volume", "offset", name="uq_hops_place"),
)
"""Other exchanges of a capture: `role` is `hop` (redirects before the page) or `resource` (fetched by a browser)."""

revisits = Table(
    "revisits",
    metadata,
    Column("volume", ForeignKey("volumes.name"), primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("capture_id", ForeignKey("captures.id"), nullable=False, index=True),
    Column("refers_to", BigInteger, nullable=False),
)
"""Records of a capture whose payload stands in an earlier response of the volume, at the offset `refers_to`."""

artefacts = Table(
    "artefacts",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("role", String(32), nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("media_type", String(128), nullable=False),
)

hits = Table(
    "hits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("capture_id", ForeignKey("captures.id"), nullable=False, index=True),
    Column("engine", String(64), nullable=False),
    Column("query", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("resolved", Text, nullable=False),
    Column("resolution", String(16), nullable=False),
    Column("display", Text, nullable=False),
    Column("snippet", Text, nullable=False),
    Column("advertiser", Text, nullable=False),
    sqlite_autoincrement=True,
)

listings = Table(
    "listings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("capture_id", ForeignKey("captures.id"), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("item_id", String(255), nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("price", Text, nullable=False),
    Column("price_cny", Float),
    Column("seller", Text, nullable=False),
    Column("shop_id", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("images", Text, nullable=False),
    Column("promoted", Boolean, nullable=False),
    Column("published_at", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    UniqueConstraint("capture_id", "platform", "item_id", name="uq_listings_item"),
    sqlite_autoincrement=True,
)
Index("ix_listings_subject", listings.c.platform, listings.c.item_id)
Index("ix_listings_url", listings.c.url)

readings = Table(
    "readings",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True),
    Column("source", String(64), nullable=False, index=True),
    Column("layout", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("ads", Integer, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("filled", Text, nullable=False),
)
"""What a source's profile read from a page when it was kept. `filled`: rows with a value, by field, as JSON."""

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", HASH, nullable=False, unique=True),
    Column("file", Text, nullable=False),
    Column("format", String(16), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("received_at", TIME, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("channel", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("provenance", String(16), nullable=False),
    Column("original", Boolean, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""One row a file that people handed in. `original`: its bytes are in the blob store; `detail`: the report, as JSON."""

tips = Table(
    "tips",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("import_id", ForeignKey("imports.id"), index=True),
    Column("capture_id", ForeignKey("captures.id")),
    Column("row", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("seller", Text, nullable=False),
    Column("price", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("reported_at", Text, nullable=False),
    Column("received_at", TIME, nullable=False),
    Column("night", String(32), nullable=False, server_default=""),
    UniqueConstraint("import_id", "key", name="uq_tips_key"),
    sqlite_autoincrement=True,
)
"""What people reported. `key` tells the tips of one file apart; `night`: in which it became Tasks, empty while it
waits; a tip without an address waits for a person. Who reported is not kept."""
Index("ix_tips_waiting", tips.c.night, tips.c.id)

custody = Table(
    "custody",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", TIME, nullable=False),
    Column("event", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("capture_id", ForeignKey("captures.id"), index=True),
    Column("detail", Text, nullable=False),
    Column("prev_hash", HASH, nullable=False),
    Column("hash", HASH, nullable=False),
    Index("uq_custody_line", "seq", "capture_id", "event", unique=True),
)

capture_lines = Table(
    "capture_lines",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True, autoincrement=False),
    Column("custody_seq", Integer, nullable=False),
    Column("event", String(32), nullable=False),
    ForeignKeyConstraint(
        ["custody_seq", "capture_id", "event"],
        ["custody.seq", "custody.capture_id", "custody.event"],
        name="fk_capture_lines_custody_seq",
        deferrable=True,
        initially="DEFERRED",
    ),
)
"""Filled by the database for each capture: no transaction ends with one whose line of the chain is not written."""

custody_head = Table(
    "custody_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", HASH, nullable=False),
)
"""One row: where the chain ends. Locking it orders writers on PostgreSQL, and a lost tail shows against it."""

network_lookups = Table(
    "network_lookups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("host", String(255), nullable=False),
    Column("domain", String(255), nullable=False),
    Column("night", String(32), nullable=False),
    Column("started_at", TIME, nullable=False),
    Column("ended_at", TIME, nullable=False),
    Column("document", HASH, nullable=False),
    Column("custody_seq", Integer, nullable=False, unique=True),
    Column("stamp_id", ForeignKey("stamps.id")),
    UniqueConstraint("night", "host", name="uq_network_lookups_what"),
    sqlite_autoincrement=True,
)
Index("ix_network_lookups_host", network_lookups.c.host, network_lookups.c.started_at)
"""What resolvers and registries said of a host, once a night; `document` is the blob with every answer as received."""

network_answers = Table(
    "network_answers",
    metadata,
    Column("lookup_id", ForeignKey("network_lookups.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("question", Text, nullable=False),
    Column("source", String(128), nullable=False),
    Column("asked_at", TIME, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("value", Text, nullable=False),
)

removals = Table(
    "removals",
    metadata,
    Column("capture_id", ForeignKey("captures.id"), primary_key=True),
    Column("removed_at", TIME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("custody_seq", Integer, nullable=False, unique=True),
)
"""Captures whose bytes are gone: their rows and hashes stay, a tombstone stands in the archive."""
