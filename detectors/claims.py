"""Who a page says it is: every mark of a site's identity with its evidence; ownership is judged elsewhere."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from detectors import organs
from detectors.addresses import addressed, host_of, is_official
from detectors.features import UNSEEN, Passage
from detectors.hosts import icp_body
from detectors.marks import Claim
from detectors.mastheads import named

if TYPE_CHECKING:
    from config.schema import OfficialSite
    from detectors.features import Page
    from detectors.hosts import Registry

_ICP = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[Iiİı][Cc][Pp]\s?[备证]\s?(\d{6,10})号?(?:-\d{1,4})?"
)
_SAYS_ICP = re.compile(r"[Cc][Pp]")
_CODE_WORDS = ("标识码", "识别码")
_FILED = re.compile(r"[Ii][Cc][Pp]\s?备[\s\w*＊]{0,14}|公网安备[\s\w*＊]{0,20}")
_OPEN_CODE = re.compile(r"政府网站\s?(?:标识码|识别码)\s?[:：]?\s?[xX×*＊\d]{4,12}")
_SITE_CODE = re.compile(r"(?:标识码|识别码)\s?[:：]?\s?(bm\d{8}|\d{10})(?!\d)", re.I)
_CODE = re.compile(r"bm\d{8}|\d{10}", re.I)
_DIGITS = "0123456789012"
_HOSTED_BY = re.compile(
    r"(?:主\s?办|承\s?办|主管|版权所有)(?:单位|部门|方)?\s{0,2}[:：]?\s{0,2}([\u4e00-\u9fff（）()]{3,40})"
)
_SIGNED_BY = re.compile(r"([\u4e00-\u9fff（）()]{4,30})\s{0,3}(?:版权所有|主办)(?!(?:单位|部门|方)?\s{0,2}[:：])")
_HOSTED_LINE = re.compile(
    r"\s*([\u4e00-\u9fff（）()]{4,30})\s{0,3}(?:主办|承办)\s*(?:[|｜]?\s?(?:.[Iiİı][Cc][Pp]|.{1,2}公网安备|(?:政府)?网站标识码).*)?"
)
"""Where such words are all that stands in a line, numbers of the site apart."""
_COPYRIGHT = re.compile(r"(?:©|[Cc]opyright)[^\u4e00-\u9fff\n]{0,40}([\u4e00-\u9fff（）()]{4,30})")
_JOINED = re.compile(r"\s{0,2}[、，,和及与]\s{0,2}([\u4e00-\u9fff（）()]{4,40})")
_OWNED = re.compile(r"[主承]\s?办|主管|版权所有|[Cc]opyright|©")
"""Without one of these nobody is named as a site's owner."""
_FOOTER_WORDS = re.compile("备案|ICP|版权|[Cc]opyright|标识码|公网安备|©|主办|主管单位")
_OVERSEES = re.compile(r"[\s（(]{0,2}(?:主管|批准|核准|备案|认可|认证|指导|授权|监制|监督|许可|审批|举报|投诉|定点)")
"""What follows a name that is told and not signed by: 教育部批准, 应急管理部备案."""
_SIGNS = re.compile("[Cc]opyright|版权所有|©")
"""A name in a footer is claimed where one of them stands in the same passage, and else only mentioned."""
_JIUCUO_LINK = re.compile(r"site_code=(?P<code>bm\d{8}|\d{10})(?:&url=(?P<url>[^&\s]{4,200}))?", re.I)
_BADGE_NAMES = re.compile(r"党政机关|政府网站找错|事业单位标[识志]")
_BADGES = ("/red.png", "/blue.png")
_EMBLEM = re.compile(r"国徽|警徽|消防救援徽|guo_?hui|jing_?hui|national_?emblem|/emblem[.\w-]*$", re.I)
_EMBLEM_WORDS = ("徽", "hui", "emblem")
"""One of them is in the address or name of every such picture, in small letters."""
_LAST_PASSAGES = 14
_FIRST_WORDS = re.compile(r"[\u4e00-\u9fff]{4,40}")
_DESCRIPTION_CHARS = 60
_INTRODUCES = re.compile(r"(?<=.{3})[由是为系]|(?<=.{3})简称")
_GOVERNMENT_METAS = frozenset(
    {"columnname", "columntype", "columndescription", "columnkeywords", "articletitle", "pubdate", "contentsource"}
)
"""What 政府网站发展指引 (国办发〔2017〕47号, annex 2) wants in the head of every page, names of the site apart."""
_METAS_MIN = 3
_SITE_METAS = ("og:site_name", "application-name", "apple-mobile-web-app-title")


def claims(page: Page, registry: Registry) -> list[Claim]:
    if page.kind != "html":
        return []
    return page.once("claims", lambda: list(_claims(page, registry)))


def _claims(page: Page, registry: Registry) -> Iterator[Claim]:
    yield from _metas(page, registry)
    yield from _footers(page, registry)
    yield from named(page, registry)
    yield from _numbers(page, registry)
    yield from _marks(page, registry)
    yield from addressed(page, registry)


def _metas(page: Page, registry: Registry) -> Iterator[Claim]:
    metas = page.markup.metas
    name, domain, code = metas.get("sitename", ""), metas.get("sitedomain", ""), metas.get("siteidcode", "")
    host = host_of(domain)
    official = bool(host) and is_official(host, registry)
    organ = organs.organ_name(name) if name else None
    if organ or registry.claimed_by_name(name) or (name and official):
        yield Claim("site_name", name, name=organ.organ if organ else name, where="meta")
    yield from _called(metas)
    if official:
        yield Claim("site_domain", domain, host=host, where="meta")
    if _CODE.fullmatch(code) and not _is_made_up(code):
        yield Claim("site_code", code, where="meta", name=_name_by_code(code, registry))
    said = _FIRST_WORDS.match(organs.plain_name(metas.get("description", "")[:_DESCRIPTION_CHARS]))
    about = organs.organ_name(said.group()) if said else None
    if about and about.is_site:
        yield Claim("description", said.group() if said else "", name=about.organ, where="meta")
    elif said and (site := _introduced(said.group(), registry)):
        yield Claim("description", said.group(), name=site.name, host=site.host, where="meta")
    if len(_GOVERNMENT_METAS & metas.keys()) >= _METAS_MIN:
        yield Claim("template", "、".join(sorted(_GOVERNMENT_METAS & metas.keys())), where="meta")


def _called(metas: dict[str, str]) -> Iterator[Claim]:
    """What the page tells other programs to call its site; only whole names of organs count."""
    for meta in _SITE_METAS:
        organ = organs.organ_name(metas.get(meta, ""))
        if organ:
            yield Claim("site_name", metas[meta], name=organ.organ, where="meta")
            return


def _introduced(text: str, registry: Registry) -> OfficialSite | None:
    """The site that a description introduces by its name: 某某网由某某主办."""
    named = (registry.names.get(text[: match.start()]) for match in _INTRODUCES.finditer(text))
    return next((site for site in named if site is not None), None)


def _name_by_code(code: str, registry: Registry) -> str:
    site = registry.by_code.get(code.lower())
    return site.name if site else ""


def footers(page: Page) -> list[Passage]:
    """Passages marked as footer or put there by scripts; where none is marked, the last ones with words of a footer."""
    return page.once("footers", lambda: _find_footers(page))


def _find_footers(page: Page) -> list[Passage]:
    marked = [passage for passage in page.passages if passage.kind in ("footer", "written", "script")]
    if any(passage.kind == "footer" for passage in marked):
        return marked
    visible = (one for one in reversed(page.passages) if one.kind not in UNSEEN)
    tail = [*islice(visible, _LAST_PASSAGES)][::-1]
    near = [index for index, passage in enumerate(tail) if _FOOTER_WORDS.search(page.quote(passage))]
    last = [passage for index, passage in enumerate(tail) if any(abs(index - other) <= 2 for other in near)]
    return sorted({*last, *marked}, key=lambda passage: passage.start)


def _footers(page: Page, registry: Registry) -> Iterator[Claim]:
    """Who runs the site and who signs it; where it says both of organs, the signature is a mark of its own."""
    found = [*_in_footers(page, registry)]
    yield from found
    signed = [claim for claim in found if claim.kind == "footer" and _SIGNS.search(claim.quote)]
    if signed and any(claim.kind == "footer" and claim not in signed for claim in found):
        yield replace(signed[0], kind="signature")
    if any(claim.kind == "footer" for claim in found):
        numbers = (_FILED.search(page.text, one.start, one.end) for one in footers(page))
        filed = next(filter(None, numbers), None)
        if filed:
            yield Claim("filed", filed.group(), start=filed.start(), end=filed.end())


def _in_footers(page: Page, registry: Registry) -> Iterator[Claim]:
    owned = [match.start() for match in _OWNED.finditer(page.text)]
    for passage in footers(page):
        if bisect_left(owned, passage.start) == bisect_left(owned, passage.end):
            continue
        text = page.quote(passage)
        signed = _SIGNS.search(text) is not None
        matches = [*_HOSTED_BY.finditer(page.text, passage.start, passage.end)]
        if line := _HOSTED_LINE.fullmatch(page.text, passage.start, passage.end):
            matches.append(line)
        by = (_SIGNED_BY, _COPYRIGHT) if signed else ()
        signing = [one for each in by for one in each.finditer(page.text, passage.start, passage.end)]
        matches += [one for one in signing if not any(other.start() <= one.start() < other.end() for other in matches)]
        for match in matches:
            name = _whole(match.group(1))
            if any(organs.organ_name(one) or registry.claimed_by_name(one) for one in (name, name.partition("（")[0])):
                kind = "supervisor" if match.group().startswith("主管") or _is_joined(page, match) else "footer"
                yield Claim(kind, match.group(), name=organs.plain_name(name), start=match.start(), end=match.end())
        supervisors = [match for match in matches if match.group().startswith("主管")]
        for known, site in registry.names_in(text) if signed else ():
            at = passage.start + text.find(known)
            if len(known) > 2 and not any(one.start() <= at < one.end() for one in supervisors):
                if _OVERSEES.match(page.text, at + len(known)):
                    continue
                yield Claim("footer", known, name=site.name, host=site.host, start=at, end=at + len(known))


def _whole(name: str) -> str:
    """A name without brackets that stand around it, or lack their other half."""
    name = name.lstrip("）)").rstrip("（(")
    opened, closed = (sum(map(name.count, signs)) for signs in ("（(", "）)"))
    return name.strip("（）()") if opened != closed or name[:1] in "（(" else name


def _is_joined(page: Page, match: re.Match[str]) -> bool:
    """Whether a school, a company or a newspaper is named as host beside the organ."""
    other = _JOINED.match(page.text, match.end(1))
    return other is not None and bool(organs.own_identity(other.group(1)))


def _is_named(site: OfficialSite, title: str) -> bool:
    """Whether a title calls a site by one of its names; an organ's sites share one ICP number."""
    return any(name in title for name in (site.name, *site.short_names))


def _numbers(page: Page, registry: Registry) -> Iterator[Claim]:
    for match in _ICP.finditer(page.text) if _SAYS_ICP.search(page.text) else ():
        sites = registry.by_icp.get(icp_body(match.group().replace(" ", "")), ())
        if sites:
            site = next((one for one in sites if _is_named(one, page.title)), sites[0])
            yield Claim("icp", match.group(), name=site.name, host=site.host, start=match.start(), end=match.end())
            break
    for passage in footers(page) if any(word in page.text for word in _CODE_WORDS) else ():
        for match in _SITE_CODE.finditer(page.text, passage.start, passage.end):
            if _is_made_up(match.group(1)):
                continue
            name = _name_by_code(match.group(1), registry)
            yield Claim("site_code", match.group(), name=name, start=match.start(), end=match.end())
            return
        if unfilled := _OPEN_CODE.search(page.text, passage.start, passage.end):
            yield Claim("labelled", unfilled.group(), start=unfilled.start(), end=unfilled.end())
            return


def _is_made_up(code: str) -> bool:
    """Whether a site's number is one digit over and over, or the digits in their order."""
    return len(set(code)) == 1 or code in _DIGITS


def _jiucuo(page: Page, registry: Registry) -> Iterator[Claim]:
    """The script or the link by which every government site lets errors be reported; both name the site."""
    for mark in page.markup.marks:
        yield Claim("jiucuo", mark.quote, name=_name_by_code(mark.value, registry), where="html")
    for link in page.markup.links if "jiucuo" in page.addresses else ():
        if "jiucuo" in link.href and (said := _JIUCUO_LINK.search(unquote(link.href))):
            host = host_of(said["url"] or "")
            name = _name_by_code(said["code"] or "", registry)
            yield Claim("jiucuo", link.href, name=name, host=host if is_official(host, registry) else "", where="html")


def _marks(page: Page, registry: Registry) -> Iterator[Claim]:
    yield from islice(_jiucuo(page, registry), 1)
    badges = [source for source in page.markup.assets if "conac.cn/" in source or source.endswith(_BADGES)]
    links = page.markup.links if "bszs.conac.cn" in page.addresses else ()
    linked = [link.href for link in links if "bszs.conac.cn" in link.href]
    pictures = "\n".join(chain.from_iterable((image.alt, image.src) for image in page.markup.images))
    images = page.markup.images if _BADGE_NAMES.search(pictures) else ()
    shown = [image.alt for image in images if _BADGE_NAMES.search(image.alt)]
    if badges or linked or page.markup.emblem_ids or shown:
        yield Claim("conac", (linked or badges or page.markup.emblem_ids or shown)[0], where="html")
    named = pictures.lower()
    for image in page.markup.images if any(word in named for word in _EMBLEM_WORDS) else ():
        if _EMBLEM.search(f"{image.alt}\n{image.src}"):
            yield Claim("emblem", image.alt or image.src, where="html")
            break
