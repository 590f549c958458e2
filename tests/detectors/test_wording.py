"""The language of offers: every rule by its example and near miss, who speaks, and our own labelled texts."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from config.schema_wording import Rule
from detectors import strings
from detectors.base import Level
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from detectors.wording import Reader
from tests.detectors.labelled import texts

DATA = Path(__file__).parent / "texts" / "tune"
OWN_TEXTS = tuple(path.name for path in sorted(DATA.glob("early-*.jsonl")))
RULES = config.load().wording.rule
HELD_OUT_RECALL, HELD_OUT_FALSE_POSITIVES = 0.6, 0.02
"""Below what was measured, above what was there before; the goals are 0.97 and 0.01."""
OFFER = "低压电工证，不用考试，三天拿证"
CONTEXT = Context.build(config.load())


def level(text: str, context: Context) -> Level:
    return assess(Page.from_text(text), context).selling.level


def rules_of(text: str, context: Context) -> set[str]:
    return {offer.rule.id for offer in Reader(Page.from_text(text), context).offers() if offer.spoken is None}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_hits_its_example_and_not_its_near_miss(rule: Rule, context: Context) -> None:
    assert rule.id in rules_of(rule.example, context)
    assert rule.id not in rules_of(rule.near_miss, context)
    assert level(rule.near_miss, context) is not Level.FLAG


def test_every_rule_names_a_class_and_says_why() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(len(rule.reason) >= 8 and rule.named for rule in RULES)


@pytest.mark.parametrize(
    "text",
    [
        f"警方提醒：声称“{OFFER}”的都是骗局，请勿轻信。",
        f"请问{OFFER}，这是真的吗？",
        f"我们绝不做{OFFER}这种违法的事，谨防受骗。",
        f"群里有人说：{OFFER}，我没敢要。",
        f"记者在暗访中看到商家打出“{OFFER}，加微信 abc_12345”的广告，市场监管部门已立案查处。",
        f"招聘电工：要求持证上岗，拒绝{OFFER}的假证，月薪六千。",
        f"判断题：广告称{OFFER}，这种证件有效。（ ）",
        "行为守则：禁止承诺包过、保录、免考、免试、内部名额、快速拿证、代报名、代学、替考等。",
        "张先生来电反映：签订证书挂靠合同，挂一年6500元，对方不予支付，电话13800000095，对此不满，请处理并回复来电人。",
    ],
)
def test_an_offer_in_anothers_mouth_is_not_the_speakers(text: str, context: Context) -> None:
    found = assess(Page.from_text(text), context).selling
    assert found.level is not Level.FLAG
    assert any(signal.weight < 0 for signal in found.signals), "who speaks is shown, not hidden"


@pytest.mark.parametrize(
    "text",
    [
        f"谨防假证！本店{OFFER}，加微信 abc_12345",
        f"{OFFER}\n县应急管理局召开安全生产会议，公安机关通报查处假证案件三起。",
        f"应急管理部官网可查。{OFFER}。",
        f"禁止同行、中介打扰，{OFFER}，加微信 abc_12345",
        "专业刻章：派出所章、法院章、医院章、学校章，上传图案当天出样，无需备案，微信 abc_12345",
        f"{OFFER}，微信 abc_12345\n" + "后来，市应急管理局通报，三家厂因使用假证被处罚，有关人员已被公安机关抓获。" * 3,
    ],
)
def test_a_warning_or_official_words_beside_it_excuse_no_offer(text: str, context: Context) -> None:
    assert level(text, context) is Level.FLAG


@pytest.mark.parametrize(
    "text",
    [
        "焊·工·证 免·考·试 当天拿证",
        "火旱工讠正 不用考試",
        "電工證 免考試 直接拿證",
        "焊工​证不‌用考试",
        "Ｎ１叉车证　免　考　试",
        "焊工正，不用考试，包拿正",
    ],
)
def test_disguise_is_undone_and_is_itself_a_sign(text: str, context: Context) -> None:
    found = assess(Page.from_text(text), context).selling
    assert found.level is Level.FLAG


@pytest.mark.parametrize("text", ["电工证焊工证高空作业证怎么考", "不用考试，高空作业证三天拿证", "特种作业证复审"])
def test_what_is_written_plainly_is_no_disguise(text: str, context: Context) -> None:
    found = assess(Page.from_text(text), context).selling
    assert strings.EVASION not in {signal.cls for signal in found.signals}


@pytest.mark.parametrize(
    "text",
    [
        "操作正确率必须达到百分之九十，考试不及格者补考。",
        "费用全免，考试时间另行通知，电工证学员请留意。",
        "作品展免费参观，特种作业展区在二楼。",
        "请把电工证放在办公桌上，不考虑转岗的同事忽略。",
    ],
)
def test_ordinary_words_that_only_look_like_an_offer(text: str, context: Context) -> None:
    assert level(text, context) is Level.CLEAR


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def test_own_texts_are_split_by_family() -> None:
    families = [{row["family"] for row in _rows(name)} for name in OWN_TEXTS]
    assert sum(len(_rows(name)) for name in OWN_TEXTS) >= 200
    assert sum(map(len, families)) == len(set().union(*families))


@pytest.mark.parametrize("name", OWN_TEXTS)
def test_recall_and_false_positives_on_own_texts(name: str, context: Context) -> None:
    rows = _rows(name)
    flagged = {row["id"] for row in rows if level(row["text"], context) is Level.FLAG}
    sellers = {row["id"] for row in rows if row["is_selling"]}
    assert len(flagged & sellers) / len(sellers) >= 0.85
    assert len(flagged - sellers) / (len(rows) - len(sellers)) <= 0.02


def test_recall_and_false_positives_on_held_out_texts(context: Context) -> None:
    """By counts alone: of these texts nothing is read, nor told when it fails."""
    rows = [(row.row["is_selling"], row.row["label"], row.row["text"]) for row in texts("test")]
    said = Counter((sells, label, level(text, context) is Level.FLAG) for sells, label, text in rows)
    assert said[True, "seller", True] >= HELD_OUT_RECALL * sum(sells for sells, _, _ in rows)
    accused = sum(count for (sells, _, flagged), count in said.items() if flagged and not sells)
    assert accused <= HELD_OUT_FALSE_POSITIVES * sum(not sells for sells, _, _ in rows)


@pytest.mark.parametrize(
    "text",
    [
        "我们采用“先出后款”模式，焊工证出来您自己查，查到再付，微信 abc_12345",
        "选择“代考套餐”，您只需提供准考证，考试由我们安排，微信 abc_12345",
    ],
)
def test_what_a_seller_calls_his_own_way_is_no_quotation(text: str, context: Context) -> None:
    assert rules_of(text, context) & {"paylater", "paylater-card", "proxy"}


@pytest.mark.parametrize(
    "text", ["我校不接受“交钱拿证”，焊工证须本人参加考试。", "我们提醒您，“先证后款”的焊工证都是骗局。"]
)
def test_what_somebody_disowns_in_quotation_marks_is_not_his(text: str, context: Context) -> None:
    assert level(text, context) is not Level.FLAG


def test_recall_and_false_positives_on_real_texts(labelled_texts: Path, context: Context) -> None:
    rows = [json.loads(line) for line in labelled_texts.read_text(encoding="utf-8").splitlines()]
    flagged = {row["id"] for row in rows if level(row["text"], context) is Level.FLAG}
    sellers = {row["id"] for row in rows if row["is_selling"]}
    assert len(flagged & sellers) / len(sellers) >= 0.9
    assert len(flagged - sellers) / (len(rows) - len(sellers)) <= 0.02


PIECES = [
    "电工证",
    "免考",
    "不用考试",
    "三天拿证",
    "微信",
    "abc_123456",
    "14000000127",
    "，",
    "。",
    "\n",
    "“",
    "”",
    "​",
    "·",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "特種作業", "⒔", "1️⃣", "火旱", "讠正", "😀", "Ａ"]), max_size=40).map("".join))
def test_every_quote_is_the_text_at_its_offsets(text: str) -> None:
    found = assess(Page.from_text(text), CONTEXT)
    assert not found.errors
    for signal in (*found.selling.signals, *found.impersonation.signals):
        if signal.where == "text":
            assert signal.quote == text[signal.start : signal.end]
    for contact in found.contacts:
        assert contact.quote == text[contact.start : contact.end]


def test_judging_is_deterministic(context: Context) -> None:
    text = f"{OFFER}，加微信 abc_12345，办证刻章毕业证驾驶证"
    first, second = (assess(Page.from_text(text), context) for _ in range(2))
    assert first == second
