"""Contacts in every digit and glyph style; numbers that are not contacts; work on bait is counted."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from detectors import contacts, labels, numerals, phones
from detectors.base import Contact
from detectors.contacts import find, is_disguised, is_personal, page_contacts
from detectors.features import Page
from detectors.limits import MAX_CONTACTS
from detectors.text import views

EXAMPLES = tomllib.loads((Path(__file__).parent / "contacts_examples.toml").read_text(encoding="utf-8"))
WANTED = [(text, one["kind"], one["value"]) for one in EXAMPLES["found"] for text in one["texts"]]
PHONE = "14000000127"
STYLES = (
    "0123456789",
    "０１２３４５６７８９",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "⓿❶❷❸❹❺❻❼❽❾",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
    "〇一二三四五六七八九",
    "零壹贰叁肆伍陆柒捌玖",
    "零壹貳叄肆伍陸柒捌玖",
    "洞幺两三四五六拐八勾",
    "٠١٢٣٤٥٦٧٨٩",
    "₀₁₂₃₄₅₆₇₈₉",
    "⁰¹²³⁴⁵⁶⁷⁸⁹",
)
KEYCAP = "\ufe0f\u20e3"
ORNAMENTS = ("", "", " ", "-", "·", ".", "✿", "★", "*", "~", "\u200b", "薇", "信", "｜", "❤️", "_")
BAIT = {
    "digits": "1",
    "pairs": "13 ",
    "seven": "1380000 ",
    "label": "微信",
    "label and colon": "微信：",
    "letters": "a",
    "at": "@",
    "mail": "a@",
    "id": "加a1_",
    "ten": "138-0000-000",
    "units": "1a3b",
    "hanzi digits": "一三",
    "lists": "1 3、",
    "shapes": "l1o",
    "dots": ".",
    "country": "+86",
    "short": "qq1000",
    "hosts": "a@b.",
    "links": "t.me/",
    "signs": "🛰",
    "fullwidth": "１４０",
    "split": "微.信.",
}


def found(text: str) -> set[tuple[str, str]]:
    return {(contact.kind, contact.value) for contact in find(views(text))}


@pytest.mark.parametrize(("text", "kind", "value"), WANTED)
def test_contact_is_found(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize("text", EXAMPLES["none"]["texts"])
def test_other_numbers_and_words_are_no_contacts(text: str) -> None:
    assert not found(text)


@pytest.mark.parametrize("text", [text for text, _, _ in WANTED])
def test_every_quote_is_the_original_at_its_offsets(text: str) -> None:
    written = f"办理{text}。"
    for contact in find(views(written)):
        assert contact.quote == written[contact.start : contact.end] != ""


@given(some.lists(some.sampled_from(STYLES), min_size=11, max_size=11))
def test_any_mix_of_digit_styles_is_one_number(styles: list[str]) -> None:
    text = "联系" + "".join(style[int(digit)] for style, digit in zip(styles, PHONE, strict=True)) + "王工"
    assert ("phone", PHONE) in found(text)


@given(some.sampled_from(STYLES), some.sampled_from(ORNAMENTS), some.booleans())
def test_any_ornament_between_digits_leaves_the_number(style: str, ornament: str, keycap: bool) -> None:
    text = ornament.join(style[int(digit)] + KEYCAP * keycap for digit in PHONE)
    (phone,) = [contact for contact in find(views(f"（{text}）")) if contact.kind == "phone"]
    assert phone.value == PHONE
    assert phone.quote.rstrip(KEYCAP) == text.rstrip(KEYCAP)


@given(some.sampled_from([(3, 7), (3,), (7,), (3, 5, 7, 9), (4, 8)]), some.sampled_from(ORNAMENTS), some.data())
def test_any_usual_grouping_is_one_number(cuts: tuple[int, ...], ornament: str, data: some.DataObject) -> None:
    styles = data.draw(some.lists(some.sampled_from(STYLES[:8]), min_size=11, max_size=11))
    digits = [style[int(digit)] for style, digit in zip(styles, PHONE, strict=True)]
    text = "".join((ornament if place in cuts else "") + digit for place, digit in enumerate(digits))
    assert ("phone", PHONE) in found(f"电话 {text}")


PIECES = (
    "微信",
    "v：",
    "QQ",
    "①",
    "𝟏",
    "1",
    "4",
    "0",
    "〇",
    "零",
    "薇",
    ".",
    "-",
    " ",
    "@qq.com",
    "bz_66",
    "t.me/",
    "办证",
    "\u200b",
    "❤️",
    "１",
    "\n",
)


@given(some.lists(some.sampled_from(PIECES), max_size=40))
def test_whatever_the_text_offsets_hold(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = find(views(text))
    assert all(one.quote == text[one.start : one.end] and one.value for one in found)
    assert found == sorted(found, key=lambda one: one.start)
    assert max(Counter((one.kind, one.value) for one in found).values(), default=1) == 1


@given(some.text(max_size=200))
def test_any_text_at_all_is_read(text: str) -> None:
    for one in find(views(text)):
        assert one.quote == text[one.start : one.end]


def test_the_messengers_of_an_organisation_and_switchboards_are_not_personal() -> None:
    def one(kind: str, value: str = "abc_123") -> Contact:
        return Contact(kind=kind, value=value, quote=value)

    personal = {kind for kind in ("wechat", "qq", "telegram", "whatsapp", "other") if is_personal(one(kind))}
    assert personal == {"wechat", "qq", "telegram", "whatsapp", "other"}
    assert not any(
        is_personal(one(kind)) for kind in ("account", "dingtalk", "wecom", "email", "shop", "payment", "certificate")
    )
    assert is_personal(one("phone", PHONE))
    assert not is_personal(one("phone", "4000000127"))
    assert not is_personal(one("phone", "07305000123"))


def test_quote_is_the_original_and_disguise_is_seen() -> None:
    text = "电①④⓪〇〇⓪〇〇①②⑦"
    (contact,) = find(views(text))
    assert contact.quote == text[contact.start : contact.end] == text[1:]
    assert is_disguised(contact)
    assert is_personal(contact)
    (plain,) = find(views("电话 140-0000-0127"))
    assert not is_disguised(plain)
    assert all(is_disguised(find(views(one))[0]) for one in ("V：hg一八八零", "电14O0OOOO⓪27", "140.薇.0000.电.0127"))
    (spread,) = find(views("电话 1 4 0 0 0 0 0 0 1 2 7"))
    assert is_disguised(spread)


def test_a_number_once_masked_is_no_number() -> None:
    assert not found("电话140******27，微信b******6")


def test_at_most_so_many_contacts_of_one_text() -> None:
    text = "，".join(f"微信bz_{number:05}" for number in range(MAX_CONTACTS * 2))
    assert len(find(views(text))) == MAX_CONTACTS


@pytest.mark.parametrize(
    ("href", "kind", "value"),
    [
        ("tel:+86-140-0000-0127", "phone", PHONE),
        ("tel:07305000123", "phone", "07305000123"),
        ("mailto:bz@example.com?subject=x", "email", "bz@example.com"),
        ("http://wpa.qq.com/msgrd?v=3&uin=100000536&site=qq", "qq", "100000536"),
        ("tencent://message/?uin=100000536", "qq", "100000536"),
        ("https://t.me/Zheng_Gong", "telegram", "zheng_gong"),
        ("https://wa.me/10005550137", "whatsapp", "10005550137"),
    ],
)
def test_what_a_link_dials_is_a_contact_quoted_by_its_words(href: str, kind: str, value: str) -> None:
    page = Page.from_html(f'<p>低压电工证 <a href="{href}">点这里咨询</a></p>')
    (contact,) = page_contacts(page)
    assert (contact.kind, contact.value) == (kind, value)
    assert contact.quote == page.text[contact.start : contact.end] == "点这里咨询"
    assert not is_disguised(contact)


def test_a_link_that_says_what_it_dials_is_one_contact() -> None:
    page = Page.from_html(
        f'<a href="tel:{PHONE}">电话 {PHONE}</a> <a href="javascript:x()">QQ</a> <a href="/a?v=1">b</a>'
    )
    assert [(one.kind, one.value) for one in page_contacts(page)] == [("phone", PHONE)]


def calls(text: str) -> int:
    """How many functions, Python's own included, are called to read a text."""
    seen = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal seen
        seen += event in ("call", "c_call")

    made = views(text)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        find(made)
    finally:
        sys.setprofile(before)
    return seen


@pytest.mark.parametrize("bait", BAIT.values(), ids=BAIT.keys())
def test_work_on_bait_grows_no_faster_than_the_text(bait: str) -> None:
    find(views("热身 QQ100000536"))
    small, large = (calls(bait * (size // len(bait))) for size in (25_000, 100_000))
    assert large <= 5 * small + 100
    assert large <= 1_000_000


def patterns() -> Iterable[re.Pattern[str]]:
    find(views("热身：微信 bz_hg_66，bz@example.com，14000000127 微信同号"))
    for module in (contacts, labels, numerals, phones):
        yield from (value for value in vars(module).values() if isinstance(value, re.Pattern))
    yield from contacts._mail()[1:]
    yield from (
        labels._connector(),
        *(numerals._chain(10, digit) for digit in (numerals.digit_class(), numerals._basic_class())),
        numerals._id_like(),
        numerals._letters(),
    )
    yield from (phones._signs().not_after, phones._signs().announced, *(pattern for _, pattern in contacts._sames()))


def test_no_pattern_repeats_without_bound_inside_a_repetition() -> None:
    nested = re.compile(r"\([^()]*(?:[^\\][*+]|\{\d+,\})[^()]*\)(?:[*+]|\{\d+,)")
    assert [one.pattern for one in patterns() if nested.search(one.pattern)] == []


def test_every_term_of_the_table_is_known_to_one_label_only() -> None:
    sought = [one for one in numerals.tables()["label"] if one["kind"] != "phone"]
    named = Counter(term for one in sought for term in {*one["terms"], *one.get("weak", ())})
    doubled = {term for term, count in named.items() if count > 1}
    assert not doubled


def test_every_digit_of_the_table_stands_for_one_digit() -> None:
    glyphs = Counter(glyph for glyphs in numerals.tables()["digits"].values() for glyph in glyphs)
    assert [glyph for glyph, count in glyphs.items() if count > 1] == []
    assert numerals.plain("〇壹٢３") == "0123"


def test_groups_of_the_table_are_of_eleven_digits() -> None:
    assert {sum(sizes) for sizes in numerals.tables()["numbers"]["groups"]} == {phones.MOBILE_DIGITS}
