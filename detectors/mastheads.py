"""Names that a page carries as its own: title, headings, logo, opening lines, sentences that say whose site it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from detectors import organs
from detectors.addresses import host_of
from detectors.features import UNSEEN
from detectors.limits import SHELL_CHARS
from detectors.marks import Claim
from detectors.records import named_issuer, record_fields

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from detectors.features import Page, Passage
    from detectors.hosts import Registry

_MAX_CHARS = 120
_OPENING_PASSAGES = 6
_OPENING_CHARS = 600
_LISTED_PASSAGES = 12
_LISTED_MIN = 3
_SAID = re.compile(r"\s?[:：]([^\n]{6,})")
_DENIES = ("非", "不")
_STATED_CHARS = 8_000
"""A page says whose it is near its beginning or its end."""
_ANSWER_CHARS = 800
"""A page that says so little, and that some organ's records agree, speaks as that organ's."""
_SCRIPT_STRINGS = 60
# begins with a class, looked behind after it: `re` runs over everything else at full speed
_STATEMENT = re.compile(
    r"[本欢正执收缴](?:(?<=本)(?:网站|站|平台|系统|页面|电子证照|电子证书|证照|证书|证件)(?:信息|数据)?(?:是|为|由)"
    r"|(?<=欢)迎(?:您)?(?:访问|来到|进入|登录|登陆|使用|光临)"
    r"|(?<=正)在(?:为您)?(?:跳转|连接|进入|前往|打开|访问)(?:至|到|往)?"
    r"|(?:(?<=执)收|(?<=[收缴])款)(?:单位|机关|部门)?[:：]\s?)"
    r"([\u4e00-\u9fff（）]{4,40})"
)
_AGREES = re.compile(
    r"(?:[与和同](?P<with>[\u4e00-\u9fff]{4,24}?)(?:官方|官网|联网)?(?:数据库|系统|数据|备案|存档)"
    r"[\u4e00-\u9fff]{0,8}(?:一致|相符|吻合|匹配|比对)"
    r"|数据来源于?[:：]?\s?(?P<from>[\u4e00-\u9fff]{4,24})"
    r"|(?P<of>[\u4e00-\u9fff]{4,24}?)(?:直属|下属)(?:单位|机构|网站|平台)(?=[\n，。]|$)"
    r"|经(?P<by>[\u4e00-\u9fff]{4,24}?)(?:官方|官网|联网)?(?:核验|核查|核实|验证))"
)
"""Whose records are said to agree."""
_STATED_END = re.compile(
    r"(?:唯一)?(?:官方|官网|指定|主办|主管|建设|开发|授权|运营|开设|提供|签发|核发|制发|查询中心).*$"
)
_PAGE_TAIL = re.compile(
    r"(?:官方|门户|网上|在线|统一|证书|证件|成绩|信息|学历|学籍|资格|真伪|电子|手机|用户|个人|报名|报考|考试)*"
    r"(?:官网|网站|首页|登录|登陆|入口|查询|验证|核验|查验|系统|平台|中心|大厅|版|网|欢迎您?)+$"
)
_LATIN_TAIL = re.compile(r"(?<=[\u4e00-\u9fff])\s?[A-Za-z][A-Za-z .,'’&-]{6,}$")
"""The same in English, beneath."""
_PROSE = re.compile(r"[。；]|，.*，")
"""Sentences: what follows them is told, not called."""
_SITE_FIELD = re.compile(r"(?:网站|站点|系统|平台|单位)(?:名称|标题)|site_?name|web_?name|site_?title", re.I)
_HOME = re.compile(r"^(?:\.{0,2}/|#|javascript:.*|(?:\.{0,2}/)?index\.\w{2,5}|)$", re.I)
_RECENT_YEAR = re.compile(r"20(?:19|[2-9]\d)")


def named(page: Page, registry: Registry) -> Iterator[Claim]:
    found = [
        *_titles(page, registry),
        *_opening(page, registry),
        *_statements(page, registry),
        *_in_scripts(page, registry),
        *_in_frames(page, registry),
        *_in_fields(page, registry),
    ]
    yield from found
    defunct = organs.table()["defunct"]
    for claim in found:
        if any(word in claim.name or word in claim.quote for word in defunct) and _RECENT_YEAR.search(page.text):
            yield Claim("defunct", claim.quote, start=claim.start, end=claim.end)
            return


def _titles(page: Page, registry: Registry) -> Iterator[Claim]:
    """Title, first headings and logo texts that *are* an organ's or platform's name, not merely contain one."""
    sources = [
        *page.of_kind("title")[:2],
        *page.of_kind("h1")[:2],
        *page.of_kind("header")[:3],
        *page.of_kind("alt")[:3],
    ]
    for passage in sources:
        text = organs.visible(page.quote(passage))
        if not text or len(text) > _MAX_CHARS:
            continue
        if passage.kind != "title" and (whole := _named(text, registry)):
            yield Claim("masthead", text, name=whole, start=passage.start, end=passage.end)
            continue
        parts = (one for one in organs.segments(text) if not _is_quoted(one, text))
        found = [claim for one in parts if (claim := _title(one, passage, text, registry)) is not None]
        if found:
            yield next((claim for claim in found if claim.kind == "title"), found[0])
    shared = page.markup.metas.get("og:title", "") if not page.title else ""
    whole = _named(shared, registry) if shared else ""
    if whole:
        yield Claim("title", shared, name=whole, where="meta")


def _opening(page: Page, registry: Registry) -> Iterator[Claim]:
    """A line among the first that is nothing but an organ's name, whatever element it stands in."""
    asks = any(len(form.fields) > 1 for form in page.markup.forms)
    visible = (one for one in page.passages if one.kind not in UNSEEN)
    for passage in islice(visible, _OPENING_PASSAGES):
        text = _LATIN_TAIL.sub("", organs.visible(page.quote(passage)).strip())
        if passage.start > _OPENING_CHARS or _PROSE.search(text):
            return
        if passage.hidden or len(text) > organs.MAX_NAME_CHARS:
            continue
        parts = (one for one in organs.segments(text)[1:2] if not _is_quoted(one, text))
        whole = _named(text, registry) or next((name for part in parts if (name := _named(part, registry))), "")
        if text.startswith(tuple(organs.table()["issuer_labels"])):
            continue
        if not (whole or (asks and organs.quasi_official(text))) or _leads_away(page, passage):
            continue
        if whole and _is_listed(page, passage, registry):
            return
        yield Claim("masthead" if whole else "platform", text, name=whole, start=passage.start, end=passage.end)
        if whole:
            return


def _is_quoted(segment: str, text: str) -> bool:
    """Whether a headline reports what an organ says (某某部：…有变化) and is not its page's name (某某部：证书查询)."""
    said = _SAID.match(text, text.find(segment) + len(segment))
    return said is not None and _PAGE_TAIL.search(said[1].strip()) is None


def _is_listed(page: Page, passage: Passage, registry: Registry) -> bool:
    """Whether an organ's name is the first of a list of several."""
    after = islice(page.passages, page.passage_index(passage.start), None)
    lines = (page.quote(one).strip() for one in islice(after, _LISTED_PASSAGES) if one.kind not in UNSEEN)
    names = {name for line in lines if len(line) <= organs.MAX_NAME_CHARS and (name := _named(line, registry))}
    return len(names) >= _LISTED_MIN


def _in_scripts(page: Page, registry: Registry) -> Iterator[Claim]:
    """What a page without words of its own is told by its scripts to call itself."""
    strings = page.of_kind("script")[:_SCRIPT_STRINGS]
    for passage in strings if strings and page.shown_chars < SHELL_CHARS else ():
        text = organs.visible(page.quote(passage)).strip()
        whole = _named(text, registry) if len(text) <= organs.MAX_NAME_CHARS else ""
        if whole:
            yield Claim("masthead", text, name=whole, start=passage.start, end=passage.end)
            return


def _in_fields(page: Page, registry: Registry) -> Iterator[Claim]:
    """Whose name is filled in as that of the site which a page is about to make."""
    for field in (one for form in page.markup.forms for one in form.fields if one.value):
        whole = _named(field.value, registry) if _SITE_FIELD.search(field.words) else ""
        if whole:
            yield Claim("site_name", field.value, name=whole, where="html")
            return


def _in_frames(page: Page, registry: Registry) -> Iterator[Claim]:
    """What the frames of a page without words of its own are called."""
    titles = page.markup.frame_titles
    for title in titles if titles and page.shown_chars < SHELL_CHARS else ():
        whole = _named(organs.visible(title).strip(), registry)
        if whole:
            yield Claim("title", title, name=whole, where="html")
            return


def _leads_away(page: Page, passage: Passage) -> bool:
    """Whether the line is a link to somewhere else than the page's own front page."""
    start, end = passage.start, passage.start + len(page.quote(passage).strip())
    return any(
        not _HOME.match(link.href) and host_of(link.href) != page.host
        for link in page.markup.links
        if link.start <= start and link.end >= end
    )


def _statements(page: Page, registry: Registry) -> Iterator[Claim]:
    end = len(page.text)
    parts = ((0, _STATED_CHARS), (max(_STATED_CHARS, end - _STATED_CHARS), end))
    for match in chain.from_iterable(_STATEMENT.finditer(page.text, *part) for part in parts):
        if page.text[max(0, match.start() - 1) : match.start()] in _DENIES:
            continue
        name = _STATED_END.sub("", match.group(1)) or match.group(1)
        whole = _named(name, registry) or _named(match.group(1), registry)
        if whole:
            yield Claim("statement", match.group(), name=whole, start=match.start(), end=match.end())
            return
    answered = _AGREES.search(page.text) if len(page.text) < _ANSWER_CHARS else None
    if answered and answered["from"] and (named_issuer(page) or not record_fields(page)):
        return
    said = next(filter(None, answered.groups()), "") if answered else ""
    whole = _named(said, registry) if said else ""
    if answered and whole:
        yield Claim("statement", answered.group(), name=whole, start=answered.start(), end=answered.end())


def _named(text: str, registry: Registry) -> str:
    """The organ or platform whose name the whole of a text is, or nothing."""
    name = _LATIN_TAIL.sub("", organs.plain_name(text))
    site = _listed(name, registry)
    if site is not None:
        return site.name
    found = organs.organ_name(name)
    return found.organ if found is not None else ""


def _listed(name: str, registry: Registry) -> OfficialSite | None:
    """The official site called so, whatever the name says of the page behind it: 学信网学历查询入口."""
    for written in (name, _PAGE_TAIL.sub("", name), name.partition("（")[0]):
        if site := registry.claimed_by_name(written):
            return site
    return registry.claimed_by_name(organs.without_organ(name))


def _title(segment: str, passage: Passage, text: str, registry: Registry) -> Claim | None:
    start = passage.start + max(0, text.find(segment))
    end = start + len(segment)
    site = _listed(organs.plain_name(segment), registry)
    if site is not None:
        return Claim("title", segment, name=site.name, host=site.host, start=start, end=end)
    found = organs.organ_name(segment)
    if found is not None:
        return Claim("title", segment, name=found.organ, start=start, end=end)
    if passage.kind in ("title", "h1", "header") and organs.quasi_official(segment):
        inside = next((site.name for name, site in registry.names_in(segment) if len(name) > 3), "")
        return Claim("platform", segment, name=inside, start=start, end=end)
    return None
