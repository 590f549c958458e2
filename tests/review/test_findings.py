"""What is said alike is told once: in the words of the heaviest, with how many more there are."""

from __future__ import annotations

from typing import Any

import pytest

from review.findings import by_reason, gist

OFFER = "招揽代办特种作业类证件，而这类证件只能由本人考核取得"
LIKE = "整段话的说法与招揽办证的文字相近"


def signal(reason: str, quote: str, weight: float = 0.5, cls: str = "代办出证") -> dict[str, Any]:
    return {"reason": reason, "quote": quote, "weight": weight, "class": cls}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (OFFER, f"{OFFER}；同时出现个人联系方式、出证时限。"),
        (f"{LIKE}，尤其是“办理”、“焊工证”；归入“代办出证”", f"{LIKE}；归入“代办出证”，主要依据是“电工”"),
        ("第 2 张图片里的文字：承诺几天出证", "第 15 张图片里的文字：承诺几天出证"),
        ("以“先证后款”“查到再付”招揽办证", "以“后付款”招揽办证"),
    ],
)
def test_sentences_that_differ_in_particulars_have_one_gist(one: str, other: str) -> None:
    assert gist(one) == gist(other)


def test_sentences_of_another_meaning_keep_their_own() -> None:
    assert gist("页脚写明主办单位是“某部”") != gist("页脚写明主管单位是“某部”")
    assert gist("www.a.top 不属于该机关") != gist("www.b.top 不属于该机关")


def test_a_long_list_is_told_in_one_line_with_its_number() -> None:
    signals = [signal(f"{OFFER}；同时出现第 {n} 种", f"{n} 号电工证办理", weight=n / 20) for n in range(1, 13)]
    ((reason, quotes),) = by_reason(signals).items()
    assert reason == f"{OFFER}；同时出现第 12 种（另有 9 处同类）"
    assert quotes == ["12 号电工证办理", "11 号电工证办理", "10 号电工证办理"]


def test_what_is_all_shown_has_no_number_and_what_clears_is_left_out() -> None:
    signals = [signal(OFFER, "电工证办理"), signal(OFFER, "焊工证办理"), signal("正规培训", "报名", weight=-0.4)]
    assert by_reason(signals) == {OFFER: ["电工证办理", "焊工证办理"]}


def test_another_class_is_another_reason() -> None:
    signals = [signal(LIKE, "甲", 0.9), signal(f"{LIKE}；归入“承诺免考”", "乙", 0.8, "承诺免考")]
    assert list(by_reason(signals)) == [LIKE, f"{LIKE}；归入“承诺免考”"]


def test_same_words_twice_are_one_passage() -> None:
    assert by_reason([signal(OFFER, "电工证  办理"), signal(OFFER, "电工证 办理")]) == {OFFER: ["电工证 办理"]}
