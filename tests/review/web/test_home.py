"""今日: every number leads where its cases are."""

from __future__ import annotations

import re

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
