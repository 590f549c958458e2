"""The marks by which a page names its operator: where each is found, and what is none."""

from __future__ import annotations

import pytest

from detectors import organs
from detectors.claims import claims
from detectors.context import Context
from detectors.features import Page
from detectors.marks import Claim

URL = "https://www.yinhe-info.top/a.html"
ORGAN = "银河省应急管理厅"


def found(html: str, context: Context, url: str = URL) -> dict[str, Claim]:
    page = Page.from_html(f"<html>{html}<p>{'正文' * 80}</p></html>", url)
    return {claim.kind: claim for claim in reversed(claims(page, context.registry))}


@pytest.mark.parametrize(
    ("html", "kind", "name"),
    [
        ('<meta name="SiteName" content="银河省应急管理厅门户网站">', "site_name", ORGAN),
        ('<meta name="SiteIDCode" content="bm07000001">', "site_code", "工业和信息化部"),
        ('<meta name="description" content="银河省应急管理厅官方网站，发布政策">', "description", ORGAN),
        ("<title>通知公告 - 银河省应急管理厅</title>", "title", ORGAN),
        ('<div class="top">银河省应急管理厅</div>', "masthead", ORGAN),
        ('<div class="logo"><b>银河省应急管理厅</b> Yinhe Department of Works</div>', "masthead", ORGAN),
        ("<p>欢迎访问银河省应急管理厅官方网站</p>", "statement", ORGAN),
        ("<p>本平台由银河省应急管理厅主办</p>", "statement", ORGAN),
        ('<div class="footer">版权所有：银河省应急管理厅</div>', "footer", ORGAN),
        ('<div class="footer">主管单位：银河省应急管理厅</div>', "supervisor", ORGAN),
        ('<div class="footer"><p>银河省应急管理厅主办</p></div>', "footer", ORGAN),
        ('<div class="footer">主办：星城市财政局（星城市税务局）</div>', "footer", "星城市财政局（星城市税务局）"),
        ('<div class="footer"><p>主办：星城市财政局</p><p>© 银河省应急管理厅</p></div>', "signature", ORGAN),
        ('<div class="footer">Copyright © 2020-2025 银河省应急管理厅 All Rights Reserved</div>', "footer", ORGAN),
        ("<h1>银河省公务员考试录用管理系统</h1>", "platform", ""),
        ('<meta property="og:site_name" content="银河省应急管理厅">', "site_name", ORGAN),
        ("<iframe srcdoc='<h1>银河省应急管理厅</h1>'></iframe>", "masthead", ORGAN),
        ('<input name="sitename" value="银河省应急管理厅">', "site_name", ORGAN),
        ("<h1>银河省应急管理厅电子证照系统</h1>", "masthead", ORGAN),
        ("<title>银河省应急管理厅【官网】</title>", "title", ORGAN),
        ("<svg><text>银河省应急管理厅</text></svg>", "masthead", ORGAN),
        ("<p>该证书与银河省应急管理厅数据库一致</p>", "statement", ORGAN),
        ("<p>银河省应急管理厅直属单位</p>", "statement", ORGAN),
        (
            "<title>公安部全国工程质量安全监管信息平台</title>",
            "title",
            "住房和城乡建设部全国工程质量安全监管信息平台公共服务门户",
        ),
    ],
)
def test_a_name_is_found_where_sites_write_it(html: str, kind: str, name: str, context: Context) -> None:
    assert found(html, context)[kind].name == name


@pytest.mark.parametrize(
    ("html", "kind", "host"),
    [
        ('<meta name="SiteDomain" content="http://www.yinhe.gov.cn">', "site_domain", "www.yinhe.gov.cn"),
        ('<meta name="Url" content="https://www.yinhe.gov.cn/a.html">', "canonical", "www.yinhe.gov.cn"),
        ('<base href="https://www.yinhe.gov.cn/">', "canonical", "www.yinhe.gov.cn"),
        ("<!-- saved from url=(0024)https://www.yinhe.gov.cn/ -->", "saved_from", "www.yinhe.gov.cn"),
        ("".join(f'<a href="https://www.yinhe.gov.cn/{n}">栏目</a>' for n in range(4)), "links", "www.yinhe.gov.cn"),
        ("".join(f'<script src="//www.yinhe.gov.cn/{n}.js"></script>' for n in range(4)), "code", "www.yinhe.gov.cn"),
        ('<form action="https://www.yinhe.gov.cn/s"><input></form>', "form", "www.yinhe.gov.cn"),
        (
            '<a href="http://x.example/jiucuo.html?site_code=9900000001&url=https%3A%2F%2Fwww.yinhe.gov.cn%2F">错</a>',
            "jiucuo",
            "www.yinhe.gov.cn",
        ),
    ],
)
def test_an_address_is_found_where_copies_keep_it(html: str, kind: str, host: str, context: Context) -> None:
    assert found(html, context)[kind].host == host


def test_a_frame_counts_where_the_page_shows_nothing_else(context: Context) -> None:
    frame = '<iframe src="https://www.yinhe.gov.cn/"></iframe>'
    alone, beside = (Page.from_html(html, URL) for html in (frame, frame + "<p>" + "自己的内容" * 20))
    assert {claim.kind for claim in claims(alone, context.registry)} == {"door"}
    assert {claim.kind for claim in claims(beside, context.registry)} == {"frame"}
    assert "frame" not in found(frame + "<p>" + "自己的内容" * 200, context)


def test_a_frame_is_called_by_its_title_where_the_page_says_nothing_else(context: Context) -> None:
    frame = '<iframe src="/a.html" title="银河省应急管理厅证书核验"></iframe>'
    named = claims(Page.from_html(frame, URL), context.registry)
    assert [(claim.kind, claim.name) for claim in named] == [("title", ORGAN)]
    assert not found(frame + "<p>" + "自己的内容" * 200, context)


@pytest.mark.parametrize("tag", ["template", 'script type="text/x-template"'])
def test_a_template_is_read_where_the_page_says_nothing_else(tag: str, context: Context) -> None:
    template = f"<{tag}><h1>银河省应急管理厅</h1></{tag.partition(' ')[0]}>"
    assert {claim.name for claim in claims(Page.from_html(template, URL), context.registry)} == {ORGAN}
    assert not found(template + "<p>" + "自己的内容" * 200, context)


def test_what_only_supports_is_told_apart(context: Context) -> None:
    metas = "".join(f'<meta name="{name}" content="x">' for name in ("ColumnName", "ColumnType", "PubDate"))
    kinds = found(f'{metas}<img src="a.png" alt="国徽"><h1>银河省安全生产监督管理局</h1><p>2026年1月</p>', context)
    assert {"template", "emblem", "defunct"} <= set(kinds)


@pytest.mark.parametrize(
    "html",
    [
        "<h1>应急管理部公布一批假冒政府网站</h1>",
        '<ul><li><a href="https://www.mem.gov.cn/">应急管理部</a></li></ul>',
        '<ul><li><a href="/bumen/yjj">银河省应急管理厅</a></li></ul>',
        "<p>本站不是银河省应急管理厅官方网站</p>",
        "<h1>银河水利第七工程局</h1>",
        '<meta name="description" content="银河日报讯 银河省应急管理厅官方网站消息">',
        "<h1>演示市应急管理局</h1>",
        '<input name="wd" value="银河省应急管理厅">',
        "<p>2025年事故统计 数据来源：银河省应急管理厅</p>",
        "<p>银河省应急管理厅直属单位2025年招聘公告</p>",
        "<p>本机构经银河省应急管理厅备案</p>",
        "<p>新版证书将与银河省应急管理厅数据联网</p>",
        '<div class="footer">网站标识码：1234567890</div>',
    ],
    ids=[
        "headline",
        "link",
        "index",
        "denial",
        "builder",
        "report",
        "demonstration",
        "search",
        "figures",
        "vacancies",
        "filed",
        "joined",
        "made up",
    ],
)
def test_who_only_speaks_of_an_organ_claims_nothing(html: str, context: Context) -> None:
    assert not found(html, context)


@pytest.mark.parametrize("name", ["安徽省应急管理厅", "星城市林业局", "银河县公共资源交易中心", "中共星城县委员会"])
def test_organs_of_all_kinds_are_known_by_their_form(name: str) -> None:
    organ = organs.organ_name(name)
    assert organ is not None
    assert organ.organ == name


def test_a_body_is_told_with_its_organ() -> None:
    assert organs.written_out("银河省安全生产考试中心") == "银河省应急管理厅（银河省安全生产考试中心）"
    assert organs.written_out("消防行业职业技能鉴定指导中心") == "消防行业职业技能鉴定指导中心"
    assert organs.written_out("星城市住建局") == "星城市住房和城乡建设局"


@pytest.mark.parametrize("name", ["星城市业主委员会", "银河省音乐厅", "某市供电局", "银河省安全协会"])
def test_what_sounds_like_one_and_is_none(name: str) -> None:
    assert organs.organ_name(name) is None


def test_the_publisher_is_the_last_part_of_a_title() -> None:
    assert organs.brand("星城市应急管理局 - 企业通") == "企业通"
    assert organs.brand("证书查询 - 星城市应急管理局") == ""
    assert organs.brand("星城市应急管理局 - 证书查询") == ""


def test_who_built_a_site_does_not_run_it() -> None:
    assert "公司" not in organs.without_builders("银河省应急管理厅 技术支持：银河软件有限公司 银ICP备00000001号")
