"""Certificate numbers and records: what agrees is silent, what does not is watched, numbers are never shown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawlers.identities import Check, check_character, find
from detectors import strings
from detectors.base import Contact, Level, Signal
from detectors.cards import dates, table
from detectors.context import Context
from detectors.features import Page
from detectors.licence import certificates, licence, records
from detectors.masking import link
from detectors.runner import assess
from detectors.text import views

BODY = "11010119900101123"
VALID = BODY + check_character(BODY)
FALSE = BODY + ("0" if VALID[-1] != "0" else "1")
CARD = """特种作业操作证
姓名：某某 性别：男
证号：T{number}
作业类别：电工作业
准操项目：低压电工作业
初领日期：{first}
有效期限：{start}至{end}
应复审日期：{review}
"""
GOOD = {"number": VALID, "first": "2021-03-05", "start": "2021-03-05", "end": "2027-03-04", "review": "2024-03-04"}
LAYOUTS = (
    "{0}-{1:02}-{2:02}",
    "{0}.{1}.{2}",
    "{0}年{1}月{2}日",
    "{0}/{1:02}/{2:02}",
    "{0} 年 {1} 月 {2} 日",
    "{0}{1:02}{2:02}",
)
HAN = "〇一二三四五六七八九"


def card(**other: str) -> str:
    return CARD.format(**(GOOD | other))


def signals(text: str, context: Context, url: str = "") -> list[Signal]:
    page = Page.from_text(text, url)
    return [one for one in licence(page, context) if isinstance(one, Signal)]


def han(day: date) -> str:
    def number(value: int) -> str:
        tens, ones = divmod(value, 10)
        return ("" if tens < 2 else HAN[tens]) + ("十" if tens else "") + (HAN[ones] if ones else "")

    year = "".join(HAN[int(digit)] for digit in str(day.year))
    return f"{year}年{number(day.month)}月{number(day.day)}日"


def test_a_record_that_agrees_is_silent(context: Context) -> None:
    assert signals(card(), context) == []
    assert signals(card(review="2027-03-04"), context) == []
    assert signals(card(first="2015-03-05"), context) == []


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"number": FALSE}, "checksum"),
        ({"number": "119901" + VALID[6:]}, "checksum"),
        ({"number": "001101" + VALID[6:]}, "malformed"),
        ({"number": VALID[:10] + "1301" + VALID[14:]}, "malformed"),
        ({"number": VALID[:-1]}, "length"),
        ({"end": "2031-03-04"}, "span_long"),
        ({"end": "2024-03-04", "review": "2023-03-04"}, "span_short"),
        ({"end": "2020-03-04", "review": "2020-03-04"}, "span_back"),
        ({"review": "2025-09-04"}, "review_late"),
        ({"review": "2028-03-04"}, "review_after_end"),
        ({"review": "2020-03-04"}, "review_before_start"),
        ({"first": "2022-03-05"}, "issued_after_start"),
        ({"first": "2007-03-05"}, "minor"),
        ({"first": "1989-03-05"}, "unborn"),
        ({"first": "1998-03-05", "number": "110101190001011236"}, "too_early"),
    ],
)
def test_what_does_not_agree_is_named(changed: dict[str, str], kind: str, context: Context) -> None:
    reasons = [one.reason for one in signals(card(**changed), context)]
    opening = strings.LICENCE_REASONS[kind].split("{")[0]
    assert any(reason.startswith(opening) for reason in reasons), reasons


def test_an_inconsistent_record_is_watched_and_never_flagged(context: Context) -> None:
    text = card(number=FALSE, end="2035-03-04", review="2036-03-04", first="2006-01-01")
    found = assess(Page.from_text(text), context)
    assert found.selling.level is Level.WATCH
    assert {one.cls for one in found.selling.signals} == {strings.LICENCE_NUMBER, strings.LICENCE_DATES}
    assert not found.errors


def test_numbers_are_masked_in_quote_and_reason_and_offsets_hold(context: Context) -> None:
    text = card(number=FALSE, end="2035-03-04")
    for one in signals(text, context):
        original = text[one.start : one.end]
        assert len(one.quote) == len(original)
        assert [a for a, b in zip(one.quote, original, strict=True) if a != b] in ([], ["*"] * 14)
        assert FALSE not in one.quote + one.reason


def test_numbers_link_records_and_are_one_contact_each(context: Context) -> None:
    text = card() + "\n" + card(number=f"{VALID[:6]} {VALID[6:14]} {VALID[14:]}")
    found = [one for one in licence(Page.from_text(text), context) if isinstance(one, Contact)]
    assert [(one.kind, one.value) for one in found] == [("certificate", VALID)]
    assert found[0].quote == text[found[0].start : found[0].end]
    assert link(found[0].kind, found[0].value, b"k") == link("certificate", VALID, b"k")


@pytest.mark.parametrize(
    "text",
    [
        "身份证号110101199001011230",
        "订单编号：202611210001234567",
        "证书编号 202611210001234567",
        "车辆识别代号 LT110101199001011230",
        "特种设备作业人员证 证号T110101199001011230 有效期至2025-03-04 初领日期2021-03-05",
        "优惠有效期：2026-03-01至2026-03-31，特种作业培训报名中",
        "特种作业操作证有效期为6年，每3年复审1次",
        "发布时间：2026-03-01 特种作业培训班 报名时间2026-03-02至2026-03-20",
        "特种作业操作证 有效期限 2021-03-05至2023-03-04",
        "T110101199001011230",
        "",
    ],
)
def test_other_numbers_and_dates_are_no_faults(text: str, context: Context) -> None:
    assert signals(text, context) == []


def test_a_row_that_holds_the_number_masked_still_tells_that_it_fails(context: Context) -> None:
    (one,) = signals("特种作业操作证 T11##############30 出售", context)
    assert one.cls == strings.LICENCE_NUMBER
    assert one.quote == "T11##############30"
    assert signals("特种作业操作证 T11**************36", context) == []


def test_the_organ_that_issues_them_is_not_doubted(context: Context) -> None:
    assert signals(card(number=FALSE), context, "https://cx.mem.gov.cn/") == []


@given(some.sampled_from(LAYOUTS), some.dates(date(2001, 1, 1), date(2040, 12, 31)), some.booleans())
def test_dates_are_read_in_every_layout(layout: str, day: date, blank: bool) -> None:
    text = f"应复审日期{'： ' if blank else ''}{layout.format(day.year, day.month, day.day)} 发证机关"
    (found,) = dates(views(text))
    assert (found.kind, found.day) == ("review", day)
    assert text[found.start : found.end].startswith("应复审日期")


@given(some.dates(date(2001, 1, 1), date(2040, 12, 31)))
def test_dates_are_read_in_chinese(day: date) -> None:
    (found,) = dates(views(f"初领日期：{han(day)}"))
    assert (found.kind, found.day) == ("first", day)


@pytest.mark.parametrize(
    "text",
    [
        "有效期限：2021-03-05至2027-03-04",
        "有效期限 2021.03.05-2027.03.04",
        "有效期：自2021年3月5日起至2027年3月4日止",
        "有效期开始日期：2021-03-05\n有效期结束日期：2027-03-04",
        "有 效 期 限：２０２１年３月５日 至 ２０２７年３月４日",
        "有效期起 2021/03/05 有效期止 2027/03/04",
        "有效期限\n2021-03-05\n至\n2027-03-04",
        "有效期限：二〇二一年三月五日—二〇二七年三月四日",
    ],
)
def test_a_span_is_read_in_every_layout(text: str) -> None:
    found = dates(views(text))
    assert [(one.kind, one.day.isoformat()) for one in found] == [("from", "2021-03-05"), ("until", "2027-03-04")]


def test_the_end_of_a_span_alone_is_its_end() -> None:
    assert [one.kind for one in dates(views("有效期：2027-03-04"))] == ["until"]
    assert [one.kind for one in dates(views("有效期至：2027-03-04"))] == ["until"]
    assert dates(views("有效期至：2027-13-44，复审日期：2026-02-30")) == []


def test_lines_beside_each_other_are_one_record_and_a_second_number_begins_the_next() -> None:
    text = card() + card(number=FALSE) + "，" * 500 + "应复审日期：2024-03-04"
    found = list(records(dates(views(text)), certificates(text)))
    assert [one.number.digits if one.number else "" for one in found] == [VALID, FALSE, ""]
    assert [sorted(one.days) for one in found] == [["first", "from", "review", "until"]] * 2 + [["review"]]


def test_every_fault_has_its_sentence_and_every_label_one_meaning() -> None:
    named = [term for terms in table()["dates"].values() for term in terms]
    assert len(named) == len(set(named))
    assert all(any(root in term for root in table()["roots"]["terms"]) for term in named)
    assert {Check.CHECKSUM.value, Check.MALFORMED.value} <= strings.LICENCE_REASONS.keys()


def test_a_long_text_of_dates_and_numbers_is_read_within_limits(context: Context) -> None:
    text = card(number=FALSE) * 400
    found = signals(text, context)
    assert len({one.reason for one in found}) == len(found)
    assert len(list(find(text))) == 400
