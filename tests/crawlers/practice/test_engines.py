"""Engines speak their real formats: the packaged profiles, unmodified, read every page of the practice web."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import config
from config.schema_profiles import Profile
from crawlers.practice.town import Town
from crawlers.records import PageState
from crawlers.redirects import page_target
from tests.crawlers.practice.webs import SEARXNG, follow, get, html_page, read, town_of, write_web

ENGINES = ("baidu", "baidu_news", "baidu_site", "sogou", "sogou_weixin", "so360", "bing", "toutiao", "searxng")
WITH_ADS = ("baidu", "sogou", "so360", "bing")
WITH_CARDS = ("baidu", "so360", "bing")
QUERY = "焊工证 办理"
PAGES = 13
PROFILES = dict(config.load().engines)


def pages() -> dict[str, str | bytes]:
    """Thirteen matching pages on hosts of their own, one on WeChat's host each time, and one that does not match."""
    made: dict[str, str | bytes] = {}
    for number in range(PAGES):
        text = f"焊工证 办理 第{number}页 <b>&amp;</b>"
        made[f"s{number:02}.example.top/index.html"] = html_page(f"焊工证办理 &lt;{number}&gt;", text)
        made[f"mp.weixin.qq.com/s/w{number:02}.html"] = html_page(f"焊工证办理公众号{number}", text)
    made["other.example.top/index.html"] = html_page("花卉种植", "多肉植物养护")
    return made


def web(root: Path, toml: str = "") -> Town:
    return town_of(write_web(root, pages(), toml=toml))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return web(tmp_path_factory.mktemp("web"), f'[engines.baidu]\nhosts = ["*.top"]\n{_placements()}')


AD = """
[[engines.{}.ads]]
title = "焊工证直办"
host = "s03.example.top"
path = "/?ad"
advertiser = "某某咨询部"
text = "推广正文"
words = "焊工"
"""
CARD = """
[[engines.{}.cards]]
title = "焊工_百科"
url = "https://baike.example.com/1"
text = "词条"
"""


def _placements() -> str:
    return "".join(AD.format(name) for name in WITH_ADS) + "".join(CARD.format(name) for name in WITH_CARDS)


def target(town: Town, url: str) -> str:
    """Where a link leads once asked: through redirects, or through the page that carries the address."""
    place, answer = follow(town, url)
    return page_target(answer.body.decode()) or place


@pytest.mark.parametrize("name", ENGINES)
def test_a_profile_reads_a_full_page(town: Town, name: str) -> None:
    page = read(town, PROFILES[name], QUERY)
    assert (page.state, len(page.results)) == (PageState.RESULTS, 10)
    assert [hit.rank for hit in page.results] == list(range(1, 11))
    assert all(hit.title.startswith("焊工证办理") for hit in page.results)
    assert all("焊工" in hit.snippet for hit in page.results)


@pytest.mark.parametrize("name", ENGINES)
def test_every_result_leads_to_its_page(town: Town, name: str) -> None:
    hits = read(town, PROFILES[name], QUERY).results
    targets = {hit.resolved or target(town, hit.url) for hit in hits}
    assert len(targets) == 10
    assert all(get(town, url).status == 200 for url in targets)


@pytest.mark.parametrize("name", ENGINES)
def test_pages_are_turned_without_repeating(town: Town, name: str) -> None:
    first, second = (read(town, PROFILES[name], QUERY, number) for number in (1, 2))
    assert second.results
    assert not {hit.title for hit in first.results} & {hit.title for hit in second.results}
    assert not (second.ads or second.cards)


@pytest.mark.parametrize("name", sorted(set(ENGINES) - {"searxng"}))
def test_a_page_names_the_next_one(town: Town, name: str) -> None:
    page = read(town, PROFILES[name], QUERY)
    assert page.next_page
    assert get(town, page.next_page).status == 200


@pytest.mark.parametrize("name", ENGINES)
def test_no_match_is_empty_and_nothing_else(town: Town, name: str) -> None:
    page = read(town, PROFILES[name], "鹦鹉饲料批发")
    assert (page.state, page.results, page.ads) == (PageState.EMPTY, (), ())


@pytest.mark.parametrize("name", ENGINES)
def test_a_captcha_is_read_as_blocked(tmp_path: Path, name: str) -> None:
    page = read(web(tmp_path, f'[engines.{name}]\nstate = "captcha"\n'), PROFILES[name], QUERY)
    assert (page.state, page.results) == (PageState.BLOCKED, ())


@pytest.mark.parametrize("name", ENGINES)
def test_a_captcha_comes_after_some_pages(tmp_path: Path, name: str) -> None:
    town = web(tmp_path, f"[engines.{name}]\ncaptcha_after = 2\n")
    states = [read(town, PROFILES[name], QUERY).state for _ in range(4)]
    assert states == [PageState.RESULTS, PageState.RESULTS, PageState.BLOCKED, PageState.BLOCKED]


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_may_find_nothing_whatever_is_asked(tmp_path: Path, name: str) -> None:
    town = web(tmp_path, f'[engines.{name}]\nstate = "empty"\n')
    assert read(town, PROFILES[name], QUERY).state == PageState.EMPTY


@pytest.mark.parametrize("name", WITH_ADS)
def test_adverts_are_adverts_and_lead_to_the_buyer(town: Town, name: str) -> None:
    ads = read(town, PROFILES[name], QUERY).ads
    assert [ad.title for ad in ads] == ["焊工证直办"]
    assert (ads[0].resolved or target(town, ads[0].url)) == "https://s03.example.top/?ad"
    assert ads[0].url != "https://s03.example.top/?ad"
    assert target(town, ads[0].url) == "https://s03.example.top/?ad"


def test_the_advertiser_is_named(town: Town) -> None:
    for name in ("baidu", "so360"):
        assert read(town, PROFILES[name], QUERY).ads[0].advertiser == "某某咨询部"


@pytest.mark.parametrize("name", WITH_CARDS)
def test_cards_are_cards(town: Town, name: str) -> None:
    page = read(town, PROFILES[name], QUERY)
    assert [card.title for card in page.cards] == ["焊工_百科"]


@pytest.mark.parametrize("name", WITH_ADS)
def test_adverts_are_for_their_words(town: Town, name: str) -> None:
    assert read(town, PROFILES[name], "公众号 办理").ads == ()


def test_both_ways_of_stating_a_target_occur(town: Town) -> None:
    for name in ("baidu", "sogou", "so360", "bing"):
        ways = {hit.resolution for hit in read(town, PROFILES[name], QUERY).results}
        assert len(ways) == 2, name


def test_baidu_json(town: Town) -> None:
    answer = get(town, "https://www.baidu.com/s?wd=%E7%84%8A%E5%B7%A5%E8%AF%81&rn=5&pn=5&tn=json")
    feed = json.loads(answer.body)["feed"]
    assert (feed["startIndex"], feed["itemsPerPage"]) == (5, 5)
    assert [entry["pn"] for entry in feed["entry"][:-1]] == [6, 7, 8, 9, 10]
    assert all(entry["url"].startswith("https://s") for entry in feed["entry"][:-1])


def test_a_hosts_list_limits_an_engine(tmp_path: Path) -> None:
    town = web(tmp_path, '[engines.bing]\nhosts = ["s0?.example.top"]\nexclude = ["s01.*"]\n')
    hits = read(town, PROFILES["bing"], QUERY).results
    assert {hit.resolved for hit in hits} == {f"https://s0{n}.example.top/" for n in range(10) if n != 1}


def test_site_search_keeps_to_its_site(town: Town) -> None:
    answer = get(town, "http://zhannei.baidu.com/cse/site?q=%E7%84%8A%E5%B7%A5%E8%AF%81&cc=s05.example.top")
    assert answer.body.count(b'class="result f s0"') == 1


def test_searxng_reports_engines_that_do_not_answer(tmp_path: Path) -> None:
    town = web(tmp_path, '[engines.searxng]\nunresponsive = ["baidu"]\n')
    answer = json.loads(get(town, f"{SEARXNG}/search?q=%E7%84%8A%E5%B7%A5%E8%AF%81&format=json").body)
    assert answer["unresponsive_engines"] == [["baidu", "Suspended: CAPTCHA"]]
    assert len(answer["results"]) == 10
    assert all(result["engine"] != "baidu" for result in answer["results"])


def test_searxng_without_its_json_format_refuses(town: Town) -> None:
    assert get(town, f"{SEARXNG}/search?q=x").status == 403


def test_a_token_of_another_engine_or_a_stranger_leads_nowhere(town: Town) -> None:
    assert get(town, "https://www.baidu.com/link?url=AAAA").status == 404
    assert get(town, "https://www.baidu.com/link?url=%ff%fe").status == 404
    assert get(town, "https://cn.bing.com/ck/a?u=a1%25").status == 404


def test_a_host_may_have_an_engine_and_a_folder(tmp_path: Path) -> None:
    town = town_of(write_web(tmp_path, {"www.baidu.com/index.html": html_page("百度一下")}))
    assert "百度一下" in get(town, "https://www.baidu.com/").body.decode()


def test_markup_in_titles_and_queries_is_escaped(tmp_path: Path) -> None:
    root = write_web(tmp_path, {"a.top/index.html": html_page("焊工 &lt;img src=x&gt;", "焊工")})
    town = town_of(root)
    for url in (
        "www.baidu.com/s?wd={}",
        "www.so.com/s?q={}",
        "so.toutiao.com/search?keyword={}",
        "www.sogou.com/web?query={}",
    ):
        body = get(town, "https://" + url.format("%E7%84%8A%E5%B7%A5%20%3Cimg%3E")).body
        assert b"<img" not in body


def profile_ids() -> set[str]:
    return {name for name, profile in PROFILES.items() if isinstance(profile, Profile) and profile.enabled}


def test_every_engine_an_office_asks_by_default_is_played() -> None:
    keyed = {name for name, profile in PROFILES.items() if isinstance(profile, Profile) and profile.request.key_env}
    assert profile_ids() - {"google"} - keyed <= set(ENGINES)
