"""Page states of ordinary pages: a challenge or wall is never taken for the page, nor an article for a challenge."""

from __future__ import annotations

import gzip

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawlers.profiles import page_state, parse
from crawlers.records import PageState
from crawlers.shelf import load_profile
from crawlers.states import PageView

ARTICLE = "<p>" + "本页介绍特种作业人员的培训、考核与证书复审的要求和流程，供从业人员与企业参考。" * 20 + "</p>"


def html(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("text", "status", "url", "state", "reason"),
    [
        (html(ARTICLE), 200, "https://a.example/", "results", ""),
        (
            html("<script>document.cookie='__jsl_clearance_s=1';location.href='/'</script>"),
            521,
            "",
            "blocked",
            "jsl_challenge",
        ),
        (html("<script>document.cookie=('__jsl_clearance')</script>"), 200, "", "blocked", "jsl_challenge"),
        (html("<script>$_ts=window['$_ts'];eval(1)</script>"), 412, "", "blocked", "script_challenge"),
        (html("<script>var arg1='AB';setCookie('acw_sc__v2',1)</script>"), 200, "", "blocked", "script_challenge"),
        (html("<h1>Just a moment...</h1><form id='challenge-form'></form>"), 503, "", "blocked", "captcha"),
        (html("<div>您的请求带有不合法参数，已被网站管理员设置拦截！</div>"), 200, "", "blocked", "waf"),
        (html("<h1>403 Forbidden</h1><p>当前访问疑似黑客攻击，已被创宇盾拦截</p>"), 403, "", "blocked", "waf"),
        (html("<h1>403 Forbidden</h1>"), 403, "", "blocked", "forbidden"),
        (html("<div id='captcha'>请完成安全验证</div>"), 200, "", "blocked", "captcha"),
        (html("<div class='nc-container'>请按住滑块，拖动滑块到最右边</div>"), 200, "", "blocked", "captcha"),
        (html("x"), 200, "https://wappass.baidu.com/static/captcha/x", "blocked", "captcha"),
        (html("x"), 429, "", "blocked", "rate_limited"),
        (html("<input name=u>"), 200, "https://passport.example.com/login", "login", "login_page"),
        (html("请登录"), 401, "", "login", "unauthorised"),
        (html("Bad Gateway"), 502, "", "partial", "server_error"),
        (html("<h1>404</h1>"), 404, "", "empty", "not_found"),
        ("", 200, "", "partial", "empty_body"),
        (html("<div id='app'></div><script src='/js/app.js'></script>"), 200, "", "partial", "needs_rendering"),
        (html("<script>document.write(x)</script>"), 200, "", "partial", "needs_rendering"),
        ("\x00\x01\x02\ufffd" * 200 + "abc", 200, "", "undecodable", "not_text"),
    ],
)
def test_state_of_an_ordinary_page(text: str, status: int, url: str, state: str, reason: str) -> None:
    assert page_state(None, status=status, url=url, text=text) == (PageState(state), reason)


@pytest.mark.parametrize(
    "body",
    [
        ARTICLE + "<p>网站防火墙会要求输入验证码，请拖动滑块完成安全验证。</p><div id='captcha'></div>",
        ARTICLE + "<script>var k='acw_sc__v2';</script>",
        "<h1>证书查询</h1><form><input name='id'><input type='password' name='p'><img src='/captcha.jpg'>验证码</form>",
        "<form action='/query'><input name='no'></form><script src='stat.js'></script>",
    ],
    ids=["article on captchas", "article with a guard script", "query form with a captcha", "bare form"],
)
def test_a_page_of_its_own_is_not_taken_for_a_challenge(body: str) -> None:
    assert page_state(None, text=html(body))[0] is PageState.RESULTS


@pytest.mark.parametrize(
    "body", ["<img src='poster.jpg'><script src='stat.js'></script>", "<p>联系</p><img src='a.png'>"]
)
def test_a_poster_is_read_from_its_picture(body: str) -> None:
    assert page_state(None, text=html(body)) == (PageState.PARTIAL, "text_in_image")
    assert page_state(None, text=html(ARTICLE + body))[0] is PageState.RESULTS


def test_a_fake_query_page_with_a_password_is_not_a_login_wall() -> None:
    text = html("<h1>特种作业操作证查询</h1><form><input name='sfz'><input type='password'></form>" + ARTICLE)
    assert page_state(None, url="http://cx-query.example/login", text=text)[0] is PageState.RESULTS


@pytest.mark.parametrize("flag", ["bomb", "content_encoding_unknown"])
def test_a_body_that_could_not_be_unpacked_is_undecodable(flag: str) -> None:
    assert page_state(None, text=html(ARTICLE), flags=(flag,))[0] is PageState.UNDECODABLE
    for harmless in ("charset_overruled", "content_encoding_broken"):
        assert page_state(None, text=html(ARTICLE), flags=(harmless,))[0] is PageState.RESULTS


def test_a_tree_already_parsed_is_used() -> None:
    text = html("<div id='app'></div><script></script>")
    assert page_state(None, text=text, tree=LexborHTMLParser(text)) == page_state(None, text=text)


@pytest.mark.parametrize("parsed", [False, True], ids=["text", "tree"])
def test_what_nobody_sees_is_not_counted(parsed: bool) -> None:
    text = html("<script>var long='aaaaaaaa'</script><style>p{}</style> 证 书 <noscript>无</noscript><!-- 注 -->")
    page = PageView(text, parsed=LexborHTMLParser(text) if parsed else None)
    assert not page.shows_more_than(2)
    assert page.shows_more_than(1)
    assert not page.shows_more_than(2), "the count goes on where it stopped"


@pytest.mark.parametrize(
    "unseen", ["<script>var a='{}'</script>", "<style>{}</style>", "<!--{}-->", "<p hidden title='{}'>"]
)
def test_text_behind_a_long_unseen_beginning_is_found(unseen: str) -> None:
    """A long page is judged by its beginning only when that shows enough."""
    text = html(unseen.format("字" * 40_000) + ARTICLE + "<script src='app.js'></script>")
    assert page_state(None, text=text) == (PageState.RESULTS, "")
    assert PageView(text).shows_more_than(700)
    assert not PageView(text).shows_more_than(800)


def test_a_long_page_of_scripts_alone_needs_rendering() -> None:
    text = html("<div id='app'></div><script>var a='" + "字" * 40_000 + "'</script>")
    assert page_state(None, text=text) == (PageState.PARTIAL, "needs_rendering")


def test_the_beginning_of_a_long_page_never_shows_more_than_the_whole() -> None:
    """The cut may fall inside a script, a comment or a tag: none of that is text."""
    for filler in ("<script>字</script>", "<!-- 字 -->", "<a title='字'></a>", "<noscript><p>字</p></noscript>"):
        assert not PageView(html(filler * 10_000)).shows_more_than(0), filler


def test_deep_nesting_is_survived() -> None:
    assert page_state(None, text=html("<div>" * 5000 + "证" * 200))[0] in (PageState.RESULTS, PageState.PARTIAL)


def test_rows_outweigh_words_of_a_challenge() -> None:
    """A result that mentions captchas does not make the page a captcha."""
    page = html(
        "<div id='content_left'><div class='result' tpl='www_index'><h3><a href='http://a.example/'>安全验证怎么过</a></h3>"
        "<div class='c-abstract'>百度安全验证。抱歉没有找到与，请输入验证码</div></div></div>"
    )
    assert parse(load_profile("baidu"), page).state is PageState.RESULTS


def test_a_redirect_to_a_captcha_is_seen_by_its_address() -> None:
    parsed = parse(load_profile("baidu"), html("x"), url="https://wappass.baidu.com/static/captcha/tuxing.html?ak=1")
    assert (parsed.state, parsed.reason) == (PageState.BLOCKED, "captcha")


def test_a_count_without_rows_is_partial() -> None:
    page = html("<div id='content_left'></div><span>百度为您找到相关结果约1,000个</span>")
    parsed = parse(load_profile("baidu"), page)
    assert (parsed.state, parsed.reason) == (PageState.PARTIAL, "count_without_rows")


def test_silent_engines_are_named() -> None:
    page = '{"results": [], "unresponsive_engines": [["baidu", "CAPTCHA"], ["bing", "timeout"]]}'
    parsed = parse(load_profile("searxng"), page)
    assert (parsed.state, parsed.reason) == (PageState.BLOCKED, "engines_blocked: baidu CAPTCHA; bing timeout")


def test_a_service_without_json_is_not_empty() -> None:
    page = html("<h1>Forbidden</h1><p>You don't have the permission to access the requested resource.</p>")
    assert parse(load_profile("searxng"), page, status=403).state is PageState.PARTIAL


def test_page_state_with_a_profile_is_the_one_parse_gives() -> None:
    profile = load_profile("bing")
    page = html("<header id='b_header'></header><ol id='b_results'></ol>")
    parsed = parse(profile, page)
    assert (
        page_state(profile, text=page) == (parsed.state, parsed.reason) == (PageState.BLOCKED, "shell_without_results")
    )


@pytest.mark.parametrize("source", ["bing", "so360", "baidu", "searxng", "jd"])
def test_bytes_that_are_no_text_are_undecodable(source: str) -> None:
    """A body whose Content-Encoding was lost says nothing of what the source holds."""
    for page in (html(ARTICLE), html("<p>x</p>")):
        parsed = parse(load_profile(source), gzip.compress(page.encode()))
        assert parsed.state is PageState.UNDECODABLE


def test_adverts_alone_do_not_make_a_blocked_page() -> None:
    advert = "<li class=b_ad><ul><li><h2><a href='http://a.example/'>甲</a></h2></li></ul></li>"
    shell = "<header id='b_header'></header><ol id='b_results'>{}</ol>"
    bing = load_profile("bing")
    assert parse(bing, html(shell.format(advert))).state is PageState.RESULTS
    assert parse(bing, html(shell.format(advert + "<li class=b_no>没有与此相关的结果</li>"))).state is PageState.EMPTY
    assert parse(bing, html(shell.format(""))).state is PageState.BLOCKED
