"""今日: every number leads where its cases are."""

from __future__ import annotations

import re

from review.cases import Decision, decide
from review.desk.roles import Role
from tests.review.web.office import Office


def test_every_link_of_the_day_leads_somewhere(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    desk.case(0)
    browser = desk.signed_in("ana")
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)"', browser.get("/today").text)}
    assert "/queue?state=open" in links
    for link in sorted(links):
        with browser.get(link, follow_redirects=True) as answer:
            assert answer.status_code == 200, link


def test_what_is_new_leads_to_as_many_cases_whatever_was_decided(desk: Office) -> None:
    desk.account("ana", Role.ANALYST)
    numbers = [desk.case(number) for number in range(3)]
    with desk.store.write() as connection:
        decide(connection, numbers[0], Decision.CONFIRM, actor="ana", reason="属实", now=desk.clock())
    browser = desk.signed_in("ana")
    found = re.search(r'href="(/queue[?]since=[^"]*)"><b class="num">(\d+)</b>', browser.get("/today").text)
    assert found is not None
    listed = browser.get(found[1]).text
    assert found[2] == "3" and listed.count('name="case" value=') >= 3
    assert "特种作业操作证查询 0" in listed
