"""Redirect decoders: where a link of a search engine leads, and when only a request can tell."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.schema_profiles import Redirect
from crawlers.records import ProfileError
from crawlers.redirects import DECODERS, is_web_address, page_target, resolve
from crawlers.shelf import load_profile


def ck(target: str) -> str:
    packed = base64.urlsafe_b64encode(target.encode()).decode().rstrip("=")
    return f"https://www.bing.com/ck/a?!&&p=0123&ptn=3&u=a1{packed}&ntb=1"


def advert(target: str) -> str:
    packed = base64.urlsafe_b64encode(quote(target, safe="").encode()).decode().rstrip("=")
    return f"https://www.bing.com/aclick?ld=e8&u={packed}&rlid=9"


@pytest.mark.parametrize(
    "target", ["https://a.example/", "http://证书.example/查?id=1&b=~", "https://a.example/?q=%E8%AF%81"]
)
def test_bing_links_decode(target: str) -> None:
    redirect = load_profile("bing").redirect
    assert resolve(redirect, ck(target)) == (target, "decoded")
    assert resolve(redirect, ck(target).replace("www.bing", "cn.bing")) == (target, "decoded")


def test_bing_adverts_decode() -> None:
    target = "https://paid.example/land?from=ad&x=1"
    assert resolve(load_profile("bing").redirect, advert(target)) == (target, "decoded")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.bing.com/ck/a?u=a1%%%",
        "https://www.bing.com/ck/a?u=a1",
        "https://www.bing.com/ck/a?p=1",
        "https://www.bing.com/ck/a?u=a1" + base64.urlsafe_b64encode(b"javascript:alert(1)").decode(),
        "https://www.bing.com/ck/a?u=a1" + base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode(),
    ],
)
def test_a_broken_bing_link_is_left_to_a_request(url: str) -> None:
    assert resolve(load_profile("bing").redirect, url) == ("", "none")


def test_a_foreign_host_cannot_pose_as_the_engine() -> None:
    url = ck("https://victim.example/").replace("www.bing.com", "bing.com.evil.example")
    assert resolve(load_profile("bing").redirect, url) == (url, "direct")


def test_direct_links_stand() -> None:
    for source in ("bing", "google", "toutiao", "so360", "sogou", "baidu"):
        url = "https://direct.example/a?b=1"
        assert resolve(load_profile(source).redirect, url) == (url, "direct"), source


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://www.google.com/url?q=https://a.example/x%3Fy%3D1&sa=U", "https://a.example/x?y=1"),
        ("https://www.google.com/url?sa=t&url=https://a.example/&usg=z", "https://a.example/"),
        ("https://www.google.com/aclk?sa=l&adurl=https://ad.example/", "https://ad.example/"),
    ],
)
def test_google_links_decode(url: str, target: str) -> None:
    assert resolve(load_profile("google").redirect, url) == (target, "decoded")


def test_google_own_search_is_no_target() -> None:
    assert resolve(load_profile("google").redirect, "https://www.google.com/url?q=/search%3Fq%3Dx") == ("", "none")


def jump(target: str, times: int) -> str:
    for _ in range(times):
        target = "https://sou.toutiao.com/search/jump?url=" + quote(target, safe="") + "&aid=4916&jtoken="
    return target


@pytest.mark.parametrize("times", [1, 2, 3])
def test_nested_jumps_decode(times: int) -> None:
    target = "http://query.example/?a=1&b=%E8%AF%81"
    assert resolve(load_profile("toutiao").redirect, jump(target, times)) == (target, "decoded")


def test_endless_jumps_end() -> None:
    assert resolve(load_profile("toutiao").redirect, jump("http://a.example/", 40)) == ("", "none")


def test_stated_targets_are_taken_and_placeholders_are_not() -> None:
    redirect = load_profile("baidu").redirect
    link = "http://www.baidu.com/link?url=abc"
    assert resolve(redirect, link, "https://real.example/") == ("https://real.example/", "attribute")
    assert resolve(redirect, link, "http://nourl.ubs.baidu.com/123") == ("", "none")
    assert resolve(redirect, link, "") == ("", "none")
    assert resolve(redirect, "http://www.baidu.com/baidu.php?url=ad") == ("", "none")
    assert resolve(redirect, link, "javascript:void(0)") == ("", "none")


def test_older_links_of_360_carry_their_target() -> None:
    redirect = load_profile("so360").redirect
    old = "http://www.so.com/link?url=http%3A%2F%2Fold.example%2Fa&q=x&ts=1"
    assert resolve(redirect, old) == ("http://old.example/a", "decoded")
    assert resolve(redirect, "https://www.so.com/link?m=abc") == ("", "none")
    assert resolve(redirect, "https://www.so.com/link?m=abc", "http://new.example/") == (
        "http://new.example/",
        "attribute",
    )


def test_pieces_of_an_address_are_put_together() -> None:
    page = (
        "<script>"
        "var url = ''; url += 'http://mp.w'; url += 'eixin.qq.com/s?src=11&amp@;x'; url.replace(/@/g, '');</script>"
        ""
    )
    assert page_target(page) == "http://mp.weixin.qq.com/s?src=11&amp;x"
    assert page_target("<script>url += 'not an address'</script>") == ""
    assert page_target("<p>url</p>") == ""


def test_an_unknown_decoder_is_named_with_the_known_ones() -> None:
    with pytest.raises(ProfileError, match="bing_ck"):
        resolve(Redirect(decoder="bing"), "https://a.example/")


@given(st.text(max_size=200), st.text(max_size=80), st.sampled_from(sorted(DECODERS)))
def test_decoders_never_raise_and_give_web_addresses_only(url: str, stated: str, name: str) -> None:
    for link in (
        url,
        f"https://www.bing.com/ck/a?u={url}",
        f"https://sou.toutiao.com/search/jump?url={url}",
        f"http://[{url}",
    ):
        target, how = resolve(Redirect(decoder=name), link, stated)
        assert how in ("attribute", "decoded", "direct", "none")
        assert (not target) == (how == "none")
        assert not target or is_web_address(target)
