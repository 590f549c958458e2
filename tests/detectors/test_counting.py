"""Strings counted at once are those that are counted one text at a time."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from detectors import classes, several
from detectors.context import Context
from detectors.features import Page
from detectors.grams import SOUND, Strings
from detectors.manner import Window
from detectors.runner import assess, assess_all
from detectors.wording import Reader
from tests.detectors import labelled

CONTEXT = Context.build(config.load())
WEIGHTS = {
    "免": 0.1,
    "免考": 0.5,
    "免考证": -0.25,
    "@": 0.25,
    "证@": -0.75,
    "😀证": 1.0,
    "zz": 2.0,
    "#exempt": 0.125,
    f"{SOUND}dian": 0.3,
    f"{SOUND}dian gon": -0.2,
    f"{SOUND}dian gon zen": 1.0,
    f"{SOUND}gon 1": 0.7,
}


@pytest.fixture(autouse=True, scope="module")
def at_once() -> Iterator[None]:
    """However few the texts are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(several, "_SEVERAL_CHARS", 0)
        patch.setattr(several, "_MANY", -1)
        yield


def strings() -> Strings:
    return Strings(WEIGHTS, {name: 1.0 + 0.25 * len(name) for name in WEIGHTS})


@given(st.lists(st.text(alphabet="免考证@😀z电工店公1\U0010ffff", max_size=20), max_size=6))
def test_many_texts_count_what_each_counts(texts: list[str]) -> None:
    known = strings()
    assert known.sums(texts) == list(map(known.sum, texts))
    assert known.all_shown(texts) == list(map(known.shown, texts))


def test_what_counts_at_once_is_prepared_when_many_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(several, "_SEVERAL_CHARS", 3)
    monkeypatch.setattr(several, "_MANY", 5)
    known, texts = strings(), ["免考证", "证@", "电工"]
    sums = list(map(known.sum, texts))
    assert known.sums(texts) == sums
    assert "_made" not in vars(known._several)
    assert known.sums(texts) == sums
    assert "_made" in vars(known._several)


def test_a_string_counts_once_in_a_text_and_does_not_go_over_to_the_next() -> None:
    known = strings()
    assert known.sums(["免考免考", "免", "考", ""]) == [known.sum("免考"), known.sum("免"), 0, 0]


def test_where_nothing_is_known_nothing_counts() -> None:
    assert Strings({}, {}).sums(["电工证", ""]) == [0, 0]


def test_many_different_strings_are_told_apart() -> None:
    chance = random.Random(7)
    letters = [chr(point) for point in range(0x4E00, 0x4F00)]
    names = {"".join(chance.choices(letters, k=chance.randint(1, 3))): chance.uniform(-1, 1) for _ in range(20_000)}
    known = Strings(names, dict.fromkeys(names, 1.0))
    texts = ["".join(chance.choices(letters, k=chance.randint(0, 80))) for _ in range(100)]
    assert known.sums(texts) == list(map(known.sum, texts))


def test_shipped_weights_count_alike_both_ways() -> None:
    manner = Context.build(config.load()).manner
    texts = ["电工证免考包过，联系微信abc0", "學習班报名，本人参加考试", "𝒛𝒉è𝒏𝒈 手机０元"] * 3
    counted, alone = ([Window([(0, len(text))], text) for text in texts] for _ in range(2))
    manner.count(counted)
    assert [manner.score(one) for one in counted] == [manner.score(one) for one in alone]


@given(st.lists(st.text(alphabet="包过免考证替考枪手刷课学时A1\U0010ffff", max_size=20), max_size=6))
def test_many_passages_weigh_for_classes_what_each_weighs(passages: list[str]) -> None:
    shipped = CONTEXT.classes
    alone = [shipped._sum(classes.strings(passage)) for passage in passages]
    assert list(map(list, shipped.weigh(passages))) == alone


def test_sentences_of_many_texts_are_told_as_of_each_alone() -> None:
    context = Context.build(config.load())
    texts = [f"高压电工证{number}天出证。不用考试，先拿证后付款！学习好，生活好。" * 2 for number in range(1, 120)]
    together = [found.selling for found in assess_all(map(Page.from_text, texts), context)]
    assert together == [assess(Page.from_text(text), context).selling for text in texts]


def test_no_passage_scores_more_than_whatever_is_meant_in_it_could_make_it() -> None:
    context = Context.build(config.load())
    sample = random.Random(11).sample(labelled.texts("tune"), 400)
    below = 0
    for text in (one.row["text"] for one in sample):
        reader = Reader.of(Page.from_text(text), context)
        windows = reader.passages.telling_windows()
        for window in windows:
            reader.passages.mark(window)
        told = min(context.manner.watch, context.manner.flag)
        below += not reader.may_be_told
        assert reader.may_be_told or all(context.manner.score(window) < told for window in windows), text
    assert below > 20


@pytest.mark.parametrize("text", ["电工证 免考，叉车证A证", "电★工★证免考", "A证 电工证", "證 电工證免考", "bAz证"])
def test_words_are_where_their_hits_are(text: str) -> None:
    matches = Reader.of(Page.from_text(text), Context.build(config.load())).matches
    owners = ("trade_cert", "trade_word", "exempt")
    hits = [(hit.start, hit.end) for owner in owners for hit in matches.some(owner, 100)]
    assert set(matches.spans(owners, 100)) == set(hits)
