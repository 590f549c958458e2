"""Words written by ear: what is heard beside a plain word, what is not, and the quotes."""

from __future__ import annotations

import pytest

from detectors import phonetics
from detectors.context import Context
from detectors.sounds import hear
from detectors.text import views


def heard(written: str, beside: str, context: Context) -> set[tuple[str, str, str]]:
    start = written.index(beside)
    found = hear(views(written), context.lexicon, [(start, start + len(beside))])
    return {(written[hit.start : hit.end], hit.term, hit.how) for hits in found.values() for hit in hits}


@pytest.mark.parametrize(
    ("written", "term", "quote", "how"),
    [
        ("焊工，勉考试", "免考试", "勉考试", "homophone"),
        ("焊工，步用考试", "不用考试", "步用考试", "homophone"),
        ("焊工和店弓证", "电工证", "店弓证", "homophone"),
        ("焊工 mian kao", "免考", "mian kao", "pinyin"),
        ("焊工 cao zuo zheng", "操作证", "cao zuo zheng", "pinyin"),
        ("电工zheng，不考", "电工证", "电工zheng", "pinyin"),
        ("焊工，不yong考试", "不用考试", "不yong考试", "pinyin"),
        ("焊工，dgz", "电工证", "dgz", "pinyin"),
        ("焊工，d.g.z/h.g.z", "焊工证", "h.g.z", "pinyin"),
        ("焊工，登高z", "登高证", "登高z", "pinyin"),
    ],
)
def test_words_are_heard(written: str, term: str, quote: str, how: str, context: Context) -> None:
    assert (quote, term, how) in heard(written, "焊工" if "焊工" in written else "电工", context)


@pytest.mark.parametrize(
    "written",
    [
        "电工报名后有一次补考",
        "电工不靠运气，面试合格再来",
        "电工，详见 www.miankao-example.cn/ban_zheng",
        "电工只能本人来领",
        "电工培训：领培训教材",
        "电工 email: caozuozheng@example.com",
    ],
)
def test_ordinary_words_and_names_are_not(written: str, context: Context) -> None:
    assert heard(written, "电工", context) == set()


def test_far_from_a_plain_word_nothing_is_heard(context: Context) -> None:
    assert heard("焊工" + "，今天天气很好" * 40 + "，勉考试", "焊工", context) == set()


@pytest.mark.parametrize(
    ("one", "other"), [("zhèng", "zen"), ("shì", "si"), ("nǎ", "la"), ("lǜ", "lv"), ("chuáng", "cuan"), ("yīng", "yin")]
)
def test_sounds_that_dialects_do_not_tell_apart(one: str, other: str) -> None:
    assert phonetics.merged(one) == other


def test_a_run_of_letters_is_cut_into_few_syllables() -> None:
    assert phonetics.cut("dianhan", phonetics.code) == ("dian", "han")
    assert phonetics.cut("vx", phonetics.code) == ()
    assert phonetics.cut("bcdfg", phonetics.code) == ()
    assert phonetics.cut("ma" * 100, phonetics.code) == ()
