from __future__ import annotations

from dataclasses import replace

import pytest

from crawlers.store import Store
from review.cases import CaseState, Change, Decision, Suspect, decide, find, get, merge, open_or_refresh, parse_label
from review.errors import CaseError

NOW, LATER = "2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z"
SUSPECT = Suspect(
    subject="site:www.example.top",
    title="特种作业证查询",
    cls="仿冒查询页",
    score=0.91,
    imitates="应急管理部",
    assessment={"impersonation": {"verdict": "flag"}},
    capture_ids=(3, 1),
)


def _open(store: Store, suspect: Suspect = SUSPECT, now: str = NOW, night: str = "N1") -> tuple[int, Change]:
    with store.write() as connection:
        return open_or_refresh(connection, suspect, night=night, now=now)


def _decide(store: Store, number: int, decision: Decision, reason: str = "核对过原站") -> None:
    with store.write() as connection:
        decide(connection, number, decision, actor="甲", reason=reason, now=NOW)


def test_a_subject_has_one_case_however_often_it_is_found(store: Store) -> None:
    first = _open(store)
    assert first[1] is Change.OPENED
    assert _open(store) == (first[0], Change.UNCHANGED)
    with store.read() as connection:
        (case,) = find(connection)
    assert case.subjects == ("site:www.example.top",)
    assert case.capture_ids == (1, 3)
    assert [event.kind for event in case.events] == ["opened"]


def test_new_findings_refresh_the_case_and_leave_the_decision(store: Store) -> None:
    number, _ = _open(store)
    _decide(store, number, Decision.CONFIRM)
    assert _open(store, replace(SUSPECT, score=0.5, capture_ids=(1, 3, 9)), LATER) == (number, Change.REFRESHED)
    with store.read() as connection:
        case = get(connection, number)
    assert (case.state, case.score, case.updated_at) == (CaseState.CONFIRMED, 0.5, LATER)


def test_captures_of_earlier_nights_stay_in_the_case(store: Store) -> None:
    number, _ = _open(store)
    assert _open(store, replace(SUSPECT, capture_ids=(8, 9)), LATER)[1] is Change.REFRESHED
    with store.read() as connection:
        assert get(connection, number).capture_ids == (1, 3, 8, 9)
    assert _open(store, replace(SUSPECT, capture_ids=(8, 9)), LATER)[1] is Change.UNCHANGED


def test_an_excluded_case_reopens_only_when_the_story_changes(store: Store) -> None:
    number, _ = _open(store)
    _decide(store, number, Decision.EXCLUDE, "是该局的考试平台")
    assert _open(store, replace(SUSPECT, score=0.95))[1] is Change.REFRESHED
    assert _open(store, replace(SUSPECT, cls="代办出证"))[1] is Change.REOPENED
    with store.read() as connection:
        assert get(connection, number).state is CaseState.OPEN


def test_exclusion_needs_a_reason(store: Store) -> None:
    number, _ = _open(store)
    with pytest.raises(CaseError, match="--reason"):
        _decide(store, number, Decision.EXCLUDE, " ")
    with store.read() as connection:
        assert get(connection, number).state is CaseState.OPEN


def test_the_same_decision_twice_is_refused(store: Store) -> None:
    number, _ = _open(store)
    _decide(store, number, Decision.CONFIRM)
    with pytest.raises(CaseError, match="已经是"):
        _decide(store, number, Decision.CONFIRM)


def test_merging_moves_the_subjects_and_later_findings_follow(store: Store) -> None:
    first, _ = _open(store)
    other = replace(SUSPECT, subject="listing:xianyu:910000000001", cls="代办出证")
    second, _ = _open(store, other)
    with store.write() as connection:
        merge(connection, second, first, actor="甲", reason="同一微信", now=NOW)
    assert _open(store, replace(other, score=0.2), LATER) == (first, Change.REFRESHED)
    with store.read() as connection:
        kept = get(connection, first)
        assert kept.subjects == ("listing:xianyu:910000000001", "site:www.example.top")
        assert (kept.cls, kept.score) == (SUSPECT.cls, SUSPECT.score)
        assert get(connection, second).merged_into == first
        assert [case.id for case in find(connection)] == [first]
    with pytest.raises(CaseError, match="已并入"):
        _decide(store, second, Decision.CONFIRM)
    with store.write() as connection, pytest.raises(CaseError, match="不能把"):
        merge(connection, second, first, actor="甲", reason="", now=NOW)


def test_the_queue_shows_the_worst_first(store: Store) -> None:
    _open(store, replace(SUSPECT, score=0.3))
    _open(store, replace(SUSPECT, subject="site:b.example.top", score=0.9))
    with store.read() as connection:
        assert [case.score for case in find(connection)] == [0.9, 0.3]
        assert list(find(connection, state=CaseState.CONFIRMED)) == []


@pytest.mark.parametrize("text", ["A-000012", "a-12", "12"])
def test_labels_are_read_in_every_form(text: str) -> None:
    assert parse_label(text) == 12


def test_an_unknown_case_says_so(store: Store) -> None:
    with pytest.raises(CaseError, match="case list"), store.read() as connection:
        get(connection, 99)
    with pytest.raises(CaseError, match="A-000012"):
        parse_label("case twelve")
