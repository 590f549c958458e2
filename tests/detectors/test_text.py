"""Folding: what each disguise folds to, and that every offset leads back to the original characters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import text as folding


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢ１２", "ab12"),
        ("①❷⒊🄌", "1230"),
        ("證書電焊特種", "证书电焊特种"),
        ("考​试", "考试"),
        ("1️⃣3️⃣", "13"),
        ("⑬⒔", "1313"),
        ("𝟿𝟸𝟻", "925"),
        ("ᐯx", "vx"),
    ],
)
def test_folding(written: str, folded: str) -> None:
    assert folding.fold(written).text == folded


def test_decorated_and_split_words_map_back() -> None:
    written = "办·理 火旱工讠正"
    views = folding.views(written)
    assert views.parts is not None
    start = views.parts.text.index("焊工证")
    assert written[slice(*folding.through_parts(views, start, start + 3))] == "火旱工讠正"
    start = views.dense.text.index("办理")
    assert written[slice(*folding.through_dense(views, start, start + 2))] == "办·理"


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
    views = folding.views(written)
    start = views.dense.text.index(word)
    assert folding.separators_are_disguise(views, start, start + len(word)) is disguise


ODD = st.text(alphabet=st.sampled_from("免考试证焊 ·，。​‌⒔⑬①Ａa1讠正火旱特種\n️⃣😀"), max_size=60)


@given(ODD)
def test_every_offset_leads_back(written: str) -> None:
    views = folding.views(written)
    for view, through in ((views.folded, views.folded.original), (views.dense, None)):
        for start in range(len(view.text)):
            first, last = through(start, start + 1) if through else folding.through_dense(views, start, start + 1)
            assert 0 <= first < last <= len(written)
            assert view.text[start] in folding.fold(written[first:last]).text


@given(ODD)
def test_spans_grow_with_the_view(written: str) -> None:
    view = folding.fold(written)
    spans = [view.original(at, at + 1) for at in range(len(view.text))]
    assert spans == sorted(spans)


def test_folding_is_linear_in_long_text() -> None:
    small, large = "免·考 試⑬" * 2_000, "免·考 試⑬" * 20_000
    spent = []
    for written in (small, large):
        started = time.process_time()
        folding.views(written)
        spent.append(time.process_time() - started)
    assert spent[1] < 60 * max(spent[0], 0.001)
