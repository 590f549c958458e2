"""What a confirmed case's page is now, by what both visitors got tonight and what the case held before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from crawlers.records import Exchange
from review.cases import Decision, Suspect, decide, get, open_or_refresh
from review.night.recheck import due, write_down
from tests.crawlers.keeping import House, exchange
from tests.review.night.grounds import NIGHT, ground, rechecked, seen

BEFORE, URL = "2026-01-31", "http://sold.example/"
OLD, NEW = "<p>焊工证不用考试</p>", "<p>本站已搬家</p>"


def _page(body: str = OLD, status: int = 200) -> Exchange:
    return exchange(URL, body.encode(), status=status)


def _suspect(*captures: int) -> Suspect:
    return Suspect(subject="site:sold.example", title="办证", cls="承诺免考", score=0.9, capture_ids=captures)


def _confirmed(house: House) -> int:
    suspect = _suspect(seen(house, BEFORE, URL, OLD))
    with house.store.write() as connection:
        number, _ = open_or_refresh(connection, suspect, night=BEFORE, now="2026-11-20T01:00:00.000Z")
        decide(connection, number, Decision.CONFIRM, actor="甲", reason="", now="2026-11-20T01:00:00.000Z")
    return number


def _found(house: House, answers: Sequence[Exchange | str], *, web: bool = True) -> str:
    _confirmed(house)
    if web:
        seen(house, NIGHT, "http://other.example/", "<p>花店</p>")
    rechecked(house, NIGHT, URL, answers)
    (word,) = write_down(ground(house))
    return word


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ([_page(), _page()], "still_up"),
        ([_page(NEW), _page(NEW)], "changed"),
        ([_page("", 404), _page("", 410)], "gone"),
        ([_page("", 404), _page()], "still_up"),
        ([_page("", 404), "timeout"], "unknown"),
        (["dns", "connect"], "gone"),
        (["dns", "timeout"], "unknown"),
        (["dns", _page()], "still_up"),
        (["source_blocked", "robots"], "unknown"),
    ],
)
def test_a_page_is_gone_only_when_every_visitor_says_so(house: House, answers: list[Exchange | str], word: str) -> None:
    assert _found(house, answers) == word


def test_an_outage_of_our_own_takes_no_site_down(house: House) -> None:
    assert _found(house, ["dns", "dns"], web=False) == "unknown"


def test_an_answer_of_our_own_service_is_no_sign_of_the_network(house: House) -> None:
    seen(house, NIGHT, "http://127.0.0.1:8888/search?q=x", "{}")
    assert _found(house, ["dns", "dns"], web=False) == "unknown"


def test_a_visit_without_an_end_says_nothing(house: House) -> None:
    _confirmed(house)
    seen(house, NIGHT, "http://other.example/", "<p>花店</p>")
    rechecked(house, NIGHT, URL, ["dns"])
    house.tamper("UPDATE tasks SET outcome = '', reason = '' WHERE kind = 'recheck'")
    assert write_down(ground(house)) == Counter(unknown=1)


def test_a_changed_page_that_is_still_flagged_is_changed(house: House) -> None:
    """Tonight's captures are in the case before it is written down; they are no measure of what was there before."""
    number = _confirmed(house)
    rechecked(house, NIGHT, URL, [_page(NEW), _page(NEW)])
    tonight = [capture.id for capture in house.store.captures(night=NIGHT)]
    with house.store.write() as connection:
        open_or_refresh(connection, _suspect(*tonight), night=NIGHT, now="2026-11-21T01:00:00.000Z")
    assert write_down(ground(house)) == Counter(changed=1)
    with house.store.read() as connection:
        event = get(connection, number).events[-1]
    assert (event.kind, event.detail["found"], event.detail["capture"]) == ("rechecked", "changed", tonight[0])


def test_a_night_that_goes_on_writes_nothing_twice(house: House) -> None:
    number = _confirmed(house)
    rechecked(house, NIGHT, URL, [_page(), _page()])
    assert write_down(ground(house)) == write_down(ground(house))
    with house.store.read() as connection:
        kinds = [event.kind for event in get(connection, number).events]
    assert kinds.count("rechecked") == 1


def test_the_page_that_opened_the_case_is_the_one_looked_at_again(house: House) -> None:
    number = _confirmed(house)
    other = seen(house, NIGHT, "http://sold.example/inner", OLD)
    with house.store.write() as connection:
        open_or_refresh(connection, _suspect(other), night=NIGHT, now="2026-11-21T01:00:00.000Z")
    assert due(house.store) == {number: URL}
