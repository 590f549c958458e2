"""Claim against ownership: made-up organs and hosts, and the recorded clones and originals."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from crawlers.decode import decode
from detectors import strings
from detectors.base import Assessment, Level
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess

ORGAN = "银河省应急管理厅"
METAS = f"""<meta name="SiteName" content="{ORGAN}"><meta name="SiteDomain" content="yjt.yinhe.gov.cn">
<meta name="SiteIDCode" content="9900000001">"""
FOOTER = f'<div class="footer">主办单位：{ORGAN}　网站标识码：9900000001　银ICP备00000000号</div>'
FORM = """<form><label>姓名：</label><input name="xm"><label>身份证号：</label><input name="sfzh">
<label>验证码：</label><input name="yzm"><button>查询</button></form>"""


def page(body: str, head: str = "", title: str = "某页") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}<p>正文内容</p></body></html>"


def judged(html: str, url: str, context: Context) -> Assessment:
    found = assess(Page.from_html(html, url), context)
    assert not found.errors
    return found


def test_a_site_identity_on_a_foreign_host_is_flagged_and_named(context: Context) -> None:
    verdict = judged(page("", METAS), "https://www.yinhe-info.top/", context).impersonation
    assert (verdict.level, verdict.cls, verdict.imitates) == (Level.FLAG, strings.FAKE_SITE, ORGAN)
    assert {signal.where for signal in verdict.signals if signal.weight > 0} == {"meta"}


def test_a_footer_with_its_code_is_enough(context: Context) -> None:
    verdict = judged(page(FOOTER), "https://www.yinhe-info.top/", context).impersonation
    assert (verdict.level, verdict.imitates) == (Level.FLAG, ORGAN)


def test_a_footer_written_by_a_script_counts(context: Context) -> None:
    script = f"<script>document.write('<p>主办单位：{ORGAN}</p><p>网站标识码：9900000001</p>');</script>"
    assert judged(page(script), "https://www.yinhe-info.top/", context).impersonation.level is Level.FLAG


def test_a_query_form_under_an_organs_name_is_a_query_page(context: Context) -> None:
    html = page(f"<h1>{ORGAN}</h1>{FORM}", title=f"特种作业操作证查询-{ORGAN}")
    verdict = judged(html, "https://www.yinhe-info.top/", context).impersonation
    assert (verdict.level, verdict.cls, verdict.imitates) == (Level.FLAG, strings.FAKE_QUERY, ORGAN)


def test_an_official_name_in_the_path_is_a_lure(context: Context) -> None:
    url = "https://someone.github.io/yjt.yinhe.gov.cn/"
    verdict = judged(page(FOOTER), url, context).impersonation
    assert any(signal.where == "url" and "yjt.yinhe.gov.cn" in signal.quote for signal in verdict.signals)


@pytest.mark.parametrize("url", ["https://yjt.yinhe.gov.cn/", "https://a.b.gov.cn/x"])
def test_a_restricted_suffix_proves_a_state_organ(url: str, context: Context) -> None:
    assert judged(page(FOOTER + FORM, METAS), url, context).impersonation.level is Level.CLEAR


def test_a_registered_host_clears_and_nothing_in_the_page_does(context: Context) -> None:
    site = next(one for one in context.registry.current.values() if not context.registry.is_restricted(one.host))
    html = page(f"<h1>{site.name}</h1>{FORM}", METAS)
    assert judged(html, f"https://{site.host}/", context).impersonation.level is Level.CLEAR
    claims_to_be_fine = html + f"<p>本站是{site.name}官方网站，{site.host} 唯一官方认证</p>"
    assert judged(claims_to_be_fine, "https://www.elsewhere.top/", context).impersonation.level is Level.FLAG


def test_a_former_host_never_clears(context: Context) -> None:
    former = next(iter(context.registry.former.values()))
    verdict = judged(page(FOOTER, METAS), f"https://{former.host}/", context).impersonation
    assert verdict.level is Level.FLAG


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (
            page(
                "<h1>银河省应急管理厅：特种作业考试安排</h1><p>来源：银河省应急管理厅</p>"
                '<div class="footer">银河日报社 版权所有　银ICP备00000001号</div>',
                title="银河省应急管理厅发布考试安排-银河日报网",
            ),
            "https://www.yinheribao.com/a.html",
        ),
        (
            page(
                '<p>我校在银河省应急管理厅备案。</p><a href="https://www.mem.gov.cn">应急管理部</a>'
                '<div class="footer">主办：银河安全培训学校</div>',
                title="银河安全培训学校",
            ),
            "https://www.yinhe-school.cn/",
        ),
        (page("<p>普通公司网站</p>", title="银河贸易有限公司"), "https://www.yinhe-trade.com/"),
        (
            page(
                "<p>报名表</p><form><label>姓名</label><input name=xm><label>身份证号</label><input name=sfz>"
                "<label>手机</label><input name=tel></form>",
                title="银河安全培训学校在线报名",
            ),
            "https://www.yinhe-school.cn/bm",
        ),
    ],
    ids=["newspaper", "school", "company", "enrolment"],
)
def test_who_only_mentions_an_organ_is_not_accused(html: str, url: str, context: Context) -> None:
    assert judged(html, url, context).impersonation.level is not Level.FLAG


def test_without_an_address_ownership_is_not_judged(context: Context) -> None:
    assert judged(page(FOOTER, METAS), "", context).impersonation.level is Level.CLEAR


def test_an_offer_on_an_official_host_is_an_intrusion(context: Context) -> None:
    html = page("<p>焊工证不用考试三天拿证，加微信 abc_12345</p>")
    verdict = judged(html, "https://www.yinhe.gov.cn/zt/x.html", context).selling
    assert (verdict.level, verdict.cls) == (Level.FLAG, strings.INTRUDED)


RECORDED = [
    ("clone_gov/chsi_clone_202602.html", "https://guanfang-web.github.io/yz.cjcx/", Level.FLAG, "研究生招生"),
    (
        "clone_gov/miit_clone_bio_injected_202407.html",
        "https://mhxqwer.github.io/mhmiit.gov.cn/",
        Level.FLAG,
        "工业和信息化部",
    ),
    ("clone_gov/chsi_original_saved_202602.html", "https://yz.chsi.com.cn/apply/cjcx/", Level.CLEAR, ""),
    ("official_gov/nfra_detail_202507.html", "https://www.nfra.gov.cn/cn/view/pages/ItemDetail.html", Level.CLEAR, ""),
    ("official_gov/nfra_detail_202507.html", "https://www.nfra-cn.top/x.html", Level.FLAG, "国家金融监督管理总局"),
]


@pytest.mark.parametrize(("file", "url", "level", "imitates"), RECORDED, ids=[row[1] for row in RECORDED])
def test_recorded_clones_and_originals(
    captures: Path, context: Context, file: str, url: str, level: Level, imitates: str
) -> None:
    verdict = judged(decode((captures / file).read_bytes()).text, url, context).impersonation
    assert verdict.level is level
    assert imitates in verdict.imitates
    assert bool(verdict.imitates) == bool(imitates)


def test_recorded_pages_of_other_kinds_are_not_accused(captures: Path, context: Context) -> None:
    accused = []
    for index in sorted(captures.glob("*/index.csv")):
        for row in csv.DictReader(index.read_text(encoding="utf-8").splitlines()):
            if row["file"].endswith(".html") and row["source"]:
                html = decode((index.parent / row["file"]).read_bytes()).text
                found = judged(html, "https://www.some-engine.example/", context)
                if Level.FLAG in (found.impersonation.level, found.selling.level):
                    accused.append((row["file"], found.impersonation.cls, found.selling.cls))
    assert not accused
