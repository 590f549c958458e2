"""Folding: what each disguise folds to, and that every offset leads back to the original characters."""

from __future__ import annotations

from itertools import starmap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import gaps
from detectors import text as folding


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢ１２", "ab12"),
        ("①❷⒊🄌", "1230"),
        ("證書電焊特種", "证书电焊特种"),
        ("検査駅の験", "检查驿の验"),
        ("考\u200b试", "考试"),
        ("考\u0336试\u0336", "考试"),
        ("\u202e考\u2066试", "考试"),
        ("1️⃣3️⃣", "13"),
        ("⑬⒔⓭🔟", "13131310"),
        ("𝟿𝟸𝟻 ⑼⒏⁷₆ ٣", "925 9876 3"),
        ("1Ⅲ8ⅥⅠ②77700", "13861277700"),
        ("Ⅴ1380000", "v1380000"),
        ("Ⅲ级", "Ⅲ级"),
        ("ᐯx 𝐕Ⓧ ѵх ⱽ🆇", "vx vx vx vx"),
        ("㊎㊕ ⼯ ⺡ エ", "金特 工 氵 工"),
        ("薇♥ 加油♥", "微信 加油♥"),
        ("🐧:12345 🛰️ab123 📕🐧", "qq:12345 卫星ab123 📕🐧"),
        ("莪恠洅", "我在再"),
        ("ОТЗ ο ｶ", "ot3 o 力"),
    ],
)
def test_folding(written: str, folded: str) -> None:
    assert folding.fold(written).text == folded


def test_decorated_and_split_words_map_back() -> None:
    written = "办·理 火旱工讠正"
    views = folding.views(written)
    assert views.parts is not None
    start = views.parts.text.index("焊工证")
    assert written[slice(*folding.through_joined(views, start, start + 3))] == "火旱工讠正"
    start = views.dense.text.index("办理")
    assert written[slice(*folding.through_dense(views, start, start + 2))] == "办·理"


def _are_disguise(written: str, word: str) -> bool:
    views = folding.views(written)
    start = views.dense.text.index(word)
    end = start + len(word)
    between = gaps.between(views.folded.text[slice(*views.dense.original(start, end))])
    alone = {start, end} <= views.dense.edges()
    return gaps.separators_are_disguise(between, end - start, alone=alone)


@pytest.mark.parametrize(
    ("written", "word", "disguise"),
    [
        ("免·考", "免考", True),
        ("费用全免，考试另行通知", "免考", False),
        ("费用全免 考试另行通知", "免考", False),
        ("不 考 的来", "不考", True),
        ("特种 作业操作证", "特种作业操作证", True),
        ("全免。考试", "免考", False),
    ],
)
def test_which_separators_are_a_disguise(written: str, word: str, disguise: bool) -> None:
    assert _are_disguise(written, word) is disguise


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("学(xué)习（xí）", "学习"),
        ("学（xi）", "学(xi)"),
        ("学(xue)", "学"),
        ("考【考:kǎo】试", "考试"),
        ("【考:kǎo】试", "考试"),
        ("学xué习", "学习"),
        ("办zhèng", "办zheng"),
        ("微(vx)信", "微(vx)信"),
        ("驾照(C1)", "驾照(c1)"),
    ],
)
def test_readings_beside_a_character_are_dropped_and_nothing_else(written: str, folded: str) -> None:
    assert folding.fold(written).text == folded


def test_a_reading_mark_belongs_to_no_quote_of_the_words_around_it() -> None:
    written = "学(xué)习【考:kǎo】试"
    view = folding.fold(written)
    assert written[slice(*view.original(0, 1))] == "学"
    assert written[slice(*view.original(2, 3))] == "【考:kǎo】"
    assert written[slice(*view.original(0, 4))] == written


@pytest.mark.parametrize(
    ("written", "word", "disguise"),
    [
        ("费用全免｜考试当天出分", "免考", False),
        ("费用全免★考试随到随学", "免考", False),
        ("免★考", "免考", True),
        ("免★考★试", "免考试", True),
        ("全免(*^▽^*)考(*^▽^*)试", "免考试", True),
        ("全免。★★★考试", "免考", False),
        ("不😭），过", "不过", False),
    ],
)
def test_one_divider_between_words_is_no_disguise(written: str, word: str, disguise: bool) -> None:
    assert _are_disguise(written, word) is disguise


ODD = st.text(
    alphabet=st.sampled_from("免考试证焊 ·，。\u200b\u200c⒔⑬①Ａa1讠正火旱特種\n️⃣😀(xué)【:】♥薇🐧Ⅲ"), max_size=60
)


@given(ODD)
def test_every_offset_leads_back(written: str) -> None:
    views = folding.views(written)
    ways = [(views.folded, views.folded.original)]
    ways.append((views.dense, lambda start, end: folding.through_dense(views, start, end)))
    ways.append((views.joined, lambda start, end: folding.through_joined(views, start, end)))
    for view, through in ways:
        spans = [through(at, at + 1) for at in range(len(view.text))]
        assert all(0 <= first < last <= len(written) for first, last in spans)
        assert spans == sorted(spans)


@given(ODD)
def test_a_dense_character_is_quoted_by_what_it_was_folded_from(written: str) -> None:
    views = folding.views(written)
    for at, character in enumerate(views.dense.text):
        first, last = folding.through_dense(views, at, at + 1)
        around = folding.fold(written[max(0, first - 1) : last + 4]).text
        assert character in around


@given(ODD)
def test_many_places_are_looked_up_as_each_alone(written: str) -> None:
    views = folding.views(written)
    for view in (views.folded, views.dense):
        size = len(view.text)
        spans = [(start, end) for start in range(size) for end in range(start + 1, size + 1)]
        assert [*starmap(view.originals(1_000), spans)] == [*starmap(view.original, spans)]
    offsets = [*range(len(written) + 1)]
    assert folding.all_at_joined(views, offsets) == [folding.at_joined(views, offset) for offset in offsets]


@given(st.text(st.sampled_from("證書焊工ａＢ１①考試电abc，。 \n")))
def test_glyphs_are_replaced_in_whatever_way_is_quicker(written: str) -> None:
    table = folding.one_to_one()
    for text in (written, written + "电" * 999):
        assert folding.fold(text).text == text.translate(table)


@given(ODD)
def test_spans_grow_with_the_view(written: str) -> None:
    view = folding.fold(written)
    spans = [view.original(at, at + 1) for at in range(len(view.text))]
    assert spans == sorted(spans)


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("办证。加微信", [3, 7]),
        ("办证\n加微信", [3, 7]),
        ("免\n考\n试\n", [6, 7]),
        ("免\n考\n试\n\n包\n过\n吧", [7, 13]),
        ("", [1]),
    ],
)
def test_sentences_end_at_lines_but_not_within_a_column(written: str, ends: list[int]) -> None:
    assert list(folding.sentence_ends(written)) == ends
