"""HTML to features: passages, hidden text, forms, marks, and markup made to hurt a parser."""

from __future__ import annotations

import pytest

from crawlers.records import Listing, PageState
from detectors.elements import section_named
from detectors.features import Page
from detectors.limits import MAX_HTML_CHARS

HTML = """<!-- saved from url=(0024)https://www.moonorgan.example/ -->
<html><head><title> 月球安全
 学校 </title><meta name="SiteName" content="月球安全学校"><link rel="canonical" href="https://a.example/x"></head>
<body><nav><a href="/a">首页</a> <a href="/b">课程</a></nav><h1>焊工班</h1>
<p>报名<b>电话</b> 0730-0000123</p><p style="display: none">隐藏的话</p>
<form action="/q"><label>姓名</label><input name="xm"><label>身份证号</label><input name="sfz">
<input type=submit value=查询></form>
<img src="/logo.png" alt="校徽图片"><div class="footer">版权所有</div>
<script>document.write('<div>主办单位：\\u6708\\u7403学校</div>'); var n = "abc";</script></body></html>"""


def passages(page: Page, kind: str) -> list[str]:
    return [page.quote(one) for one in page.of_kind(kind)]


def test_text_passages_and_markup() -> None:
    page = Page.from_html(HTML, "https://A.Example:8080/x?y=1")
    assert page.title == "月球安全 学校"
    assert page.host == "a.example"
    assert passages(page, "nav") == ["首页 课程"]
    assert passages(page, "h1") == ["焊工班"]
    assert "报名电话 0730-0000123" in passages(page, "body")
    assert passages(page, "footer") == ["版权所有"]
    assert passages(page, "alt") == ["校徽图片"]
    assert passages(page, "written") == ["主办单位：月球学校"]
    assert [page.quote(one) for one in page.passages if one.hidden] == ["隐藏的话"]
    assert page.markup.metas["sitename"] == "月球安全学校"
    assert page.markup.canonical == "https://a.example/x"
    assert page.markup.saved_from == "https://www.moonorgan.example/"
    assert [link.href for link in page.markup.links] == ["/a", "/b"]


def test_fields_carry_the_words_before_them() -> None:
    (form,) = Page.from_html(HTML).markup.forms
    assert form.action == "/q"
    assert [field.label[-4:] for field in form.fields[:2]] == ["姓名", "身份证号"]


def test_link_spans_are_the_words_of_the_link() -> None:
    page = Page.from_html(HTML)
    assert [page.text[link.start : link.end].strip() for link in page.markup.links] == ["首页", "课程"]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "<div>" * 50_000 + "末尾",
        "<b a><p>" * 20_000 + "末尾",
        "<table>" * 3_000,
        "\x00<p>a",
        "<p>" + "a" * 100,
    ],
)
def test_no_markup_raises_or_hides_what_follows(html: str) -> None:
    page = Page.from_html(html, "https://a.example/")
    assert "末尾" not in html or "末尾" in page.text


def test_a_page_beyond_the_limit_is_cut_and_says_so() -> None:
    page = Page.from_html("<p>" + "字" * MAX_HTML_CHARS)
    assert page.truncated
    assert not Page.from_html("<p>字").truncated


def test_script_only_page_needs_rendering() -> None:
    html = '<html><body><div id="app"></div>' + '<script src="/app.js"></script>' * 3 + "</body></html>"
    page = Page.from_html(html, "https://a.example/")
    assert (page.state, page.state_reason) == (PageState.PARTIAL, "needs_rendering")


def test_plain_text_keeps_its_offsets() -> None:
    page = Page.from_text("第一行\n\n第二行 ")
    assert page.text == "第一行\n\n第二行 "
    assert [page.quote(one) for one in page.passages] == ["第一行", "第二行 "]


def test_listing_is_one_text_with_a_passage_each() -> None:
    page = Page.from_listing(
        Listing(platform="p", item_id="1", title="标题", url="", text="描述", seller="卖家", price="9")
    )
    assert [one.kind for one in page.passages] == ["title", "body", "seller", "price"]
    assert page.passage_at(0) == page.passages[0]


def test_a_broken_address_has_no_host() -> None:
    assert Page.from_html("<p>x", "http://[::bad/").host == ""
    assert Page.from_html("<p>x", "https://特种.com/").host == "xn--w2x69m.com"


@pytest.mark.parametrize(
    ("name", "section"),
    [("ft", "footer"), ("box ft", "footer"), ("page-footer", "footer"), ("dibu", "footer")]
    + [(name, "") for name in ("ft14", "ft-14", "weui-cell__ft", "btm_line", "left", "soft")],
)
def test_a_class_of_font_sizes_or_of_cells_is_no_footer(name: str, section: str) -> None:
    assert section_named(name) == section
