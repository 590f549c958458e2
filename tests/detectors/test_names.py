"""Look-alike names by class, and names that must stay silent."""

from __future__ import annotations

import pytest

import config
from detectors.base import Level
from detectors.context import Context
from detectors.features import Page
from detectors.lookalike.hostname import normal
from detectors.runner import assess


@pytest.mark.parametrize(
    ("name", "kind", "level"),
    [
        ("cx.mem.gov.cn.evil.top", "misleading_subdomain", Level.FLAG),
        ("www.chsi.com.cn.evil.top", "misleading_subdomain", Level.FLAG),
        ("cpta.com.cn.evil.top", "misleading_subdomain", Level.FLAG),
        ("chsi-com.cn", "suffix_swap", Level.WATCH),
        ("cpta-com-cn.top", "suffix_swap", Level.WATCH),
        ("govcn-cx.com", "gov_separator", Level.WATCH),
        ("safety-cx-gov.com", "gov_separator", Level.WATCH),
        ("ajj-jiangsu.com", "place_function", Level.WATCH),
        ("mem-gov-cn.com", "gov_separator", Level.FLAG),
        ("mem-gov.cn", "gov_separator", Level.FLAG),
        ("memgovcn.top", "gov_separator", Level.FLAG),
        ("mem.gov.cn-zs.top", "gov_separator", Level.FLAG),
        ("chsi.net.cn", "suffix_swap", Level.WATCH),
        ("сhsi.com", "homoglyph", Level.WATCH),
        ("tezhongzu0ye.com", "homoglyph", Level.WATCH),
        ("yingjiguanlii.com", "typo", Level.WATCH),
        ("tezhongzuoye-chaxun.cn", "combosquat", Level.WATCH),
        ("mem-zhengshu.com", "combosquat", Level.WATCH),
        ("tzzycx.com", "initials", Level.WATCH),
        ("aqsc-cx.top", "initials", Level.WATCH),
        ("特种作业证查询.com", "chinese_name", Level.WATCH),
        ("xn--vhq83ao25covj91i770awga.com", "chinese_name", Level.WATCH),
        ("WWW.MEM-GOV-CN.COM.", "gov_separator", Level.FLAG),
        ("mem.gov.cn.com", "misleading_subdomain", Level.FLAG),
        ("cx.mem-gov-cn.evil.top", "gov_separator", Level.FLAG),
        ("hunan-gov.com", "gov_separator", Level.WATCH),
        ("gov-mem.top", "gov_separator", Level.WATCH),
        ("mem-gov-cn.github.io", "gov_separator", Level.FLAG),
        ("mem-gov-cn.1688.com", "gov_separator", Level.FLAG),
        ("rnem-gov-cn.com", "homoglyph", Level.FLAG),
        ("mem-g0v.cn", "homoglyph", Level.FLAG),
        ("mem-gоv-cn.com", "homoglyph", Level.FLAG),
        ("hunanyjt.top", "suffix_swap", Level.WATCH),
        ("liuyangyjj.com", "place_function", Level.WATCH),
        ("hnyjglt.net", "place_function", Level.WATCH),
        ("changshashianjianju.com", "place_function", Level.WATCH),
        ("cx.mem.top", "suffix_swap", Level.WATCH),
        ("mem.com.cn", "suffix_swap", Level.WATCH),
        ("tezongzuoyezeng-chaxun.cn", "typo", Level.WATCH),
        ("湖南省应急管理厅.网址", "chinese_name", Level.WATCH),
        ("特种作业cx.com", "chinese_name", Level.WATCH),
        ("cxmme.cn", "typo", Level.WATCH),
        ("zlaq-mohrd.com", "typo", Level.WATCH),
        ("cptaa.com.cn", "typo", Level.WATCH),
        ("yjlgt-hunan.com", "typo", Level.WATCH),
        ("yjt-hunna.com", "typo", Level.WATCH),
        ("yjtshangdong.com", "typo", Level.WATCH),
        ("gdsyjglt.cn", "place_function", Level.WATCH),
        ("pyxajj.com", "place_function", Level.WATCH),
        ("hnyjt.com", "place_function", Level.WATCH),
        ("guojiaanjianju.com", "combosquat", Level.WATCH),
        ("prod-api-certsearch-mem.online", "combosquat", Level.WATCH),
        ("ewm-mem.cn", "combosquat", Level.WATCH),
        ("h5-tzzy.com", "initials", Level.WATCH),
        ("12350cx.com", "initials", Level.WATCH),
        ("tzzy2025.com", "initials", Level.WATCH),
        ("cxmem365.com", "suffix_swap", Level.WATCH),
        ("中国应急管理.com", "chinese_name", Level.WATCH),
        ("高压电工证.com", "chinese_name", Level.WATCH),
        ("证件联网验证.com", "chinese_name", Level.WATCH),
        ("yjgl.gd.cn", "initials", Level.WATCH),
        ("yjtjilin.com", "place_function", Level.WATCH),
        ("gjyjb.cn", "initials", Level.WATCH),
        ("zgcpta.com", "combosquat", Level.WATCH),
        ("chsi-edu-cn.com", "combosquat", Level.WATCH),
        ("zwfw-mem.cn", "combosquat", Level.WATCH),
        ("shuiwu-cx.com", "combosquat", Level.WATCH),
        ("zlapmohurd.com", "typo", Level.WATCH),
        ("zhengshu-chaxun.com", "combosquat", Level.WATCH),
        ("https://evil.top/cx.mem.gov.cn/a.html", "path_host", Level.WATCH),
        ("https://cx.mem.gov.cn@evil.top/", "path_host", Level.WATCH),
        ("https://github.com/somebody/mem-gov-cn", "path_host", Level.WATCH),
    ],
)
def test_class_and_level(name: str, kind: str, level: Level, context: Context) -> None:
    verdict = context.names.judge(name)
    assert (verdict.kind, verdict.level) == (kind, level)
    assert verdict.reason
    assert verdict.as_json(name)["name"] == name


@pytest.mark.parametrize(
    "name",
    [
        *("www.baidu.com", "memory.com", "governance.com", "egov.com", "chengdu.com", "mem.com", "zjj.com", "a.b"),
        *("www-mem-gov-cn.translate.goog", "mem.gov.ma", "okta-gov.com", "memgov.gov.uk", "webvpn-mem-gov-cn.x.edu.cn"),
        *("https://www.mem.gov.cn/evil.top/", "https://www.baidu.com/mem.gov.cn/", "chinasafety.gov.cn", "cast.org"),
        *("modern-memory.net", "hangzhou2022.cn", "yjgl-soft.com", "mem-bearing.com", "xn--80ak6aa92e.com", "xn--.com"),
        *(
            "mem.gov.cn.kunlunar.com",
            "www.example.gov.cn",
            "anquanjiaoyu.com",
            "zjjxinxing.com",
            "cptaa.de",
            "cpt.com.cn",
            "me-mc.cn",
            "shandongs.com",
            "qyyjt.cn",
            "app.tzzy.com",
            "hbclxscj.com",
            "gatcha.org",
            "深圳应急管理协会.com",
            "高压电工.com",
            "保证金查询.com",
            "焊工培训报名.com",
            "",
            "bad..name",
            "x" * 300,
            "1.2.3.4",
        ),
    ],
)
def test_silent(name: str, context: Context) -> None:
    assert context.names.judge(name).level is Level.CLEAR


def test_no_official_host_and_no_sub_domain_of_one_is_named(context: Context) -> None:
    for host in context.registry.current:
        assert context.names.judge(host).level is Level.CLEAR
        assert context.names.judge(f"a.{host}").level is Level.CLEAR


def test_a_former_host_that_anybody_can_register_is_watched() -> None:
    settings = config.load()
    sites = [
        site.model_copy(update={"status": "former"}) if site.host == "www.cpta.com.cn" else site
        for site in settings.official.sites
    ]
    settings._values["official_sites"] = settings.official.model_copy(update={"sites": tuple(sites)})
    verdict = Context.build(settings).names.judge("www.cpta.com.cn")
    assert (verdict.kind, verdict.level) == ("former_host", Level.WATCH)
    assert verdict.imitates


def test_whom_a_name_imitates(context: Context) -> None:
    judge = context.names.judge
    assert judge("yjt-hunan-gov-cn.com").imitates == "湖南省应急管理厅"
    assert judge("tzzycx.top").imitates == judge("cx-mem.top").imitates
    assert judge("yjb-zs.com").imitates == "应急管理部"
    assert judge("郑州应急局.中国").imitates == "郑州市应急管理局"
    assert judge("sxyjt-aqpx-cx.com").imitates == "山西省应急管理厅"
    assert judge("hnyjglt.cn").imitates == "河南省应急管理厅或海南省应急管理厅或湖南省应急管理厅"
    assert judge("hunanyjglt.com").imitates == "湖南省应急管理厅"
    assert judge("sdsyjt.cn").imitates == "山东省应急管理厅"
    assert judge("zjt-tzzy-gd.com").imitates == "广东省住房和城乡建设厅"
    assert judge("changshayjj.com").imitates == "长沙市应急管理局"
    assert judge("kunshan-anjian.com").imitates == "昆山市安全生产监督管理局"
    assert judge("henananjianju.com").imitates == "河南省应急管理厅"
    assert judge("sxyjt-cx.com").imitates == "山西省应急管理厅"
    assert judge("zzyjglj.com").imitates == "应急管理部门"


def test_normal_forms() -> None:
    assert normal(" https://特种。com:8080/x ") == ("xn--w2x69m.com", "特种.com")
    assert normal("*.Example.COM.") == ("example.com", "example.com")
    assert normal("a b.com")[0] == ""


def test_the_name_speaks_in_an_assessment_too(context: Context) -> None:
    sold = assess(Page.from_html("<p>本域名出售", "https://www.mem-gov-cn.com/"), context)
    assert sold.impersonation.level is Level.WATCH
    found = assess(Page.from_html("<p>网站建设中", "https://www.mem-gov-cn.com/"), context)
    assert found.impersonation.level is Level.FLAG
    assert found.impersonation.imitates
