"""What a page wants from who looks at it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.features import Page
from detectors.intents import _may_hold, _pattern, intents


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ('<a href="/dl/tzzy_v3.apk">安卓下载</a>', "app"),
        ('<a href="itms-services://?action=download-manifest">苹果</a>', "app"),
        ("<p>长按识别二维码，关注公众号查询</p>", "follow"),
        ("<button>微信支付</button>", "pay"),
        ("<p>证书入库费 380 元</p>", "pay"),
        ('<form><input placeholder="银行卡号"></form>', "card"),
    ],
)
def test_an_intent_is_seen_and_quoted(html: str, kind: str) -> None:
    page = Page.from_html(html, "https://a.example/")
    found = intents(page)
    assert [intent.kind for intent in found] == [kind]
    assert all(one.quote == page.text[one.start : one.end] for one in found if one.where == "text")


@pytest.mark.parametrize(
    "html", ["<p>关注民生。公众号文章。</p>", "<p>请勿支付任何费用</p>", '<a href="/app.html">应用</a>']
)
def test_words_alone_are_none(html: str) -> None:
    assert intents(Page.from_html(html, "https://a.example/")) == ()


@pytest.mark.parametrize("kind", ["app_links", "follow", "pay"])
@given(data=st.data())
def test_what_a_pattern_matches_holds_one_of_its_words(kind: str, data: st.DataObject) -> None:
    found = data.draw(st.from_regex(re.compile(_pattern(kind).pattern), fullmatch=True))
    assert _may_hold(kind, found)
