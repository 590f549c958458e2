"""The same tests on PostgreSQL where `ZHENGSHAO_TEST_POSTGRES` names a server: an address.

Its role must be allowed to make databases. Without the variable every test has an SQLite file of its own.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, create_engine, make_url, text

from crawlers.store import Store

SERVER = os.environ.get("ZHENGSHAO_TEST_POSTGRES", "")


@contextmanager
def database() -> Iterator[str]:
    """The address of a database with every table, made for one test; empty where there is no server."""
    if not SERVER:
        yield ""
        return
    name = f"zs_{uuid.uuid4().hex[:12]}"
    _do(f'CREATE DATABASE "{name}" TEMPLATE "{_template()}"')
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        _do(f'DROP DATABASE "{name}" WITH (FORCE)')


@cache
def _template() -> str:
    name = f"zs_template_{uuid.uuid4().hex[:8]}"
    _do(f'CREATE DATABASE "{name}"')
    Store.create(make_url(SERVER).set(database=name).render_as_string(hide_password=False)).close()
    return name


@cache
def _engine() -> Engine:
    return create_engine(SERVER, isolation_level="AUTOCOMMIT")


def _do(statement: str) -> None:
    with _engine().connect() as connection:
        connection.execute(text(statement))
