"""What a page asks for or shows: certificate query forms, certificate records, pages that only scripts fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crawlers.records import PageState
from detectors import organs
from detectors.base import Axis, FollowUp, detector

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Form, Page

_RECORD_MIN_LABELS = 4
_INNER_WORDS = ("证书查询", "证件查询", "查询入口", "在线查询", "真伪查询", "信息查询", "操作证查询")
_MAX_INNER = 3


def query_fields(page: Page) -> tuple[str, ...]:
    """Kinds of fields (`name id ticket captcha`) of the page's query form; empty when it has none.

    A form that also wants a telephone number, an address or a password is an enrolment or a login.
    """
    return page.once("query_fields", lambda: _query_fields(page))


def _query_fields(page: Page) -> tuple[str, ...]:
    for form in page.markup.forms:
        kinds = _kinds(form)
        person = "id" in kinds or "ticket" in kinds
        if person and "enrol" not in kinds and ("name" in kinds or "captcha" in kinds) and _asks(page, form):
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
    if page.kind != "html" or not any(word in page.text for word in ("准操项目", "作业类别")):
        return ()
    found = []
    for label in organs.table()["result_labels"]:
        at = page.text.find(label)
        if at >= 0 and _FIELD_VALUE.match(page.text, at + len(label)):
            found.append(label)
    has_date = re.search(r"(?:19|20)\d{2}[-年/.]\d{1,2}[-月/.]\d{1,2}", page.text) is not None
    return tuple(found) if len(found) >= _RECORD_MIN_LABELS and has_date else ()


@detector("pages", version=1, title="页面用途", axis=Axis.IMPERSONATION, budget_ms=2000)
def pages(page: Page, context: Context) -> Iterator[FollowUp]:
    """Proposes what to fetch next: a rendering when only scripts fill the page, inner pages that hold the query."""
    if page.kind != "html" or not page.url:
        return
    if page.state is PageState.PARTIAL and page.state_reason == "needs_rendering":
        yield FollowUp(detector="pages", kind="render", url=page.url, reason="needs_rendering")
    yield from _inner_pages(page)


def _inner_pages(page: Page) -> Iterator[FollowUp]:
    from urllib.parse import urljoin, urlsplit

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
