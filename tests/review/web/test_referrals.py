"""移送 pages: four eyes, a recipient sees only what was handed to it, nothing is sent, every step is written down."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from sqlalchemy import insert, update

from review.cases import Decision, decide
from review.desk.roles import Role
from review.packets.verify.reasons import WORDS
from review.referral_records import content_digest, get
from review.tables import bundles, packets, referral_items, referrals
from tests.review.web.office import Browser, Office


@pytest.fixture
def staffed(desk: Office) -> Office:
    desk.account("ana", Role.ANALYST)
    desk.account("rev", Role.REVIEWER)
    desk.account("lead", Role.LEADER)
    desk.account("market", Role.RECIPIENT, agency="market")
    desk.account("police", Role.RECIPIENT, agency="police")
    return desk


def confirmed(desk: Office, number: int = 0) -> int:
    case_id = desk.case(number)
    with desk.store.write() as connection:
        decide(connection, case_id, Decision.CONFIRM, actor="ana", reason="属实", now=desk.clock())
    return case_id


def drafted(desk: Office, browser: Browser, *case_ids: int, agency: str = "market") -> str:
    form: dict[str, Any] = {"case": [f"A-{one:06d}" for one in case_ids], "agency": agency}
    answer = browser.post("/referrals", form, at="/referrals/new")
    assert answer.status_code == 302
    return str(answer.headers["Location"]).rpartition("/")[2]


def handed_over(desk: Office, label: str) -> None:
    """As if packets had been built, reviewed, approved and sent."""
    with desk.store.write() as connection:
        number = int(connection.exec_driver_sql(f"select id from referrals where label = '{label}'").scalar_one())
        for item in get(connection, number).items:
            packet = {
                "id": f"P-2026-{item.case_id:06d}",
                "case_id": item.case_id,
                "agency": "market",
                "sha256": "0" * 64,
            }
            connection.execute(
                insert(packets).values({**packet, "built_at": desk.clock(), "file": f"{packet['id']}.zip"})
            )
            mine = (referral_items.c.referral_id == number) & (referral_items.c.number == item.number)
            connection.execute(update(referral_items).where(mine).values(packet_id=packet["id"]))
        content = content_digest(get(connection, number).items)
        values = {
            "state": "sent",
            "sent_at": desk.clock(),
            "content": content,
            "approved_by": "lead",
            "reviewed_by": "rev",
        }
        due = {"receipt_due": "2026-11-25", "feedback_due": "2026-12-10", "channel": "公文交换"}
        connection.execute(update(referrals).where(referrals.c.id == number).values({**values, **due}))


def test_a_draft_is_made_of_confirmed_cases_and_once(staffed: Office) -> None:
    first, second = confirmed(staffed), staffed.case(1)
    browser = staffed.signed_in("ana")
    label = drafted(staffed, browser, first)
    assert label.startswith("R-2026-")
    page = browser.get(f"/referrals/{label}").text
    assert f"A-{first:06d}" in page and "草拟" in page
    again = browser.post(
        "/referrals", {"case": f"A-{first:06d}", "agency": "market"}, at="/referrals/new", follow_redirects=True
    )
    assert "不重复移送" in again.text
    opened = browser.post(
        "/referrals", {"case": f"A-{second:06d}", "agency": "market"}, at="/referrals/new", follow_redirects=True
    )
    assert "只有人工复核属实" in opened.text


def test_who_prepared_it_is_not_offered_review_and_cannot_take_it(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("rev"), confirmed(staffed))
    with staffed.store.write() as connection:
        connection.execute(update(referrals).values(state="review"))
    browser = staffed.signed_in("rev")
    page = browser.get(f"/referrals/{label}").text
    assert f"/referrals/{label}/review" not in page
    answer = browser.post(f"/referrals/{label}/review", {}, at=f"/referrals/{label}", follow_redirects=True)
    assert "另一人" in answer.text


def test_a_recipient_sees_and_signs_only_what_was_handed_to_the_office(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    assert staffed.signed_in("market").get(f"/referrals/{label}").status_code == 404
    handed_over(staffed, label)
    assert staffed.signed_in("police").get(f"/referrals/{label}").status_code == 404
    assert label not in staffed.signed_in("police").get("/referrals").text
    assert staffed.told("access.denied")
    browser = staffed.signed_in("market")
    assert label in browser.get("/referrals").text
    browser.post(f"/referrals/{label}/receive", {}, at=f"/referrals/{label}")
    page = browser.get(f"/referrals/{label}").text
    assert "已签收" in page and "Market" in page
    assert browser.get("/today").status_code == 403


def test_feedback_and_papers_come_back_to_the_referral(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    handed_over(staffed, label)
    browser = staffed.signed_in("market")
    result = next(iter(staffed.config.agencies["market"].results)).id
    browser.post(f"/referrals/{label}/answer", {"result": result, "text": "已下架"}, at=f"/referrals/{label}")
    paper = (io.BytesIO(b"%PDF-1.7 signed"), "..\\..\\回执.pdf")
    sent = {"paper": paper, "kind": "receipt"}
    answer = browser.post(
        f"/referrals/{label}/file",
        sent,
        at=f"/referrals/{label}",
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert "回执.pdf" in answer.text and "已反馈" in answer.text
    with browser.get(f"/referrals/{label}/papers/1") as found:
        assert found.data == b"%PDF-1.7 signed" and found.mimetype == "application/octet-stream"
    assert [row["actor"] for row in staffed.told("packet.download")] == ["market"]


def test_overdue_is_said_in_words_and_the_ledger_holds_every_case(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed, 0), confirmed(staffed, 1))
    handed_over(staffed, label)
    staffed.clock.forward(days=10)
    browser = staffed.signed_in("ana")
    assert "超期" in browser.get("/referrals?overdue=1").text
    book = browser.get("/referrals/ledger.xlsx")
    assert book.status_code == 200 and book.data.startswith(b"PK")
    assert staffed.told("referral.export")[0]["actor"] == "ana"


@pytest.mark.parametrize(
    "path", ["/referrals?page=-1", "/referrals?page=1e9", "/referrals?state=bad", "/referrals?page=９"]
)
def test_odd_addresses_are_refused(staffed: Office, path: str) -> None:
    assert staffed.signed_in("ana").get(path).status_code == 400


@pytest.mark.parametrize(
    "path", ["/packets/P-2026-000009", "/packets/..%2f..%2fetc", "/bundles/B-2026-000001-1", "/referrals/R-1/papers/1"]
)
def test_what_is_not_there_is_not_found(staffed: Office, path: str) -> None:
    assert staffed.signed_in("ana").get(path).status_code == 404


def test_the_way_to_a_hand_over_is_not_the_recipients_to_read(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    handed_over(staffed, label)
    staffed.signed_in("market").post(f"/referrals/{label}/receive", {}, at=f"/referrals/{label}")
    kinds = {"草拟</td>", "签收</td>"}
    assert {kind for kind in kinds if kind in staffed.signed_in("ana").get(f"/referrals/{label}").text} == kinds
    assert not {kind for kind in {"草拟</td>"} if kind in staffed.signed_in("market").get(f"/referrals/{label}").text}


def test_files_of_a_packet_are_downloads_but_for_papers(staffed: Office) -> None:
    confirmed(staffed)
    folder = staffed.data / "packets"
    folder.mkdir()
    with zipfile.ZipFile(folder / "P-2026-000001.zip", "w") as made:
        made.writestr("00_函.pdf", b"%PDF-1.7")
        made.writestr("artefacts/C-1-dom.html", b"<script>alert(1)</script>")
    row = {"id": "P-2026-000001", "case_id": 1, "agency": "market", "built_at": staffed.clock(), "sha256": "0" * 64}
    with staffed.store.write() as connection:
        connection.execute(insert(packets).values({**row, "file": "P-2026-000001.zip"}))
    browser = staffed.signed_in("ana")
    shown = browser.get("/packets/P-2026-000001").text
    codes = set(re.findall(r'<td class="code">(\w+)</td>', shown)) - {"OK"}
    assert "无效" in shown and codes and all(WORDS[code] in shown for code in codes), "a code has its sentence"
    with browser.get("/packets/P-2026-000001/files/00_函.pdf") as paper:
        assert paper.mimetype == "application/pdf"
    with browser.get("/packets/P-2026-000001/files/artefacts/C-1-dom.html") as page:
        assert page.mimetype == "application/octet-stream" and "attachment" in page.headers["Content-Disposition"]
    assert browser.get("/packets/P-2026-000001/files/../../store.sqlite").status_code == 404
    assert staffed.signed_in("market").get("/packets/P-2026-000001").status_code == 404


def test_a_packet_of_another_office_is_hidden_and_the_attempt_written_down(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    handed_over(staffed, label)
    folder = staffed.data / "packets"
    folder.mkdir()
    (folder / "P-2026-000001.zip").write_bytes(b"PK\5\6" + b"\0" * 18)
    paths = [f"/packets/P-2026-000001{rest}" for rest in ("", "/file", "/files/00_函.pdf")]
    for path in paths:
        assert staffed.signed_in("police").get(path).status_code == 404
    assert [json.loads(row["detail"])["what"] for row in staffed.told("access.denied")] == ["P-2026-000001"] * 3
    with staffed.signed_in("market").get(paths[1]) as mine:
        assert mine.status_code == 200


def test_a_bundle_that_was_returned_is_not_the_recipients(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed, 0), confirmed(staffed, 1))
    handed_over(staffed, label)
    (staffed.data / "bundles").mkdir()
    shape = {"referral_id": 1, "content": "c", "built_at": staffed.clock(), "light": "", "sha256": "0" * 64}
    names = ["B-2026-000001-9", "B-2026-000001-10"]
    with staffed.store.write() as connection:
        connection.execute(insert(bundles), [{**shape, "id": name, "file": f"{name}.zip"} for name in names])
        assert get(connection, 1).bundle.id == "B-2026-000001-10"  # type: ignore[union-attr]
    for name in names:
        (staffed.data / "bundles" / f"{name}.zip").write_bytes(b"PK\5\6" + b"\0" * 18)
    browser = staffed.signed_in("market")
    statuses = []
    for name in names:
        with browser.get(f"/bundles/{name}/file") as answer:
            statuses.append(answer.status_code)
    assert statuses == [404, 200]
    assert names[0] in staffed.told("access.denied")[0]["detail"]


def test_a_damaged_packet_is_shown_as_damaged(staffed: Office) -> None:
    confirmed(staffed)
    (staffed.data / "packets").mkdir()
    (staffed.data / "packets" / "P-2026-000001.zip").write_bytes(b"not a zip")
    row = {"id": "P-2026-000001", "case_id": 1, "agency": "market", "built_at": staffed.clock(), "sha256": "0" * 64}
    with staffed.store.write() as connection:
        connection.execute(insert(packets).values({**row, "file": "P-2026-000001.zip"}))
    browser = staffed.signed_in("ana")
    page = browser.get("/packets/P-2026-000001")
    assert page.status_code == 200 and 'class="badge bad"' in page.text
    assert browser.get("/packets/P-2026-000001/files/00_函.pdf").status_code == 404


@pytest.mark.parametrize("name", ["回" * 120 + ".pdf", "..", ".", "a/../..", "回\x07执.pdf", "x" * 300])
def test_whatever_a_paper_is_called_it_is_kept(staffed: Office, name: str) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    handed_over(staffed, label)
    sent = {"paper": (io.BytesIO(b"%PDF-1.7 signed"), name), "kind": "receipt"}
    browser = staffed.signed_in("market")
    browser.post(f"/referrals/{label}/file", sent, at=f"/referrals/{label}", content_type="multipart/form-data")
    with staffed.store.read() as connection:
        (paper,) = get(connection, 1).papers
    assert "/" not in paper.name and paper.name.isprintable() and len(paper.name.encode()) <= 210


def test_a_scan_may_be_longer_than_a_form(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    handed_over(staffed, label)
    browser = staffed.signed_in("market")
    parts = {"csrf_token": browser.token(f"/referrals/{label}"), "kind": "receipt"}
    head = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in parts.items()
    )
    head += '--x\r\nContent-Disposition: form-data; name="paper"; filename="a.pdf"\r\n\r\n'
    body = head.encode() + b"%PDF-1.7 " + b"x" * staffed.config.web.limits.form_bytes + b"\r\n--x--\r\n"
    told: Any = body
    answer = browser.raw_post(f"/referrals/{label}/file", told, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 302
    with staffed.store.read() as connection:
        assert len(get(connection, 1).papers) == 1


def test_a_document_number_that_is_too_long_is_refused_not_cut(staffed: Office) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    handed_over(staffed, label)
    with staffed.store.write() as connection:
        connection.execute(update(referrals).values(state="approval"))
    form = {"channel": "公文交换", "doc_number": "九" * 65}
    answer = staffed.signed_in("ana").post(
        f"/referrals/{label}/send", form, at=f"/referrals/{label}", follow_redirects=True
    )
    assert "最多 64 个字" in answer.text
    with staffed.store.read() as connection:
        assert get(connection, 1).state.value == "approval"


STEPS: list[tuple[str, str, dict[str, str]]] = [
    ("review", "rev", {}),
    ("approval", "lead", {"step": "approve"}),
    ("sent", "market", {"step": "receive"}),
    ("sent", "ana", {"step": "remind", "channel": "电话"}),
    ("sent", "ana", {"step": "withdraw", "reason": "错了"}),
    ("answered", "ana", {"step": "close"}),
]


@pytest.mark.parametrize(("state", "who", "form"), STEPS)
def test_a_step_that_cannot_be_written_down_is_not_taken(
    staffed: Office, state: str, who: str, form: dict[str, str]
) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    handed_over(staffed, label)
    with staffed.store.write() as connection:
        connection.execute(update(referrals).values(state=state, approved_by=""))
    browser = staffed.signed_in(who)
    token = browser.token(f"/referrals/{label}")
    with staffed.store.read() as connection:
        before = get(connection, 1)
    staffed.break_audit()
    step = form.get("step", state)
    answer = browser.raw_post(f"/referrals/{label}/{step}", {"csrf_token": token, **form})
    assert answer.status_code == 500 and "disk is full" not in answer.text
    with staffed.store.read() as connection:
        assert get(connection, 1) == before


def test_a_second_click_builds_nothing_beside_the_first(staffed: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    label = drafted(staffed, staffed.signed_in("ana"), confirmed(staffed))
    browser = staffed.signed_in("ana")
    said: list[str] = []

    def build(*_: Any, **__: Any) -> None:
        told = browser.post(f"/referrals/{label}/build", {}, at=f"/referrals/{label}", follow_redirects=True)
        said.append(told.text)

    monkeypatch.setattr("review.bundles._build", build)
    for _ in range(2):
        browser.post(f"/referrals/{label}/build", {}, at=f"/referrals/{label}")
    assert len(said) == 2 and all("正在生成" in text for text in said)


def test_the_list_is_narrowed_to_one_recipient_and_its_links_stay_there(staffed: Office) -> None:
    browser = staffed.signed_in("ana")
    first = drafted(staffed, browser, confirmed(staffed, 0))
    second = drafted(staffed, browser, confirmed(staffed, 1), agency="police")
    page = browser.get("/referrals?agency=police").text
    assert second in page and first not in page
    assert "/referrals?state=draft&amp;agency=police" in page
    assert 'name="agency"' not in staffed.signed_in("market").get("/referrals").text


def test_cases_left_out_of_a_new_referral_are_counted(staffed: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        confirmed(staffed, number)
    browser = staffed.signed_in("ana")
    assert "其余的请从案件页" not in browser.get("/referrals/new").text
    monkeypatch.setattr("review.web.pages.referrals.CHOICES", 2)
    page = browser.get("/referrals/new").text
    assert "共 3 件" in page and "其余的请从案件页" in page


def test_who_reads_a_referral_is_written_down(staffed: Office) -> None:
    browser = staffed.signed_in("ana")
    label = drafted(staffed, browser, confirmed(staffed))
    browser.get(f"/referrals/{label}")
    assert label in staffed.told("referral.read")[-1]["detail"]


def test_only_what_people_must_still_supply_is_said_to_be_missing(staffed: Office) -> None:
    number = confirmed(staffed)
    assert "还缺" not in staffed.signed_in("ana").get(f"/referrals/new?case={number}").text
