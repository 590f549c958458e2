"""A small office: a store with cases, an account for each duty, and browsers that are signed in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

import config as configuration
from config import Config
from crawlers.archive import Archive
from crawlers.recorder import Recorder
from crawlers.records import Fetched
from crawlers.store import Store, store_url
from review.cases import Suspect, open_or_refresh
from review.clock import as_text
from review.desk import accounts
from review.desk.roles import Role
from review.tables import audit
from review.web import create_app, security
from review.web.captured import create_captured_app
from review.web.desk import EXTENSION
from review.web.hashing import hashed
from tests.review.web import postgres

security.ARGON2.update(argon2__memory_cost=64, argon2__time_cost=1, argon2__parallelism=1)
"""Hashing as weak as the library allows: tests sign in hundreds of times."""

NOW = "2026-11-21T01:00:00.000Z"
SECRET = "Lvye-4471-qingshan"
URL = "http://127.0.0.1:8600"
CAPTURED = "http://localhost:8601"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


FULL_SQLITE = "SELECT RAISE(ABORT, 'disk is full')"
FULL_PG = "BEGIN RAISE EXCEPTION ''disk is full''; END"


class Clock:
    """The desk's time, which tests move."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> str:
        return self.at

    def forward(self, **by: float) -> None:
        self.at = as_text(datetime.fromisoformat(self.at) + timedelta(**by))


@dataclass
class Office:
    """One data directory with its two applications."""

    data: Path
    config: Config
    clock: Clock = field(default_factory=Clock)
    url: str = ""

    def __post_init__(self) -> None:
        self.store = Store.open(self.url or store_url(self.data))
        self.app: Flask = create_app(self.config, self.store, self.data, now=self.clock)
        self.captured: Flask = create_captured_app(self.config, self.store, self.data, now=self.clock)

    def account(self, username: str, *roles: Role, agency: str = "", must_change: bool = False) -> None:
        with self.store.write() as connection:
            accounts.add(
                connection,
                username,
                full_name=username.title(),
                wanted=[role.value for role in roles],
                hashed=_hash(self.app),
                profile="small",
                agencies=self.config.agencies,
                agency=agency,
                must_change=must_change,
                actor="console",
                now=self.clock(),
            )

    def unguarded(self) -> None:
        """Administrators without a second factor: for tests that are about something else."""
        part = self.config.web
        sign_in = part.sign_in.model_copy(update={"second_factor": "none"})
        place = self.app.extensions[EXTENSION]
        place.config = place.config.replaced("web", part.model_copy(update={"sign_in": sign_in}))

    def visitor(self, address: str = "127.0.0.1") -> Browser:
        return Browser(self.app.test_client(), address)

    def signed_in(self, username: str) -> Browser:
        browser = self.visitor()
        answer = browser.sign_in(username)
        assert answer.status_code == 302, answer.text
        return browser

    def case(self, number: int = 0, **fields: Any) -> int:
        suspect = {
            "subject": f"site:www.example-{number}.top",
            "title": f"特种作业操作证查询 {number}",
            "cls": "仿冒查询页",
            "score": 0.9 - number / 1000,
            "imitates": "应急管理部",
            "assessment": {"impersonation": verdict(number), "contacts": []},
        } | fields
        with self.store.write() as connection:
            return open_or_refresh(connection, Suspect(**suspect), night="2026-11-21", now=self.clock())[0]

    def keep(self, *fetched: Fetched) -> list[int | None]:
        """Record and seal; capture ids."""
        with Recorder(self.store, Archive(self.data / "archive"), owner="test", max_wait_ms=5) as recorder:
            futures = [recorder.submit(item) for item in fetched]
        return [future.result() for future in futures]

    def break_audit(self) -> None:
        """From now on the log cannot be written, as on a full disk."""
        with self.store.write() as connection:
            if connection.dialect.name == "sqlite":
                connection.execute(text(f"CREATE TRIGGER full_disk BEFORE INSERT ON audit BEGIN {FULL_SQLITE}; END"))
            else:
                connection.execute(text(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS '{FULL_PG}'"))
                each = "BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION full_disk()"
                connection.execute(text(f"CREATE TRIGGER full_disk {each}"))

    def told(self, action: str = "") -> list[dict[str, Any]]:
        """Entries of the audit log, oldest first."""
        query = select(audit).order_by(audit.c.seq)
        with self.store.read() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return [row for row in rows if row["action"].startswith(action)]


@dataclass
class Browser:
    """A client that keeps cookies and takes the form's token along, as a person's browser does."""

    client: FlaskClient
    address: str = "127.0.0.1"

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=URL, environ_base={"REMOTE_ADDR": self.address}, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, *, at: str = "", **options: Any) -> TestResponse:
        """Submit a form that stands on page `at` (the same path when empty)."""
        return self.raw_post(path, {"csrf_token": self.token(at or path), **(data or {})}, **options)

    def token(self, at: str) -> str:
        """The token of the forms of a page."""
        found = TOKEN.search(self.get(at).text)
        return found[1] if found else ""

    def blank_post(self, path: str) -> TestResponse:
        """A form with nothing but its token."""
        return self.raw_post(path, {"csrf_token": self.token("/account")})

    def raw_post(self, path: str, data: dict[str, Any], **options: Any) -> TestResponse:
        environ = {"REMOTE_ADDR": self.address}
        return self.client.post(path, base_url=URL, data=data, environ_base=environ, **options)

    def sign_in(self, username: str, password: str = SECRET, **more: str) -> TestResponse:
        return self.post("/login", {"username": username, "password": password, **more})


def verdict(number: int = 0) -> dict[str, Any]:
    signal = {
        "detector": "identity",
        "version": 1,
        "class": "仿冒查询页",
        "weight": 0.9,
        "reason": f"页面自称应急管理部,域名 example-{number}.top 不是它的",
        "quote": "应急管理部",
        "start": 0,
        "end": 5,
        "where": "text",
    }
    return {"verdict": "flag", "class": "仿冒查询页", "imitates": "应急管理部", "score": 0.9, "signals": [signal]}


_hashes: dict[str, str] = {}


def _hash(app: Flask) -> str:
    """One hash for all accounts of an office: making one costs a tenth of a second."""
    salt = str(app.config["SECURITY_PASSWORD_SALT"])
    if salt not in _hashes:
        _hashes[salt] = hashed(app, SECRET)
    return _hashes[salt]


@cache
def _template() -> Path:
    """A store made once, copied for every test."""
    folder = Path(mkdtemp(prefix="office-"))
    Store.create(store_url(folder)).close()
    (folder / "keys").mkdir(mode=0o700)
    (folder / "keys" / "desk.key").write_bytes(b"k" * 32)
    return folder


@contextmanager
def office(folder: Path, **web: Any) -> Iterator[Office]:
    """`web` replaces values of web.toml: `sign_in={"failures": 3}`."""
    data = folder / "data"
    shutil.copytree(_template(), data)
    with postgres.database() as url:
        made = Office(data, configured(**web), url=url)
        try:
            yield made
        finally:
            made.store.close()


def configured(**web: Any) -> Config:
    loaded = configuration.load()
    part: Any = loaded.web
    update = {
        name: getattr(part, name).model_copy(update=value) if isinstance(value, dict) else value
        for name, value in web.items()
    }
    return loaded.replaced("web", part.model_copy(update=update))
