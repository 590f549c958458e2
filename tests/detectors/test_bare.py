"""Pages that are hardly more than a name, and who runs a page by its own words."""

from __future__ import annotations

import pytest

from detectors import organs
from detectors.bare import asks_namelessly, is_for_sale
from detectors.base import Level
from detectors.context import Context
from detectors.features import Page
from detectors.operators import own_identity
from detectors.runner import assess

URL = "https://a.example/"
FORM = "<form>姓名<input name=xm>身份证号<input name=sfz><button>查询</button></form>"


def level(html: str, context: Context, url: str = URL) -> Level:
    return assess(Page.from_html(html, url), context).impersonation.level


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("<div id=app></div><script src=/app.js></script>", Level.FLAG),
        ("<script>location.href='http://b.example/cx'</script>", Level.FLAG),
        ("<script>location.replace('https://www.mem.gov.cn/')</script>", Level.WATCH),
        ('<meta http-equiv="refresh" content="0;url=https://www.mem.gov.cn/">', Level.WATCH),
        ("<p>" + "这里讲的是别的事情，与机关名称无关。" * 10 + "</p>", Level.WATCH),
    ],
)
def test_a_door_with_an_organs_name_on_it(rest: str, expected: Level, context: Context) -> None:
    assert level(f"<html><head><title>应急管理部</title></head><body>{rest}</body></html>", context) is expected


NAV = "".join(f"<a href=/{name}>{name}</a>" for name in ("首页", "公告", "办事指南", "登录"))


@pytest.mark.parametrize(
    ("title", "rest", "expected"),
    [
        ("星城市应急管理局", NAV, Level.FLAG),
        ("星城市应急管理局门户网站", NAV, Level.FLAG),
        ("星城市应急管理局", NAV + "<a href=/map>网站地图</a>", Level.FLAG),
        ("星城市应急管理局", NAV + "<footer>星城科技有限公司 版权所有</footer>", Level.CLEAR),
        ("星城市应急管理局电话地址_某某黄页", NAV, Level.CLEAR),
        (
            "星城市应急管理局",
            NAV + "<p>" + "该局成立于一九九八年，前身是安全生产监督管理局，" * 20 + "</p>",
            Level.WATCH,
        ),
    ],
)
def test_a_site_that_is_called_as_an_organ_and_nothing_else(
    title: str, rest: str, expected: Level, context: Context
) -> None:
    filling = "<p>这里是今天的通知和昨天的会议，以及明天要办的事情。</p>" * 6
    assert level(f"<html><head><title>{title}</title></head><body>{rest}{filling}</body></html>", context) is expected


@pytest.mark.parametrize(
    ("title", "asks"),
    [
        ("证书查询", True),
        ("特种作业操作证真伪在线查询系统", True),
        ("星城公司会员查询", False),
        ("证书查询方法", False),
    ],
)
def test_a_form_for_papers_that_says_nobodys_name(title: str, asks: bool, context: Context) -> None:
    page = Page.from_html(f"<title>{title}</title>{FORM}", URL)
    assert bool(asks_namelessly(page)) is asks
    assert (level(f"<title>{title}</title>{FORM}", context) is not Level.CLEAR) is asks


def test_a_school_that_asks_is_known_by_its_name(context: Context) -> None:
    html = f"<title>证书查询</title><div class=logo><img alt=星城市焊工培训学校></div>{FORM}"
    assert level(html, context) is Level.CLEAR


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("星城市焊工培训学校", "学校"),
        ("星城某某技术有限公司官网", "有限公司"),
        ("星城安全培训网", "培训"),
        ("星城论坛", "论坛"),
        ("培训合格证明查验", ""),
        ("高质量发展论坛举办", ""),
        ("关于约谈某某公司的通报", ""),
        ("特种作业培训合格证查询", ""),
    ],
)
def test_a_headline_is_nobodys_name(name: str, own: str) -> None:
    assert organs.own_identity(name) == own


def test_builders_of_a_site_do_not_run_it() -> None:
    page = Page.from_html("<title>查询</title><div class=footer>技术支持：星城某某科技有限公司</div>", URL)
    assert own_identity(page) == ""


@pytest.mark.parametrize(
    ("text", "sold"),
    [
        ("该域名正在出售 This domain is for sale", True),
        ("Buy this domain", True),
        ("域名转让，请联系", True),
        ("网站建设中", False),
    ],
)
def test_a_domain_for_sale(text: str, sold: bool) -> None:
    assert is_for_sale(Page.from_html(f"<h1>a.example</h1><p>{text}</p>", URL)) is sold
    assert not is_for_sale(Page.from_html(f"<p>{text}</p>{FORM}", URL))
