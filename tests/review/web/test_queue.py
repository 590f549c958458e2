"""待办: the list and one case; one key decides and goes on; conflicts, undo, many at once (W5, W6, W12, W13, W16)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from review.cases import CaseState, get
from review.desk.roles import Role
from tests.review.web.office import Browser, Office, office

HTMX = {"HX-Request": "true"}


@pytest.fixture
def analyst(desk: Office) -> Browser:
    for number in range(6):
        desk.case(number)
    desk.account("fenxi", Role.ANALYST)
    desk.account("tongshi", Role.ANALYST)
    return desk.signed_in("fenxi")


def _state(desk: Office, number: int) -> CaseState:
    with desk.store.read() as connection:
        return get(connection, number).state


def _form(page: str, decision: str = "confirm") -> dict[str, str]:
    """The fields of the form that decides, as the page gives them."""
    found = {
        name: match[1]
        for name in ("case", "version", "after", "before", "query")
        if (match := re.search(rf'name="{name}" value="([^"]*)"', page.split('class="acts"')[1]))
    }
    return {**found, "query": found["query"].replace("&amp;", "&"), "decision": decision}


def test_one_decision_brings_the_next_case(desk: Office, analyst: Browser) -> None:
    page = analyst.get("/queue").text
    form = _form(page)
    assert form["case"] == "1"
    answer = analyst.post("/queue/decide", form, at="/queue", headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == "/queue?state=open&case=2"
    assert "A-000001 已定为“属实”" in answer.text
    assert _form(answer.text)["case"] == "2"
    assert _state(desk, 1) is CaseState.CONFIRMED
    assert 'data-key="u"' in answer.text


def test_without_scripts_the_same_form_leads_on(desk: Office, analyst: Browser) -> None:
    answer = analyst.post("/queue/decide", _form(analyst.get("/queue").text), at="/queue")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/queue?state=open&case=2")


def test_an_exclusion_has_a_reason_and_a_code(desk: Office, analyst: Browser) -> None:
    form = _form(analyst.get("/queue").text, "exclude")
    refused = analyst.post("/queue/decide", form, at="/queue", headers=HTMX)
    assert refused.status_code == 422
    assert "理由" in refused.text
    assert _state(desk, 1) is CaseState.OPEN
    assert analyst.post("/queue/decide", {**form, "code": "3"}, at="/queue", headers=HTMX).status_code == 200
    with desk.store.read() as connection:
        (told,) = [event.detail for event in get(connection, 1).events if event.kind == "decided"]
    assert (told["code"], told["reason"]) == ("3", "新闻、公告或案例通报")


def test_undo_takes_the_last_decision_back_and_shows_the_case(desk: Office, analyst: Browser) -> None:
    analyst.post("/queue/decide", _form(analyst.get("/queue").text), at="/queue")
    answer = analyst.post("/queue/undo", {"query": "state=open"}, at="/queue", headers=HTMX)
    assert "A-000001 的决定已撤销" in answer.text
    assert _state(desk, 1) is CaseState.OPEN
    assert analyst.post("/queue/undo", {"query": ""}, at="/queue", headers=HTMX).status_code == 422


def test_two_analysts_at_once_lose_nothing(desk: Office, analyst: Browser) -> None:
    """W13: the case is held; when the hold has run out and the other decided, the first sees a conflict."""
    other = desk.signed_in("tongshi")
    form = _form(analyst.get("/queue").text)
    held = other.get("/queue?state=open&case=1").text
    assert "fenxi 正在处理" in held
    assert other.post("/queue/decide", _form(held), at="/queue").status_code == 409
    desk.clock.forward(seconds=601)
    assert other.post("/queue/decide", _form(other.get("/queue?case=1").text), at="/queue").status_code == 303
    late = analyst.post("/queue/decide", {**form, "decision": "doubt"}, at="/account", headers=HTMX)
    assert late.status_code == 409
    assert "冲突" in late.text
    assert _state(desk, 1) is CaseState.CONFIRMED


def test_reading_a_case_is_written_down_once_while_it_is_held(desk: Office, analyst: Browser) -> None:
    for _ in range(3):
        analyst.get("/queue")
    analyst.get("/queue?case=2")
    assert [row["detail"] for row in desk.told("case.read")] == ['{"case":"A-000001"}', '{"case":"A-000002"}']


def test_nothing_is_shown_when_reading_cannot_be_written_down(desk: Office, analyst: Browser) -> None:
    desk.break_audit()
    answer = analyst.get("/queue?case=3")
    assert answer.status_code == 500
    assert "特种作业操作证查询 3" not in answer.text
    assert "RAISE" not in answer.text


def test_a_case_is_handed_over(desk: Office, analyst: Browser) -> None:
    form = _form(analyst.get("/queue").text)
    assert "tongshi" in analyst.get("/queue/colleagues?case=1&version=1").text
    answer = analyst.post("/queue/assign", {**form, "to": "tongshi", "reason": "熟悉"}, at="/queue", headers=HTMX)
    assert "已转给 tongshi" in answer.text
    assert list(desk.told("case.assign"))
    assert "特种作业操作证查询 0" in analyst.get("/queue?assignee=tongshi").text
    assert analyst.post("/queue/assign", {**form, "to": "nobody"}, at="/queue").status_code == 400


def test_many_are_previewed_and_decided_for_one_reason(desk: Office, analyst: Browser) -> None:
    preview = analyst.post("/queue/bulk/preview", {"case": ["2", "3", "4"], "query": "state=open"}, at="/queue")
    assert preview.text.count('name="seen"') == 3
    seen = re.findall(r'name="seen" value="([^"]+)"', preview.text)
    form = {"seen": seen, "decision": "exclude", "query": "state=open"}
    assert "需要写明理由" in analyst.post("/queue/bulk", form, at="/queue").text
    desk.signed_in("tongshi").get("/queue?case=3")
    done = analyst.post("/queue/bulk", {**form, "code": "4"}, at="/queue").text
    assert "选中 3 件，已定为“排除”的 2 件" in done
    assert "tongshi" in done
    assert [_state(desk, number) for number in (2, 3, 4)] == [CaseState.EXCLUDED, CaseState.OPEN, CaseState.EXCLUDED]
    assert len(desk.told("case.bulk")) == 1


def test_all_of_a_filter_can_be_picked(desk: Office, analyst: Browser) -> None:
    form = {"scope": "all", "query": "state=open&score=0.897"}
    assert analyst.post("/queue/bulk/preview", form, at="/queue").text.count('name="seen"') == 4


@pytest.mark.parametrize("form", [{}, {"case": []}, {"scope": "all", "query": "state=doubtful"}])
def test_a_bulk_of_nothing_is_refused(analyst: Browser, form: dict[str, object]) -> None:
    answer = analyst.post("/queue/bulk/preview", form, at="/queue")
    assert answer.status_code == 400
    assert "没有选中" in answer.text


def test_a_bulk_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with office(tmp_path, queue={"bulk_cases": 3}) as desk:
        for number in range(5):
            desk.case(number)
        desk.account("fenxi", Role.ANALYST)
        browser = desk.signed_in("fenxi")
        answer = browser.post("/queue/bulk/preview", {"scope": "all", "query": "state=open"}, at="/queue")
        assert (answer.status_code, "一次最多处理 3 件" in answer.text) == (400, True)
        seen = [f"{number}:1" for number in range(1, 6)]
        form = {"seen": seen, "decision": "exclude", "code": "1"}
        assert browser.post("/queue/bulk", form, at="/queue").status_code == 400
        assert _state(desk, 1) is CaseState.OPEN


BAD = (
    "/queue?sort=score;drop",
    "/queue?page=-1",
    "/queue?page=1000000000",
    "/queue?state=x'--",
    "/queue?unknown=1",
    "/queue?case=abc",
    "/queue?case=1;2",
    "/queue?" + "&".join(f"k{number}=1" for number in range(10_000)),
    "/cases/1/diff?a=1&b=x",
)
MISSING = ("/cases/999", "/queue?case=999", "/cases/1/evidence/999", "/cases/999999999999", "/no")


def test_bad_questions_are_answered_as_such(analyst: Browser) -> None:
    assert [(path[:40], analyst.get(path).status_code) for path in BAD] == [(path[:40], 400) for path in BAD]


def test_what_is_not_there_is_not_found(analyst: Browser) -> None:
    assert [(path, analyst.get(path).status_code) for path in MISSING] == [(path, 404) for path in MISSING]


def test_a_form_of_ten_megabytes_is_refused(analyst: Browser) -> None:
    answer = analyst.post("/queue/note", {"case": "1", "text": "x" * 10_000_000}, at="/queue")
    assert answer.status_code == 413


def test_search_finds_two_characters_hosts_and_numbers(desk: Office, analyst: Browser) -> None:
    desk.case(7, title="焊工证快速办理", subject="listing:xianyu:910000000001", imitates="")
    for wanted in ("焊工", "A-000007", "910000000001"):
        found = analyst.get("/queue", query_string={"q": wanted}).text
        assert "焊工证快速办理" in found, wanted
        assert "特种作业操作证查询 1<" not in found, wanted
    assert "没有符合条件" in analyst.get("/queue", query_string={"q": "锅炉"}).text


def test_filters_are_saved_shared_and_forgotten(desk: Office, analyst: Browser) -> None:
    form = {"name": "高分网站", "query": "kind=site&score=0.8", "shared": "1"}
    assert analyst.post("/queue/filters", form, at="/queue").headers["Location"] == "/queue?kind=site&score=0.8"
    assert analyst.post("/queue/filters", form, at="/queue").status_code == 400
    other = desk.signed_in("tongshi")
    assert "高分网站" in other.get("/queue").text
    assert other.post("/queue/filters/1/forget", at="/queue").status_code == 404
    assert analyst.post("/queue/filters/1/forget", at="/queue").status_code == 303
    assert "高分网站" not in other.get("/queue").text
    assert analyst.post("/queue/filters", {"name": "x", "query": "drop=1"}, at="/queue").status_code == 400


def test_the_sentence_says_what_is_shown(analyst: Browser) -> None:
    page = re.sub(r"<[^>]+>|\s+", "", analyst.get("/queue?kind=site&score=0.8&q=查询").text)
    assert "正在显示：对象=网站×且评分≥0.8×且含“查询”×" in page


def test_an_empty_queue_says_what_would_fill_it(desk: Office) -> None:
    desk.account("fenxi", Role.ANALYST)
    page = desk.signed_in("fenxi").get("/queue").text
    assert "新案件来自夜间运行和导入的线索" in page
    assert 'href="/intake"' in page.split('class="empty"')[1]
    assert "换一个筛选条件" in desk.signed_in("fenxi").get("/queue?state=open&q=焊工").text
