"""The benchmark of wording: what its lines count, its other methods, and its listings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("xpinyin", reason="needs the extra bench")
pytest.importorskip("hanziconv", reason="needs the extra bench")
pytest.importorskip("confusable_homoglyphs", reason="needs the extra bench")
pytest.importorskip("opencc", reason="needs the extra bench")
pytest.importorskip("badwords", reason="needs the extra bench")

import config
from benchmarks import baselines, pace, wording
from benchmarks.pace import Row
from detectors.context import Context

ROWS = [
    Row("a", "电工证，不用考试，三天拿证，加微信 abc_12345", True),
    Row("b", "焊工证免考，包过，官网可查，先拿证后付款，电话 13800001234", True),
    Row("c", "花店今日开业，欢迎光临", False),
    Row("d", "春风又绿江南岸", False),
]


@pytest.fixture(scope="module")
def context() -> Context:
    return Context.build(config.load())


def test_rows_are_read_from_folders_and_files(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "text": "甲", "is_selling": True, "label": "seller"})
    (tmp_path / "one.jsonl").write_text(line + "\n", encoding="utf-8")
    assert pace.read([tmp_path, tmp_path / "one.jsonl"]) == [Row("a", "甲", True)] * 2


def test_a_line_counts_sellers_and_innocents_apart() -> None:
    found = wording.measure("all", lambda text: "证" in text or "花" in text, ROWS)
    assert (found.recall.part, found.recall.whole) == (2, 2)
    assert (found.fpr.part, found.fpr.whole) == (1, 2)
    assert found.precision.value == pytest.approx(2 / 3)


def test_every_method_runs_on_the_same_rows(context: Context) -> None:
    found = wording.beside(ROWS, context)
    assert found[0].name == "zhengshao"
    assert {one.recall.whole for one in found} == {2} == {one.fpr.whole for one in found}
    assert all(one.recall.part for one in found if "any offer" in one.name)


@pytest.mark.parametrize(
    ("text", "plain", "skipped"),
    [
        ("焊工证免考", True, True),
        ("免·考", False, True),
        ("不用考試", False, True),
        ("免\u200b考", False, True),
        ("免费", False, False),
    ],
)
def test_the_filter_with_skip_characters_sees_through_them(text: str, plain: bool, skipped: bool) -> None:
    assert baselines.any_offer(baselines.plain_words())(text) is plain
    assert baselines.any_offer(baselines.skipping())(text) is skipped


def test_uses_of_a_filter_grow_stricter() -> None:
    found = baselines.plain_words()
    assert baselines.two_offers(found)("免考包过") and not baselines.two_offers(found)("免考免考")
    assert baselines.offer_and_certificate(found)("电工证免考") and not baselines.offer_and_certificate(found)("免考")


def test_a_disguise_is_tried_on_texts_it_changes(context: Context) -> None:
    found = {one.name: one for one in wording.disguised(ROWS, context)}
    assert (found["zero width 3"].recall.whole, found["zero width 3"].fpr.whole) == (2, 2)
    assert found["keycaps 3"].fpr.whole == 0, "no digit in the innocent ones"
    assert "look-alikes 2, no entry" in found
    third = [one for name, one in found.items() if name.endswith(" 3") and not name.startswith("all")]
    assert found["all kinds 3"].recall.whole == sum(one.recall.whole for one in third)


def test_what_the_product_folds_is_no_form_without_entry() -> None:
    assert not wording.unlisted("证", "證")
    assert not wording.unlisted("工", "⼯")
    assert not wording.unlisted("证", "正"), "heard alike"
    assert wording.unlisted("不", "❌")


def test_samples_are_steady_and_of_each_sort() -> None:
    assert wording.sampled(ROWS, 0) == ROWS
    one = wording.sampled(ROWS, 1)
    assert one == wording.sampled(ROWS, 1)
    assert [row.sells for row in one] == [True, False]


def test_listings_are_cuts_of_the_texts(context: Context) -> None:
    made = pace.listings(ROWS, 40)
    assert made == pace.listings(ROWS, 40)
    assert all(0 < len(one.title) <= pace.TITLE_CHARS[1] for one in made)
    found = pace.judged_listings(ROWS, 20, context, [])
    assert found["listings"] == 20
    assert found["seconds_per_100000"] == pytest.approx(found["seconds"] * 5000)


def test_scanned_texts_have_the_size_that_is_said() -> None:
    assert abs(len(pace.chinese(ROWS, 1).encode()) - 1_000_000) < 100


def test_baits_and_scans_name_what_they_measure(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BAIT_BYTES", 600)
    assert [one["name"] for one in pace.baits(context, [])] == list(pace.BAITS)
