"""Where a suspect leads: few pages, chosen for what they prove, fetched only when the page itself is suspect."""

from __future__ import annotations

import pytest

import config
from detectors.context import Context
from detectors.features import Page
from detectors.onward import onward

CONTEXT = Context.build(config.load(), key=b"k" * 32)
URL = "https://kz.example.com/index.html"
LINKS = """<a href="/">首页</a><a href="/about/contact.html">联系我们</a><a href="jiage.html">办理价格</a>
<a href="/zs/sample.html#top">证书样本</a><a href="/news/1.html">行业新闻</a><a href="/zs/2.html">成功案例</a>
<a href="/zs/3.html">成功案例</a><a href="https://t.cn/A6xYz12">点这里</a><a href="https://dwz.cn/">短链</a>
<a href="https://chaxun.example.net/q">官网查询入口</a><a href="https://cx.mem.gov.cn/">官方查询入口</a>
<a href="https://other.example.org/">友情链接</a><a href="javascript:void(0)">在线咨询</a><a href="http://[bad">查询</a>
<a href="/index.html">联系我们</a><a href="mailto:a@example.com">联系方式</a>"""


def wanted(body: str, url: str = URL) -> list[tuple[str, str]]:
    page = Page.from_html(f"<html><body>{body}</body></html>", url)
    return [(one.kind, one.url) for one in onward(page, CONTEXT)]  # type: ignore[union-attr]


def test_a_few_pages_are_chosen_by_what_they_prove() -> None:
    assert wanted(LINKS) == [
        ("record", "https://kz.example.com/zs/sample.html"),
        ("record", "https://kz.example.com/zs/2.html"),
        ("contact", "https://kz.example.com/about/contact.html"),
        ("price", "https://kz.example.com/jiage.html"),
        ("short_link", "https://t.cn/A6xYz12"),
        ("outlink", "https://chaxun.example.net/q"),
    ]


def test_a_site_of_many_links_is_not_copied() -> None:
    many = "".join(
        f'<a href="/p{number}.html">价格{number}</a><a href="https://x{number}.example/">查询</a>'
        for number in range(3000)
    )
    assert [kind for kind, _ in wanted(many)] == ["price", "price", "outlink", "outlink"]


@pytest.mark.parametrize("url", ["", "https://kz.example.com/"])
def test_a_page_without_links_or_address_leads_nowhere(url: str) -> None:
    assert wanted("<p>联系我们</p>", url) == []
