"""Shops speak their real formats: the packaged profiles, unmodified, read every page of the practice web."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import config
from crawlers.practice.shops.xianyu import _price
from crawlers.practice.town import Town
from crawlers.profiles import parse
from crawlers.records import PageState
from tests.crawlers.practice.webs import follow, get, read, town_of, write_web

SHOPS = ("xianyu", "taobao", "jd", "tieba", "weibo", "bilibili")
ASKING_FOR_LOGIN = ("xianyu", "taobao", "jd")
KEYWORD = "焊工证"
PER_PAGE = 4
PROFILES = dict(config.load().marketplaces)


def offer(platform: str, number: int, **more: Any) -> dict[str, Any]:
    made = {
        "platform": platform,
        "item_id": f"9100000000{number:02}",
        "title": f"焊工证出证 <{number}号>",
        "price": "260.50",
        "seller": f"卖家{number}",
        "shop_id": f"77{number}",
        "place": "湖南 长沙",
        "text": "支持查询 & 加急",
        "images": ["https://img.example.com/a.png"],
        "published_at": "2026-11-20 08:30",
    }
    return made | more


def offers() -> list[dict[str, Any]]:
    everywhere = (*SHOPS, "classified")
    made = [offer(platform, number, promoted=number == 5) for platform in everywhere for number in range(1, 7)]
    return made + [offer(platform, 99, title="二手自行车", text="") for platform in everywhere]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    toml = "".join(f"[marketplaces.{name}]\nper_page = {PER_PAGE}\n" for name in (*SHOPS, "classified"))
    return town_of(write_web(tmp_path_factory.mktemp("web"), toml=toml, offers=offers()))


@pytest.mark.parametrize("name", SHOPS)
def test_a_profile_reads_every_offer_of_a_page(town: Town, name: str) -> None:
    page = read(town, PROFILES[name], KEYWORD)
    assert (page.state, len(page.listings)) == (PageState.RESULTS, PER_PAGE)
    assert all(listing.platform == name and "焊工证出证" in listing.title for listing in page.listings)
    assert page.listings[0].item_id == "910000000005"


@pytest.mark.parametrize("name", SHOPS)
def test_what_a_shop_shows_of_an_offer_is_read(town: Town, name: str) -> None:
    listing = next(one for one in read(town, PROFILES[name], KEYWORD).listings if one.item_id == "910000000001")
    assert listing.seller == "卖家1"
    if name in ("xianyu", "taobao", "jd"):
        assert (listing.price, listing.price_cny, listing.shop_id) == ("260.50", 260.5, "771")
        assert listing.images == ("https://img.example.com/a.png",)
    if name in ("xianyu", "taobao"):
        assert listing.place == "湖南 长沙"
    if name in ("xianyu", "tieba", "weibo"):
        assert "支持查询 & 加急" in listing.text


@pytest.mark.parametrize("name", ["xianyu", "taobao", "jd"])
def test_promoted_offers_come_first_and_are_marked(town: Town, name: str) -> None:
    marks = [listing.promoted for listing in read(town, PROFILES[name], KEYWORD).listings]
    assert marks == [True, False, False, False]


@pytest.mark.parametrize("name", SHOPS)
def test_an_offer_has_a_page_of_its_own(town: Town, name: str) -> None:
    for listing in read(town, PROFILES[name], KEYWORD).listings:
        answer = get(town, listing.url)
        assert answer.status == 200
        assert "支持查询 &amp; 加急" in answer.body.decode()


@pytest.mark.parametrize("name", ["xianyu", "jd", "tieba", "weibo"])
def test_pages_are_turned_without_repeating(town: Town, name: str) -> None:
    first, second = (read(town, PROFILES[name], KEYWORD, number).listings for number in (1, 2))
    assert len(second) == 2
    assert not {one.item_id for one in first} & {one.item_id for one in second}


def test_taobao_counts_offers_not_pages(town: Town) -> None:
    assert get(town, "https://s.taobao.com/search?q=%E7%84%8A%E5%B7%A5%E8%AF%81&s=4").body.count(b'"nid"') == 2


@pytest.mark.parametrize("name", SHOPS)
def test_no_match_is_empty_and_nothing_else(town: Town, name: str) -> None:
    page = read(town, PROFILES[name], "鹦鹉饲料批发")
    assert (page.state, page.listings) == (PageState.EMPTY, ())


@pytest.mark.parametrize("name", SHOPS)
def test_a_captcha_is_never_an_empty_shelf(tmp_path: Path, name: str) -> None:
    town = town_of(write_web(tmp_path, toml=f'[marketplaces.{name}]\nstate = "captcha"\n', offers=offers()))
    page = read(town, PROFILES[name], KEYWORD)
    assert page.state in ({PageState.LOGIN, PageState.BLOCKED} if name == "weibo" else {PageState.BLOCKED})
    assert not page.listings


@pytest.mark.parametrize("name", ASKING_FOR_LOGIN)
def test_a_login_is_read_as_a_login(tmp_path: Path, name: str) -> None:
    town = town_of(write_web(tmp_path, toml=f'[marketplaces.{name}]\nstate = "login"\n', offers=offers()))
    assert read(town, PROFILES[name], KEYWORD).state == PageState.LOGIN


def test_an_offer_that_is_not_there(town: Town) -> None:
    assert get(town, "https://www.goofish.com/item?id=1").status == 404


@pytest.mark.parametrize("data", ["{", "[1]", '{"keyword":"焊工证","pageNumber":"x"}'])
def test_xianyu_forgives_odd_requests(town: Town, data: str) -> None:
    url = f"https://h5api.m.goofish.com/h5/mtop.taobao.idlemtopsearch.pc.search/1.0/?data={data}"
    assert b"SUCCESS" in get(town, url).body


@pytest.mark.parametrize(
    ("price", "pieces"),
    [
        ("260", ["¥", "260"]),
        ("260.50", ["¥", "260", ".50"]),
        ("1.2万", ["¥", "1", ".2", "万"]),
        ("面议", ["面议"]),
    ],
)
def test_xianyu_shows_a_price_in_pieces(price: str, pieces: list[str]) -> None:
    assert [piece["text"] for piece in _price(price)] == pieces


def test_the_classified_site_stands_on_the_host_the_web_names(tmp_path: Path) -> None:
    toml = '[marketplaces.classified]\nhost = "www.焊工分类.cn"\n'
    town = town_of(write_web(tmp_path, toml=toml, offers=offers()))
    host = next(host for host, _, _ in town.doors() if host.startswith("www.xn--"))
    place, answer = follow(town, f"https://{host}/search?q=%E7%84%8A%E5%B7%A5%E8%AF%81")
    assert answer.body.decode().count('class="item') == 6
    assert get(town, f"https://{host}/item/910000000002.html").status == 200
    assert place.endswith("q=%E7%84%8A%E5%B7%A5%E8%AF%81")


def test_the_generic_profile_reads_the_classified_site(town: Town) -> None:
    url = "https://www.fenlei.example.com/search?q=%E7%84%8A%E5%B7%A5%E8%AF%81"
    page = parse(PROFILES["listing_html"], get(town, url).body, url=url)
    assert [one.item_id for one in page.listings] == [f"91000000000{n}" for n in (5, 1, 2, 3)]
    assert page.listings[1].price == "260.50"
    assert page.listings[1].url == "https://www.fenlei.example.com/item/910000000001.html"
    assert get(town, page.next_page).body.decode().count('class="item') == 2
