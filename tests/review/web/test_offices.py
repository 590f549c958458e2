"""Administration, nights, sources, settings, the public pages: each to whom it is for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import insert

from review.desk.roles import Role
from review.tables import nights
from tests.review.web.office import Office, office


def test_tokens_are_made_and_revoked_by_the_security_administrator_alone(tmp_path: Path) -> None:
    with office(tmp_path, sign_in={"second_factor": "none"}) as desk:
        desk.account("sec", Role.SECURITY)
        desk.account("ana", Role.ANALYST)
        browser = desk.signed_in("sec")
        browser.post("/tokens", {"office": "省平台", "scope": ["cases"]}, at="/tokens")
        page = browser.get("/tokens").text
        assert "zs1.1." in page and "zs1.1." not in browser.get("/tokens").text
        browser.post("/tokens/1/revoke", {}, at="/tokens")
        assert "已吊销" in browser.get("/tokens").text
        assert desk.signed_in("ana").get("/tokens").status_code == 403


def test_accounts_are_made_with_a_first_password_that_is_shown_once(tmp_path: Path) -> None:
    with office(tmp_path, sign_in={"second_factor": "none"}) as desk:
        desk.account("sec", Role.SECURITY)
        browser = desk.signed_in("sec")
        form = {"username": "xiaozhang", "full_name": "小张", "role": [Role.ANALYST.value]}
        browser.post("/users", form, at="/users")
        page = browser.get("/users").text
        assert "xiaozhang" in page and "只显示这一次" in page
        assert "只显示这一次" not in browser.get("/users").text
        browser.post("/users", {**form, "username": "x y"}, at="/users")
        browser.post("/users/xiaozhang/disable", {}, at="/users")
        assert [row["action"] for row in desk.told("user.")][-2:] == ["user.add", "user.disable"]


def test_the_auditor_sees_and_verifies_the_log_and_nobody_else(tmp_path: Path) -> None:
    with office(tmp_path, sign_in={"second_factor": "none"}) as desk:
        desk.account("aud", Role.AUDITOR)
        desk.account("ana", Role.ANALYST)
        browser = desk.signed_in("aud")
        assert "user.add" in browser.get("/audit").text or "新建账号" in browser.get("/audit").text
        assert "完整" in browser.post("/audit/verify", {}, at="/audit", follow_redirects=True).text
        assert browser.get("/audit/log.csv").text.count("\r\n") > 2
        assert desk.signed_in("ana").get("/audit").status_code == 403


@pytest.mark.parametrize("name", ["office", "sites", "certificates", "rules", "keys", "changes"])
def test_every_part_of_the_settings_is_shown(desk: Office, name: str) -> None:
    desk.account("ana", Role.ANALYST)
    assert desk.signed_in("ana").get(f"/settings/{name}").status_code == 200


def test_the_notice_is_for_anybody_and_names_the_official_entries(desk: Office) -> None:
    page = desk.visitor().get("/notice").text
    assert "cx.mem.gov.cn" in page and "chinasafety" in page


def test_the_public_form_takes_a_link_and_tells_nothing(tmp_path: Path) -> None:
    with office(tmp_path, public={"report": True, "reports_per_hour": 3}) as desk:
        visitor = desk.visitor()
        refused = visitor.post("/report", {"url": "no link", "text": "在群里看到的"}, at="/report").text
        assert "网址不对" in refused and "no link" in refused and "在群里看到的" in refused, "nothing typed is lost"
        for _ in range(2):
            answer = visitor.post("/report", {"url": "http://www.example-a.top/", "text": "x"}, at="/report")
            assert answer.status_code == 302
            assert "已收到" in visitor.get("/report").text
        assert visitor.post("/report", {"url": "http://www.example-b.top/"}, at="/report").status_code == 429
        assert len(desk.told("tip.public")) == 2


def test_nights_and_sources_are_shown_with_the_line_to_act_on(desk: Office) -> None:
    source = {
        "source": "baidu",
        "verdict": "降级",
        "asked": 4,
        "pages": 4,
        "rows": 9,
        "new": 3,
        "states": {"blocked": 1},
        "errors": {},
        "advice": "百度要求验证码",
    }
    report = {
        "sources": [source],
        "seconds": 90,
        "captures": 12,
        "cases": {"opened": 2},
        "stamps_queued": 0,
        "failed_children": [],
        "problems": [],
    }
    with desk.store.write() as connection:
        connection.execute(
            insert(nights).values(
                id="2026-11-20", started_at=desk.clock(), finished_at=desk.clock(), report=json.dumps(report)
            )
        )
        connection.execute(insert(nights).values(id="2026-11-21", started_at=desk.clock()))
    desk.account("ana", Role.ANALYST)
    browser = desk.signed_in("ana")
    for path, words in {
        "/runs": "百度要求验证码",
        "/runs/2026-11-20": "降级",
        "/runs/2026-11-21": "hx-get",
        "/sources": "baidu",
        "/sources/baidu": "<svg",
    }.items():
        assert words in browser.get(path).text, path
    assert browser.get("/runs/2020-01-01").status_code == 404
