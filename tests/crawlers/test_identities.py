"""Identity and certificate numbers: found in any digits, checked by their own, masked at the same length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawlers.identities import STAR, WRONG, Check, check_character, digits, find, mask, masked

BODY = "11010119000101123"
VALID = BODY + check_character(BODY)
WRONG_CHECK = "110101190001011230"
STYLES = (
    "0123456789",
    "０１２３４５６７８９",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "⓿❶❷❸❹❺❻❼❽❾",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "〇一二三四五六七八九",
    "零壹贰叁肆伍陆柒捌玖",
    "٠١٢٣٤٥٦٧٨٩",
)


def test_check_character_is_that_of_the_standard() -> None:
    # the example of GB 11643-1999, appendix
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


@pytest.mark.parametrize(
    ("text", "number", "certificate", "check"),
    [
        (f"证号T{VALID}。", VALID, True, Check.VALID),
        (f"证号 Ｔ{VALID}", VALID, True, Check.VALID),
        (f"身份证{VALID}", VALID, False, Check.VALID),
        (f"T-{WRONG_CHECK}", WRONG_CHECK, True, Check.CHECKSUM),
        ("身份证 110101 19000101 1230", WRONG_CHECK, False, Check.CHECKSUM),
        ("T1 1 0 1 0 1 1 9 0 0 0 1 0 1 1 2 3 0", WRONG_CHECK, True, Check.CHECKSUM),
        ("11010119000101123x", BODY + "X", False, Check.CHECKSUM),
        ("T11010119000101123Ⅹ", BODY + "X", True, Check.CHECKSUM),
        ("T119901190013011230", "119901190013011230", True, Check.MALFORMED),
        ("编号 202611210001234567", "202611210001234567", False, Check.MALFORMED),
        ("110101900101123", "110101900101123", False, Check.OLD),
    ],
)
def test_numbers_are_found_and_checked(text: str, number: str, certificate: bool, check: Check) -> None:
    (one,) = find(text)
    assert (one.digits, one.certificate, one.check) == (number, certificate, check)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "T",
        "2021-03-05 至 2027-03-04",
        "2021-03-05 - 2027-3-04",
        "2021.03.05-2027.03.04",
        "14000000127",
        "1,000,000,000,000,000.00",
        "12 13 14 15 16 17 18 19 20",
        "一二三四五六七八九",
        "T11**************36",
        "9" * 40,
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert list(find(text)) == []
    assert mask(text) == text


@given(some.lists(some.sampled_from(STYLES), min_size=18, max_size=18), some.sampled_from(("", " ", "-", "\u200b")))
def test_any_mix_of_digit_styles_is_one_number(styles: list[str], between: str) -> None:
    written = between.join(style[int(digit)] for style, digit in zip(styles, VALID, strict=True))
    text = f"证号T{written}，有效"
    (one,) = find(text)
    assert (one.digits, one.check) == (VALID, Check.VALID)
    assert text[one.start : one.end] == f"T{written}"


@given(some.text(some.sampled_from("T1０9〇 -xX\n办①"), max_size=80))
def test_masking_keeps_length_and_leaves_no_number(text: str) -> None:
    hidden = mask(text)
    assert len(hidden) == len(text)
    assert not [one for one in find(hidden) if one.check is Check.VALID]


def test_what_does_not_check_can_be_told_when_the_digits_are_gone() -> None:
    assert mask(f"T{VALID}") == mask(f"T{VALID}", tell=True) == "T11" + STAR * 14 + VALID[-2:]
    assert mask(f"T{WRONG_CHECK}", tell=True) == "T11" + WRONG * 14 + "30"
    assert mask(f"T{WRONG_CHECK}") == "T11" + STAR * 14 + "30"


def test_birth_is_read_from_the_number() -> None:
    (one,) = find(VALID)
    assert one.birth is not None
    assert one.birth.isoformat() == "1900-01-01"
    (old,) = find("110101900101123")
    assert old.birth is not None
    assert old.birth.year == 1990


def test_several_numbers_of_one_line() -> None:
    text = f"张三 {VALID} 李四 {WRONG_CHECK} 14000000127"
    assert [one.digits for one in find(text)] == [VALID, WRONG_CHECK]
    assert [one.digits for one in find(f"{VALID} {WRONG_CHECK}")] == [VALID, WRONG_CHECK]


def test_short_values_are_masked_too() -> None:
    assert masked("14000000127") == "140******27"
    assert masked("abc") == "a**"
    assert masked("a") == "a"
    assert masked("") == ""


def test_every_digit_stands_for_one_digit() -> None:
    assert set(digits().values()) == set("0123456789")
    assert {digits()[ord(sign)] for sign in "零〇０⓪"} == {"0"}
