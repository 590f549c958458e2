"""What scripts and style sheets write into a page is read as it is shown."""

from __future__ import annotations

import pytest

from detectors.features import Page
from detectors.limits import MAX_DRAWN, MAX_WRITES
from detectors.written import plain, split

BASE64 = "PGgxPuW6lOaApeeuoeeQhumDqOivgeS5puafpeivojwvaDE+"


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("document.write(\"<h1>甲</h1>\"+'<p>乙</p>')", "<h1>甲</h1><p>乙</p>"),
        ('document.writeln("<b>\\u5e94\\x41\\n</b>")', "<b>应A\n</b>"),
        ("document.write(`<i>\\`</i>`);document.write('x')", "<i>`</i>x"),
        ('document.write(unescape("%3Cp%3E%u5E94%u6025%3C/p%3E"))', "<p>应急</p>"),
        (f'document.write(decodeURIComponent(escape(atob("{BASE64}"))))', "<h1>应急管理部证书查询</h1>"),
        ('document.write(atob("not base64!"))', "not base64!"),
        ("document.write(name)", ""),
        ("document.write('<p>' + name + '</p>')", "<p></p>"),
        ("var name = '甲局'; document.write('<p>' + name + '</p>')", "<p>甲局</p>"),
        ("box.innerHTML = '<h1>' + who.name + '</h1><input name=sfz>'", "<h1></h1><input name=sfz>"),
        ("document.getElementById('a').insertAdjacentHTML('beforeend', '<b>乙</b>')", "<b>乙</b>"),
        ('document.write("\\u{110000}\\ud800x")', "x"),
    ],
)
def test_literals_are_written_as_a_browser_writes_them(script: str, shown: str) -> None:
    assert split(script)[0] == shown


def test_what_is_written_is_taken_out_of_the_script() -> None:
    assert split("var a=1;document.write('<p>甲乙</p>');var b='丙丁'")[1] == "var a=1;);var b='丙丁'"
    assert plain("没有") == "没有"


def test_written_forms_headings_and_files_are_the_pages_own() -> None:
    written = (
        "<h1>月球局</h1><form action='/q'>身份证号<input name='sfz'></form><p>丙丁戊</p><script src='/a.js'><\\/script>"
    )
    page = Page.from_html(f'<p>前</p><script>document.write("{written}")</script><p>后</p>')
    assert [(one.kind, page.quote(one)) for one in page.passages] == [
        ("body", "前"),
        ("h1", "月球局"),
        ("written", "身份证号"),
        ("written", "丙丁戊"),
        ("body", "后"),
    ]
    assert [field.name for form in page.markup.forms for field in form.fields] == ["sfz"]
    assert page.markup.assets == ["/a.js"]


def test_a_script_that_writes_itself_ends() -> None:
    script = "<script>document.write('<p>圈</p>')</script>"
    for _ in range(6):
        escaped = script.replace("\\", "\\\\").replace("'", "\\'").replace("</script>", "<\\/script>")
        script = f"<script>document.write('{escaped}')</script>"
    assert Page.from_html(script).text.count("圈") == 1
    many = Page.from_html("<script>document.write('<p>甲乙</p>')</script>" * (MAX_WRITES * 2))
    assert [len(many.of_kind(kind)) for kind in ("written", "script")] == [MAX_WRITES, MAX_WRITES]


def test_rows_that_are_written_one_by_one_are_one_table() -> None:
    rows = "".join(f"document.write('<tr><td>甲{number}</td></tr>');" for number in range(3))
    page = Page.from_html(f"<script>document.write('<table>');{rows}document.write('</table>');</script>")
    assert [page.quote(one) for one in page.of_kind("written")] == ["甲0", "甲1", "甲2"]


def test_a_style_sheet_may_hold_the_masthead() -> None:
    css = ".a:before{content:'\\5e94\\6025\\7ba1\\7406\\90e8'} .b:after{content:\"证书查询\"} .c:after{content:'»'}"
    page = Page.from_html(f"<style>{css}</style><div class=a></div>")
    assert [page.quote(one) for one in page.of_kind("alt")] == ["应急管理部", "证书查询"]
    assert len(Page.from_html("<style>" + ".x:after{content:'甲乙'}" * 50 + "</style>").of_kind("alt")) == MAX_DRAWN


def test_a_picture_is_called_what_its_link_is_called() -> None:
    page = Page.from_html("<a href=/ title=月球局><img src=a.png></a><img src=b.png><img src=c.png title=徽章>")
    assert [image.alt for image in page.markup.images] == ["月球局", "", "徽章"]


def test_markup_for_browsers_without_frames_is_not_shown() -> None:
    page = Page.from_html(
        "<frameset><frame src=a.htm><noframes><body>请升级<script>x('甲乙')</script></noframes></frameset>"
    )
    assert "请升级" not in page.text
    assert page.markup.frames == ["a.htm"]
