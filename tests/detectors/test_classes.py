"""Classes of offers: named by learnt weights beside rules, told with the clause that speaks for them, learnt anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from detectors import strings as words
from detectors.base import Level, Verdict
from detectors.class_learning import MAX_STRINGS, Sample, cross_validated, learn
from detectors.classes import SUPPORT, Classes, is_telling, strings
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from detectors.wording import Reader
from review.assessing import Document
from review.teaching import classed
from tests.detectors.labelled import texts

OFFERS = {
    "承诺免考": [
        "低压电工证免考直出，人不用到场，照片发来就行，电话14000000127",
        "焊工登高考试不用你参加，理论实操都免，资料给我七天寄到",
    ],
    "承诺包过": ["二建包过班，考前给答案，不过全额退，微信 abc_12345", "安全员考试保过，考场里有人提醒，不过退款"],
    "承诺入库可查": [
        "电工证官网可查，真实入库，应急管理部系统里有数据，联系14000000127",
        "叉车证上网录入，终身能查，扫码出信息，后台直接导",
    ],
    "先证后款": [
        "登高证先出证后付款，查到名字再给钱，微信 abc_12345",
        "焊工证货到付款，收到证满意再转账，一分定金不要",
    ],
    "代办出证": ["代办电工证、焊工证、登高证，三天出证，微信 abc_12345", "各地特种作业操作证加急办理，一周拿本"],
    "代刷学时": ["安全员继续教育代刷，一晚上学时满，人脸也过", "公需课代学代挂，账号发我，学时当天刷完"],
    "替考": ["找枪手替考，二建单科，长得像能过人脸，考后付尾款", "代考电工理论，替你进考场，本人不用去"],
    "伪造各类证件": [
        "刻章办证，毕业证学位证房产证做得和真的一样，电话14000000127",
        "定做各种证件、公章、发票、户口本，水印钢印齐全",
    ],
    "收购或转借证件": ["高价回收闲置电工证，长期收证挂靠，证书出租一年给八千", "二建证书租赁，收初始注册，社保随转"],
    "篡改证件": ["操作证过期改日期，照片换人，改完看不出来", "证件修改，换照片改单位，原证翻新"],
}
EXAMPLES = [(cls, text) for cls, found in OFFERS.items() for text in found]


def selling(text: str, context: Context) -> Verdict:
    return assess(Page.from_text(text), context).selling


@pytest.mark.parametrize(("cls", "text"), EXAMPLES)
def test_an_offer_is_called_what_it_offers(cls: str, text: str, context: Context) -> None:
    (window, *_) = Reader.of(Page.from_text(text), context).passages.windows()
    assert context.classes.named(window.text) == cls


@pytest.mark.parametrize(("cls", "text"), [(cls, found[0]) for cls, found in OFFERS.items()])
def test_the_class_of_a_verdict_is_that_of_evidence_it_quotes(cls: str, text: str, context: Context) -> None:
    found = selling(text, context)
    assert (found.level is not Level.CLEAR, found.cls) == (True, cls)
    told = next(signal for signal in found.signals if signal.weight > 0 and signal.cls == found.cls)
    assert told.quote and told.quote == text[told.start : told.end]


def test_a_pitch_tells_the_clause_that_speaks_most_for_its_class(context: Context) -> None:
    text = "各位老板看过来，电工焊工都有，查到名字再给钱，微信 abc_12345，随时在线"
    told = next(signal for signal in selling(text, context).signals if signal.detector == "pitch")
    assert told.cls == "先证后款"
    assert told.reason.endswith(words.PITCH_CLASSED.format(named="先证后款", grounds="查到名字再给钱"))


def test_the_whole_passage_names_an_offer_not_the_clause_that_weighs_most(context: Context) -> None:
    """Each signal keeps the class of its own clause."""
    text = "电工证过期了改日期，照片换人，改完看不出来，原证翻新，三天拿证，免考，微信 abc_12345"
    found = selling(text, context)
    assert found.cls == "篡改证件"
    assert "承诺免考" in {signal.cls for signal in found.signals if signal.detector == "wording"}


def test_all_classes_are_known_to_the_law(context: Context) -> None:
    known = {name for law in context.config.law.entries for name in law.classes}
    assert set(context.classes.names) <= known
    assert set(context.classes.names) == OFFERS.keys()


def test_weights_can_be_read(context: Context) -> None:
    """One line a string, in order, with a number for each class."""
    lines = context.classes_file.read_text(encoding="utf-8").splitlines()
    own, rows = lines[:3], [line.split("\t") for line in lines[3:]]
    assert [line.split("\t")[0] for line in own] == ["=about", "=classes", "=bias"]
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    assert {len(row) for row in rows} == {2 + len(context.classes.names)}
    assert len(rows) <= MAX_STRINGS and all(is_telling(row[0]) for row in rows)
    assert context.classes_file.stat().st_size < 400_000


def test_weights_are_read_as_they_were_written(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "classes.tsv"
    file.write_text(context.classes.written("a few texts"), encoding="utf-8")
    assert Classes.load(file) == context.classes


def test_honest_texts_ask_for_no_class() -> None:
    fresh = Context.build(config.load())
    for text in ("本校焊工班下周开课，考试合格后由发证机关制证。", "求助各位，电工证到期了去哪里复审？"):
        assert assess(Page.from_text(text), fresh).selling.level is Level.CLEAR
    assert "classes" not in fresh.__dict__
    assert assess(Page.from_text(EXAMPLES[0][1]), fresh).selling.level is Level.FLAG
    assert "classes" in fresh.__dict__


def test_an_office_has_classes_of_its_own(context: Context, tmp_path: Path) -> None:
    shipped = context.classes_file.read_text(encoding="utf-8")
    (tmp_path / "classes.tsv").write_text(shipped.replace("=bias\t-", "=bias\t-9"), encoding="utf-8")
    own = Context.build(config.load(tmp_path, everything=True))
    assert own.classes.bias[0] != context.classes.bias[0]
    assert own.digest != context.digest


SMALL = Classes(
    ("代办出证", "替考"), (0.0, 0.0), {"免": 2.0, "替考": 1.5, "办": 2.0}, {"替考": (-0.5, 0.75), "办": (0.25, 0.25)}
)


def test_of_equals_the_commoner_class_is_named() -> None:
    assert SMALL.named("办") == SMALL.named("") == SMALL.named("没人知道的话") == "代办出证"
    assert SMALL.most_telling("替考", SMALL.weigh(["没人知道", "的话"])) is None
    assert SMALL.most_telling("替考", SMALL.weigh(["办", "替考"])) == 1


@pytest.mark.parametrize(("ahead", "named"), [(SUPPORT - 0.05, "替考"), (SUPPORT + 0.05, "代办出证")])
def test_of_nearly_equals_the_class_that_a_rule_names(ahead: float, named: str) -> None:
    assert Classes(SMALL.names, (ahead, 0.0), SMALL.rarity, SMALL.weights).named("办", {"替考"}) == named


@given(st.text(alphabet="替考办免证", max_size=12))
def test_a_score_is_the_sum_of_what_a_passage_holds(text: str) -> None:
    held = strings(text) & SMALL.weights.keys()
    length = sum(SMALL.rarity[name] ** 2 for name in held) ** 0.5 or 1.0
    first, second = (sum(SMALL.rarity[name] * SMALL.weights[name][place] for name in held) / length for place in (0, 1))
    assert SMALL.named(text) == ("替考" if second > first else "代办出证")


def _samples() -> list[Sample]:
    """Fabricated: three families, two classes told apart by one word each."""
    return [
        Sample(f"{family}{number}", family, cls, frozenset(strings(f"{word}{family}{filler}")))
        for family in ("甲", "乙", "丙")
        for cls, word in (("替考", "枪手"), ("代刷学时", "刷课"))
        for number, filler in enumerate(("加我", "便宜", "放心", "当天"))
    ]


def test_learning_twice_gives_the_same_weights_to_the_bit() -> None:
    first, second = learn(_samples()), learn(_samples())
    assert first == second
    assert first.named("找枪手") == "替考" and first.named("刷课的来") == "代刷学时"


def test_classes_are_told_in_families_that_were_not_learnt_from() -> None:
    samples = _samples()
    assert cross_validated(samples) == {one.id: one.cls for one in samples}


def _sellers() -> list[Document]:
    return [Document(text.id, "text", text.row["text"], row=text.row) for text in texts("tune")]


def test_the_weights_were_learnt_from_the_texts_that_are_here(context: Context) -> None:
    """Else: zhengshao rules learn-classes tests/detectors/texts/tune --out detectors/data/classes.tsv"""
    sellers = [text.row for text in texts("tune") if text.row["is_selling"]]
    families, classes = ({row[key] for row in sellers} for key in ("family", "class"))
    about = f"=about\t{len(sellers)} texts of {len(families)} families, {len(classes)} classes"
    assert context.classes_file.read_text(encoding="utf-8").splitlines()[0] == about


@pytest.mark.long
def test_learning_anew_gives_the_weights_that_are_shipped(context: Context) -> None:
    assert learn(list(classed(_sellers(), context))) == context.classes
