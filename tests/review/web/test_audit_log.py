"""审计: found by account, action and day, taken along whole, and told truly."""

from __future__ import annotations

import json

import pytest

from review import audit
from review.desk.roles import Role
from review.web.pages import audit_log
from tests.review.web.office import Browser, Office


@pytest.fixture
def auditor(desk: Office) -> Browser:
    desk.unguarded()
    desk.account("shenji", Role.AUDITOR)
    return desk.signed_in("shenji")


def at(desk: Office, moment: str, what: str) -> None:
    with desk.store.write() as connection:
        audit.append(connection, "fenxi", what, {}, now=moment)


def test_a_day_is_a_day_in_china(desk: Office, auditor: Browser) -> None:
    at(desk, "2026-11-19T15:59:59.000Z", "test.before")
    at(desk, "2026-11-19T16:00:00.000Z", "test.morning")
    at(desk, "2026-11-20T15:59:59.999Z", "test.evening")
    at(desk, "2026-11-20T16:00:00.000Z", "test.after")
    page = auditor.get("/audit?from=2026-11-20&to=2026-11-20").text.partition("<tbody>")[2]
    assert "test.morning" in page and "test.evening" in page
    assert "test.before" not in page and "test.after" not in page


@pytest.mark.parametrize("query", ["from=yesterday", "from=0001-01-01", "to=9999-12-31", "to=2026-13-01", "page=0"])
def test_what_is_no_day_is_refused(auditor: Browser, query: str) -> None:
    assert auditor.get(f"/audit?{query}").status_code == 400


def test_an_address_puts_nothing_else_into_the_links(auditor: Browser) -> None:
    """A link that somebody sends an auditor must not change where the buttons of the page lead."""
    answer = auditor.get("/audit?_scheme=javascript&_external=1&endpoint=x&_anchor=y&actor=fenxi")
    assert answer.status_code == 200
    assert "javascript:" not in answer.text and 'href="/audit/log.csv?actor=fenxi"' in answer.text


def test_what_was_exported_is_told_by_the_desk_alone(desk: Office, auditor: Browser) -> None:
    at(desk, desk.clock(), "test.one")
    auditor.get("/audit/log.csv?action=test.one&rows=0&at=never")
    (told,) = desk.told("audit.export")
    assert json.loads(told["detail"]) == {"rows": 1, "action": "test.one"}


def test_what_is_too_long_for_one_table_is_not_cut(
    desk: Office, auditor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "EXPORT_ROWS", 1)
    at(desk, desk.clock(), "test.one")
    assert auditor.get("/audit/log.csv?action=test.one").mimetype == "text/csv"
    at(desk, desk.clock(), "test.one")
    answer = auditor.get("/audit/log.csv?action=test.one", follow_redirects=True)
    assert "放不下" in answer.text and len(desk.told("audit.export")) == 1


def test_what_an_entry_tells_is_told_in_words(desk: Office, auditor: Browser) -> None:
    told = {"case": "A-000001", "before": "open", "decision": "confirm", "reason": "", "part": "flow"}
    with desk.store.write() as connection:
        audit.append(connection, "fenxi", "case.decide", told, now=desk.clock())
        audit.append(connection, "fenxi", "referral.return", {"before": "approval"}, now=desk.clock())
    page = auditor.get("/audit").text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "{" not in page and "confirm" not in page and "理由" not in page and "approval" not in page
    for word in ("案件", "A-000001", "此前", "待审", "决定", "属实", "流转"):
        assert word in page
