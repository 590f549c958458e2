"""What a page asks for and what to fetch next: certificate query forms, inner pages, frames, renderings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawlers.records import PageState
from detectors import organs
from detectors.base import Axis, FollowUp, detector

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Form, Page

_INNER_WORDS = re.compile("证书查询|证件查询|查询入口|在线查询|真伪查询|信息查询|操作证查询")
_BUTTON_CHARS = 24
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
        sure = bool(kinds & {"name", "captcha"}) or {"id", "ticket"} <= kinds or _has_button(page, form)
        if person and "enrol" not in kinds and sure and _asks(page, form):
            return tuple(kind for kind in ("name", "id", "ticket", "captcha") if kind in kinds)
    return ()


def asks_for_identity(page: Page) -> bool:
    """Whether any form wants the number of a person's papers, or somebody's password, to whatever end."""
    return page.once("asks_for_identity", lambda: any(map(_wants_a_person, page.markup.forms)))


def _wants_a_person(form: Form) -> bool:
    return any(field.kind == "password" for field in form.fields) or "id" in _kinds(form)


def _kinds(form: Form) -> set[str]:
    kinds: set[str] = set()
    for field in form.fields:
        if field.kind in ("hidden", "submit", "button"):
            continue
        if field.kind == "password":
            kinds.add("enrol")
        said = field.words.lower()
        kinds.update(kind for kind, words in _field_words() if words.search(said))
    return kinds


@cache
def _field_words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of fields, and what is said of each."""
    return tuple(
        (kind, re.compile("|".join(map(re.escape, words)))) for kind, words in organs.table()["fields"].items()
    )


def _has_button(page: Page, form: Form) -> bool:
    """Whether the form's own button, or what stands right behind its last field, speaks of a query."""
    words = organs.table()["query_words"]
    after = page.text[form.fields[-1].start : form.fields[-1].start + _BUTTON_CHARS].lower() if form.fields else ""
    return any(word in after for word in words) or any(
        field.kind in ("submit", "button") and any(word in field.words.lower() for word in words)
        for field in form.fields
    )


def _asks(page: Page, form: Form) -> bool:
    """Whether the words around the fields, or the title, speak of a query."""
    start, end = form.fields[0].start, form.fields[-1].start
    around = (page.title + page.text[max(0, start - 60) : end + 60] + " ".join(f.words for f in form.fields)).lower()
    return any(word in around for word in organs.table()["query_words"])


@detector("pages", version=3, title="页面用途", axis=Axis.IMPERSONATION, budget_ms=2000, of_documents=True)
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
            target = page.joined(source.strip())
        except ValueError:
            continue
        if target.startswith(("http://", "https://")) and target != page.url:
            yield FollowUp(detector="pages", kind="frame", url=target, reason=page.title[:40])


def _inner_pages(page: Page) -> Iterator[FollowUp]:
    seen: set[str] = set()
    for link in page.markup.links if _INNER_WORDS.search(page.text) else ():
        if len(seen) >= _MAX_INNER or not _INNER_WORDS.search(page.text, link.start, link.end):
            continue
        words = page.text[link.start : link.end]
        try:
            target = page.joined(link.href)
            inside = urlsplit(target).hostname == page.parts.hostname and urlsplit(target).scheme in ("http", "https")
        except ValueError:
            continue
        if inside and target not in seen and target != page.url:
            seen.add(target)
            yield FollowUp(detector="pages", kind="inner_page", url=target, reason=words.strip()[:40])
