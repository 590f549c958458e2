"""观察: the list with its reasons and ties; what is picked becomes cases, is set aside, waits again."""

from __future__ import annotations

import pytest

from detectors.judge import judge_pending
from review.cases import Suspect, open_or_refresh
from review.desk.roles import Role
from review.night.settle import settle
from review.watching import NIGHT
from review.web.desk import EXTENSION
from tests.crawlers.keeping import exchange, page, task
from tests.review.desk.making import doubtful
from tests.review.night.grounds import CONTEXT
from tests.review.web.office import HOSTILE, Browser, Office


@pytest.fixture
def analyst(desk: Office) -> Browser:
    desk.account("fenxi", Role.ANALYST)
    return desk.signed_in("fenxi")


def act(browser: Browser, step: str, *subjects: str, reason: str = "") -> str:
    form = {"step": step, "subject": list(subjects), "reason": reason, "part": "waiting"}
    browser.post("/watched", form, at="/watched")
    return browser.get("/watched").text


def test_the_list_says_why_and_with_which_case_it_is_tied(desk: Office, analyst: Browser) -> None:
    number = desk.case(0)
    doubtful(desk.store, "site:alone.example")
    doubtful(desk.store, "site:tied.example", tied_to=number, tie="wechat", tie_shown="gz***1", rank=1350)
    listed = analyst.get("/watched").text
    assert listed.index("tied.example") < listed.index("alone.example")
    assert "证号的校验码不对" in listed and "gz***1" in listed and 'href="/cases/1"' in listed
    assert "alone.example" not in analyst.get("/watched?part=tied").text
    assert 'href="/watched?part=tied"' in analyst.get("/today").text


def test_an_empty_list_says_what_would_fill_it(analyst: Browser) -> None:
    assert "够不上预警" in analyst.get("/watched").text
    assert analyst.get("/watched?part=nothing").status_code == 400


def test_captured_words_are_inert(desk: Office, analyst: Browser) -> None:
    doubtful(desk.store, "site:x.example", title=HOSTILE, quote=HOSTILE, tie_shown=HOSTILE)
    assert "<script>alert(1)" not in analyst.get("/watched").text


def test_setting_aside_needs_a_reason_and_can_be_taken_back(desk: Office, analyst: Browser) -> None:
    one = doubtful(desk.store, "site:one.example")
    assert "需要写明理由" in act(analyst, "aside", one)
    assert one.removeprefix("site:") not in act(analyst, "aside", one, reason="正规培训机构")
    assert "正规培训机构" in analyst.get("/watched?part=aside").text
    assert "one.example" in act(analyst, "back", one)
    assert [row["action"] for row in desk.told("watch.")] == ["watch.aside", "watch.back"]


def test_who_acts_on_a_later_page_stays_on_it(desk: Office, analyst: Browser) -> None:
    names = [doubtful(desk.store, f"site:n{number:02}.example") for number in range(52)]
    assert 'name="page" value="2"' in analyst.get("/watched?page=2").text
    form = {"step": "aside", "subject": names[50], "reason": "正规培训机构", "part": "waiting", "page": "2"}
    assert analyst.post("/watched", form, at="/watched").headers["Location"] == "/watched?part=waiting&page=2"


def test_what_is_gone_meanwhile_is_named(desk: Office, analyst: Browser) -> None:
    told = act(analyst, "aside", "site:gone.example", reason="已失效")
    assert "gone.example 已不在观察名单上" in told and "site:gone" not in told
    assert "请先勾选" in act(analyst, "aside", reason="已失效")


def test_a_case_is_opened_and_led_to_the_queue(desk: Office, analyst: Browser) -> None:
    body = "<title>学员风采</title><p>特种作业操作证证号T000000199001011234，电话14000000127</p>"
    url = "http://doubtful.example/"
    desk.keep(page(task(url), exchange(url, body.encode())))
    judge_pending(desk.store, desk.app.extensions[EXTENSION].archive, CONTEXT)
    settle(desk.store, CONTEXT, "test")
    assert "A-000001" in act(analyst, "open", "site:doubtful.example", reason="证号作伪")
    assert "doubtful.example" in analyst.get("/queue").text
    assert "由观察名单立案：证号作伪" in analyst.get("/cases/1/flow").text


def test_the_page_can_be_looked_at_before_a_case_is_opened(desk: Office, analyst: Browser) -> None:
    body = "<title>学员风采</title><p>特种作业操作证证号T000000199001011234，电话14000000127</p>"
    url = "http://doubtful.example/"
    desk.keep(page(task(url), exchange(url, body.encode())))
    judge_pending(desk.store, desk.app.extensions[EXTENSION].archive, CONTEXT)
    settle(desk.store, CONTEXT, "test")
    assert 'href="/watched/evidence?subject=site:doubtful.example"' in analyst.get("/watched").text
    looked = analyst.get("/watched/evidence?subject=site:doubtful.example")
    assert looked.status_code == 200 and "<iframe" in looked.text and "证号" in looked.text
    assert 'href="/watched">← 观察' in looked.text
    (told,) = desk.told("watch.read")
    assert "C-00000001" in told["detail"] and told["actor"] == "fenxi"
    assert analyst.get("/watched/evidence?subject=site:gone.example").status_code == 404
    doubtful(desk.store, "site:removed.example")
    assert analyst.get("/watched/evidence?subject=site:removed.example").status_code == 302


def test_enter_in_the_reason_presses_a_button_that_decides_nothing(desk: Office, analyst: Browser) -> None:
    doubtful(desk.store, "site:one.example")
    form = analyst.get("/watched").text.partition('id="bulk"')[2]
    assert form.partition("<button")[2].startswith(" disabled")


def test_a_case_of_it_is_not_shown_as_flagged_nor_its_origin_as_a_code(desk: Office, analyst: Browser) -> None:
    said = {"verdict": "watch", "class": "代办出证", "score": 0.4, "signals": []}
    fields = {"subject": "site:x.example", "imitates": "", "assessment": {"selling": said, "contacts": []}}
    with desk.store.write() as connection:
        suspect = Suspect(title="晒卡", cls="代办出证", score=0.4, **fields)
        open_or_refresh(connection, suspect, night=NIGHT, now=desk.clock())
    page = analyst.get("/cases/1").text
    assert "未达预警" in page and "批次 观察名单" in page and "watch-list" not in page
    assert "badge bad" not in page
    assert "watch-list" not in analyst.get("/cases/1/log").text


def test_who_does_no_casework_may_not_enter(desk: Office) -> None:
    desk.account("shenji", Role.AUDITOR)
    desk.unguarded()
    assert desk.signed_in("shenji").get("/watched").status_code == 403
