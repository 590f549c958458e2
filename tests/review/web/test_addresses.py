"""Odd addresses and forms are refused in the answer that fits, and break nothing."""

from __future__ import annotations

from typing import Any

import pytest

from review.desk.roles import Role
from review.web import serving
from tests.review.web.office import Office


@pytest.mark.parametrize(
    "path",
    [
        "/cases/²/flow", "/cases/99999999999999999999", "/cases/1/evidence/99999999999999999999", "/queue?case=²",
        "/queue?case=99999999999999999999", "/cases/1/diff?a=²&b=1", "/referrals/new?case=²",
        "/referrals/new?case=" + "9" * 5000, "/queue?q=%00", "/campaigns?from=%00", "/runs/%00", "/sources/%00",
        "/referrals/R-%00",
    ],
)  # fmt: skip
def test_odd_numbers_and_signs_are_refused(desk: Office, path: str) -> None:
    desk.account("ana", Role.ANALYST)
    desk.case(0)
    assert desk.signed_in("ana").get(path).status_code in (400, 404)


def test_odd_numbers_in_forms_are_refused(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    case_id = desk.case(0)
    browser = desk.signed_in("ana")
    for number in ("²", "9" * 5000, "-1", ""):
        form = {"case": number, "version": number, "decision": "confirm"}
        assert browser.post("/queue/decide", form, at="/account").status_code == 400
        assign = {"to": "ana", "version": number}
        assert browser.post(f"/cases/{case_id}/assign", assign, at="/account").status_code == 400
        bulk = {"decision": "exclude", "reason": "x", "seen": f"{number}:1"}
        assert browser.post("/queue/bulk", bulk, at="/account").status_code == 400
    assert browser.post(f"/cases/{case_id}/note", {"text": "a\0b"}, at="/account").status_code == 400


def test_a_name_with_a_zero_byte_does_not_reach_the_database(desk: Office) -> None:
    assert desk.visitor().sign_in("ana\0").status_code == 400


def test_a_part_of_a_form_that_names_no_field_is_refused(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    browser = desk.signed_in("ana")
    for kind in ("form-data", 'form-data; filename="a.csv"'):
        told: Any = f"--x\r\nContent-Disposition: {kind}\r\n\r\nb\r\n--x--\r\n".encode()
        answer = browser.raw_post("/queue/assign", told, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 400


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/cases/A-1/nothing", 404)])
def test_whatever_is_wrong_below_the_api_is_a_problem_document(desk: Office, path: str, status: int) -> None:
    answer = desk.visitor().get(f"/api/v1{path}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json is not None and answer.json["status"] == status


def test_another_method_is_told_which_are_allowed(desk: Office) -> None:
    browser = desk.visitor()
    answer = browser.client.delete("/api/v1/cases", base_url="http://127.0.0.1:8600")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_an_api_that_breaks_says_so_without_a_trace(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret path")

    monkeypatch.setattr("review.web.pages.api.bearer", broken)
    answer = desk.visitor().get("/api/v1/cases")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "secret" not in answer.text


def test_who_is_not_signed_in_hands_in_no_files(desk: Office) -> None:
    """What is long is refused before it is read, not kept aside until somebody asks who it is from."""
    told: Any = b"x" * (desk.config.web.limits.form_bytes + 1)
    for path in ("/intake/preview", "/referrals/R-2026-000001/file"):
        answer = desk.visitor().raw_post(path, told, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 413


def test_the_server_itself_takes_no_more_than_an_upload(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the application sees a request, all of it lies on the disk."""
    bound: list[dict[str, Any]] = []
    monkeypatch.setattr(serving, "create_server", lambda _app, **given: bound.append(given))
    monkeypatch.setattr(serving, "_log_to", lambda _path: None)
    serving.prepare(desk.config, desk.store, desk.data)
    assert [one["max_request_body_size"] for one in bound] == [desk.config.web.limits.upload_bytes] * 2
