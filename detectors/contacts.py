"""Ways to reach a seller, in whatever digits and glyphs they are written; each with its quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from detectors import phones
from detectors.base import Axis, Contact, detector
from detectors.labels import Label, bare_ids, id_after, id_before, labels
from detectors.limits import MAX_CONTACTS
from detectors.numerals import may_hold_id, plain, tables
from detectors.text import Views, fold, views

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page


class _Place(NamedTuple):
    """A contact in the folded text."""

    kind: str
    value: str
    start: int
    end: int


_SAME_CHARS = 40
"""How near a number must be that is said to be a messenger's id too."""
_ADDRESS_CHARS = 64
_NEAR_CHARS = 14
_MAX_TURNED = 20
_SIGNED = re.compile(r"\+[\u4e00-\u9fff]{1,2}\s?[:：]\s?([a-z][a-z0-9_\-]{5,19})(?![a-z0-9])")
_WHATSAPP = re.compile(r"[^\w+]{0,4}(\+?\d(?:[\s\-()]{0,2}\d){7,14})(?!\d)")
_SHOP = re.compile(r"[^\w]{0,3}([a-z0-9][a-z0-9_.\-]{3,23})(?![a-z0-9])")
_SHOP_NAME = re.compile(r"\s?[:：]\s?([\u4e00-\u9fff][\u4e00-\u9fffa-z0-9_]{1,15})")
_LINK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-/=.?&%]{3,120}")
_PERSONAL = frozenset({"wechat", "qq", "telegram", "whatsapp", "other"})
_ORNAMENT_CUTS = 8


def find(page_views: Views) -> list[Contact]:
    """Contacts of a text in order of position, one per kind and value, at most `MAX_CONTACTS`."""
    folded = page_views.folded
    found: dict[tuple[str, str], Contact] = {}
    taken: list[tuple[int, int]] = []
    for kind, value, start, end in _places(page_views):
        if (kind, value) in found or (kind == "other" and any(a < end and start < b for a, b in taken)):
            continue
        taken.append((start, end))
        first, last = folded.original(start, end)
        quote = page_views.original[first:last]
        found[kind, value] = Contact(kind=kind, value=value, quote=quote, start=first, end=last)
        if len(found) >= MAX_CONTACTS:
            break
    for contact in _backwards(page_views):
        if (contact.kind, contact.value) not in found and not any(
            a < contact.end and contact.start < b for a, b in taken
        ):
            found[contact.kind, contact.value] = contact
    return sorted(found.values(), key=lambda contact: contact.start)[:MAX_CONTACTS]


def _backwards(page_views: Views) -> Iterator[Contact]:
    """Contacts written from the end, where a label stands so (`721…话电`): only what such a label announces."""
    folded = page_views.folded
    for begin, end in islice(_turned(folded.text), _MAX_TURNED):
        turned = views(folded.text[begin:end][::-1])
        text = turned.folded.text
        mobiles = (one for one in phones.find(text) if phones.is_announced(text[: one.start][-_NEAR_CHARS:]))
        named = (place for place in _labelled(turned) if place.kind in _PERSONAL)
        for kind, value, start, stop in (*named, *(_Place("phone", *one) for one in mobiles)):
            first, last = turned.folded.original(start, stop)
            span = folded.original(end - last, end - first)
            yield Contact(kind=kind, value=value, quote=page_views.original[slice(*span)], start=span[0], end=span[1])


def _turned(text: str) -> Iterator[tuple[int, int]]:
    """Where a label is written from its end, with what stands around it."""
    for root in filter(text.__contains__, tables()["backwards"]["roots"]):
        place = text.find(root)
        while place >= 0:
            yield max(0, place - _ADDRESS_CHARS), min(len(text), place + _ADDRESS_CHARS)
            place = text.find(root, place + _ADDRESS_CHARS)


def _places(page_views: Views) -> Iterator[_Place]:
    text = page_views.folded.text
    if ":" not in text and not may_hold_id(text):
        return
    mobiles = []
    for number in phones.find(text):
        yield _Place("phone", *number)
        if len(number.value) == phones.MOBILE_DIGITS and number.value[0] == "1":
            mobiles.append(number)
    yield from (_Place("wechat", *one) for one in bare_ids(text))
    labelled = list(_labelled(page_views))
    yield from (place for place in labelled if place.kind != "other")
    if "+" in text:
        yield from (_Place("wechat", one[1], *one.span(1)) for one in _SIGNED.finditer(text))
    yield from _same(text, mobiles)
    yield from _mails(text)
    if "/" in text or "=" in text:
        yield from _links(page_views)
    # last: what only follows an invitation counts where nothing better is known of it
    yield from (place for place in labelled if place.kind == "other")


def _labelled(page_views: Views) -> Iterator[_Place]:
    """What a label announces, each label by what its kind is followed by."""
    text = page_views.folded.text
    for label in labels(page_views):
        if label.kind in ("whatsapp", "shop", "payment"):
            yield from _FOLLOWING[label.kind](text, label)
            continue
        one = id_after(text, label) or (None if label.weak else id_before(text, label))
        if one is not None:
            yield from (_Place(kind, *one) for kind in label.kind.split("|"))


def _whatsapp(text: str, label: Label) -> Iterator[_Place]:
    written = plain(text[label.end : label.end + _ADDRESS_CHARS])
    match = _WHATSAPP.match(written)
    if match:
        plus = "+" if match[1].startswith("+") else ""
        start, end = match.span(1)
        yield _Place("whatsapp", plus + re.sub(r"\D", "", match[1]), label.end + start, label.end + end)


def _shop(text: str, label: Label) -> Iterator[_Place]:
    account = _SHOP.match(text, label.end)
    match = account if account and not account[1].isalpha() else _SHOP_NAME.match(text, label.end)
    if match:
        yield _Place("shop", match[1], *match.span(1))


def _payment(text: str, label: Label) -> Iterator[_Place]:
    """A payment account is a mobile number or an e-mail address."""
    near = text[label.end : label.end + _ADDRESS_CHARS]
    for number in phones.find(near[:24]):
        yield _Place("payment", number.value, label.end + number.start, label.end + number.end)
        return
    for mail in _mails(near):
        if mail.start <= 6:
            yield _Place("payment", mail.value, label.end + mail.start, label.end + mail.end)


_FOLLOWING = {"whatsapp": _whatsapp, "shop": _shop, "payment": _payment}


@cache
def _sames() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile("|".join(re.escape(fold(term).text) for term in sorted(terms, key=len, reverse=True))))
        for kind, terms in tables()["same"].items()
    )


def _same(text: str, mobiles: list[phones.Found]) -> Iterator[_Place]:
    """Mobile numbers said to be a messenger's id as well (微信同号)."""
    for number in mobiles[:MAX_CONTACTS]:
        before, after = max(0, number.start - _SAME_CHARS), number.end + _SAME_CHARS
        around = f"{text[before : number.start]}\n{text[number.end : after]}"
        for kind, pattern in _sames():
            if pattern.search(around):
                yield _Place(kind, *number)


@cache
def _mail() -> tuple[tuple[str, ...], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Ways to write `@`, what stands before one, a plain host after it, and a host after an `@` in disguise."""
    mail = tables()["mail"]
    dot = "|".join(map(re.escape, mail["dot"]))
    hosts = "|".join(re.escape(host) for host in sorted(mail["hosts"], key=len, reverse=True))
    return (
        tuple(mail["at"]),
        re.compile(r"[a-z0-9][a-z0-9._%+\-]{0,63}\s?$"),
        re.compile(r"[a-z0-9][a-z0-9\-]{0,62}(?:\.[a-z]{2,10}){1,3}"),
        re.compile(rf"\s?({hosts})\s?(?:{dot})\s?(com|cn|net|me|org)(?![a-z])"),
    )


def _mails(text: str) -> Iterator[_Place]:
    ways, before, host, disguised = _mail()
    for way in filter(text.__contains__, ways):
        place = text.find(way)
        for _ in range(MAX_CONTACTS * 4):
            if place < 0:
                break
            after = place + len(way)
            name = before.search(text[max(0, place - _ADDRESS_CHARS) : place])
            plainly = host.match(text, after) if way == "@" else None
            hidden = None if plainly else disguised.match(text, after)
            if name and (plainly or hidden):
                start = max(0, place - _ADDRESS_CHARS) + name.start()
                domain = plainly.group() if plainly else f"{hidden[1]}.{hidden[2]}" if hidden else ""
                end = (plainly or hidden).end()  # type: ignore[union-attr]
                yield _Place("email", f"{name.group().strip()}@{domain}", start, end)
            place = text.find(way, after)


def _links(page_views: Views) -> Iterator[_Place]:
    """Addresses that are contacts themselves; ids in them keep their case, as the original writes it."""
    folded = page_views.folded
    for one in tables()["link"]:
        place = folded.text.find(one["start"])
        for _ in range(MAX_CONTACTS):
            if place < 0:
                break
            after = place + len(one["start"])
            match = _LINK_ID.match(folded.text, after)
            if match:
                first, last = folded.original(*match.span())
                value = page_views.original[first:last].rstrip(".?&=/")
                named = value.lower() if one["kind"] == "telegram" else value
                yield _Place(one["kind"], named, match.start(), match.end())
            place = folded.text.find(one["start"], after)


def is_personal(contact: Contact) -> bool:
    """Whether it reaches one person: a mobile number or a messenger, not a switchboard, a mailbox or an organisation's
    account."""
    if contact.kind == "phone":
        return contact.value.startswith("1") and len(contact.value) == phones.MOBILE_DIGITS
    return contact.kind in _PERSONAL


def is_disguised(contact: Contact) -> bool:
    """Whether the digits or letters are written so that a plain search misses them.

    Hyphens and spaces between the groups of a number are ordinary; other ornaments, foreign digits, and something
    between any two digits are not.
    """
    written = contact.quote.lower()
    bare = re.sub(r"[\s\-()+]", "", written)
    if bare != contact.value and not bare.isascii():
        # what a link dials may be called anything
        read = plain(fold(written).text)
        return 2 * sum(sign.isascii() and sign.isalnum() for sign in read) >= len(contact.value)
    return contact.value.isdigit() and len(written) - len(contact.value) >= _ORNAMENT_CUTS


def page_views(page: Page) -> Views:
    return page.once("views", lambda: views(page.text))


def page_contacts(page: Page) -> list[Contact]:
    """Contacts in the text, then those that only its links hold."""
    return page.once("contacts", lambda: list(_with_linked(page, find(page_views(page)))))


def _with_linked(page: Page, found: list[Contact]) -> Iterator[Contact]:
    yield from found
    known = {(contact.kind, contact.value) for contact in found}
    addresses = page.addresses.lower()
    schemes = [one for one in _schemes() if any(word in addresses for word in one.words)]
    for link in page.markup.links if schemes else ():
        for kind, value in _in_href(link.href, schemes):
            if (kind, value) not in known and len(known) < MAX_CONTACTS:
                known.add((kind, value))
                quote = page.text[link.start : link.end]
                yield Contact(kind=kind, value=value, quote=quote, start=link.start, end=link.end)


class _Scheme(NamedTuple):
    """Addresses that dial or write to somebody; one of `words` is in each."""

    kind: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]


@cache
def _schemes() -> tuple[_Scheme, ...]:
    return tuple(
        _Scheme(one["kind"], tuple(one["words"]), re.compile(one["pattern"], re.IGNORECASE)) for one in tables()["href"]
    )


def _in_href(href: str, schemes: Iterable[_Scheme]) -> Iterator[tuple[str, str]]:
    """What a link would dial or write to."""
    lower = href.lower()
    for kind, words, pattern in schemes:
        match = pattern.search(href) if any(word in lower for word in words) else None
        if match:
            digits = re.sub(r"[\s\-()]|%20", "", match[1])
            yield kind, re.sub(r"^(?:\+?86)(?=1\d{10}$)", "", digits) if kind == "phone" else digits.lower()


@detector("contacts", version=3, title="联系方式", axis=Axis.SELLING, budget_ms=3000)
def contacts(page: Page, context: Context) -> Iterator[Contact]:
    """Phones, WeChat, QQ, e-mail, Telegram, shop ids and payment accounts in every digit and glyph style; they weigh
    in beside an offer only."""
    yield from page_contacts(page)
