"""Signing in: lockout, no account guessing, codes that work once, sessions that end (W7–W10)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask_security import Totp
from sqlalchemy import select

from review.desk import accounts
from review.desk.roles import Role
from review.desk.tables import users
from review.errors import AccountError
from tests.review.web.office import SECRET, Office, office

WRONG = "Wrong-password-77"


@pytest.fixture
def analyst(desk: Office) -> Office:
    desk.account("fenxi", Role.ANALYST)
    return desk


def _plain(text: str) -> str:
    """A page without what is new in each: the token of its form."""
    return re.sub(r'"[\w.-]{60,}"', "", text)


def _signed_in(desk: Office, browser: object) -> bool:
    return browser.get("/account").status_code == 200  # type: ignore[attr-defined]


def test_a_person_signs_in_and_out(analyst: Office) -> None:
    browser = analyst.signed_in("fenxi")
    assert _signed_in(analyst, browser)
    kept = browser.client.get_cookie("zhengshao", domain="127.0.0.1")
    browser.post("/logout", at="/account")
    assert not _signed_in(analyst, browser)
    # W8: the cookie of a session that was signed out is worth nothing
    assert kept is not None
    browser.client.set_cookie("zhengshao", kept.value, domain="127.0.0.1")
    assert not _signed_in(analyst, browser)
    assert [row["action"] for row in analyst.told()][-2:] == ["login", "session.logout"]


def test_five_failures_lock_an_account_for_a_while_and_no_other(analyst: Office) -> None:
    analyst.account("fuhe", Role.REVIEWER)
    browser = analyst.visitor()
    said = {browser.sign_in("fenxi", WRONG).text.count("账号或口令不正确") for _ in range(5)}
    assert said == {1}
    locked = browser.sign_in("fenxi")
    assert locked.status_code == 200
    assert "账号或口令不正确" in locked.text
    assert analyst.visitor().sign_in("fuhe").status_code == 302
    analyst.clock.forward(seconds=901)
    assert analyst.visitor().sign_in("fenxi").status_code == 302
    assert len(analyst.told("login.failed")) == 6


def test_an_address_that_guesses_at_many_accounts_must_wait(tmp_path: Path) -> None:
    with office(tmp_path, sign_in={"address_failures": 4}) as desk:
        desk.account("fenxi", Role.ANALYST)
        guesser = desk.visitor("192.0.2.66")
        for number in range(4):
            guesser.sign_in(f"user{number}", WRONG)
        assert guesser.sign_in("fenxi").status_code == 200
        assert desk.visitor("192.0.2.7").sign_in("fenxi").status_code == 302


def test_unknown_accounts_are_answered_like_known_ones(analyst: Office) -> None:
    known, unknown = (analyst.visitor().sign_in(name, WRONG) for name in ("fenxi", "nobody"))
    assert _plain(known.text).replace("fenxi", "") == _plain(unknown.text).replace("nobody", "")
    # what was typed where there is no such account may be a password: it is not kept
    assert "nobody" not in str(analyst.told("login.failed"))


def test_a_password_of_a_megabyte_is_refused_unhashed(analyst: Office) -> None:
    assert analyst.visitor().sign_in("fenxi", "x" * 1_000_000).status_code in (200, 413)
    assert analyst.visitor().sign_in("fenxi", SECRET + "x" * 200).status_code == 200


def test_sessions_end_by_idleness_and_in_any_case(analyst: Office) -> None:
    browser = analyst.signed_in("fenxi")
    analyst.clock.forward(seconds=800)
    assert _signed_in(analyst, browser)
    analyst.clock.forward(seconds=901)
    assert not _signed_in(analyst, browser)
    browser = analyst.signed_in("fenxi")
    for _ in range(45):
        analyst.clock.forward(seconds=720)
        if not _signed_in(analyst, browser):
            break
    assert analyst.told("session.absolute")
    assert analyst.told("session.idle")


def test_a_newer_session_ends_the_older_one(analyst: Office) -> None:
    first, second = analyst.signed_in("fenxi"), analyst.signed_in("fenxi")
    assert not _signed_in(analyst, first)
    assert _signed_in(analyst, second)


def test_disabling_and_new_roles_end_sessions_at_once(analyst: Office) -> None:
    browser = analyst.signed_in("fenxi")
    with analyst.store.write() as connection:
        accounts.give(connection, "fenxi", ["reviewer"], profile="standard", actor="gly", now=analyst.clock())
    assert not _signed_in(analyst, browser)
    browser = analyst.signed_in("fenxi")
    with analyst.store.write() as connection:
        accounts.set_active(connection, "fenxi", False, actor="gly", now=analyst.clock())
    assert not _signed_in(analyst, browser)
    assert browser.sign_in("fenxi").status_code == 200


def test_a_first_password_must_be_changed_before_anything_else(desk: Office) -> None:
    desk.account("xinren", Role.ANALYST, must_change=True)
    browser = desk.signed_in("xinren")
    assert browser.get("/account").headers["Location"] == "/change"
    new = "Qingshui-8812-he"
    form = {"password": SECRET, "new_password": new, "new_password_confirm": new}
    weak = {**form, "new_password": "abcdefghij", "new_password_confirm": "abcdefghij"}
    assert "三种" in browser.post("/change", weak).text
    assert browser.post("/change", form).status_code == 302
    assert _signed_in(desk, browser)
    assert desk.visitor().sign_in("xinren").status_code == 200
    other = desk.visitor()
    assert other.sign_in("xinren", new).status_code == 302
    again = {"password": new, "new_password": SECRET, "new_password_confirm": SECRET}
    assert "最近五次" in other.post("/change", again).text
    desk.clock.forward(days=91)
    late = desk.visitor()
    late.sign_in("xinren", new)
    assert late.get("/account").headers["Location"] == "/change"


def test_next_never_leads_elsewhere(analyst: Office) -> None:
    for target in ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = analyst.visitor().sign_in("fenxi", next=target)
        assert answer.status_code == 302
        where = answer.headers["Location"]
        assert where == "/" or where == "/%5Cevil.example"  # a path of the desk that does not exist
    assert analyst.visitor().sign_in("fenxi", next="/account").headers["Location"] == "/account"


@pytest.fixture
def factory(desk: Office) -> Totp:
    found: Totp = desk.app.extensions["security"].totp_factory
    return found


def test_administrators_set_up_a_second_factor_and_each_code_works_once(desk: Office, factory: Totp) -> None:
    desk.account("anquan", Role.SECURITY)
    browser = desk.signed_in("anquan")
    assert browser.get("/account").headers["Location"] == "/tf-setup"
    shown = browser.post("/tf-setup", {"setup": "authenticator"})
    assert "data:image/svg+xml" in shown.text
    action = shown.text.split('action="/tf-setup/')[1].split('"')[0]
    with browser.client.session_transaction(base_url="http://127.0.0.1:8600") as session:
        secret = session["tf_totp_secret"]
    code = factory.generate_totp_password(secret)
    assert browser.post(f"/tf-setup/{action}", {"code": code}, at="/tf-setup").status_code == 302
    assert _signed_in(desk, browser)
    # W9: the code that was just used does not open a second session; nor do codes of other times
    second = desk.visitor()
    assert second.sign_in("anquan").headers["Location"].startswith("/tf-validate")
    assert not _signed_in(desk, second)
    assert "验证码不正确" in second.post("/tf-validate", {"code": code}).text
    assert not _signed_in(desk, second)
    with desk.store.read() as connection:
        counter = connection.scalar(select(users.c.totp_counter).where(users.c.username == "anquan"))
    assert counter
    with desk.app.app_context():
        totp = factory._totp.from_source(secret)
    for steps in (-3, 3):
        stale = totp.generate((counter + steps) * 30).token
        assert "验证码不正确" in second.post("/tf-validate", {"code": stale}).text
    with desk.store.write() as connection:
        connection.execute(users.update().values(totp_counter=counter - 5))
    assert second.post("/tf-validate", {"code": code}).status_code == 302
    assert _signed_in(desk, second)


def test_a_password_that_is_right_forgives_no_guesses_at_the_code(desk: Office, factory: Totp) -> None:
    """Who has the password alone must not try codes for ever by signing in again between them."""
    desk.account("anquan", Role.SECURITY)
    browser = desk.signed_in("anquan")
    shown = browser.post("/tf-setup", {"setup": "authenticator"})
    action = shown.text.split('action="/tf-setup/')[1].split('"')[0]
    with browser.client.session_transaction(base_url="http://127.0.0.1:8600") as session:
        code = factory.generate_totp_password(session["tf_totp_secret"])
    browser.post(f"/tf-setup/{action}", {"code": code}, at="/tf-setup")
    for _ in range(desk.config.web.sign_in.failures):
        guesser = desk.visitor()
        assert guesser.sign_in("anquan").status_code == 302
        guesser.post("/tf-validate", {"code": "000000"})
    assert desk.visitor().sign_in("anquan").status_code == 200


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(analyst: Office) -> None:
    browser = analyst.signed_in("fenxi")
    for _ in range(4):
        analyst.clock.forward(seconds=300)
        browser.get("/runs/2026-11-21/progress")
    assert not _signed_in(analyst, browser)
    assert analyst.told("session.idle")


def test_a_recipient_becomes_nobody_of_the_office(analyst: Office) -> None:
    """Nor the other way: whose office it was is part of the account."""
    analyst.account("shichang", Role.RECIPIENT, agency="market")
    for username, role in (("shichang", "analyst"), ("fenxi", "recipient")):
        with analyst.store.write() as connection, pytest.raises(AccountError, match="另建账号"):
            accounts.give(connection, username, [role], profile="standard", actor="gly", now=analyst.clock())
