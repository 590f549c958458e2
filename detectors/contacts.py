"""Ways to reach a seller, in whatever digits and glyphs they are written; each with its quote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.base import Axis, Contact, detector
from detectors.limits import MAX_CONTACTS
from detectors.text import Views, views

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page

_HAN_WRITTEN = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺"
_HAN_DIGITS = str.maketrans(_HAN_WRITTEN, "001234567891234567891")
_SEPARATOR = r"[\s\-·.•*_~—–,，、|/\\+()（）:：]"
_DIGITS = re.compile(rf"[\d{_HAN_WRITTEN}](?:{_SEPARATOR}{{0,2}}[\d{_HAN_WRITTEN}]){{9,}}")
"""As many digits as the shortest number has, no further apart than in any number: where numbers can be."""
_MOBILE = re.compile(rf"(?:(?<![\d.])|(?<=86))(1{_SEPARATOR}{{0,2}}[3-9](?:{_SEPARATOR}{{0,2}}\d){{9}})(?!\d)")
_MOBILES = re.compile(r"(?<!\d)(?:1[3-9]\d{9}){2,3}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}[-—– ]?[1-9]\d{6,7}|[48]00[-—– ]?\d{3}[-—– ]?\d{4})(?!\d)")
# every way to name a messenger begins with a plain character: `re` then skips the text in which none of them stands
_WECHAT_LABEL = (
    r"(?:微\s?信(?:号|同号|联系)?|微x|wei\s?xin|we\s?chat|vx|wx|v信|v\s?x|维信|威信|微芯|微心|"
    r"加\s?微|\+\s?微|加\s?v|\+\s?v|加\s?w|\+\s?w|"
    r"加\s?[他她]|他v|她v|卫星|徽信|v\s?[:：]|微\s?[:：]|薇\s?[:：]|w(?<=\bw)\s?[:：]|同v|q微|q\\微|q/微信|电微)"
)
_ID = r"([a-z][a-z0-9_\-]{5,19}|\d{6,11}|\d(?:[.\-· ]?\d){6,11})"
_WECHAT = re.compile(rf"{_WECHAT_LABEL}[\s:：号是为:=\-→>【\[（(]{{0,4}}{_ID}(?![a-z0-9_])")
_WX_ID = re.compile(r"(?<![a-z0-9])(wx[_\-]?[a-z0-9_]{4,18}|wxid_[a-z0-9]{6,20})(?![a-z0-9])")
_BEFORE_LABEL = re.compile(r"(?<![a-z0-9_\-])([a-z][a-z0-9]{0,9}_[a-z0-9_]{2,12}|[a-z]{2,10}\d{3,10})\s{0,2}[（(]?微信")
_QQ = re.compile(
    r"(?:q\s?q|扣扣|叩叩|寇寇|蔻蔻|企鹅|丘丘|球球|q\s?[:：]|q\s{1,2}(?=[1-9]\d{7})|扣\s?[:：]|\+q|加q|加扣|\+扣)(?:号|群)?(?:手机同号|/?微信)?[\s:：号是]{0,3}([1-9]\d{4,10})(?!\d)"
)
_EMAIL = re.compile(r"(?<![a-z0-9._%+\-])([a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9][a-z0-9\-]{0,62}(?:\.[a-z]{2,10}){1,3})")
_TELEGRAM = re.compile(
    r"(?:t\.me/|telegram\s?[:：@]\s?@?|电报\s?[:：]?\s?@?|飞机号?\s?[:：]?\s?@?|纸飞机\s?[:：]?\s?@?|tg\s?[:：@]\s?@?)([a-z][a-z0-9_]{4,31})"
)
_WHATSAPP = re.compile(r"whats\s?app\s?[:：]?\s?(\+?\d[\d\s\-]{7,17}\d)")
_SAME = re.compile(r"(?:电微|微信|手机|v|微|话)[（(]?同[号v微]")
_NAMED: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    ("qq", ("q", "扣", "叩", "寇", "蔻", "企鹅", "丘", "球"), _QQ),
    ("wechat", ("微", "wei", "we chat", "wechat", "v", "w", "维信", "威信", "卫星", "薇", "加他", "加她"), _WECHAT),
    ("wechat", ("wx",), _WX_ID),
    ("wechat", ("微信",), _BEFORE_LABEL),
    ("email", ("@",), _EMAIL),
    ("telegram", ("t.me", "telegram", "电报", "飞机", "tg"), _TELEGRAM),
    ("other", ("whats",), _WHATSAPP),
)
"""Kind, what a text must hold before the pattern is worth trying, pattern."""
_NOT_WECHAT = frozenset({"weixin", "wechat", "official", "public", "number", "service"})
_OFFICIAL_NUMBERS = frozenset({"12350", "12345", "12377", "96110", "12315", "12333"})


def find(page_views: Views) -> list[Contact]:
    """Contacts of a text in order of position, one per kind and value."""
    folded = page_views.folded
    found: dict[tuple[str, str], Contact] = {}
    for kind, value, start, end in (*_numbers(folded.text), *_names(folded.text), *_wechat_same(folded.text)):
        first, last = folded.original(start, end)
        contact = Contact(kind=kind, value=value, quote=page_views.original[first:last], start=first, end=last)
        found.setdefault((kind, value), contact)
        if len(found) >= MAX_CONTACTS:
            break
    return sorted(found.values(), key=lambda contact: contact.start)


def _numbers(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Mobile numbers run together first, then single ones, then landlines."""
    places = [(max(0, match.start() - 1), match.end()) for match in _DIGITS.finditer(text)]
    written = [(start, text[start:end].translate(_HAN_DIGITS)) for start, end in places]
    for base, plain in written:
        for match in _MOBILES.finditer(plain):
            for start in range(match.start(), match.end(), 11):
                yield "phone", plain[start : start + 11], base + start, base + start + 11
    for pattern in (_MOBILE, _LANDLINE):
        for base, plain in written:
            for match in pattern.finditer(plain):
                yield "phone", re.sub(r"\D", "", match.group(1)), base + match.start(1), base + match.end(1)


def _names(text: str) -> Iterator[tuple[str, str, int, int]]:
    for kind, needed, pattern in _NAMED:
        if not any(word in text for word in needed):
            continue
        for match in pattern.finditer(text):
            value = match.group(1)
            if value in _NOT_WECHAT or value in _OFFICIAL_NUMBERS:
                continue
            plain = value if kind in ("email", "telegram") else re.sub(r"[.\-· ]", "", value)
            yield kind, plain if plain.strip("+0123456789") == "" else value, match.start(1), match.end(1)


def _wechat_same(text: str) -> Iterator[tuple[str, str, int, int]]:
    """A phone number said to be the WeChat id as well (微信同号)."""
    matches = list(_SAME.finditer(text)) if "同" in text else []
    plain = text.translate(_HAN_DIGITS) if matches else ""
    for match in matches:
        near = list(_MOBILE.finditer(plain, max(0, match.start() - 40), match.end() + 40))
        if near:
            mobile = min(near, key=lambda one: abs(one.start(1) - match.start()))
            yield "wechat", re.sub(r"\D", "", mobile.group(1)), mobile.start(1), mobile.end(1)


def is_personal(contact: Contact) -> bool:
    """Whether it reaches one person: a mobile number or a messenger, not a switchboard or a mailbox."""
    if contact.kind == "phone":
        return contact.value.startswith("1") and len(contact.value) == 11
    return contact.kind in ("wechat", "qq", "telegram", "other")


def is_disguised(contact: Contact) -> bool:
    """Whether the digits or letters are written so that a plain search misses them.

    Hyphens and spaces in a number are ordinary; other ornaments and foreign digits are not.
    """
    plain = re.sub(r"[\s\-()+]", "", contact.quote.lower())
    return plain != contact.value and not plain.isascii()


def page_views(page: Page) -> Views:
    return page.once("views", lambda: views(page.text))


def page_contacts(page: Page) -> list[Contact]:
    return page.once("contacts", lambda: find(page_views(page)))


@detector("contacts", version=2, title="联系方式", axis=Axis.SELLING, budget_ms=3000)
def contacts(page: Page, context: Context) -> Iterator[Contact]:
    """Phones, WeChat, QQ, e-mail, Telegram in every digit and glyph style; they weigh in beside an offer only."""
    yield from page_contacts(page)
