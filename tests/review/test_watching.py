"""The watch list: what is doubtful and in no case; a case is opened of it, or it is set aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from crawlers.tables import removals
from detectors.assessments import latest_assessments
from detectors.judge import judge_pending
from review import tracing, watching
from review.cases import CaseState, Decision, decide, find, get
from review.errors import NothingKeptError, WatchError
from review.night.settle import settle
from review.watching import Part
from tests.crawlers.keeping import House, exchange, page, task
from tests.crawlers.keeping import house as open_house
from tests.review.night.grounds import CONTEXT

NOW, LATER = "2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z"
PHONE = "14000000127"
OPEN = f"<title>办证</title><p>焊工证电工证不用考试三天拿证，先拿证后付款，电话{PHONE}</p>"
DOUBTFUL = "<title>学员风采</title><p>特种作业操作证证号T000000199001011234，电话{phone}</p>"
"""A number that no card has is watched, never flagged, whatever else was learnt."""
QUIET = "<title>李师傅</title><p>水电维修，随叫随到，电话{phone}</p>"
SHOP = "<title>花店</title><p>本店供应鲜花绿植，欢迎到店选购，量大从优。</p>"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An open seller, two doubtful pages of which one has his telephone, and a flower shop."""
    with open_house(tmp_path / "data") as made:
        keep(made, "open", OPEN)
        keep(made, "his", DOUBTFUL.format(phone=PHONE))
        keep(made, "own", DOUBTFUL.format(phone="14000000999"))
        keep(made, "shop", SHOP)
        judge(made)
        yield made


def keep(house: House, name: str, body: str, path: str = "", suffix: str = "example") -> None:
    url = f"http://{name}.{suffix}/{path}"
    house.keep(page(task(url), exchange(url, body.encode())))


def judge(house: House) -> None:
    judge_pending(house.store, house.archive, CONTEXT)
    settle(house.store, CONTEXT, "test")


def listed(house: House, part: Part = Part.WAITING) -> list[dict[str, Any]]:
    with house.store.read() as connection:
        rows = [dict(row) for row in watching.find(connection, part, limit=50)]
        assert watching.count(connection, part) == len(rows)
    return rows


def subjects(house: House, part: Part = Part.WAITING) -> list[str]:
    return [row["subject"].removeprefix("site:").removesuffix(".example") for row in listed(house, part)]


def test_what_is_doubtful_waits_and_what_shares_a_telephone_with_a_case_stands_first(house: House) -> None:
    first, second = listed(house)
    assert (first["subject"], second["subject"]) == ("site:his.example", "site:own.example")
    assert (first["tied_to"], first["tie"]) == (1, "phone")
    assert PHONE not in str(first), "a value is never kept in full"
    assert "证号" in first["reason"] and "*" in first["quote"]
    assert second["tied_to"] is None and second["rank"] == second["score_milli"]
    assert subjects(house, Part.TIED) == ["his"]


def test_a_confirmed_case_weighs_more_than_an_open_one(house: House) -> None:
    before = listed(house)[0]["rank"]
    ruled(house, Decision.CONFIRM)
    assert listed(house)[0]["rank"] > before


def test_an_excluded_case_ties_nothing(house: House) -> None:
    ruled(house, Decision.EXCLUDE)
    assert subjects(house, Part.TIED) == []


def test_a_contact_of_a_confirmed_case_is_followed_to_where_nothing_else_speaks(house: House) -> None:
    keep(house, "quiet", QUIET.format(phone=PHONE))
    keep(house, "www.mem.gov", QUIET.format(phone=PHONE), suffix="cn")
    judge(house)
    assert "quiet" not in subjects(house), "an open case proves nothing yet"
    ruled(house, Decision.CONFIRM)
    (row,) = [one for one in listed(house, Part.TIED) if one["subject"] == "site:quiet.example"]
    assert (row["cls"], row["tied_to"], row["score_milli"]) == ("与属实案件同一联系方式", 1, 0)
    assert not any("mem.gov" in one["subject"] for one in listed(house)), "organs quote what they warn of"
    number = watching.open_case(house.store, "site:quiet.example", actor="甲", reason="同一电话", now=LATER)
    with house.store.read() as connection:
        assert get(connection, number).cls == row["cls"]


def test_a_number_that_many_show_leads_to_nobody(house: House) -> None:
    for number in range(tracing.MAX_CARRIERS):
        keep(house, f"quiet{number}", QUIET.format(phone=PHONE))
    judge(house)
    ruled(house, Decision.CONFIRM)
    assert not any("quiet" in name for name in subjects(house))


def ruled(house: House, decision: Decision) -> None:
    with house.store.write() as connection:
        decide(connection, 1, decision, actor="甲", reason="查实", now=NOW)
    judge(house)


def test_looking_again_changes_nothing(house: House) -> None:
    before = listed(house)
    judge(house)
    assert listed(house) == before


def test_a_case_is_opened_of_it_and_tells_who_opened_it(house: House) -> None:
    number = watching.open_case(house.store, "site:his.example", actor="甲", reason="同一电话", now=LATER)
    with house.store.read() as connection:
        case = get(connection, number)
    assert (case.state, case.subjects) == (CaseState.OPEN, ("site:his.example",))
    told = case.events[-1]
    assert (told.kind, told.actor, told.detail["reason"]) == ("watched", "甲", "同一电话")
    assert told.detail["tie"].startswith("A-000001 电话 140")
    judge(house)
    assert subjects(house) == ["own"]


def test_what_is_set_aside_stays_aside_until_it_asks_a_new_question(house: House) -> None:
    set_aside(house, "own")
    judge(house)
    assert (subjects(house), subjects(house, Part.ASIDE)) == (["his"], ["own"])
    keep(house, "own", DOUBTFUL.format(phone=PHONE), "two")
    judge(house)
    assert subjects(house) == ["his", "own"], "a case has its telephone now"


def set_aside(house: House, name: str, reason: str = "正规介绍") -> None:
    with house.store.write() as connection:
        watching.set_aside(connection, f"site:{name}.example", actor="甲", reason=reason, now=LATER)


def test_it_can_be_taken_back(house: House) -> None:
    set_aside(house, "own")
    with house.store.write() as connection:
        watching.take_back(connection, "site:own.example", actor="甲", now=LATER)
    assert subjects(house) == ["his", "own"]


def test_what_becomes_flagged_leaves_the_list(house: House) -> None:
    keep(house, "own", OPEN, "two")
    judge(house)
    assert subjects(house) == ["his"]
    with house.store.read() as connection:
        assert {case.subjects for case in find(connection)} == {("site:open.example",), ("site:own.example",)}


def test_no_case_is_opened_of_what_retention_has_removed(house: House) -> None:
    name = "site:own.example"
    (one,) = latest_assessments(house.store, subjects=[name])
    with house.store.write() as connection:
        for number in one.capture_ids:
            row = {"capture_id": number, "removed_at": LATER, "reason": "retention", "custody_seq": 1000 + number}
            connection.execute(insert(removals).values(row))
    with pytest.raises(NothingKeptError, match="重新取证"):
        watching.open_case(house.store, name, actor="甲", reason="", now=LATER)
    assert "own" in subjects(house)
    set_aside(house, "own")


def test_what_cannot_be_done_is_named(house: House) -> None:
    with pytest.raises(WatchError, match="shop"):
        watching.open_case(house.store, "site:shop.example", actor="甲", reason="", now=LATER)
    with pytest.raises(WatchError, match="理由"):
        set_aside(house, "own", " ")
    with pytest.raises(WatchError, match="own"), house.store.write() as connection:
        watching.take_back(connection, "site:own.example", actor="甲", now=LATER)
