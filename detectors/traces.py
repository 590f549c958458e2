"""Values by which a page's operator can be known elsewhere: record numbers, counting accounts, addresses, links."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from crawlers.needles import Needle, around, encoded, needle
from detectors.base import Axis, Trace, detector
from detectors.features import LINKED_HOST
from detectors.hosts import Owner, icp_body
from detectors.suffixes import registrable
from detectors.text import DATA

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page
    from detectors.hosts import Registry

_MAX_SOURCE_CHARS = 600_000
_MAX_OF_KIND = 10
_MAX_LINKS = 200
"""A page that links to more than this is a directory, and its first links say what it is."""
_ICP = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[Ii][Cc][Pp]\s?[备证]\s?\d{6,10}\s?号?(?:-\d{1,4})?"
)
_POLICE_SAYS = "公网安备"
_POLICE = re.compile(r"[\u4e00-\u9fff]公网安备\s?(\d{14})\s?号?")
_DOOR = re.compile(r"[路街道巷]\s?\d{1,5}\s?号(?:[\u4e00-\u9fff\d\-—]{0,12}[楼层室座栋])?")
_NUMBERED = "号"
"""In every address by street and house."""
_STREET = re.compile(r"[\u4e00-\u9fff]{2,10}[省市区县][\u4e00-\u9fff\d]{0,16}$")
_STREET_CHARS = 28
"""How far before a house number its town may stand."""
_ADDRESS_SHOWN = 8
_AROUND_BYTES = 320
"""How far an account may reach before and after a word that is in it."""


class Service(NamedTuple):
    """One that counts visitors; an account there is group 1 of `pattern`."""

    name: str
    pattern: re.Pattern[str]
    words: tuple[Needle, ...]
    """One of them stands in whatever names an account."""
    beside: str
    """What a document or script with an account holds somewhere, too."""

    def named_in(self, text: str) -> list[str]:
        return self.pattern.findall(text) if self.beside in text else []

    def accounts_in(self, data: bytes) -> list[str]:
        """The accounts in a document encoded as UTF-8, looked for only around what is in each."""
        if self.beside and not needle(self.beside).is_in(data):
            return []
        spans = around(sorted(at for word in self.words for at in word.places(data)), _AROUND_BYTES)
        parts = (data[first:last].decode("utf-8", "ignore") for first, last in spans)
        return [account for part in parts for account in self.pattern.findall(part)]


@cache
def _analytics() -> tuple[Service, ...]:
    table = tomllib.loads((DATA / "analytics.toml").read_text(encoding="utf-8"))
    return tuple(
        Service(
            name,
            re.compile(one["pattern"]),
            tuple(map(Needle, one["words"])),
            one.get("beside", ""),
        )
        for name, one in table.items()
    )


def services(page: Page) -> list[Service]:
    """Those that the page may have an account of."""
    data = page.data
    return page.once("services", lambda: [one for one in _analytics() if any(word.is_in(data) for word in one.words)])


@detector("traces", version=1, title="关联线索", axis=Axis.IMPERSONATION, budget_ms=1000)
def traces(page: Page, context: Context) -> Iterator[Trace]:
    """Notes what may tie a page to others: numbers of its record with the authorities, accounts for counting visitors,
    postal addresses, links to other hosts. They accuse nobody."""
    yield from _records(page, context)
    yield from _addresses(page)
    yield from accounts(page)
    yield from _links(page, context)


def _records(page: Page, context: Context) -> Iterator[Trace]:
    """A number of an official site is copied from it and no mark of whoever copied."""
    found = _ICP.finditer(page.text) if "P" in page.text or "p" in page.text else ()
    numbers = (icp_body("".join(match.group().split())).upper().rstrip("号") for match in found)
    for number in list(dict.fromkeys(numbers))[:_MAX_OF_KIND]:
        if not any(number == known.upper().rstrip("号") for known in context.registry.by_icp):
            yield Trace(kind="icp", value=number, shown=number, where="text")
    for number in list(dict.fromkeys(_POLICE.findall(page.text) if _POLICE_SAYS in page.text else ()))[:_MAX_OF_KIND]:
        yield Trace(kind="icp", value=f"police:{number}", shown=f"公网安备{number}", where="text")


def _addresses(page: Page) -> Iterator[Trace]:
    found: dict[str, None] = {}
    for door in _DOOR.finditer(page.text) if _NUMBERED in page.text else ():
        street = _STREET.search(page.text[max(0, door.start() - _STREET_CHARS) : door.start()])
        if street is not None and len(found) < _MAX_OF_KIND:
            found["".join((street.group() + door.group()).split())] = None
    for address in found:
        yield Trace(kind="address", value=address, shown=f"{address[:_ADDRESS_SHOWN]}…", where="text")


def accounts(page: Page) -> Iterator[Trace]:
    """Accounts at services that count visitors."""
    source = page.source[:_MAX_SOURCE_CHARS]
    data = page.data if len(source) == len(page.source) else encoded(source)
    for service in services(page) if source else ():
        for account in list(dict.fromkeys(service.accounts_in(data)))[:_MAX_OF_KIND]:
            yield Trace(kind="analytics", value=f"{service.name}:{account}", shown=f"{service.name} {account}")


def _links(page: Page, context: Context) -> Iterator[Trace]:
    """Subjects that the page sends its readers to, hosts of known operators and state organs aside."""
    found: dict[str, None] = {}
    if "//" not in page.addresses:
        return
    own = registrable(page.host) if page.host else ""
    settled: set[str] = set()
    for href in dict.fromkeys(link.href.strip() for link in page.markup.links[:_MAX_LINKS] if "//" in link.href):
        plain = LINKED_HOST.match(href)
        if plain and plain[1] in settled:
            continue
        try:
            parts = urlsplit(page.joined(href))
            host = (parts.hostname or "").rstrip(".")
        except ValueError:
            continue
        if _is_strange(host, own, context.registry):
            found[context.registry.subject(parts, host)] = None
            if len(found) == _MAX_OF_KIND:
                break
            if context.registry.platform(host) is not None:
                continue  # its next link may lead to another publisher
        settled.add(host)
    for subject in found:
        yield Trace(kind="link", value=subject, shown=subject.partition(":")[2])


def _is_strange(host: str, own: str, registry: Registry) -> bool:
    """Whether a host is neither of the page's own domain nor of an operator that is known."""
    if not host.isascii() or "." not in host or registrable(host) == own:
        return False
    return registry.owner(host)[0] in (Owner.UNKNOWN, Owner.FORMER)
