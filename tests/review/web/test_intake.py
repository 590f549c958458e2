"""线索: tips by form, files shown before they are kept, nothing half-imported, what others sent never echoed."""

from __future__ import annotations

import io
import os
import re

from sqlalchemy import select

from crawlers.imports import Tip
from crawlers.imports.tips import add
from crawlers.tables import captures, imports, tips
from review.desk.roles import Role
from tests.review.web.office import Office

CSV = "举报网址,问题描述,举报人电话\nhttp://www.example-a.top/zs,卖假电工证,00000000000\nhttp://www.example-b.top/,仿冒查询,00000000000\n"


def rows(desk: Office, table: object) -> list[dict[str, object]]:
    with desk.store.read() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]  # type: ignore[call-overload]


def test_a_tip_waits_for_the_night_once(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    browser = desk.signed_in("ana")
    form = {"url": "http://www.example-a.top/zs", "title": "卖证", "channel": "12350"}
    for _ in range(2):
        assert browser.post("/intake/tip", form, at="/intake").status_code == 302
    assert [row["url"] for row in rows(desk, tips)] == [form["url"]]
    assert len(desk.told("tip.enter")) == 1


def test_tips_come_page_by_page_and_their_reading_is_written_down(desk: Office) -> None:
    with desk.store.write() as connection:
        add(connection, [Tip(url=f"http://tip-{number}.example/") for number in range(31)], now=desk.clock())
    desk.account("ana", Role.ANALYST)
    browser = desk.signed_in("ana")
    first, second = browser.get("/intake").text, browser.get("/intake?tips=2").text
    assert "tip-30.example" in first and "tip-0.example" not in first and "?tips=2" in first
    assert "tip-0.example" in second and "tip-30.example" not in second
    assert [row["detail"] for row in desk.told("tip.list")] == ['{"from":2,"to":31}', '{"from":1,"to":1}']


def test_a_link_that_cannot_be_visited_is_refused(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    browser = desk.signed_in("ana")
    for url in ("javascript:alert(1)", "ftp://a.top/", "http://localhost", "", "http://a b.top/"):
        answer = browser.post("/intake/tip", {"url": url, "reference": "GD-7"}, at="/intake", follow_redirects=True)
        assert "网址不对" in answer.text and 'value="GD-7"' in answer.text, "nothing typed is lost"
    assert not rows(desk, tips)


def preview(desk: Office, name: str, content: bytes) -> tuple[object, str]:
    desk.account("ana", Role.ANALYST)
    browser = desk.signed_in("ana")
    sent = {"file": (io.BytesIO(content), name), "channel": "12345"}
    return browser, browser.post("/intake/preview", sent, at="/intake", content_type="multipart/form-data").text


def test_a_table_is_shown_with_its_columns_before_it_is_kept(desk: Office) -> None:
    browser, page = preview(desk, "线索.csv", CSV.encode("gbk"))
    assert "举报网址" in page and "example-a.top" in page and not rows(desk, tips) and not rows(desk, imports)
    token = page.partition("/intake/")[2].partition("/take")[0].rpartition("/")[2] or page
    found = re.search(r"/intake/([0-9a-f]{32})/take", page)
    assert found, token
    browser.post(f"/intake/{found[1]}/take", {}, at="/intake")  # type: ignore[attr-defined]
    assert {row["url"] for row in rows(desk, tips)} == {"http://www.example-a.top/zs", "http://www.example-b.top/"}
    assert not list((desk.data / "incoming").iterdir())
    assert len(desk.told("import.take")) == 1


def test_what_is_hostile_is_refused_with_a_reason_and_nothing_is_kept(desk: Office) -> None:
    _, page = preview(desk, "a.zip", b"PK\x05\x06" + b"\0" * 10)
    assert 'role="alert"' in page
    assert not rows(desk, imports) and not rows(desk, captures)


def test_another_analyst_cannot_take_my_upload(desk: Office) -> None:
    _, page = preview(desk, "线索.csv", CSV.encode())
    found = re.search(r"/intake/([0-9a-f]{32})/take", page)
    assert found
    desk.account("bob", Role.ANALYST)
    assert desk.signed_in("bob").post(f"/intake/{found[1]}/take", {}, at="/intake").status_code == 404


def test_the_public_form_is_off_unless_wanted(desk: Office) -> None:
    assert desk.visitor().get("/report").status_code == 404


def waiting(desk: Office) -> list[str]:
    return [folder.name for folder in (desk.data / "incoming").iterdir()]


def test_an_upload_that_nobody_kept_is_forgotten(desk: Office) -> None:
    browser, _ = preview(desk, "a.csv", CSV.encode())
    (old,) = waiting(desk)
    os.utime(desk.data / "incoming" / old, (0, 0))
    sent = {"file": (io.BytesIO(CSV.encode()), "b.csv")}
    browser.post("/intake/preview", sent, at="/intake", content_type="multipart/form-data")  # type: ignore[attr-defined]
    assert len(waiting(desk)) == 1 and old not in waiting(desk)
    assert browser.post(f"/intake/{old}/take", {}, at="/intake").status_code == 404  # type: ignore[attr-defined]


def test_names_of_uploads_are_never_paths(desk: Office) -> None:
    _, page = preview(desk, "..\\../../\u3382" + "线" * 300 + ".csv", CSV.encode())
    assert "/take" in page
    assert [file.parent.parent.name for file in (desk.data / "incoming").rglob("file-*")] == ["incoming"]


def test_a_file_that_is_refused_when_it_is_taken_can_be_tried_again(desk: Office) -> None:
    browser, _ = preview(desk, "a.zip", b"PK\x05\x06" + b"\0" * 10)
    (token,) = waiting(desk)
    answer = browser.post(f"/intake/{token}/take", {}, at="/intake")  # type: ignore[attr-defined]
    assert answer.status_code == 200 and 'role="alert"' in answer.text and f"/intake/{token}/drop" in answer.text
    browser.post(f"/intake/{token}/drop", {}, at="/intake")  # type: ignore[attr-defined]
    assert not waiting(desk)


def test_nothing_is_imported_that_cannot_be_written_down(desk: Office) -> None:
    browser, _ = preview(desk, "a.csv", CSV.encode())
    (token,) = waiting(desk)
    form = {"csrf_token": browser.token("/intake")}  # type: ignore[attr-defined]
    desk.break_audit()
    assert browser.raw_post(f"/intake/{token}/take", form).status_code == 500  # type: ignore[attr-defined]
    tip = {**form, "url": "http://www.example-a.top/zs"}
    assert browser.raw_post("/intake/tip", tip).status_code == 500  # type: ignore[attr-defined]
    assert not rows(desk, imports) and not rows(desk, tips)
