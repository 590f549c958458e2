"""案件 and 今日: the parts of a case, what changed between two captures, the numbers of the day."""

from __future__ import annotations

import re

import pytest

from crawlers.records import Fetched, Outcome, Task, TaskKind
from review.cases import Decision, decide
from review.desk.roles import Role
from tests.crawlers.keeping import exchange
from tests.review.web.office import Browser, Office

OLD = "<html><body><p>特种作业证查询</p><p>请输入证书编号</p></body></html>"
NEW = "<html><body><p>特种作业证查询</p><p>请输入身份证号</p><p>加微信办理</p></body></html>"


def _kept(desk: Office, night: str, body: str) -> int:
    desk.store.plan([Task(night=night, kind=TaskKind.SITE, source="web", target="http://www.example-0.top/")])
    (task,) = desk.store.claim(night, [TaskKind.SITE], limit=1, lease_seconds=600, owner="test")
    page = exchange("http://www.example-0.top/", body.encode())
    (number,) = desk.keep(Fetched(task=task, outcome=Outcome.CAPTURED, exchanges=(page,)))
    assert number is not None
    return number


@pytest.fixture
def analyst(desk: Office) -> Browser:
    captures = (_kept(desk, "N1", OLD), _kept(desk, "N2", NEW))
    desk.case(0, capture_ids=captures)
    desk.account("fenxi", Role.ANALYST)
    return desk.signed_in("fenxi")


def test_every_part_of_a_case_shows_what_it_is_about(analyst: Browser) -> None:
    wanted = {
        "": "域名 example-0.top 不是它的",
        "/captures": "C-00000002",
        "/links": "没有发现与其他对象的关联",
        "/flow": "添加备注",
        "/log": "立案",
    }
    for part, said in wanted.items():
        assert said in analyst.get(f"/cases/1{part}").text, part
    assert analyst.get("/cases/1/nothing").status_code == 404


def test_what_changed_between_two_captures_is_shown_and_written_down(desk: Office, analyst: Browser) -> None:
    assert "a=1&amp;b=2" in analyst.get("/cases/1/captures").text
    page = analyst.get("/cases/1/diff?a=1&b=2").text
    assert re.search(r'<del class="line">− 请输入证书编号</del>', page)
    assert re.search(r'<ins class="line">\+ 加微信办理</ins>', page)
    assert "3 行不同" in page
    assert "没有变化" in analyst.get("/cases/1/diff?a=1&b=1").text
    assert analyst.get("/cases/1/diff?a=1&b=7").status_code == 404
    assert len(desk.told("evidence.diff")) == 2


def test_notes_and_hand_overs_are_events_of_the_case(desk: Office, analyst: Browser) -> None:
    desk.account("tongshi", Role.REVIEWER)
    assert analyst.post("/cases/1/note", {"text": "与 <b>上月</b> 案件相同"}, at="/cases/1/flow").status_code == 302
    page = analyst.get("/cases/1/flow").text
    assert "与 &lt;b&gt;上月&lt;/b&gt; 案件相同" in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = {"to": "tongshi", "version": version[1], "reason": "熟悉"}
    assert analyst.post("/cases/1/assign", form, at="/cases/1/flow").status_code == 302
    assert analyst.post("/cases/1/assign", form, at="/cases/1/flow").status_code == 409
    assert "承办：tongshi" in analyst.get("/cases/1/flow").text


def test_the_numbers_of_the_day_lead_into_the_queue(desk: Office) -> None:
    desk.account("fenxi", Role.ANALYST)
    for number in range(4):
        desk.case(number)
    desk.clock.forward(days=5)
    desk.case(4)
    with desk.store.write() as connection:
        decide(connection, 2, Decision.CONFIRM, actor="fenxi", reason="", now=desk.clock())
    browser = desk.signed_in("fenxi")
    page = browser.get("/today").text
    numbers = dict(re.findall(r'href="(/queue[^"]*)"><b class="num">(\d+)</b>', page.replace("&amp;", "&")))
    assert numbers["/queue?state=open"] == "4"
    assert numbers["/queue?since=2026-11-26"] == "1"
    (overdue,) = [link for link in numbers if "until=" in link]
    assert numbers[overdue] == "3"
    for link, count in numbers.items():
        assert f'<span class="num">{count}</span> 件' in browser.get(link).text, link


def test_every_page_is_to_be_had_in_english(desk: Office, analyst: Browser) -> None:
    assert analyst.post("/account/language", {"language": "en"}, at="/account").status_code == 302
    for path in ("/today", "/queue", "/cases/1", "/cases/1/captures", "/account"):
        page = analyst.get(path).text
        assert 'lang="en"' in page
        assert ">Queue<" in page
    assert analyst.post("/account/language", {"language": "xx"}, at="/account").status_code == 400


def test_a_case_without_a_collected_page_says_how_to_collect_it(analyst: Browser) -> None:
    page = analyst.get("/queue").text
    assert re.search(r"zhengshao reference add https://[a-z.]+\.gov\.cn/", page)


def test_reasons_that_are_alike_are_folded_under_the_heaviest(desk: Office) -> None:
    signals = [
        {**_signal(), "weight": number / 10, "reason": f"承诺几天出证；第 {number} 处", "quote": f"第 {number} 句"}
        for number in range(1, 7)
    ]
    selling = {"verdict": "flag", "class": "承诺免考", "imitates": "", "score": 0.9, "signals": signals}
    desk.case(3, assessment={"selling": selling})
    desk.account("fenxi", Role.ANALYST)
    page = desk.signed_in("fenxi").get("/cases/1").text
    assert "另有 3 处同类" in page
    shown, folded = page.split('<details class="alike">')
    assert "第 4 句" in shown
    assert "第 3 句" in folded
    assert "第 3 句" not in shown


def _signal() -> dict[str, object]:
    return {"detector": "wording", "version": 1, "class": "承诺免考", "where": "text", "start": 0, "end": 3}
