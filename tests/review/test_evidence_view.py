"""The annotated view: marks on exactly the judged characters, and nothing in it that acts."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import config
from crawlers.decode import decode
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from review.evidence_view import Mark, annotate, marks

HTML = """<html><head><title>办证</title><script>alert(1)</script></head><body onload="x()">
<p class="a">专业&nbsp;办理 <b>焊工证</b>
  不用考试&amp;快</p><a href="javascript:x()">点<i>我</i></a><!-- c -->
<form action="/x"><input name="q" value="v"></form>
<iframe src="https://evil.example/"></iframe>
<img src="https://evil.example/t.gif" onerror="x()" alt="图"></body></html>"""


def marked(html: str, page: Page, found: list[Mark]) -> list[str]:
    return [one.get_text() for one in BeautifulSoup(annotate(html, page, found), "lxml").find_all("mark")]


@pytest.mark.parametrize("words", ["焊工证", "不用考试&快", "点我", "办理 焊工证 不用"])
def test_marks_stand_on_the_judged_characters(words: str) -> None:
    page = Page.from_html(HTML)
    start = page.text.index(words)
    pieces = marked(HTML, page, [Mark(start, start + len(words), "理由")])
    assert "".join("".join(pieces).split()) == "".join(words.split())


def test_nothing_in_the_view_acts() -> None:
    page = Page.from_html(HTML)
    start = page.text.index("焊工证")
    shown = annotate(HTML, page, [Mark(start, start + 3, '"><script>alert(2)</script>')])
    soup = BeautifulSoup(shown, "lxml")
    assert not soup.find_all(["script", "iframe", "form", "a", "style", "link", "object"])
    attributes = {name for tag in soup.find_all(True) for name in tag.attrs}
    assert attributes <= {"title", "alt", "value", "type"}
    assert "evil.example" not in shown
    assert "<!--" not in shown


def test_overlapping_signals_give_one_mark() -> None:
    text = "焊工证不用考试，三天拿证，加微信 abc_12345"
    context = Context.build(config.load())
    found = marks(assess(Page.from_text(text), context).selling.signals)
    assert found
    assert all(first.end <= second.start for first, second in pairwise(found))


def test_every_mark_on_a_recorded_page_is_found(captures: Path) -> None:
    file = captures / "clone_gov" / "chsi_clone_202602.html"
    html = decode(file.read_bytes()).text
    page = Page.from_html(html, "https://guanfang-web.github.io/yz.cjcx/")
    found = marks(assess(page, Context.build(config.load())).impersonation.signals)
    assert found
    text = "".join("".join(marked(html, page, found)).split())
    assert text == "".join("".join(page.text[mark.start : mark.end] for mark in found).split())
