"""Certificate records: labels with values that a page shows as the answer to a look-up, and who issued them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from detectors import organs
from detectors.intents import intents
from detectors.limits import SHELL_CHARS

if TYPE_CHECKING:
    from detectors.features import Page

_MIN_LABELS = 4
_MAX_VALUE_CHARS = 60
_MIN_DATES = 2
_MAX_TRIES = 12
"""A word that so often has no value after it is spoken of, not filled in."""
_MAX_PAGE_CHARS = 30_000
"""A longer page is a list or a text, not the answer to a look-up."""
_SCRIPTED_CHARS = 3_000
_READS_ADDRESS = re.compile(
    r"location\.(?:search|hash)|URLSearchParams|(?i:get_?(?:query_?string|url_?param|query_?param|request_?param))"
)
_STATE_PAPER = re.compile(r"中华人民共和国[\u4e00-\u9fff]{2,24}?证")
_MIN_ENTRIES = 3
_LOOKED_UP = re.compile(r"[?&#][\w.-]*=|/[\w-]*\d[\w-]*(?:\.\w{2,5})?/?$")
_CARD = re.compile(r"特种作业操作证|特种设备[\u4e00-\u9fff]{0,8}作业人员证|知识和管理能力考核合格")
_SOMEBODY = re.compile(r"公司|集团|学校|学院|协会|平台|网站|中心|\d{3,4}-\d{7}")
_SEAL = re.compile(r"([\u4e00-\u9fff]{4,30}?)(?:专用章|印章|公章|电子签章)(?![\u4e00-\u9fff])")
_SEAL_USE_CHARS = 6
"""What a picture of a seal is called."""
_ALONE_CHARS = 1_500
"""A page with less text than this shows a record and little else."""
_PAPER_CHARS = 600
_PAPER = re.compile(
    r"[\u4e00-\u9fff]{0,24}(?:操作证|资格证|合格证|作业人员证|从业证|执业证|上岗证|许可证|证书|证照)(?:书|信息|详情)?"
)
_DATE = re.compile(r"[12](?:(?<=1)9|(?<=2)0)\d{2}\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}")
_VALUE = re.compile(r"[:：\s]{1,4}(?:[*＊\u4e00-\u9fffA-Za-z0-9]{1,40})")
_BARE_VALUE = re.compile(r"[:：\s]{0,4}[*＊\u4e00-\u9fffA-Za-z0-9][^\n]{0,60}")
_ADDRESS = re.compile(
    r"(?:[?&#/][\w.\-]{0,20}=(?=[^&=]*\d)[^&=]{4,}|[?&](?:id|no|sn|zsbh|certno|cert|code|number|key|t)=[\w%-]{2,})"
    r"|/(?:cert|zs|zsbh|verify|check|detail|info|show|view|result|q|r|c|t|v|d)(?:/[\w-]{2,40}){1,3}(?:\.\w{2,5})?$",
    re.I,
)


@cache
def _label() -> re.Pattern[str]:
    """Any label, with the blanks that spread it over its column; those of one first character are tried only there."""
    labels = sorted(organs.table()["result_labels"], key=len, reverse=True)
    beginning: dict[str, list[str]] = {}
    for label in labels:
        rest = "".join("[ \\u3000\\xa0]{0,6}" + re.escape(character) for character in label[1:])
        beginning.setdefault(label[0], []).append(rest)
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in beginning.items()))


def record_fields(page: Page) -> tuple[str, ...]:
    """Labels of a certificate record that the page shows with values; empty for a page that only explains them."""
    return page.once("record_fields", lambda: _record_fields(page))


def _record_fields(page: Page) -> tuple[str, ...]:
    if page.kind != "html" or len(page.text) > _MAX_PAGE_CHARS:
        return ()
    if not _DATE.search(page.text) or not _speaks_of_records(page.text):
        return ()
    found: dict[str, None] = {}
    tried: Counter[str] = Counter()
    for match in _label().finditer(page.text):
        said = match.group()
        if tried[said] >= _MAX_TRIES or said in found:
            continue
        tried[said] += 1
        if _has_value(page, match.start(), match.end()):
            found["".join(said.split())] = None
    return tuple(found) if len(found) >= _MIN_LABELS else ()


def scripted_fields(page: Page) -> tuple[str, ...]:
    """Labels of a record that only scripts fill in: on a page that reads its own address for it, or says nothing."""
    return page.once("scripted_fields", lambda: _scripted_fields(page))


def _scripted_fields(page: Page) -> tuple[str, ...]:
    if page.kind != "html" or len(page.text) > _SCRIPTED_CHARS or record_fields(page) or _is_employers(page):
        return ()
    if not _speaks_of_records(page.text):
        return ()
    found = dict.fromkeys("".join(match.group().split()) for match in _label().finditer(page.text))
    if len(found) < _MIN_LABELS:
        return ()
    is_shell = page.shown_chars < SHELL_CHARS and page.markup.scripts
    return tuple(found) if is_shell or _READS_ADDRESS.search(page.source) else ()


def scripted_body(page: Page) -> str:
    """Whose paper such a page calls itself, when that is a paper of the state by its own words."""
    if not scripted_fields(page):
        return ""
    return next((organs.body_of(paper) for paper in _STATE_PAPER.findall(page.text)), "")


def _is_employers(page: Page) -> bool:
    """Whether a record is a card of somebody's staff."""
    known = organs.table()
    if any(word in page.text for word in known["site_labels"]):
        return True
    return sum(word in page.text for word in known["employer_labels"]) > 1


def _answers(page: Page) -> bool:
    """Whether the page says what a look-up has found."""
    return any(one.kind == "outcome" for one in intents(page))


def _speaks_of_records(text: str) -> bool:
    return organs.any_word("record_subjects", "issuer_labels").search(text) is not None


def _has_value(page: Page, start: int, end: int) -> bool:
    """A value after its label: past a colon or a blank, or anything that ends the passage the label begins."""
    passage = page.passage_at(start)
    begins = passage is not None and passage.start == start
    value = (_BARE_VALUE if begins else _VALUE).match(page.text, end)
    if value is None or (begins and passage is not None and passage.end - start > _MAX_VALUE_CHARS):
        return False
    said = re.sub(r"\s", "", value.group().strip(":： \n"))
    return bool(said) and _label().match(said) is None


def record_issuer(page: Page) -> str:
    """The organ that a shown record names as its issuer, or that alone issues such papers, when the page presents it as
    the result of a look-up."""
    if not record_fields(page):
        return _by_number(page) or _by_paper(page) or _by_outcome(page)
    employed = _is_employers(page)
    presented = any(word in page.text for word in organs.table()["record_words"]) or stands_alone(page)
    presented = (presented and (not employed or _answers(page))) or _is_paper(page)
    return (named_issuer(page) or _body(page) or _by_number(page)) if presented else ""


def _body(page: Page) -> str:
    """Whose papers have such fields, where nobody's staff is listed."""
    if any(word in page.text for word in organs.table()["employer_labels"]):
        return ""
    return next((body for field in record_fields(page) if (body := organs.body_of(field))), "")


def _by_number(page: Page) -> str:
    """Whose a certificate is by the grammar of its number, on a page that shows one with its days and little else."""
    if page.kind != "html" or len(page.text) > _ALONE_CHARS or len(_DATE.findall(page.text)) < _MIN_DATES:
        return ""
    if any(word in page.text for word in organs.table()["employer_labels"]):
        return ""
    for one in organs.table()["numbers"]:
        found = set(re.findall(one["pattern"], page.text))
        if len(found) == 1 and any(word in page.text for word in one["beside"]):
            return named_issuer(page) or str(one["body"])
    return ""


def _by_paper(page: Page) -> str:
    """Whose a paper of the state is that a short page shows, by name, with a person's entries."""
    if page.kind != "html" or len(page.text) > _ALONE_CHARS or "中华人民共和国" not in page.text or _is_employers(page):
        return ""
    papers = (found[0] for line in page.text.splitlines() if (found := _STATE_PAPER.fullmatch(line.strip())))
    body = next((body for paper in papers if (body := organs.body_of(paper))), "")
    filled = {one.group() for one in _label().finditer(page.text) if body and _has_value(page, one.start(), one.end())}
    return (named_issuer(page) or body) if len(filled) >= _MIN_ENTRIES else ""


def _by_outcome(page: Page) -> str:
    """Whose papers a short page says it has verified, on which nobody says who verifies."""
    if page.kind != "html" or len(page.text) > _PAPER_CHARS or not _CARD.search(page.text):
        return ""
    if _is_employers(page) or _SOMEBODY.search(page.text) or not _DATE.search(page.text):
        return ""
    looked_up = _LOOKED_UP.search(page.url.partition(page.parts.netloc)[2]) or stands_alone(page)
    if not looked_up or not _answers(page):
        return ""
    return named_issuer(page) or organs.body_of(page.text)


def stands_alone(page: Page) -> bool:
    """Whether the record is the page: one record, hardly a word else, at an address that looks it up."""
    address = page.url.partition(page.parts.netloc)[2]
    return len(page.text) < _ALONE_CHARS and _ADDRESS.search(address) is not None


def _is_paper(page: Page) -> bool:
    """Whether a page is called as a paper is and holds little else than one."""
    employed = any(word in page.text for word in organs.table()["employer_labels"])
    return (
        len(page.text) < _PAPER_CHARS and not employed and _PAPER.fullmatch(organs.plain_name(page.title)) is not None
    )


def named_issuer(page: Page) -> str:
    for label in organs.table()["issuer_labels"]:
        for match in re.finditer(label + r"[:：\s\"']{0,5}([\u4e00-\u9fff]{4,30})", page.text):
            if organs.organ_name(match.group(1)):
                return match.group(1)
    return _sealed(page) if "章" in page.text else ""


def _sealed(page: Page) -> str:
    """Whose seal a picture is called: 银河省应急管理厅证书专用章."""
    for match in _SEAL.finditer(page.text):
        names = (match[1][: len(match[1]) - cut] for cut in range(_SEAL_USE_CHARS + 1))
        if name := next((one for one in names if organs.organ_name(one)), ""):
            return name
    return ""
