"""Names of state organs and of their query platforms: whether a short string is one."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from detectors.text import DATA, traditional

_SEGMENT = re.compile(r"[-_|｜—–·>/\\【】]+|\s{1,4}|[:：,，]")
_SPREAD = re.compile(r"(?<![\u4e00-\u9fff])(?:[\u4e00-\u9fff][ \u3000\xa0]{1,3}){2,}[\u4e00-\u9fff](?![\u4e00-\u9fff])")
_BLANKS = re.compile(r"[ \u3000\xa0]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_PLACEHOLDER = re.compile(
    r"某|[xX×ＸＯ○*＊]{2}|^(?:示范|演示|样板|示例|样例|测试|体验|模板|虚拟|虚构)(?:省|市|县|区|州|镇)"
)
"""A name that somebody is to fill in, or that shows what a builder of sites has for sale."""
_RANKS = {"省": "厅", "市": "局", "县": "局", "区": "局"}
"""How a place's organ is called by the place's rank."""
_DECORATION = " 　·|-—_。《》【】[]“”\"'"
MAX_NAME_CHARS = 48
_MIN_MISSPELT_CHARS = 5
"""Of shorter names one character makes another organ."""
_ONLINE = "电子税务局"
"""What a tax office calls its site: it is that office's."""
_LESSONS = "培训平台"
"""Not what an article is about."""
_PLATFORM_CHARS = 6
"""The least that the name of an organ's platform has behind the organ's own."""
_NO_ORGAN = ("有限公司", "培训学校")
_LAST_PART = re.compile(r"\s?[-_|｜—–]+\s?")
_MAX_BRAND_CHARS = 10
_REST_CHARS = 16
"""What may follow the kind of an operator in its name: where it is, what its site is called."""


@cache
def table() -> dict[str, Any]:
    with (DATA / "organs.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def _organ() -> re.Pattern[str]:
    endings = "|".join(sorted(map(re.escape, table()["endings"]), key=len, reverse=True))
    sites = "|".join(sorted(map(re.escape, table()["site_words"]), key=len, reverse=True))
    kin = "|".join(map(re.escape, table()["affiliates"]))
    places = "|".join(map(re.escape, table()["places"]))
    offices = "|".join(sorted(map(re.escape, table()["offices"]), key=len, reverse=True))
    return re.compile(
        rf"(?P<organ>[\u4e00-\u9fff（）]{{0,16}}?(?:{endings})"
        rf"|[\u4e00-\u9fff]{{0,10}}?(?:{places})[\u4e00-\u9fff]{{0,14}}?(?:{offices}))"
        rf"(?:(?P<site>[\u4e00-\u9fff（）()]{{0,24}}?(?:{sites}))|(?P<kin>[\u4e00-\u9fff]{{0,16}}?(?:{kin})))?"
    )


@dataclass(frozen=True, slots=True)
class OrganName:
    """`name` as written; `organ` the organ in it; `is_site` when it is called a site or platform."""

    name: str
    organ: str
    is_site: bool


def organ_name(text: str) -> OrganName | None:
    """`text` as the name of an organ, of its subordinate body or of its site; None for anything longer or other."""
    name = plain_name(text)
    if not 3 <= len(name) <= MAX_NAME_CHARS:
        return None
    match = _organ().fullmatch(name) if not _PLACEHOLDER.search(name) else None
    if match is None or any(word in name for word in (*_NO_ORGAN, *table()["deeds"], *table()["offices_not"])):
        return None
    body = name if match["kin"] else match["organ"]
    return OrganName(name, body, bool(match["site"]))


def without_organ(name: str) -> str:
    """What follows an organ's name in that of its platform: 公安部互联网交通安全综合服务管理平台."""
    match = _ministry().match(name) if len(name) > _PLATFORM_CHARS else None
    return name[match.end() :] if match else ""


@cache
def _ministry() -> re.Pattern[str]:
    return re.compile(
        rf"[\u4e00-\u9fff]{{0,12}}?(?:{_any_of(table()['endings'])})(?=[\u4e00-\u9fff]{{{_PLATFORM_CHARS}}})"
    )


def visible(text: str) -> str:
    """A text without characters that nobody sees."""
    return text if text.isascii() or _UNSEEN.search(text) is None else _UNSEEN.sub("", text)


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """A name in simplified characters of plain width, without the blanks that spread it over a masthead."""
    text = visible(text)
    name = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_simplified())
    name = name.strip(_DECORATION).replace("(", "（").replace(")", "）")
    name = _gathered(name)
    if name.isascii():
        return next((organ for said, organ in table()["english"].items() if said in name.lower()), name)
    return name


def _gathered(name: str) -> str:
    """Without the blanks that spread a name's characters."""
    return _SPREAD.sub(lambda match: _BLANKS.sub("", match.group()), name) if _BLANKS.search(name) else name


@cache
def _simplified() -> dict[int, str]:
    """No glyphs that sellers write for others: a place's name is what it is (安徽 is not 安微)."""
    return {ord(form): plain for form, plain in traditional().items()}


def written_out(name: str) -> str:
    """A name in full whose organ is called short (星城市安监局), or, of an organ's body, the organ's and its own."""
    known = table()
    if name.endswith(_ONLINE) and len(name) > len(_ONLINE):
        office = name.removesuffix(_ONLINE)
        return office + _ONLINE.removeprefix("电子") if office[-1] in _RANKS else body_of("税务")
    short = next((short for short in known["full"] if name.endswith(short)), "")
    if short:
        return name.removesuffix(short) + str(known["full"][short])
    body = next((body for body in known["bodies_of_organs"] if name.endswith(body)), "")
    place = name.removesuffix(body)
    if not body or place[-1:] not in _RANKS:
        return name
    return f"{place}{known['bodies_of_organs'][body]}{_RANKS[place[-1]]}（{name}）"


@lru_cache(maxsize=1024)
def spelt_right(name: str) -> str:
    """A name in which an organ's is written with one wrong character (应急管埋部), with the right one."""
    endings = [one for one in table()["endings"] if len(one) >= _MIN_MISSPELT_CHARS]
    right = [(name.find(one), name.find(one) + len(one)) for one in endings if one in name]
    for ending in endings:
        size = len(ending)
        for at in range(len(name) - size + 1):
            part = name[at : at + size]
            if part[-1] != ending[-1] or any(at < end and start < at + size for start, end in right):
                continue
            if sum(map(str.__ne__, part, ending)) == 1:
                return f"{name[:at]}{ending}{name[at + size :]}"
    return name


def body_of(text: str) -> str:
    """The organ whose papers a text speaks of, or nothing."""
    return next((organ for subject, organ in table()["bodies"].items() if subject in text), "")


def of_place(text: str) -> str:
    """The organ of a place whose papers a platform's name speaks of: 银河省安全生产考核系统."""
    place = next(iter(_place().findall(plain_name(text))), "")
    function = table()["of_places"].get(body_of(text), "") if place else ""
    return f"{place}{function}{'厅' if place.endswith('自治区') else _RANKS[place[-1]]}" if function else ""


@cache
def _place() -> re.Pattern[str]:
    return re.compile(r"^(?!国家|全国|中国)[\u4e00-\u9fff]{2,6}?(?:省|市|县|自治区|区)(?!场)")


def quasi_official(text: str) -> bool:
    """Whether a name sounds like a certificate query platform or a place's system, not like an article on one."""
    text = visible(text)
    if len(text) > MAX_NAME_CHARS or any_word("articles").search(text.replace(_LESSONS, "平台")):
        return False
    about = any_word("functions").search(text) and any_word("subjects", "bodies").search(text)
    return about is not None or any(pattern.fullmatch(plain_name(text)) for pattern in (_system(), _national()))


@cache
def any_word(*lists: str) -> re.Pattern[str]:
    """Any word of some lists."""
    return re.compile(_any_of([word for name in lists for word in table()[name]]))


@cache
def _system() -> re.Pattern[str]:
    """A place's system for all who live there: 银河省公务员考试录用管理系统（考生报名）."""
    systems = "|".join(map(re.escape, table()["systems"]))
    return re.compile(
        rf"[\u4e00-\u9fff]{{2,8}}(?:省|市|县|区|自治州|自治县)[\u4e00-\u9fff]{{2,24}}(?:{systems})(?:（[\u4e00-\u9fff]{{2,8}}）)?"
    )


@cache
def _national() -> re.Pattern[str]:
    """What calls itself the nation's platform: 国家应急管理平台, 全国硕士研究生招生考试成绩查询系统."""
    about = _any_of([*table()["subjects"], *table()["national_subjects"]])
    return re.compile(
        rf"(?:\d{{4}}年?)?(?:国家|全国)[\u4e00-\u9fff]{{0,16}}(?:{about})[\u4e00-\u9fff]{{0,12}}(?:平台|系统|中心|网)"
        r"(?:（[\u4e00-\u9fff]{2,8}）)?"
    )


def own_identity(name: str) -> str:
    """The word by which a name shows an operator of its own kind (a school, a company, a newspaper), or nothing.

    A headline that speaks of a company, a course or a forum is nobody's name, nor is a word that every site may have
    with what it is called there (培训中心).
    """
    found = None if name in table()["furniture"] else _own().search(name)
    if found is None or any(deed in (found["rest"] or "") for deed in table()["deeds"]):
        return ""
    if found["last"] in table()["furniture"] and not found.start():
        return ""
    return found["own"] or found["last"]


@cache
def _own() -> re.Pattern[str]:
    known = table()
    anywhere, last, then = (_any_of(known[key]) for key in ("own", "own_endings", "own_followers"))
    return re.compile(rf"(?:(?P<own>{anywhere})(?P<rest>.{{0,{_REST_CHARS}}})|(?P<last>{last})(?:{then})?)$")


def _any_of(words: list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _builders() -> re.Pattern[str]:
    said = "|".join(map(re.escape, table()["builders"]))
    return re.compile(rf"(?:{said})(?:单位|方)?[:：\s]{{0,3}}[\u4e00-\u9fffA-Za-z（）()]{{2,40}}")


def without_builders(footer: str) -> str:
    """A footer without the company that built the site, whose site it is not."""
    return _builders().sub(" ", footer)


def brand(title: str) -> str:
    """The publisher whose name ends a title (`星城市应急管理局 - 企查查`), or nothing."""
    head, last = _LAST_PART.split(title)[:-1], _LAST_PART.split(title)[-1].strip(_DECORATION)
    known = table()["tails"]
    last = plain_name(last)
    if not head or not 2 <= len(last) <= _MAX_BRAND_CHARS or organ_name(last) or any(word in last for word in known):
        return ""
    if last.endswith(tuple(table()["short_endings"])):
        return ""
    return "" if any(ending in last for ending in table()["endings"]) else last


def segments(title: str) -> list[str]:
    """The parts a title is made of, whole title first."""
    title = _gathered(visible(title))
    parts = [part.strip(_DECORATION) for part in _SEGMENT.split(title)]
    return [title.strip(_DECORATION), *(part for part in parts if len(part) > 1)]
