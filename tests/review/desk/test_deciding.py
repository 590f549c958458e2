"""Decisions at the desk: of what was seen, one or many, taken back (W13, W16)."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text

from crawlers.records import StoreError
from crawlers.store import Store
from review import audit
from review.cases import CaseState, Decision, get
from review.desk import deciding, locks
from review.desk.deciding import Ruling
from review.desk.tables import desk
from review.errors import CaseError, Conflict
from review.tables import audit as audit_rows
from tests.review.desk.making import LATER, NOW, make

TRUE = Ruling(decision=Decision.CONFIRM, actor="jia", reason="")
FALSE = Ruling(decision=Decision.EXCLUDE, actor="jia", reason="新闻、公告或案例通报", code="3")


def _version(store: Store, number: int) -> int:
    with store.read() as connection:
        return int(connection.scalar(select(desk.c.version).where(desk.c.case_id == number)) or 0)


def _state(store: Store, number: int) -> CaseState:
    with store.read() as connection:
        return get(connection, number).state


def _rule(store: Store, number: int, ruling: Ruling, version: int) -> None:
    with store.write() as connection:
        deciding.rule(connection, number, ruling, version=version, now=LATER)


def test_the_second_of_two_analysts_sees_a_conflict_and_nothing_is_lost(store: Store) -> None:
    number = make(store)
    version = _version(store, number)
    _rule(store, number, TRUE, version)
    with pytest.raises(Conflict, match="冲突"):
        _rule(store, number, Ruling(decision=Decision.EXCLUDE, actor="yi", reason="新闻"), version)
    assert _state(store, number) is CaseState.CONFIRMED
    with store.read() as connection:
        assert [event.actor for event in get(connection, number).events if event.kind == "decided"] == ["jia"]


def test_of_eight_at_once_one_decides(store: Store) -> None:
    number = make(store)
    version, outcomes = _version(store, number), []

    def decide(name: str) -> None:
        try:
            _rule(store, number, Ruling(decision=Decision.CONFIRM, actor=name, reason=""), version)
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=decide, args=(f"p{at}",)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["conflict"] * 7 + ["done"]


def test_a_case_somebody_looks_at_is_theirs_for_ten_minutes(store: Store) -> None:
    number = make(store)
    with store.write() as connection:
        assert locks.take(connection, number, "yi", seconds=600, now=NOW).username == "yi"
        assert locks.take(connection, number, "jia", seconds=600, now=NOW).username == "yi"
    with pytest.raises(Conflict, match="yi"), store.write() as connection:
        deciding.rule(connection, number, TRUE, version=1, now="2026-11-21T01:09:59.000Z")
    with store.write() as connection:
        deciding.rule(connection, number, TRUE, version=1, now="2026-11-21T01:10:01.000Z")
    assert _state(store, number) is CaseState.CONFIRMED


def test_going_to_the_next_case_lets_the_last_one_go(store: Store) -> None:
    first, second = make(store), make(store, "site:b.example")
    with store.write() as connection:
        locks.take(connection, first, "jia", seconds=600, now=NOW)
        locks.take(connection, second, "jia", seconds=600, now=NOW)
        assert locks.held(connection, now=NOW) == {second: "jia"}


def test_a_decision_is_taken_back_by_another_and_both_stay(store: Store) -> None:
    number = make(store)
    _rule(store, number, Ruling(decision=Decision.DOUBT, actor="jia", reason=""), 1)
    _rule(store, number, FALSE, 2)
    with store.write() as connection:
        assert deciding.undo(connection, "jia", now=LATER) == number
    assert _state(store, number) is CaseState.DOUBTFUL
    with store.read() as connection:
        said = [event.detail for event in get(connection, number).events if event.kind == "decided"]
    assert [detail["decision"] for detail in said] == ["doubt", "exclude", "doubt"]
    assert said[-1]["undoes"]
    # what was taken back stays taken back; what stood before it cannot be reached past it
    with store.write() as connection, pytest.raises(CaseError, match="没有可以撤销"):
        deciding.undo(connection, "jia", now=LATER)


def test_nobody_takes_back_what_another_decided_after(store: Store) -> None:
    number = make(store)
    _rule(store, number, TRUE, 1)
    _rule(store, number, Ruling(decision=Decision.EXCLUDE, actor="yi", reason="误报"), 2)
    with store.write() as connection, pytest.raises(CaseError):
        deciding.undo(connection, "jia", now=LATER)
    with store.write() as connection:
        deciding.undo(connection, "yi", now=LATER)
    assert _state(store, number) is CaseState.CONFIRMED


def test_many_are_decided_each_by_itself(store: Store) -> None:
    numbers = [make(store, f"site:h{at}.example") for at in range(4)]
    _rule(store, numbers[1], TRUE, 1)
    with store.write() as connection:
        locks.take(connection, numbers[2], "yi", seconds=600, now=LATER)
    seen = [(number, 1) for number in numbers] + [(999, 1)]
    with store.write() as connection:
        results = deciding.rule_many(connection, seen, FALSE, limit=10, now=LATER)
    assert [bool(result.problem) for result in results] == [False, True, True, False, True]
    with store.read() as connection:
        told = connection.execute(select(audit_rows.c.action, audit_rows.c.detail)).all()
    assert [row.action for row in told].count("case.decide") == 3
    assert told[-1].action == "case.bulk"
    assert "A-000001" in told[-1].detail


def test_none_and_too_many_are_refused(store: Store) -> None:
    with store.write() as connection:
        with pytest.raises(CaseError, match="没有选中"):
            deciding.rule_many(connection, [], FALSE, limit=500, now=LATER)
        with pytest.raises(CaseError, match="一次最多处理 500 件"):
            deciding.rule_many(connection, [(at, 1) for at in range(100_000)], FALSE, limit=500, now=LATER)


def test_what_cannot_be_audited_does_not_happen(store: Store) -> None:
    number = make(store)
    with store.write() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        )
    with pytest.raises(StoreError, match="disk is full"):
        _rule(store, number, TRUE, 1)
    assert _state(store, number) is CaseState.OPEN
    assert _version(store, number) == 1


def test_the_chain_is_whole_after_a_days_work(store: Store) -> None:
    for at in range(5):
        _rule(store, make(store, f"site:h{at}.example"), TRUE, 1)
    with store.read() as connection:
        assert audit.verify(connection) == []
