"""Values that may tie: record numbers, counting accounts, addresses, links; none of them a finding."""

from __future__ import annotations

import pytest

from detectors.base import Trace
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from detectors.traces import traces

ACCOUNT = "0123456789abcdef0123456789abcdef"


def noted(html: str, context: Context, url: str = "https://www.shop-invented.com/") -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in traces(Page.from_html(html, url), context) if isinstance(one, Trace)]


@pytest.mark.parametrize(
    ("script", "value"),
    [
        (f'hm.src = "https://hm.baidu.com/hm.js?{ACCOUNT}";', f"baidu:{ACCOUNT}"),
        ('src="https://s4.cnzz.com/z_stat.php?id=1279999999&web_id=1279999999"', "cnzz:1279999999"),
        ('src="https://v1.cnzz.com/z_stat.php?id=1279999998"', "cnzz:1279999998"),
        ('src="//js.users.51.la/19999999.js"', "51la:19999999"),
        ('LA.init({id:"JInvented0000001",ck:"JInvented0000001"})', "51la_v6:JInvented0000001"),
        ('src="https://www.googletagmanager.com/gtag/js?id=G-INVENTED01"', "google:G-INVENTED01"),
        ("ga('create', 'UA-00000001-1', 'auto'); // google-analytics", "google:UA-00000001-1"),
    ],
)
def test_accounts_of_counting_services(script: str, value: str, context: Context) -> None:
    html = f"<script {script}></script>" if script.startswith("src") else f"<script>{script}</script>"
    assert ("analytics", value) in noted(html, context)


def test_a_record_number_is_the_same_for_every_site_of_one_owner(context: Context) -> None:
    forms = ("湘ICP备99000001号-3", "湘 icp 备 99000001 号", "湘ICP备99000001号-12")
    assert {tuple(noted(f"<p>{form}</p>", context)) for form in forms} == {(("icp", "湘ICP备99000001"),)}
    assert noted("<p>湘公网安备 43990000000001号</p>", context) == [("icp", "police:43990000000001")]


def test_a_number_copied_from_an_official_site_is_no_mark(context: Context) -> None:
    number = next(iter(context.registry.by_icp))
    assert noted(f"<p>{number}-1</p>", context) == []


def test_an_address_is_tied_in_full_and_shown_in_part(context: Context) -> None:
    page = Page.from_html("<p>地址：银河省星光市猎户区天狼路 12 号参宿大厦3楼，欢迎光临</p>", "https://a.example/")
    (found,) = traces(page, context)
    assert isinstance(found, Trace)
    assert (found.kind, found.value) == ("address", "地址：银河省星光市猎户区天狼路12号参宿大厦3楼".partition("：")[2])
    assert found.shown == "银河省星光市猎户…"


def test_links_to_others_are_noted_by_subject(context: Context) -> None:
    html = """<a href="https://zs-invented.top/q?id=1">查</a><a href="//zs-invented.top/">查</a><a href="/own">我</a>
<a href="https://m.shop-invented.com/">我</a><a href="https://www.mem.gov.cn/">官</a><a href="https://www.baidu.com/">搜</a>
<a href="https://someone.github.io/kit/x.html">库</a><a href="http://[broken">坏</a>"""
    assert noted(html, context) == [("link", "site:zs-invented.top"), ("link", "site:someone.github.io/kit")]


def test_traces_accuse_nobody(context: Context) -> None:
    found = assess(
        Page.from_html(f"<p>花店</p><script>//hm.baidu.com/hm.js?{ACCOUNT}</script>", "https://a.example/"), context
    )
    assert [one.kind for one in found.traces] == ["analytics"]
    assert not [one for one in found.impersonation.signals if one.detector == "traces"]
