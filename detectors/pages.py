"""What a page asks for or shows: certificate query forms, certificate records, pages that only scripts fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawlers.records import PageState
from detectors import organs
from detectors.base import Axis, FollowUp, detector

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Form, Page

_RECORD_MIN_LABELS = 4
_INNER_WORDS = ("证书查询", "证件查询", "查询入口", "在线查询", "真伪查询", "信息查询", "操作证查询")
_MAX_INNER = 3
_MAX_FRAMES = 3
_LITTLE_TEXT_CHARS = 300
_OPENING_CHARS = 2_000


def query_fields(page: Page) -> tuple[str, ...]:
    """Kinds of fields (`name id ticket captcha`) of the page's query form; empty when it has none.

    A form that also wants a telephone number, an address or a password is an enrolment or a login.
    """
    return page.once("query_fields", lambda: _query_fields(page))


def _query_fields(page: Page) -> tuple[str, ...]:
    for form in page.markup.forms:
        kinds = _kinds(form)
        person = "id" in kinds or "ticket" in kinds
        sure = bool(kinds & {"name", "captcha"}) or {"id", "ticket"} <= kinds or _has_button(form)
        if person and "enrol" not in kinds and sure and _asks(page, form):
            return tuple(kind for kind in ("name", "id", "ticket", "captcha") if kind in kinds)
    return ()


def _kinds(form: Form) -> set[str]:
    words = organs.table()["fields"]
    kinds: set[str] = set()
    for field in form.fields:
        if field.kind in ("hidden", "submit", "button"):
            continue
        if field.kind == "password":
            kinds.add("enrol")
        said = field.words.lower()
        kinds.update(kind for kind, known in words.items() if any(word in said for word in known))
    return kinds


def _has_button(form: Form) -> bool:
    """Whether the form's own button speaks of a query."""
    words = organs.table()["query_words"]
    return any(
        field.kind in ("submit", "button") and any(word in field.words for word in words) for field in form.fields
    )


def _asks(page: Page, form: Form) -> bool:
    """Whether the words around the fields, or the title, speak of a query."""
    start, end = form.fields[0].start, form.fields[-1].start
    around = (page.title + page.text[max(0, start - 60) : end + 60] + " ".join(f.words for f in form.fields)).lower()
    return any(word in around for word in organs.table()["query_words"])


_FIELD_VALUE = re.compile(r"[:：\s]{1,4}(?:[*＊\u4e00-\u9fffA-Za-z0-9]{1,40})")


def record_fields(page: Page) -> tuple[str, ...]:
    """Labels of a certificate record that the page shows with values; empty for a page that only explains them."""
    return page.once("record_fields", lambda: _record_fields(page))


def _record_fields(page: Page) -> tuple[str, ...]:
    if page.kind != "html" or not any(word in page.text for word in organs.table()["record_subjects"]):
        return ()
    labels = organs.table()["result_labels"]
    found = []
    for label in labels:
        at = page.text.find(label)
        value = _FIELD_VALUE.match(page.text, at + len(label)) if at >= 0 else None
        if value is not None and value.group().lstrip(":： \n") not in labels:
            found.append(label)
    has_date = re.search(r"(?:19|20)\d{2}[-年/.]\d{1,2}[-月/.]\d{1,2}", page.text) is not None
    return tuple(found) if len(found) >= _RECORD_MIN_LABELS and has_date else ()


def record_issuer(page: Page) -> str:
    """The organ that a shown record names as its issuer, when the page presents it as the result of a look-up."""
    if not record_fields(page) or not any(word in page.text for word in organs.table()["record_words"]):
        return ""
    for label in organs.table()["issuer_labels"]:
        for match in re.finditer(label + r"[:：\s]{1,4}([\u4e00-\u9fff]{4,30})", page.text):
            if organs.organ_name(match.group(1)):
                return match.group(1)
    return ""


@detector("pages", version=2, title="页面用途", axis=Axis.IMPERSONATION, budget_ms=2000)
def pages(page: Page, context: Context) -> Iterator[FollowUp]:
    """Proposes what to fetch next: a rendering when only scripts fill the page, inner pages that hold the query, and
    what a page about certificates, or one with next to no text, shows in a frame."""
    if page.kind != "html" or not page.url:
        return
    if page.state is PageState.PARTIAL and page.state_reason == "needs_rendering":
        yield FollowUp(detector="pages", kind="render", url=page.url, reason="needs_rendering")
    yield from _inner_pages(page)
    yield from _frames(page)


def _frames(page: Page) -> Iterator[FollowUp]:
    known = organs.table()
    about = page.title + page.text[:_OPENING_CHARS]
    if len(page.text) > _LITTLE_TEXT_CHARS and not any(word in about for word in known["subjects"]):
        return
    for source in dict.fromkeys(page.markup.frames[:_MAX_FRAMES]):
        try:
            target = urljoin(page.url, source.strip())
        except ValueError:
            continue
        if target.startswith(("http://", "https://")) and target != page.url:
            yield FollowUp(detector="pages", kind="frame", url=target, reason=page.title[:40])


def _inner_pages(page: Page) -> Iterator[FollowUp]:
    seen: set[str] = set()
    for link in page.markup.links:
        words = page.text[link.start : link.end]
        if len(seen) >= _MAX_INNER or not any(word in words for word in _INNER_WORDS):
            continue
        try:
            target = urljoin(page.url, link.href)
            inside = urlsplit(target).hostname == page.parts.hostname and urlsplit(target).scheme in ("http", "https")
        except ValueError:
            continue
        if inside and target not in seen and target != page.url:
            seen.add(target)
            yield FollowUp(detector="pages", kind="inner_page", url=target, reason=words.strip()[:40])
