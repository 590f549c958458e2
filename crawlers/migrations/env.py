"""Alembic's environment for all floors; the connection comes from `crawlers.schema` in `config.attributes`."""

from __future__ import annotations

from alembic import context

from crawlers.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
