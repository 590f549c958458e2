"""`zhengshao user` and `serve` from the console."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from crawlers.store import Store, store_url
from review import audit
from review.cli import main
from review.tables import audit as audit_rows
from review.web import security


@pytest.fixture(autouse=True)
def weak(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = {"argon2__memory_cost": 64, "argon2__time_cost": 1, "argon2__parallelism": 1}
    monkeypatch.setattr(security, "ARGON2", cheap)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    Store.create(store_url(tmp_path)).close()
    return tmp_path


def _run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)])


def test_an_account_is_made_listed_changed_and_disabled(data: Path) -> None:
    made = _run(data, "user", "add", "zhangsan", "--name", "张三", "--role", "analyst")
    assert made.exit_code == 0, made.output
    password = made.stdout.strip().splitlines()[-1]
    assert len(password) == 23
    assert _run(data, "user", "roles", "zhangsan", "--role", "reviewer").exit_code == 0
    changed = _run(data, "user", "password", "zhangsan").stdout.strip().splitlines()[-1]
    assert changed != password
    assert _run(data, "user", "disable", "zhangsan").exit_code == 0
    (line,) = _run(data, "user", "list", "--json").stdout.strip().splitlines()
    told = json.loads(line)
    assert (told["username"], told["roles"], told["active"]) == ("zhangsan", ["reviewer"], False)
    store = Store.open(store_url(data))
    with store.read() as connection:
        actions = list(connection.scalars(select(audit_rows.c.action)))
        text = str(connection.execute(select(audit_rows)).all())
        assert audit.verify(connection) == []
    store.close()
    assert actions == ["user.add", "user.roles", "user.password", "user.disable"]
    assert password not in text


def test_two_duties_need_a_small_office(data: Path) -> None:
    refused = _run(data, "user", "add", "zhangsan", "--role", "analyst", "--role", "leader")
    assert refused.exit_code == 2
    assert "职责分离" in refused.output
    small = data / "config"
    small.mkdir()
    (small / "web.toml").write_text('profile = "small"\n')
    config = ("--config", str(small))
    assert _run(data, "user", "add", "zhangsan", "--role", "analyst", "--role", "leader", *config).exit_code == 0
    assert _run(data, "user", "add", "lisi", "--role", "analyst", "--role", "audit_admin", *config).exit_code == 2


def test_nobody_is_served_before_there_is_an_account(data: Path) -> None:
    refused = _run(data, "serve")
    assert refused.exit_code == 2
    assert "zhengshao user add" in refused.output
