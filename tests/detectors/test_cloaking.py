"""Two visitors, one address: only what one of them is offered, asked or told counts, and where each ended up."""

from __future__ import annotations

import pytest

from detectors import strings
from detectors.base import Axis, FollowUp, Signal
from detectors.cloaking import cloaking, similarity
from detectors.context import Context
from detectors.features import Page

URL = "https://www.flowers-invented.top/"
FLOWERS = "<title>花店</title><p>本店供应鲜花绿植，欢迎到店选购，量大从优，节日花束请提前一天预订，城区内免费配送。</p>"
SALE = "<title>办证</title><p>焊工证电工证不用考试三天拿证，先拿证后付款，联系电话 14200001234</p>"
QUERY = """<title>信息核验</title><p>请输入要核验的内容，核验结果仅供参考，数据每日更新一次。</p><form>
<label>姓名</label><input name=xm><label>身份证号</label><input name=sfz><button>查询</button></form>"""
CLAIM = """<title>证书核验</title><p>欢迎使用本平台，请认准唯一入口。</p>
<div class=footer>主办单位：银河省应急管理厅　网站标识码：9900000001</div>"""
REFERRED = """<p>欢迎光临本店</p><script>var from=document.referrer;
if(/baidu|sogou|so\\.com/.test(from)){{window.location.href='{target}';}}</script>"""


def seen(phone: str, desktop: str | None, context: Context, *, at: str = URL, desk: str = URL) -> list[Signal]:
    page = Page.from_html(phone, at)
    page.counterpart = None if desktop is None else Page.from_html(desktop, desk)
    return [one for one in cloaking(page, context) if isinstance(one, Signal)]


@pytest.mark.parametrize(
    ("phone", "axis", "words"),
    [
        (SALE, Axis.SELLING, strings.CLOAKED_OFFER),
        (QUERY, Axis.IMPERSONATION, strings.CLOAKED_QUERY),
        (CLAIM, Axis.IMPERSONATION, "银河省应急管理厅"),
    ],
    ids=["offer", "query", "claim"],
)
def test_what_the_phone_alone_is_shown_is_told(phone: str, axis: Axis, words: str, context: Context) -> None:
    (found,) = seen(phone, FLOWERS, context)
    assert (found.axis, found.cls) == (axis, strings.CLOAKED)
    assert words in found.reason


@pytest.mark.parametrize("phone", [SALE, QUERY, CLAIM, FLOWERS], ids=["offer", "query", "claim", "nothing"])
def test_the_same_content_for_both_is_nothing(phone: str, context: Context) -> None:
    assert seen(phone, phone, context) == []
    assert seen(phone, None, context) == []


def test_an_empty_page_for_the_desktop_hides_the_offer(context: Context) -> None:
    assert [one.axis for one in seen(SALE, "<html><body></body></html>", context)] == [Axis.SELLING]


def test_a_page_that_scripts_fill_is_not_compared_before_it_is_shown(context: Context) -> None:
    shell = '<html><body><div id="app"></div><script src="/a.js"></script></body></html>'
    assert Page.from_html(shell, URL).state_reason == "needs_rendering"
    assert seen(SALE, shell, context) == []


def test_a_move_to_another_site_is_part_of_the_reason(context: Context) -> None:
    (found,) = seen(SALE, FLOWERS, context, at="https://m.banzheng-invented.top/")
    assert "m.banzheng-invented.top" in found.reason
    assert found.weight >= context.thresholds.selling.watch


def test_a_move_with_harmless_words_is_below_watch(context: Context) -> None:
    other = "<title>停车</title><p>车位查询与缴费请使用小程序，工作时间为每天八点至二十点，节假日照常。</p>"
    (found,) = seen(other, FLOWERS, context, at="https://www.parking-invented.cn/")
    assert found.weight < context.thresholds.selling.watch
    assert seen(other, FLOWERS, context, at="https://m.flowers-invented.top/") == []


def test_a_script_that_sends_visitors_of_engines_elsewhere_is_told_and_followed(context: Context) -> None:
    page = Page.from_html(REFERRED.format(target="https://zs.invented-sale.top/a"), URL)
    signal, followup = cloaking(page, context)
    assert isinstance(signal, Signal)
    assert isinstance(followup, FollowUp)
    assert (signal.where, page.source[signal.start : signal.end]) == ("html", signal.quote)
    assert followup.url == "https://zs.invented-sale.top/a"


@pytest.mark.parametrize(
    "script",
    [
        REFERRED.format(target="https://m.flowers-invented.top/"),
        REFERRED.format(target="/mobile/"),
        "<script>stat.send(document.referrer, 'baidu'); var next = 'https://elsewhere.invented.top/';</script>",
        "<script>if(!document.referrer){location.href='https://elsewhere.invented.top/';}</script>",
    ],
    ids=["own mobile site", "own path", "statistics", "no engine named"],
)
def test_ordinary_scripts_are_not(script: str, context: Context) -> None:
    assert seen(script, None, context) == []


def test_similarity_is_of_the_shorter_text() -> None:
    short, long = Page.from_html(FLOWERS), Page.from_html(FLOWERS + SALE)
    assert similarity(short, long) == 1.0
    assert similarity(Page.from_html(FLOWERS), Page.from_html(SALE)) < 0.1
