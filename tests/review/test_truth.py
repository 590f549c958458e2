from __future__ import annotations

from dataclasses import replace

import pytest

from crawlers.practice import Truth
from review.cases import Case, CaseState
from review.night.health import SourceHealth
from review.truth import Flag, compare, flags

FLAG = Flag(7, "site:www.example.top", "impersonation", "仿冒查询页", "应急管理部", ("https://www.example.top/a/",))


def _truth(subject: str, axis: str = "impersonation", verdict: str = "flag") -> Truth:
    return Truth.model_validate({"subject": subject, "axis": axis, "verdict": verdict})


def _outcomes(truth: list[Truth], *accusations: Flag) -> list[tuple[str, str]]:
    return [(row.subject, row.outcome) for row in compare(truth, accusations, []).rows]


def test_what_was_planted_and_flagged_is_found() -> None:
    compared = compare([_truth("www.example.top")], [FLAG], [])
    assert compared.subjects("found") == ["www.example.top"]
    assert compared.right_cases == {7}
    assert compared.rows[0].imitates == "应急管理部"


def test_what_was_planted_and_not_flagged_is_missed() -> None:
    assert _outcomes([_truth("www.example.top"), _truth("b.example.top")], FLAG)[1] == ("b.example.top", "missed")


def test_the_right_subject_on_the_wrong_axis_is_both_missed_and_accused() -> None:
    outcomes = _outcomes([_truth("www.example.top", "selling")], FLAG)
    assert outcomes == [("www.example.top", "missed"), ("www.example.top", "accused")]


@pytest.mark.parametrize("verdict", ["clear", None])
def test_a_flag_on_an_innocent_or_an_unknown_is_an_accusation(verdict: str | None) -> None:
    truth = [_truth("www.example.top", verdict=verdict)] if verdict else []
    assert _outcomes(truth, FLAG) == [("www.example.top", "accused")]


def test_a_flag_where_watching_is_right_is_tolerated() -> None:
    assert _outcomes([_truth("www.example.top", verdict="watch")], FLAG) == []


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("特种作业证查询.com", "特种作业证查询.com".encode("idna").decode()),
        ("WWW.Example.top", "www.example.top"),
        ("https://www.example.top/a", "www.example.top"),
    ],
)
def test_subjects_are_compared_by_host_and_path(subject: str, name: str) -> None:
    assert _outcomes([_truth(subject)], replace(FLAG, subject=f"site:{name}"))[0][1] == "found"


def test_another_page_of_the_same_host_is_another_matter() -> None:
    assert _outcomes([_truth("https://www.example.top/b")], FLAG) == [
        ("https://www.example.top/b", "missed"),
        ("www.example.top", "accused"),
    ]


def test_offers_are_compared_by_platform_and_item() -> None:
    offer = Flag(1, "listing:xianyu:91", "selling", "代办出证", "")
    assert _outcomes([_truth("xianyu:91", "selling")], offer) == [("xianyu:91", "found")]
    assert _outcomes([_truth("taobao:91", "selling")], offer)[1] == ("xianyu:91", "accused")


def test_sources_are_right_only_when_the_night_says_what_the_truth_says() -> None:
    health = SourceHealth(source="sogou", verdict="正常", asked=1, pages=1, rows=1, new=1)
    assert compare([], [], [health]).sources_wrong == {}
    assert compare([_truth("sogou", "source", "降级")], [], [health]).sources_wrong == {"sogou": ("正常", "降级")}


def test_flags_come_from_the_cases_axis_by_axis() -> None:
    case = Case(
        id=3,
        state=CaseState.OPEN,
        title="t",
        cls="c",
        imitates="",
        score=1.0,
        opened_night="N",
        opened_at="",
        updated_at="",
        merged_into=None,
        subjects=("site:a.example.top",),
        assessments=({"impersonation": {"verdict": "watch"}, "selling": {"verdict": "flag", "class": "代办出证"}},),
        capture_ids=(1, 2),
    )
    assert flags([case], {1: "https://a.example.top/"}) == [
        Flag(3, "site:a.example.top", "selling", "代办出证", "", ("https://a.example.top/",))
    ]
