"""The packaged registry, catalogue, law and policy: facts that must not get lost in an edit."""

from __future__ import annotations

from collections import Counter

import pytest

import config
from config.checks import expired
from config.schema import OfficialSite
from detectors import strings

LOADED = config.load()
SITES = {site.host: site for site in LOADED.official.sites}
TRADES = {trade.id: trade for trade in LOADED.certificates.trades}


def test_no_host_and_no_id_is_registered_twice() -> None:
    assert len(SITES) == len(LOADED.official.sites)
    assert len({site.id for site in LOADED.official.sites}) == len(SITES)


@pytest.mark.parametrize(
    "host",
    [
        "www.chinasafety.gov.cn",
        "chinasafety.gov.cn",
        "hunansafety.gov.cn",
        "www.hunansafety.gov.cn",
        "ajj.jiangsu.gov.cn",
    ],
)
def test_a_host_that_was_given_up_is_former(host: str) -> None:
    assert SITES[host].status == "former"


def test_every_province_has_a_current_safety_regulator() -> None:
    regions = {site.region for site in SITES.values() if site.kind == "provincial" and site.status == "current"}
    assert len(regions) == 31


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("www.mem.gov.cn", {"应急管理部", "国家安全生产监督管理总局"}),
        ("cx.mem.gov.cn", {"国家安全生产考试"}),
        ("yjt.hunan.gov.cn", {"湖南省应急管理厅", "湖南应急厅", "湖南安监局"}),
        ("yjgl.xinjiang.gov.cn", {"新疆应急管理厅"}),
        ("www.chsi.com.cn", {"学信网"}),
        ("yz.chsi.com.cn", {"研招网"}),
        ("www.miit.gov.cn", {"工信部"}),
        ("www.nfra.gov.cn", {"国家金融监督管理总局"}),
        ("www.samr.gov.cn", {"市场监管总局"}),
        ("cranesystem.gdcic.net", {"广东省建筑施工特种作业人员资格管理系统"}),
    ],
)
def test_a_body_is_known_by_the_names_a_page_would_use(host: str, words: set[str]) -> None:
    site = SITES[host]
    assert site.status == "current"
    assert words <= {site.name, *site.short_names}


def test_names_do_not_repeat_inside_an_entry_and_are_no_fragments() -> None:
    for site in SITES.values():
        assert site.name not in site.short_names
        assert max(Counter(site.short_names).values(), default=1) == 1
        assert all(len(name) >= 3 for name in (site.name, *site.short_names)), site.id


def test_hosts_outside_the_restricted_suffixes_say_so() -> None:
    """They are the traps of an allow-list by suffix: whoever edits the registry should see why they are there."""

    def stands_out(site: OfficialSite) -> bool:
        return not site.host.endswith(LOADED.policy.restricted_suffixes)

    assert {site.host for site in SITES.values() if stands_out(site) and not site.note} == set()
    assert {"www.chsi.com.cn", "cranesystem.gdcic.net", "www.osta.org.cn"} <= {
        site.host for site in SITES.values() if stands_out(site)
    }


def test_a_common_entry_keeps_its_source_and_confidence() -> None:
    assert SITES["yjgl.tj.gov.cn"].confidence == "one source"
    assert all(site.source for site in SITES.values())
    assert all(site.confidence == "confirm" for site in SITES.values() if "未经查证" in site.source)


def test_the_catalogue_of_the_order_is_complete() -> None:
    items = {trade.id: len(trade.items) for trade in TRADES.values() if trade.licence == "special_operation"}
    assert list(items) == [
        "electrician", "welding", "work_at_height", "refrigeration", "coal_mine", "metal_mine", "oil_gas",
        "metallurgy", "hazardous_chemicals", "fireworks", "other_recognised",
    ]  # fmt: skip
    assert items["coal_mine"] == 10
    assert items["metal_mine"] == 8
    assert items["hazardous_chemicals"] == 16
    assert items["fireworks"] == 5


@pytest.mark.parametrize(
    ("word", "trade"),
    [
        ("电工本", "electrician"), ("焊工证", "welding"), ("登高证", "work_at_height"), ("制冷证", "refrigeration"),
        ("高处作业证", "work_at_height"), ("架子工证", "scaffolder"), ("塔吊证", "tower_crane"), ("叉车证", "forklift"),
        ("信号司索工证", "rigger"), ("施工升降机证", "construction_hoist"), ("吊篮证", "gondola"), ("锅炉证", "boiler"),
        ("电梯证", "lift"), ("压力容器证", "pressure_vessel"), ("瓦检证", "coal_mine"),
    ],
)  # fmt: skip
def test_a_word_of_the_market_means_one_trade(word: str, trade: str) -> None:
    assert [found.id for found in TRADES.values() if word in found.aliases] == [trade]


def test_no_word_means_two_trades_or_a_licence_and_a_trade() -> None:
    words = Counter(word for trade in TRADES.values() for word in trade.aliases)
    words.update(word for licence in LOADED.certificates.licences for word in (licence.name, *licence.aliases))
    assert [word for word, count in words.items() if count > 1] == []


def test_licences_are_looked_up_at_current_official_sites() -> None:
    by_id = {site.id: site for site in SITES.values()}
    for licence in LOADED.certificates.licences:
        assert licence.query_sites
        assert all(by_id[name].status == "current" for name in licence.query_sites)


def test_codes_of_equipment_work_are_unique() -> None:
    codes = Counter(code for trade in TRADES.values() for code in trade.codes)
    assert codes["N1"] == codes["G1"] == codes["Q1"] == 1
    assert set(codes.values()) == {1}


def test_every_class_that_accuses_can_cite_an_article() -> None:
    cited = {name for law in LOADED.law.entries for name in law.classes}
    assert cited == set(LOADED.law.classes)


def test_every_class_a_detector_names_is_listed() -> None:
    named = {strings.FAKE_SITE, strings.FAKE_QUERY, strings.LOOKALIKE_NAME, strings.INTRUDED, strings.CLOAKED}
    named.add(strings.PLANTED)
    named |= {strings.EVASION, *strings.NAME_CLASSES.values(), *(rule.named for rule in LOADED.wording.rule)}
    assert named <= set(LOADED.law.classes)


def test_nothing_unchecked_claims_to_be_the_text_of_a_law() -> None:
    for law in LOADED.law.entries:
        assert law.confirmed or not law.text, law.id
        assert not law.confirmed or (law.text and law.source), law.id


def test_renumbered_articles_say_which_edition_they_mean() -> None:
    entries = [law for law in LOADED.law.entries if law.title == "中华人民共和国网络安全法"]
    assert len(entries) == 3
    assert all("2025年" in law.article and "2026年1月1日" in law.version for law in entries)


def test_both_spellings_of_the_chinese_government_suffix_are_restricted() -> None:
    suffixes = LOADED.policy.restricted_suffixes
    assert ".gov.cn" in suffixes
    assert "." + "政务".encode("idna").decode() in suffixes
    assert ".政务" in suffixes


def test_the_suffixes_of_hong_kongs_and_macaos_governments_are_restricted() -> None:
    assert {".gov.hk", ".gov.mo"} <= set(LOADED.policy.restricted_suffixes)


@pytest.mark.parametrize(
    "suffix", ["github.io", "gitee.io", "pages.dev", "vercel.app", "mp.weixin.qq.com", "gitee.com"]
)
def test_platforms_where_anyone_publishes_are_known(suffix: str) -> None:
    platforms = {platform.suffix: platform for platform in LOADED.policy.hosting_platforms}
    assert platforms[suffix].reason
    assert (platforms[suffix].path_segments > 0) == (suffix not in ("pages.dev", "vercel.app"))


def test_policy_entries_past_their_date_are_mentioned_by_name() -> None:
    from datetime import date

    assert list(expired(LOADED, date(2026, 1, 1))) == []
    remarks = list(expired(LOADED, date(2028, 1, 1)))
    policy = LOADED.policy
    assert len(remarks) == len(policy.known_good) + len(policy.hosting_platforms) + len(policy.name_relays)
    assert "baidu.com 已于 2027-12-31 到期" in "\n".join(remarks)


def test_a_night_asks_within_its_budget_and_the_words_suffice_for_it() -> None:
    budget, queries = LOADED.crawl.budget, LOADED.queries
    possible = len(queries.trades) * len(queries.offers) * (1 + len(queries.places)) + len(queries.verbatim)
    assert budget.queries_per_engine <= possible
    assert budget.keywords_per_marketplace <= len(queries.keywords)
