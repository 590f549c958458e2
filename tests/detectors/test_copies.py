"""Archives, caches and translators: where what they show came from."""

from __future__ import annotations

import pytest

from detectors import strings
from detectors.base import Level
from detectors.context import Context
from detectors.copies import Copy, copy_of
from detectors.features import Page
from detectors.runner import assess

HTML = """<title>应急管理部</title><meta name="SiteName" content="应急管理部">
<meta name="SiteDomain" content="www.mem.gov.cn">
<h1>应急管理部</h1><p>正文</p>"""
COPIES = {
    "https://web.archive.org/web/20240101000000/https://www.mem.gov.cn/gk/": "www.mem.gov.cn",
    "https://cc.bingj.com/cache.aspx?q=x&u=https%3A%2F%2Fwww.mem.gov.cn%2F": "www.mem.gov.cn",
    "https://webcache.googleusercontent.com/search?q=cache:AAAA:https://www.mem.gov.cn/": "www.mem.gov.cn",
    "https://www-mem-gov-cn.translate.goog/?_x_tr_sl=zh-CN": "www.mem.gov.cn",
    "https://a--b-example.translate.goog/": "a-b.example",
    "https://archive.ph/AbCdE": "",
}


@pytest.mark.parametrize(("url", "origin"), COPIES.items(), ids=list(COPIES))
def test_the_address_tells_where_a_copy_came_from(url: str, origin: str) -> None:
    page = Page.from_html(HTML, url)
    assert copy_of(page) == Copy(page.host, origin)


@pytest.mark.parametrize("url", [url for url, origin in COPIES.items() if origin in ("www.mem.gov.cn", "")])
def test_a_copy_of_an_official_page_accuses_nobody(url: str, context: Context) -> None:
    assert assess(Page.from_html(HTML, url), context).impersonation.level is not Level.FLAG


def test_a_copy_of_a_counterfeit_is_judged_as_the_counterfeit(context: Context) -> None:
    url = "https://web.archive.org/web/20240101000000/https://www.mem-cx.example.top/"
    verdict = assess(Page.from_html(HTML, url), context).impersonation
    assert (verdict.level, verdict.cls) == (Level.FLAG, strings.FAKE_SITE)


@pytest.mark.parametrize(
    "url", ["https://web.archive.org.example.top/web/1/https://www.mem.gov.cn/", "https://a.example/"]
)
def test_who_only_looks_like_an_archive_is_none(url: str) -> None:
    assert copy_of(Page.from_html(HTML, url)) is None
