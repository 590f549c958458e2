"""Who a page says it is: every mark of a site's identity with its evidence; ownership is judged elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from detectors import organs
from detectors.features import Passage

if TYPE_CHECKING:
    from detectors.features import Page
    from detectors.hosts import Registry

_ICP = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[Iiİı][Cc][Pp]\s?[备证]\s?(\d{6,10})号?(?:-\d{1,4})?"
)
_SITE_CODE = re.compile(r"(?:标识码|识别码)\s?[:：]?\s?(bm\d{8}|\d{10})(?!\d)", re.I)
_CODE = re.compile(r"bm\d{8}|\d{10}", re.I)
_HOSTED_BY = re.compile(
    r"(?:主\s?办|承\s?办|主管|版权所有)(?:单位|方)?\s{0,2}[:：]?\s{0,2}([\u4e00-\u9fff（）()]{4,40})"
)
_SIGNED_BY = re.compile(r"([\u4e00-\u9fff（）()]{4,30})\s{0,3}(?:版权所有|主办)")
_HOST_IN_PATH = re.compile(r"(?<![a-z0-9])((?:[a-z0-9\-]{1,40}\.){1,4}gov\.cn)(?![a-z0-9])", re.I)
_FOOTER_WORDS = ("备案", "ICP", "版权", "Copyright", "copyright", "标识码", "公网安备", "©", "主办")
_SIGNING_WORDS = ("Copyright", "版权所有", "©")
"""A name in a footer is claimed where one of them stands in the same passage, and else only mentioned."""
_LAST_PASSAGES = 14
_ASSETS_MIN = 4
_ASSET_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Claim:
    """One mark. `kind`: site_name site_domain site_code footer supervisor title masthead icp jiucuo conac saved_from
    canonical path assets platform. `name` is the organ it names, `host` the official host it names."""

    kind: str
    quote: str
    name: str = ""
    host: str = ""
    start: int = 0
    end: int = 0
    where: str = "text"


def claims(page: Page, registry: Registry) -> list[Claim]:
    if page.kind != "html":
        return []
    return page.once("claims", lambda: list(_claims(page, registry)))


def _claims(page: Page, registry: Registry) -> Iterator[Claim]:
    yield from _metas(page, registry)
    yield from _footers(page, registry)
    yield from _titles(page, registry)
    yield from _numbers(page, registry)
    yield from _marks(page)
    yield from _addresses(page, registry)


def _metas(page: Page, registry: Registry) -> Iterator[Claim]:
    metas = page.markup.metas
    name, domain, code = metas.get("sitename", ""), metas.get("sitedomain", ""), metas.get("siteidcode", "")
    if name and (organs.organ_name(name) or registry.claimed_by_name(name)):
        yield Claim("site_name", name, name=name, where="meta")
    host = host_of(domain)
    if host and is_official(host, registry):
        yield Claim("site_domain", domain, host=host, where="meta")
    if _CODE.fullmatch(code):
        yield Claim("site_code", code, where="meta", name=_name_by_code(code, registry))


def _name_by_code(code: str, registry: Registry) -> str:
    site = registry.by_code.get(code.lower())
    return site.name if site else ""


def footers(page: Page) -> list[Passage]:
    """Passages marked as footer or written by scripts; where none is marked, the last ones among words of a footer."""
    return page.once("footers", lambda: _find_footers(page))


def _find_footers(page: Page) -> list[Passage]:
    marked = [passage for passage in page.passages if passage.kind in ("footer", "script")]
    if any(passage.kind == "footer" for passage in marked):
        return marked
    visible = [passage for passage in page.passages if passage.kind not in ("alt", "meta", "script", "title")]
    tail = visible[-_LAST_PASSAGES:]
    near = [index for index, passage in enumerate(tail) if any(word in page.quote(passage) for word in _FOOTER_WORDS)]
    last = [passage for index, passage in enumerate(tail) if any(abs(index - other) <= 2 for other in near)]
    return sorted({*last, *marked}, key=lambda passage: passage.start)


def _footers(page: Page, registry: Registry) -> Iterator[Claim]:
    for passage in footers(page):
        text = page.quote(passage)
        signed = any(word in text for word in _SIGNING_WORDS)
        matches = [
            *_HOSTED_BY.finditer(page.text, passage.start, passage.end),
            *(_SIGNED_BY.finditer(page.text, passage.start, passage.end) if signed else ()),
        ]
        for match in matches:
            name = match.group(1).strip("（）()")
            found = organs.organ_name(name) or registry.claimed_by_name(name)
            if found:
                kind = "supervisor" if match.group().startswith("主管") else "footer"
                yield Claim(kind, match.group(), name=organs.plain_name(name), start=match.start(), end=match.end())
        supervisors = [match for match in matches if match.group().startswith("主管")]
        for known, site in registry.names.items() if signed else ():
            at = passage.start + text.find(known)
            if len(known) > 2 and known in text and not any(one.start() <= at < one.end() for one in supervisors):
                yield Claim("footer", known, name=site.name, host=site.host, start=at, end=at + len(known))


def _titles(page: Page, registry: Registry) -> Iterator[Claim]:
    """Title, first headings and logo texts that *are* an organ's or platform's name, not merely contain one."""
    sources = [
        *page.of_kind("title")[:1],
        *page.of_kind("h1")[:2],
        *page.of_kind("header")[:3],
        *page.of_kind("alt")[:3],
    ]
    for passage in sources:
        text = page.quote(passage)
        if not text or len(text) > 120:
            continue
        if passage.kind != "title" and (whole := _named(text, registry)):
            yield Claim("masthead", text, name=whole, start=passage.start, end=passage.end)
            continue
        found = [claim for one in organs.segments(text) if (claim := _title(one, passage, text, registry)) is not None]
        if found:
            yield next((claim for claim in found if claim.kind == "title"), found[0])


def _named(text: str, registry: Registry) -> str:
    """The organ or platform whose name the whole of a text is, or nothing."""
    site = registry.claimed_by_name(organs.plain_name(text))
    if site is not None:
        return site.name
    found = organs.organ_name(text)
    return found.organ if found is not None else ""


def _title(segment: str, passage: Passage, text: str, registry: Registry) -> Claim | None:
    start = passage.start + max(0, text.find(segment))
    end = start + len(segment)
    site = registry.claimed_by_name(organs.plain_name(segment))
    if site is not None:
        return Claim("title", segment, name=site.name, host=site.host, start=start, end=end)
    found = organs.organ_name(segment)
    if found is not None:
        return Claim("title", segment, name=found.organ, start=start, end=end)
    if passage.kind in ("title", "h1", "header") and organs.quasi_official(segment):
        inside = next((site.name for name, site in registry.names.items() if len(name) > 3 and name in segment), "")
        return Claim("platform", segment, name=inside, start=start, end=end)
    return None


def _numbers(page: Page, registry: Registry) -> Iterator[Claim]:
    from detectors.hosts import icp_body

    for match in _ICP.finditer(page.text):
        site = registry.by_icp.get(icp_body(match.group().replace(" ", "")))
        if site is not None:
            yield Claim("icp", match.group(), name=site.name, host=site.host, start=match.start(), end=match.end())
            break
    for passage in footers(page):
        for match in _SITE_CODE.finditer(page.text, passage.start, passage.end):
            name = _name_by_code(match.group(1), registry)
            yield Claim("site_code", match.group(), name=name, start=match.start(), end=match.end())
            return


def _marks(page: Page) -> Iterator[Claim]:
    for mark in page.markup.marks:
        yield Claim("jiucuo", mark.quote, where="html")
        break
    badges = [
        source for source in page.markup.assets if "conac.cn/" in source or source.endswith(("/red.png", "/blue.png"))
    ]
    linked = [link.href for link in page.markup.links if "bszs.conac.cn" in link.href]
    if badges or linked or page.markup.emblem_ids:
        yield Claim("conac", (linked or badges or page.markup.emblem_ids)[0], where="html")


def _addresses(page: Page, registry: Registry) -> Iterator[Claim]:
    for kind, address in (
        ("saved_from", page.markup.saved_from),
        ("canonical", page.markup.canonical or page.markup.metas.get("og:url", "")),
        ("canonical", page.markup.base),
    ):
        host = host_of(address)
        if host and is_official(host, registry):
            yield Claim(kind, address, host=host, where="html")
    lure = _HOST_IN_PATH.search(page.parts.path)
    if lure:
        yield Claim("path", lure.group(1), host=lure.group(1).lower(), where="url")
    yield from _assets(page, registry)


def _assets(page: Page, registry: Registry) -> Iterator[Claim]:
    hosts = Counter(host for host in map(host_of, page.markup.assets) if host and "conac.cn" not in host)
    official = [(host, count) for host, count in hosts.most_common(8) if is_official(host, registry)]
    if official and official[0][1] >= _ASSETS_MIN and official[0][1] >= _ASSET_SHARE * len(page.markup.assets):
        yield Claim("assets", official[0][0], host=official[0][0], where="html")


def host_of(address: str) -> str:
    """The host an address names, with or without scheme; empty when relative or broken."""
    text = address.strip().lower()
    if not text or text.startswith(("#", "javascript:", "data:", "mailto:")):
        return ""
    if "//" not in text:
        first = text.partition("/")[0]
        text = (
            "//" + text
            if "." in first and " " not in first and not first.endswith((".html", ".htm", ".js", ".css"))
            else ""
        )
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def is_official(host: str, registry: Registry) -> bool:
    from detectors.hosts import Owner

    return registry.owner(host)[0] in (Owner.OFFICIAL, Owner.STATE)
