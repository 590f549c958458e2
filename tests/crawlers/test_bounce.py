"""Which pages only send their visitor on."""

from __future__ import annotations

import pytest

from crawlers.bounce import bounce_target

URL = "http://a.test/dir/page.html"
FILLER = "<p>" + "安全生产信息公开栏目内容" * 20 + "</p>"


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ('<meta http-equiv="refresh" content="0;url=http://b.test/x">', "http://b.test/x"),
        ("<META HTTP-EQUIV=Refresh CONTENT='3; URL=next.html'>", "http://a.test/dir/next.html"),
        ('<meta content="0.5; url=\'/y?a=1&amp;b=2\'" http-equiv="refresh">' + FILLER, "http://a.test/y?a=1&b=2"),
        ('<script>location.href="/home"</script>', "http://a.test/home"),
        ("<script>window.location.replace('https:\\/\\/b.test\\/q')</script>", "https://b.test/q"),
        ("<html><title>跳转中</title><script>top.location = '//b.test/'</script>请稍候</html>", "http://b.test/"),
        ("<script>var url = '';url += 'http://b.';url += 'test/@s';location.replace(url)</script>", "http://b.test/s"),
    ],
)
def test_a_bare_page_leads_on(page: str, target: str) -> None:
    assert bounce_target(page, URL) == target


@pytest.mark.parametrize(
    "page",
    [
        "",
        FILLER,
        FILLER + '<script>location.href="/home"</script>',
        '<meta http-equiv="refresh" content="600;url=/later">',
        '<meta http-equiv="refresh" content="5">',
        '<script>if(phone) location.href="/m"; else location.href="/pc"</script>',
        '<script>location.href="javascript:void(0)"</script>',
        '<script>location.href="weixin://dl/chat"</script>',
        f'<meta http-equiv="refresh" content="0;url={URL}">',
        '<meta http-equiv="refresh" content="0;url=http://[::1">',
        "<!-- <script> --><p>" + "字" * 80,
    ],
)
def test_other_pages_stay(page: str) -> None:
    assert bounce_target(page, URL) == ""


def test_bait_for_patterns_takes_no_time() -> None:
    for bait in ("<meta " * 30_000, "location=" * 20_000, "<script>" * 20_000, '<meta content="0;url=' * 9_000):
        assert bounce_target(bait[:16_000], URL) == ""
