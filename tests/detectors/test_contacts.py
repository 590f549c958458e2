"""Contacts in every digit and glyph style; numbers that are not contacts."""

from __future__ import annotations

import pytest

from detectors.contacts import find, is_disguised, is_personal
from detectors.masking import link, mask, mask_text
from detectors.text import views


def found(text: str) -> set[tuple[str, str]]:
    return {(contact.kind, contact.value) for contact in find(views(text))}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("电话14000000127", "phone", "14000000127"),
        ("电①④⓪〇〇⓪〇〇①②⑦", "phone", "14000000127"),
        ("１４０ ００００ ０１２７", "phone", "14000000127"),
        ("一四〇零零零零零一二七", "phone", "14000000127"),
        ("+86 140-0000-0127", "phone", "14000000127"),
        ("1400000012714000000128", "phone", "14000000128"),
        ("咨询 0730-5000123", "phone", "07305000123"),
        ("微信：bz_hg_66", "wechat", "bz_hg_66"),
        ("加V：tzzy_8866", "wechat", "tzzy_8866"),
        ("徽信 bz-kz-520", "wechat", "bz-kz-520"),
        ("14000000127（微信同号）", "wechat", "14000000127"),
        ("wx_04315", "wechat", "wx_04315"),
        ("详情找 cc_0802 微信", "wechat", "cc_0802"),
        ("想要的加他 jzg_ban88", "wechat", "jzg_ban88"),
        ("叩叩 100000536", "qq", "100000536"),
        ("有需要 Q 100000735", "qq", "100000735"),
        ("扣扣①⓪⓪⓪⓪⓪⑧⑧①", "qq", "100000881"),
        ("QQ 100000845", "qq", "100000845"),
        ("邮箱 bz@example.com", "email", "bz@example.com"),
        ("电报 @zheng_gong", "telegram", "zheng_gong"),
        ("t.me/zheng_gong", "telegram", "zheng_gong"),
    ],
)
def test_contact_is_found(text: str, kind: str, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text", ["编号 202611210001234567", "拨打12350举报", "第14000000127890号文件", "树立威信，做好服务"]
)
def test_other_numbers_and_words_are_no_contacts(text: str) -> None:
    assert not found(text)


def test_quote_is_the_original_and_disguise_is_seen() -> None:
    text = "电①④⓪〇〇⓪〇〇①②⑦"
    (contact,) = find(views(text))
    assert contact.quote == text[contact.start : contact.end] == text[1:]
    assert is_disguised(contact)
    assert is_personal(contact)
    (plain,) = find(views("电话 140-0000-0127"))
    assert not is_disguised(plain)


def test_masking_keeps_length_and_hides_the_middle() -> None:
    assert mask("14000000127") == "140******27"
    assert mask("abc") == "a**"
    assert mask_text("证号T110101190001011230，电话14000000127。") == "证号T11**************30，电话140******27。"


def test_linking_depends_on_value_kind_and_key() -> None:
    assert link("phone", "1", b"k") == link("phone", "1", b"k")
    assert (
        len({link("phone", "1", b"k"), link("qq", "1", b"k"), link("phone", "2", b"k"), link("phone", "1", b"l")}) == 4
    )
