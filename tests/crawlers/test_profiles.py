"""The profile reader: layouts of different years, kinds of rows, listings, requests, profiles that are wrong."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from config.schema_profiles import Profile
from crawlers.asking import request_for
from crawlers.profiles import ParsedPage, parse
from crawlers.records import HitKind, PageState, ProfileError
from crawlers.shelf import PACKAGED, load_profile, profile_paths, read_profile


def read(source: str, body: str, url: str = "") -> ParsedPage:
    return parse(load_profile(source), f"<!DOCTYPE html><html><body>{body}</body></html>", url=url)


def titles(parsed: ParsedPage) -> list[str]:
    return [item.title for item in (*parsed.results, *parsed.listings)]


@pytest.mark.parametrize(
    ("source", "body", "expected"),
    [
        (
            "baidu",
            "<div id=container><table class=result><tr><td class=f><h3 class=t><a href=http://a.example/>甲</a></h3>",
            ["甲"],
        ),
        (
            "baidu",
            (
                "<table id=1><tr><td class=f><a href=http://a.example/><font size=3>甲<font>证</font></font></a>"
                "<br><font size=-1>述</font></td></tr></table>"
            ),
            ["甲证"],
        ),
        (
            "sogou",
            (
                "<div class=results><div class=rb><h3 class=pt><a href=http://a.example/>甲</a></h3></div>"
                "<div class=vrwrap><h3 class=vrTitle><a href=http://b.example/>乙</a></h3></div></div>"
            ),
            ["甲", "乙"],
        ),
        (
            "so360",
            "<ul class=result><li class=res-list><h3 class='res-title '><a href=http://a.example/>甲</a></h3></ul>",
            ["甲"],
        ),
        (
            "so360",
            (
                "<ul class=result><li><h3><a href=http://a.example/>甲</a></h3><li><h3>"
                "<a href=http://b.example/>乙</a></h3></ul>"
            ),
            ["甲", "乙"],
        ),
        (
            "bing",
            "<ul><li class=sa_wr><div class=sb_tlst><h3><a href=http://a.example/>甲</a></h3></div></li></ul>",
            ["甲"],
        ),
        ("bing", "<ol id=b_results><li class=b_algo><a href=http://a.example/><h2>甲</h2></a></li></ol>", ["甲"]),
        (
            "google",
            "<div id=res><li class=g><h3 class=r><a href='/url?q=http://a.example/&sa=U'>甲</a></h3></li></div>",
            ["甲"],
        ),
        (
            "google",
            (
                "<div id=rso><div class=MjjYud><div class='g tF2Cxc'><a href=http://a.example/><h3>"
                "甲</h3></a></div></div></div>"
            ),
            ["甲"],
        ),
        (
            "jd",
            (
                "<ul class='list-h clearfix'><li sku=7><div class=p-name>"
                "<a href=http://item.jd.com/7.html>甲</a></div><div class=p-price><strong>"
                "￥9.90</strong></div></li></ul>"
            ),
            ["甲"],
        ),
        ("weibo", "<div class='card-wrap' mid=9><p class=txt>甲</p></div>", ["甲"]),
        (
            "sogou_weixin",
            (
                "<ul class=news-list2><li id=sogou_vr_11002301_box_0><p class=tit>"
                "<a href='/link?url=x'>某<em>号</em></a></p></li></ul>"
            ),
            ["某号"],
        ),
        (
            "xianyu",
            (
                "<a class='feeds-item-wrap--x' href='https://www.goofish.com/item?id=9&c=1'>"
                "<span class='main-title--y'>甲</span></a>"
            ),
            ["甲"],
        ),
    ],
)
def test_layouts_of_other_years(source: str, body: str, expected: list[str]) -> None:
    parsed = read(source, body)
    assert parsed.state is PageState.RESULTS
    assert titles(parsed) == expected


@pytest.mark.parametrize(
    ("source", "advert"),
    [
        (
            "baidu",
            (
                "<div id=content_left><div id=3001 class='x1y2z3'><h3>"
                "<a href='http://www.baidu.com/baidu.php?url=q'>甲</a></h3></div></div>"
            ),
        ),
        (
            "baidu",
            (
                "<div id=content_left><div class=zz><h3><a href='http://a.example/'>甲</a></h3>"
                "<span>广告</span></div></div>"
            ),
        ),
        (
            "baidu",
            (
                "<div id=content_left><div class='result c-container' data-tuiguang=1><h3>"
                "<a href='http://a.example/'>甲</a></h3></div></div>"
            ),
        ),
        (
            "sogou",
            "<div id=promotion_adv_container><ul><li><h3><a href='http://a.example/'>甲</a></h3></li></ul></div>",
        ),
        (
            "sogou",
            (
                "<div class=results><div class=vrwrap><h3><a href='http://a.example/'>甲</a></h3>"
                "<span>推广</span></div></div>"
            ),
        ),
        ("so360", "<ul id=e_idea_pp><li><a href='http://a.example/' e-landurl='http://land.example/'>甲</a></li></ul>"),
        (
            "so360",
            (
                "<ul class=result><li class=res-list><h3 class=res-title><a href=http://a.example/>"
                "甲</a></h3><span>广告</span></li></ul>"
            ),
        ),
        (
            "bing",
            (
                "<ol id=b_results><li class='b_ad'><ul><li><div class=sb_add><h2>"
                "<a href='http://a.example/'>甲</a></h2></div></li></ul></li></ol>"
            ),
        ),
        ("google", "<div id=tads><div data-text-ad=1><a href='http://a.example/'><h3>甲</h3></a></div></div>"),
        (
            "toutiao",
            (
                "<div class=result-content>"
                "<a href='https://sou.toutiao.com/search/jump?url=http%3A%2F%2Fa.example'>甲</a>"
                "<span>广告</span></div>"
            ),
        ),
    ],
)
def test_paid_results_are_adverts(source: str, advert: str) -> None:
    parsed = read(source, advert)
    assert [hit.title for hit in parsed.ads] == ["甲"]
    assert parsed.ads[0].kind is HitKind.AD
    assert parsed.results == ()
    assert parsed.state is PageState.RESULTS


def test_a_label_in_a_title_does_not_make_an_advert() -> None:
    page = (
        "<div id=content_left><div class=result><h3><a href=http://a.example/>虚假广告 <em>查处</em></a>"
        "</h3><span>广告法解读</span></div></div>"
    )
    parsed = read("baidu", page)
    assert (len(parsed.results), len(parsed.ads)) == (1, 0)


def test_rows_without_title_or_address_are_no_results() -> None:
    page = (
        "<div id=content_left><div class='result c-container'><p>x</p></div>"
        "<div class=result><h3><a href='javascript:;'>甲</a></h3></div><div class=result><h3>乙</h3></div></div>"
    )
    parsed = read("baidu", page)
    assert parsed.hits == ()
    assert parsed.state is PageState.PARTIAL


def test_a_row_twice_is_one_result() -> None:
    row = "<li class=res-list><h3 class=res-title><a href=http://a.example/>甲</a></h3>"
    assert titles(read("so360", f"<ul>{row}<ul>{row}</li></ul></li></ul>")) == ["甲"]


def test_relative_links_follow_the_page_or_the_source() -> None:
    body = "<div class=results><div class=vrwrap><h3><a href='/link?url=x'>甲</a></h3></div></div>"
    assert read("sogou", body).results[0].url == "https://www.sogou.com/link?url=x"
    assert read("sogou", body, url="https://m.sogou.com/web?q=1").results[0].url == "https://m.sogou.com/link?url=x"


def test_hits_know_their_engine_query_and_rank() -> None:
    body = (
        "<ol id=b_results><li class=b_algo><h2><a href=http://a.example/>甲</a></h2></li>"
        "<li class=b_algo><h2><a href=http://b.example/>乙</a></h2></li></ol>"
    )
    parsed = parse(load_profile("bing"), body, query="电工证")
    assert [(hit.engine, hit.query, hit.rank) for hit in parsed.results] == [
        ("bing", "电工证", 1),
        ("bing", "电工证", 2),
    ]


def test_a_listing_without_shop_link_keeps_its_shop_number() -> None:
    body = (
        "<li class=gl-item data-sku=5><div data-venid=880></div><div class=p-name><em>卡</em></div>"
        "<div class=p-price><strong data-price=12.00></strong></div><div class=p-shop data-shop_name=店></div></li>"
    )
    listing = read("jd", body).listings[0]
    assert (listing.item_id, listing.shop_id, listing.seller, listing.price_cny) == ("5", "880", "店", 12.0)
    assert listing.url == "https://item.jd.com/5.html"


@pytest.mark.parametrize("prefix", ["", "window.data1 = ", "var x=", "mtopjsonp1(", "\ufeff", "  \n"])
def test_a_reply_is_read_with_and_without_prefix(prefix: str) -> None:
    main = {
        "exContent": {"title": "证", "price": [{"text": "¥"}, {"text": "1.2万"}], "area": "湘"},
        "targetUrl": "fleamarket://item?id=77",
    }
    reply = {"ret": ["SUCCESS::"], "data": {"resultList": [{"data": {"item": {"main": main}}}]}}
    listing = parse(load_profile("xianyu"), prefix + json.dumps(reply, ensure_ascii=False)).listings[0]
    assert (listing.item_id, listing.price, listing.price_cny, listing.place) == ("77", "1.2万", 12000.0, "湘")
    assert listing.url == "https://www.goofish.com/item?id=77"
    assert listing.subject == "xianyu:77"


def test_a_listing_without_number_is_known_by_its_address() -> None:
    row = "<li data-list-item><h3><a href='/a/{}.html'>甲</a></h3></li>"
    first, second = read("listing_html", row.format(1) + row.format(2)).listings
    assert first.item_id != second.item_id
    assert first.item_id == read("listing_html", row.format(1)).listings[0].item_id


def test_a_page_in_gbk_is_read() -> None:
    page = (
        "<html><head><meta charset=gbk></head><body><ol id=b_results><li class=b_algo><h2>"
        "<a href=http://a.example/>朱镕基 操作证</a></h2></li></ol>"
    )
    assert titles(parse(load_profile("bing"), page.encode("gb18030"))) == ["朱镕基 操作证"]
    assert titles(parse(load_profile("bing"), page.encode(), headers=[("Content-Type", "text/html; charset=gbk")])) == [
        "朱镕基 操作证"
    ]


def test_scripts_inside_a_row_are_not_text() -> None:
    body = (
        "<ol id=b_results><li class=b_algo><h2><a href=http://a.example/>甲<script>bad()</script>"
        "<style>b{}</style>乙</a></h2></li></ol>"
    )
    assert titles(read("bing", body)) == ["甲乙"]


def test_thousands_of_rows_are_bounded() -> None:
    rows = "".join(f"<li class=b_algo><h2><a href=http://a.example/{n}>甲</a></h2></li>" for n in range(3000))
    assert len(read("bing", f"<ol id=b_results>{rows}</ol>").results) == 500


def test_request_percent_encodes_and_counts() -> None:
    profile = load_profile("baidu")
    third = urlsplit(request_for(profile, "电工证 & 100%", 3).url)
    assert parse_qs(third.query)["wd"] == ["电工证 & 100%"]
    assert parse_qs(third.query)["pn"] == ["20"]
    assert parse_qs(urlsplit(request_for(load_profile("bing"), "x", 2).url).query)["first"] == ["11"]


def test_request_to_a_service_joins_its_address() -> None:
    profile = load_profile("searxng")
    assert request_for(profile, "x").url.startswith("/search?q=x&format=json")
    assert request_for(profile, "x", service_url="http://127.0.0.1:8888/").url.startswith(
        "http://127.0.0.1:8888/search?"
    )


def test_posted_query_is_escaped_for_json() -> None:
    asked = request_for(load_profile("xianyu"), '电工"证\\', 2)
    data = json.loads(parse_qs(asked.body.decode())["data"][0])
    assert (asked.method, data["keyword"], data["pageNumber"]) == ("POST", '电工"证\\', 2)
    assert ("Content-Type", "application/x-www-form-urlencoded") in asked.headers


def raw(source: str) -> dict[str, Any]:
    return tomllib.loads(profile_paths()[source].read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "shop"}, "kind"),
        ({"layouts": []}, "layouts"),
        ({"colour": "red"}, "colour"),
        ({"enabled": "yes"}, "enabled"),
        ({"states": [{"state": "blocked", "reason": "x"}]}, "condition"),
        ({"states": [{"state": "asleep", "reason": "x", "url": "a"}]}, "state"),
        ({"states": [{"state": "blocked", "reason": "x", "url": "("}]}, "regular expression"),
    ],
)
def test_a_profile_that_is_wrong_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Profile.model_validate_json(json.dumps(raw("bing") | change, default=str), strict=True)


def test_a_wrong_file_is_named_with_its_problems(tmp_path: Path) -> None:
    broken = tmp_path / "engines" / "mine.toml"
    broken.parent.mkdir()
    broken.write_text('id = "mine"\ntitle = 3\n', encoding="utf-8")
    with pytest.raises(ProfileError, match=r"mine\.toml.*title.*layouts"):
        load_profile("mine", tmp_path)
    broken.write_text("id = ", encoding="utf-8")
    with pytest.raises(ProfileError, match=r"mine\.toml"):
        read_profile(broken)


def test_an_office_puts_its_own_profile_before_ours(tmp_path: Path) -> None:
    folder = tmp_path / "marketplaces"
    folder.mkdir()
    text = (PACKAGED / "marketplaces" / "listing_html.toml").read_text(encoding="utf-8")
    (folder / "county_ads.toml").write_text(text.replace('id = "listing_html"', 'id = "county_ads"'), encoding="utf-8")
    (folder / "jd.toml").write_text(text.replace('id = "listing_html"', 'id = "jd"'), encoding="utf-8")
    assert load_profile("county_ads", tmp_path).id == "county_ads"
    assert load_profile("jd", tmp_path).access == "import"
    with pytest.raises(ProfileError, match="did you mean baidu"):
        load_profile("baido", tmp_path)


def test_profiles_cannot_be_changed() -> None:
    profile = load_profile("bing")
    with pytest.raises(ValidationError, match="frozen"):
        profile.title = "x"
