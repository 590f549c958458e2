"""Ordinary hosts: files by path, headers, redirects, conditions and states."""

from __future__ import annotations

import pytest

from crawlers.practice.answers import Answer
from crawlers.practice.town import Town
from tests.crawlers.practice.webs import get, html_page, town_of, write_web

TOML = """
[[redirects]]
from = "http://t.example.cn/a1"
to = "www.a.top/sub/"
[[redirects]]
from = "old.example.cn/shop/*"
to = "https://www.a.top/"
status = 301
[[redirects]]
from = "t.example.cn/j?k=1"
to = "https://www.a.top/?k"

[[conditions]]
host = "www.a.top"
path = "/"
when = { user_agent = ["iPhone", "Android"], referrer = "baidu.com" }
serve = "_phone.html"
[[conditions]]
host = "www.a.top"
path = "/direct*"
when = { referrer = "" }
status = 404
[[conditions]]
host = "*.a.top"
path = "/go"
when = { query = "k=验证" }
redirect = "https://pay.example.cn/"

[[states]]
host = "waf.example.cn"
state = "captcha"
[[states]]
host = "login.example.cn"
path = "/in/*"
state = "login"
[[states]]
host = "broken.example.cn"
state = "error"
[[states]]
host = "slow.example.cn"
state = "slow"
seconds = 7
[[states]]
host = "mute.example.cn"
state = "timeout"
[[states]]
host = "焊工.example.cn"
state = "error"
"""
HEADERS = """
["*"]
Server = "nginx"
["/gb/*"]
Content-Type = "text/html; charset=gb2312"
Set-Cookie = ["a=1", "b=2"]
["/gone.html"]
status = 410
"""
PAGES: dict[str, str | bytes] = {
    "www.a.top/index.html": html_page("首页"),
    "www.a.top/_phone.html": html_page("手机"),
    "www.a.top/sub/index.htm": html_page("下级"),
    "www.a.top/about.html": html_page("关于"),
    "www.a.top/logo.png": b"\x89PNG",
    "www.a.top/direct.html": html_page("直达"),
    "www.a.top/404.html": html_page("自己的404"),
    "www.a.top/gone.html": html_page("没了"),
    "www.a.top/gb/a.html": "操作证".encode("gbk"),
    "www.a.top/_headers.toml": HEADERS,
    "plain.example.cn/index.html": "x",
    "waf.example.cn/index.html": "x",
    "login.example.cn/index.html": "外面",
    "login.example.cn/in/a.html": "里面",
    "slow.example.cn/index.html": "慢",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return town_of(write_web(tmp_path_factory.mktemp("web"), PAGES, toml=TOML))


def header(answer: Answer, name: str) -> list[str]:
    return [value for key, value in answer.headers if key == name]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "首页"),
        ("/?from=x", "首页"),
        ("/sub/", "下级"),
        ("/about.html", "关于"),
        ("/about", "关于"),
        ("/%61bout", "关于"),
    ],
)
def test_files_by_path(town: Town, path: str, text: str) -> None:
    answer = get(town, f"https://www.a.top{path}")
    assert answer.status == 200
    assert text in answer.body.decode()


def test_a_folder_without_a_slash_redirects(town: Town) -> None:
    answer = get(town, "https://www.a.top/sub")
    assert (answer.status, header(answer, "Location")) == (301, ["/sub/"])


@pytest.mark.parametrize("path", ["/nothing", "/_phone.html", "/_headers.toml", "/../plain.example.cn/", "/%2e%2e/x"])
def test_what_is_not_there_or_hidden_is_the_hosts_own_404(town: Town, path: str) -> None:
    answer = get(town, f"https://www.a.top{path}")
    assert answer.status == 404
    assert "自己的404" in answer.body.decode()


def test_a_host_without_a_404_page_gets_a_plain_one(town: Town) -> None:
    answer = get(town, "https://plain.example.cn/x")
    assert answer.status == 404
    assert b"404 Not Found" in answer.body


def test_media_types_and_headers(town: Town) -> None:
    assert header(get(town, "https://www.a.top/"), "Content-Type") == ["text/html"]
    assert header(get(town, "https://www.a.top/logo.png"), "Content-Type") == ["image/png"]
    assert header(get(town, "https://www.a.top/"), "Server") == ["nginx"]
    gb = get(town, "https://www.a.top/gb/a.html")
    assert header(gb, "Content-Type") == ["text/html; charset=gb2312"]
    assert header(gb, "Set-Cookie") == ["a=1", "b=2"]
    assert gb.body.decode("gbk") == "操作证"
    assert get(town, "https://www.a.top/gone.html").status == 410


@pytest.mark.parametrize(
    ("url", "status", "to"),
    [
        ("http://t.example.cn/a1", 302, "https://www.a.top/sub/"),
        ("https://old.example.cn/shop/9?x=1", 301, "https://www.a.top/"),
        ("https://t.example.cn/j?k=1", 302, "https://www.a.top/?k"),
    ],
)
def test_redirects(town: Town, url: str, status: int, to: str) -> None:
    answer = get(town, url)
    assert (answer.status, header(answer, "Location")) == (status, [to])


@pytest.mark.parametrize("url", ["https://t.example.cn/a1", "https://t.example.cn/j?k=2", "https://old.example.cn/"])
def test_redirects_that_do_not_apply(town: Town, url: str) -> None:
    assert get(town, url).status == 404


@pytest.mark.parametrize(
    ("user_agent", "referer", "text"),
    [
        ("Mozilla/5.0 (iPhone; …)", "https://www.baidu.com/s", "手机"),
        ("Mozilla/5.0 (android 15)", "https://m.BAIDU.com/", "手机"),
        ("Mozilla/5.0 (iPhone; …)", "", "首页"),
        ("Mozilla/5.0 (Windows NT)", "https://www.baidu.com/s", "首页"),
    ],
)
def test_a_page_cloaked_to_phones_from_a_search_engine(town: Town, user_agent: str, referer: str, text: str) -> None:
    assert text in get(town, "https://www.a.top/", user_agent=user_agent, referer=referer).body.decode()


def test_conditions_on_an_absent_referrer_and_on_the_query(town: Town) -> None:
    assert get(town, "https://www.a.top/direct.html").status == 404
    assert get(town, "https://www.a.top/direct.html", referer="https://x.cn/").status == 200
    answer = get(town, "https://www.a.top/go?k=%E9%AA%8C%E8%AF%81")
    assert header(answer, "Location") == ["https://pay.example.cn/"]


def test_states(town: Town) -> None:
    waf = get(town, "https://waf.example.cn/")
    assert waf.status == 403
    assert "安全验证" in waf.body.decode()
    assert "里面" not in get(town, "https://login.example.cn/in/a.html").body.decode()
    assert get(town, "https://login.example.cn/").body.decode() == "外面"
    assert get(town, "https://broken.example.cn/").status == 503
    assert get(town, "https://mute.example.cn/").hangs
    slow = get(town, "https://slow.example.cn/")
    assert (slow.wait_seconds, slow.body.decode()) == (7, "慢")
    assert get(town, "https://xn--est093b.example.cn/").status == 503
