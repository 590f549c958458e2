"""Accounts and the duties they may hold together."""

from __future__ import annotations

from itertools import combinations

import pytest

from crawlers.store import Store
from review.desk import accounts
from review.desk.roles import Role, checked
from review.errors import AccountError
from tests.review.desk.making import NOW


def _add(store: Store, username: str, *roles: str, agency: str = "", now: str = NOW) -> None:
    with store.write() as connection:
        accounts.add(
            connection,
            username,
            full_name="",
            wanted=roles,
            hashed="x",
            profile="small",
            agencies=["market"],
            agency=agency,
            actor="console",
            now=now,
        )


def test_an_ordinary_office_gives_each_account_one_duty() -> None:
    for pair in combinations(Role, 2):
        with pytest.raises(AccountError, match="职责分离"):
            checked([role.value for role in pair], "standard")
    assert checked(["analyst"], "standard") == {Role.ANALYST}


def test_in_a_small_office_the_auditor_and_the_recipient_stay_alone() -> None:
    for pair in combinations(Role, 2):
        if set(pair) & {Role.AUDITOR, Role.RECIPIENT}:
            with pytest.raises(AccountError, match="职责分离"):
                checked([role.value for role in pair], "small")
        else:
            assert checked([role.value for role in pair], "small") == set(pair)


@pytest.mark.parametrize("username", ["", "A", "张三", "x", "a b", "a" * 40, "<script>"])
def test_names_are_plain(store: Store, username: str) -> None:
    with pytest.raises(AccountError):
        _add(store, username, "analyst")


def test_a_recipient_belongs_to_an_office_and_nobody_else_does(store: Store) -> None:
    with pytest.raises(AccountError):
        _add(store, "shijian", "recipient")
    with pytest.raises(AccountError):
        _add(store, "fenxi", "analyst", agency="market")
    _add(store, "shijian", "recipient", agency="market")
    with pytest.raises(AccountError, match="已经存在"):
        _add(store, "shijian", "recipient", agency="market")


def test_the_last_security_administrator_cannot_go(store: Store) -> None:
    _add(store, "anquan", "security_admin")
    with store.write() as connection, pytest.raises(AccountError, match="最后一个"):
        accounts.set_active(connection, "anquan", False, actor="console", now=NOW)
    with store.write() as connection, pytest.raises(AccountError, match="最后一个"):
        accounts.give(connection, "anquan", ["analyst"], profile="small", actor="console", now=NOW)
    _add(store, "anquan2", "security_admin")
    with store.write() as connection:
        accounts.set_active(connection, "anquan", False, actor="console", now=NOW)


def test_what_nobody_used_for_ninety_days_is_disabled(store: Store) -> None:
    _add(store, "anquan", "security_admin", now="2026-01-01T00:00:00.000Z")
    _add(store, "jiu", "analyst", now="2026-08-01T00:00:00.000Z")
    _add(store, "xin", "analyst")
    with store.write() as connection:
        assert accounts.disable_unused(connection, days=90, now=NOW) == ["jiu"]
        active = {user["username"] for user, _ in accounts.everyone(connection) if user["active"]}
    assert active == {"anquan", "xin"}
