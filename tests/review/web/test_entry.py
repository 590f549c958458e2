"""Default deny: every route with every role answers as the table in docs/review-desk.md says (W4)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from review.desk.roles import Role
from review.web import entry
from tests.review.web.office import Office

ROW = re.compile(r"^\| `([\w.]+)` \| (.*?) \|$", re.MULTILINE)
NOTHING = {"int": 1, "any": None, "default": "x", "path": "desk.css"}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if entry.who_may(app, rule.endpoint) is not None]


def path(rule: Rule) -> str:
    """The rule with something in each of its places."""
    found = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<int:\w+>", "1", re.sub(r"<path:\w+>", "desk.css", re.sub(r"<\w+>", "x", found)))


def told(roles: frozenset[Role] | None) -> str:
    if roles is None:
        return "nobody"
    if roles == entry.EVERYONE:
        return "all who are signed in"
    return ", ".join(role.value for role in Role if role in roles) or "anybody"


def test_the_table_in_the_documentation_is_the_applications(desk: Office, root: Path) -> None:
    text = (root / "docs" / "review-desk.md").read_text("utf-8")
    app = desk.app
    wanted = {rule.endpoint: told(entry.who_may(app, rule.endpoint)) for rule in app.url_map.iter_rules()}
    assert dict(ROW.findall(text)) == wanted


def test_a_view_that_says_nothing_keeps_the_application_from_starting() -> None:
    app = Flask("silent")
    app.add_url_rule("/open", "open", lambda: "x")
    with pytest.raises(RuntimeError, match="open"):
        entry.guard(app)


@pytest.mark.parametrize("role", list(Role))
def test_every_route_lets_in_whom_it_names(desk: Office, role: Role) -> None:
    """Without the token of a form a POST ends as 403 in any case, so only who may enter is asked with one."""
    desk.case()
    agency = "market" if role is Role.RECIPIENT else ""
    desk.account("someone", role, agency=agency)
    desk.unguarded()
    browser = desk.signed_in("someone")
    for rule in rules(desk.app):
        allowed = entry.who_may(desk.app, rule.endpoint)
        if rule.endpoint.startswith("security.") or not allowed:
            continue  # open to all; some of them end the session they are asked in
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            ask = browser.get if method == "GET" else browser.blank_post
            status = ask(path(rule)).status_code
            assert status != 500, (method, rule)
            if role not in allowed:
                assert status == 403, (method, rule, status)
            elif method == "GET":
                assert status != 403, (method, rule, status)
    assert all(row["actor"] for row in desk.told("access.denied"))


def test_nobody_enters_without_signing_in(desk: Office) -> None:
    for rule in rules(desk.app):
        if entry.who_may(desk.app, rule.endpoint) and "GET" in (rule.methods or set()):
            answer = desk.visitor().get(path(rule))
            assert answer.status_code == 302, rule
            assert answer.headers["Location"].startswith("/login"), rule


def test_a_form_without_its_token_or_with_anothers_is_refused(desk: Office) -> None:
    """W3: for every form of the application."""
    desk.account("fenxi", Role.ANALYST)
    desk.account("fuhe", Role.REVIEWER)
    other, browser = desk.signed_in("fuhe"), desk.signed_in("fenxi")
    foreign = other.token("/account")
    for rule in rules(desk.app):
        if "POST" in (rule.methods or set()) and not rule.rule.startswith("/api/"):
            for data in ({}, {"csrf_token": foreign}, {"csrf_token": "x"}):
                assert browser.raw_post(path(rule), data).status_code == 403, rule


def test_administrators_enter_from_the_offices_networks_only(tmp_path: Path) -> None:
    from tests.review.web.office import office

    with office(tmp_path, listen={"admin_networks": ("192.0.2.0/24",)}, sign_in={"second_factor": "none"}) as desk:
        desk.account("fenxi", Role.ANALYST)
        for address, status in (("192.0.2.9", 200), ("198.51.100.9", 200)):
            browser = desk.visitor(address)
            browser.sign_in("fenxi")
            assert browser.get("/today").status_code == status
