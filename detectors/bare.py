"""Pages that are hardly more than a name: shells for scripts, doors to elsewhere, forms that say nobody's name."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from detectors import organs
from detectors.addresses import host_of, is_official
from detectors.intents import intents
from detectors.pages import query_fields
from detectors.records import record_fields
from detectors.text import chinese_chars

if TYPE_CHECKING:
    from detectors.features import Page
    from detectors.hosts import Registry
    from detectors.marks import Claim

_BARE_CHARS = 80
_BARE_LINKS = 2
_SHOWN = ("h1", "header", "nav", "body", "written", "footer")
_PROSE_CHARS = 400
_NAMES = ("title", "masthead", "statement")
_LEADS = re.compile(r"location\s*(?:=|\.(?:href|replace|assign))")
_ADDRESS = re.compile(r"[\"'](https?://[^\"'\s<>]{4,300})[\"']")
_LEADS_CHARS = 20_000
_TARGET = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:replace|assign)\(|window\.open\(|url\s*=)\s*[\"']?([^\"'\s>]{4,300})",
    re.I,
)
_FORM_CHARS = 800
_SALE_CHARS = 600
_SALE = re.compile(
    r"域名[^。\n]{0,6}(?:出售|转让|待售|交易|求购)|(?:出售|转让)[^。\n]{0,6}域名"
    r"|domain[^.\n]{0,12}(?:is|are|may be)? ?for sale|buy this domain",
    re.I,
)
_ASKED = re.compile(
    r"(?:全国|国家|中国|官方)?(?:特种|特殊|职业|电子|从业|作业|操作|技能|安全|资格|上岗|工种|人员|培训|考核|合格){0,6}"
    r"(?:证书?|证件|证照|资格)(?:信息|真伪|在线|网上|统一|联网|综合|成绩){0,3}(?:查询|核验|验证|查验|鉴定|检验)(?:系统|平台|入口|中心|网|页面|服务)?"
)


def is_bare(page: Page, found: list[Claim], registry: Registry) -> bool:
    """Whether a page bears an organ's name and next to nothing else, and leads to no official site."""
    if len(page.markup.links) > _BARE_LINKS or not any(_names(page, one) for one in found):
        return False
    shown = (page.quote(one) for one in page.passages if one.kind in _SHOWN)
    if sum(chinese_chars(text) for text in islice(shown, _BARE_CHARS)) > _BARE_CHARS:
        return False
    return not any(is_official(host, registry) for host in _targets(page))


def _names(page: Page, claim: Claim) -> bool:
    """A mark that is the page's own name; of a title at least half, of a platform's all of it, before a frame."""
    if claim.kind == "platform":
        return bool(page.markup.frames) and _is_title(page, claim)
    return claim.kind in _NAMES and (claim.kind != "title" or 2 * len(claim.quote) >= len(page.title))


def _is_title(page: Page, claim: Claim) -> bool:
    return organs.plain_name(page.title) == organs.plain_name(claim.quote)


def is_sole_name(page: Page, claim: Claim, found: list[Claim], registry: Registry) -> bool:
    """Whether the whole title is an organ's name, or its platform's beside it, over something to go on with and no
    article: so appears a site. One that leads to an official site is a door to it."""
    if claim.kind not in ("title", "platform") or not _is_title(page, claim):
        return False
    if claim.kind == "platform" and not any(one.name for one in found if one is not claim):
        return False
    if len(page.markup.links) <= _BARE_LINKS and not page.markup.forms and not _is_site(page, claim, registry):
        return False
    is_article = any(one.end - one.start > _PROSE_CHARS for one in page.of_kind("body"))
    return not is_article and not any(is_official(host, registry) for host in _targets(page))


def _is_site(page: Page, claim: Claim, registry: Registry) -> bool:
    """Whether a name is that of a site (某某门户网站) and not of its owner, and no link leads there."""
    name = organs.organ_name(claim.quote)
    leads = any(is_official(host_of(link.href), registry) for link in page.markup.links)
    return name is not None and name.is_site and not leads


def points_to(page: Page, registry: Registry) -> bool:
    """Whether a short page without anything to fill in shows the address of an official site as a link to it, as an
    entry of a directory does."""
    markup = page.markup
    if len(page.text) > _FORM_CHARS or markup.forms or markup.frames or record_fields(page) or intents(page):
        return False
    linked = ((host_of(link.href), page.text[link.start : link.end].lower()) for link in markup.links)
    return any(host and host in said and is_official(host, registry) for host, said in linked)


def leads_elsewhere(page: Page) -> bool:
    """Whether a page sends its visitors to another address by itself."""
    return bool(_targets(page) - {page.host})


def _targets(page: Page) -> set[str]:
    """Hosts that a page's scripts, its refresh and its frames speak of as places to go to or to show."""
    return page.once("targets", lambda: _find_targets(page))


def _find_targets(page: Page) -> set[str]:
    source, refresh = page.source[:_LEADS_CHARS], page.markup.metas.get("refresh", "")
    said = [*_TARGET.findall(refresh), *_TARGET.findall(source), *page.markup.frames]
    if _LEADS.search(source):
        said += _ADDRESS.findall(source)
    return {host for target in said if (host := host_of(target))}


def asks_namelessly(page: Page) -> str:
    """What a page that is little but a form for a person's papers calls itself, when that is no name of anybody."""
    fields = query_fields(page)
    if len(page.text) > _FORM_CHARS or not {"id", "ticket"} & set(fields) or len(fields) < 2:
        return ""
    names = (page.quote(one) for one in page.passages if one.kind in ("title", "h1", "header", "body", "written"))
    return next((name for one in names if _ASKED.fullmatch(name := organs.plain_name(one))), "")


def is_for_sale(page: Page) -> bool:
    """Whether a page only offers its own domain: nobody is imitated there yet."""
    return len(page.text) < _SALE_CHARS and not page.markup.forms and _SALE.search(page.text) is not None
