"""Split characters: whose parts are joined, in which order, and where ordinary words forbid it."""

from __future__ import annotations

import pytest

from detectors import text as folding
from detectors.parts import join_parts


@pytest.mark.parametrize(
    ("written", "joined"),
    [
        ("火旱工讠正", "焊工证"),
        ("旱火工正讠", "焊工证"),
        ("言登書", "证书"),
        ("訁正件", "证件"),
        ("牜寺禾中亻乍业扌喿作讠正", "特种作业操作证"),
        ("彳山兀攵亻言", "微信"),
        ("辶寸寸辶", "过过"),
        ("⺘寺木交", "持校"),
        ("骨豊", "体"),
        ("金戋钅戋", "钱钱"),
    ],
)
def test_parts_are_put_together(written: str, joined: str) -> None:
    views = folding.views(written)
    assert views.joined.text == joined
    assert written[slice(*folding.through_joined(views, 0, len(joined)))] == written


@pytest.mark.parametrize(
    "written", ["十人建筑架子工", "本人也不去", "女子学校", "正言厉色", "目的明确", "工作人员", "一口价"]
)
def test_parts_of_ordinary_words_stay_apart(written: str) -> None:
    assert join_parts(written) is None


def test_what_surrounds_a_split_character_keeps_its_place() -> None:
    view = join_parts("老师傅火旱工")
    assert view is not None
    assert view.text == "老师傅焊工"
    assert [view.original(at, at + 1) for at in range(5)] == [(0, 1), (1, 2), (2, 3), (3, 5), (5, 6)]
