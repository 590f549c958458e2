"""Pages that say next to nothing themselves: scripts fill them, a frame shows them, or a title is all there is."""

from __future__ import annotations

import json

import pytest

from detectors import organs, strings
from detectors.base import Level, Verdict
from detectors.context import Context
from detectors.features import Page
from detectors.records import record_issuer, scripted_fields
from detectors.runner import assess

ORGAN = "银河省应急管理厅"
HOST = "https://q.yinhe-info.example/"
LABELS = ("姓名", "证号", "作业类别", "准操项目", "初领日期", "有效期限")
EMPTY = "".join(f"<p>{label}：<span id=f{at}></span></p>" for at, label in enumerate(LABELS))
READS = "<script>var q = new URLSearchParams(location.search); f0.innerText = q.get('n')</script>"


def judged(html: str, context: Context, url: str = HOST) -> Verdict:
    found = assess(Page.from_html(html, url), context)
    assert not found.errors
    return found.impersonation


@pytest.mark.parametrize("escaped", [False, True])
def test_a_state_in_json_names_the_page(escaped: bool, context: Context) -> None:
    state = json.dumps({"title": ORGAN, "footer": f"主办单位：{ORGAN}"}, ensure_ascii=escaped)
    html = f"<title>loading</title><div id=app></div><script>window.S = JSON.parse({json.dumps(state)})</script>"
    verdict = judged(html, context)
    assert (verdict.level, verdict.imitates) == (Level.FLAG, ORGAN)


def test_what_begins_with_a_bracket_and_is_no_document_stays_whole() -> None:
    page = Page.from_html("<script>var s = '[公告] 主办单位：\"银河省\"';</script>", HOST)
    assert page.markup.scripts == ['[公告] 主办单位："银河省"']


def test_a_record_that_scripts_fill_from_the_address_is_a_result(context: Context) -> None:
    html = f"<title>证件</title><h3>中华人民共和国特种作业操作证</h3>{EMPTY}"
    assert scripted_fields(Page.from_html(html + READS, HOST)) == LABELS
    verdict = judged(html + READS, context)
    assert (verdict.level, verdict.cls, verdict.imitates) == (Level.FLAG, strings.FAKE_QUERY, "应急管理部")
    assert judged(html, context).level is Level.CLEAR
    assert judged(html + "<p>工号：</p><p>班组：</p>" + READS, context).level is Level.CLEAR


def test_a_record_with_its_issuer_is_somebodys_staff_where_a_company_keeps_it() -> None:
    shown = "".join(f"<p>{label}：甲乙丙 2024-05-06</p>" for label in LABELS) + f"<p>发证机关：{ORGAN}</p>"
    card = "https://ehs.example/card?id=1201"
    assert record_issuer(Page.from_html(shown, card)) == ORGAN
    kept = "<p>某某有限公司</p><p>工号：H1201</p>"
    assert record_issuer(Page.from_html(kept + shown, card)) == ""
    assert record_issuer(Page.from_html(kept + shown + "<p>查询结果：真实有效</p>", card)) == ORGAN


def test_a_frame_is_where_a_page_leads(context: Context) -> None:
    html = "<title>全国特种作业操作证查询平台入口</title><iframe src='//198.51.100.7:8081/m/'></iframe>"
    assert judged(html, context).level is Level.FLAG
    assert judged(html.partition("<iframe")[0], context).level is Level.CLEAR


def test_a_title_that_is_a_sites_name_is_enough_where_no_link_leads_there(context: Context) -> None:
    html = "<title>银河市人民政府门户网站</title><p>银河市位于本省东南部。</p>" + "<li>某镇</li>" * 60
    assert judged(html, context).level is Level.FLAG
    link = "<a href='https://www.beijing.gov.cn/'>前往</a>"
    assert judged(html + link, context).level is Level.WATCH
    assert judged(html.replace("门户网站", ""), context).level is Level.WATCH


def test_a_platforms_title_over_an_organs_name_is_an_identity(context: Context) -> None:
    menu = "<a href='/a'>首页</a><a href='/b'>办理</a><a href='/c'>指南</a>"
    html = f"<title>银河省交通安全综合服务管理平台</title><p>银河省公安厅交通管理局</p><nav>{menu}</nav>"
    assert judged(html, context).level is Level.FLAG
    assert judged(html.replace("银河省公安厅交通管理局", "首页"), context).level is Level.CLEAR


def test_an_unfilled_site_number_supports_a_footer_and_says_nothing_alone(context: Context) -> None:
    footer = "<footer>主办：{}　政府网站标识码：xxxxxxx</footer>"
    assert judged(footer.format("银河省水利厅"), context).level is Level.FLAG
    assert judged(footer.format("某公司"), context).level is Level.CLEAR


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("银河省应急管里厅", "银河省应急管理厅"),
        ("应急管埋部政务服务平台", "应急管理部政务服务平台"),
        ("银河省应急管理厅", "银河省应急管理厅"),
        ("云南省水利厅", "云南省水利厅"),
    ],
)
def test_a_misspelt_organ_is_named_as_it_is_called(written: str, right: str) -> None:
    assert organs.spelt_right(written) == right


def test_a_tax_offices_site_is_that_offices(context: Context) -> None:
    html = "<title>国家税务总局银河省电子税务局</title><a href=/a>一</a><a href=/b>二</a><a href=/c>三</a>"
    assert judged(html, context).imitates == "国家税务总局银河省税务局"


def test_a_paper_of_the_state_with_entries_is_a_result_even_without_days(context: Context) -> None:
    entries = "<p>姓名：甲某</p><p>证件编号：000000000000000000</p><p>档案编号：TS0000</p>"
    verdict = judged(f"<p>中华人民共和国特种设备作业人员证</p>{entries}", context)
    assert (verdict.level, verdict.imitates) == (Level.FLAG, "国家市场监督管理总局")
    assert judged(f"<p>本校办理中华人民共和国特种设备作业人员证</p>{entries}", context).level is Level.CLEAR


def test_nobodys_answer_that_a_card_is_genuine_is_a_result(context: Context) -> None:
    html = "<title>核验</title><p>核验通过</p><p>特种作业操作证 低压电工作业</p><p>有效期至 2029-08-11</p>"
    assert judged(html, context, HOST + "p/Q7Y2").level is Level.FLAG
    assert judged(html, context).level is Level.CLEAR
    assert judged(html + "<p>某某集团安环部</p>", context, HOST + "p/Q7Y2").level is Level.CLEAR


def test_what_a_page_is_shared_as_is_its_title_where_it_has_none(context: Context) -> None:
    shared = f"<meta property='og:title' content='{ORGAN}特种作业证书查询'>"
    verdict = judged(f"<head>{shared}<title></title></head><div id=app></div>", context)
    assert (verdict.level, verdict.imitates) == (Level.FLAG, ORGAN)
    assert judged(f"<head>{shared}<title>某某日报</title></head><div id=app></div>", context).level is Level.CLEAR


def test_an_entry_of_a_directory_points_to_a_site_and_does_not_pose_as_it(context: Context) -> None:
    name = "<title>银河市人民政府门户网站</title><h1>银河市人民政府门户网站</h1>"
    entry = name + "<p>网址：<a href='https://www.beijing.gov.cn/'>www.beijing.gov.cn</a></p>"
    assert judged(name, context).level is Level.FLAG
    assert judged(entry, context).level is not Level.FLAG
    assert judged(entry + "<form><input name=sfzh placeholder=身份证号></form>", context).level is Level.FLAG


def test_an_organs_footer_with_a_filing_number_is_a_whole_sites(context: Context) -> None:
    footer = "<title>在线学习</title><footer>主办单位：银河省水利厅　银ICP备00000000号</footer>"
    assert judged(footer, context).level is Level.FLAG
    assert judged(footer.replace("银ICP备00000000号", ""), context).level is Level.WATCH
    assert judged(footer.replace("在线学习", "某某科技有限公司"), context).level is not Level.FLAG


def test_a_headline_says_what_an_organ_says_and_is_no_name(context: Context) -> None:
    told = "<title>应急管理部：今年作业证有变化</title><h1>应急管理部：今年作业证有变化</h1><p>来源：网站</p>"
    assert judged(told, context).level is Level.CLEAR
    assert judged(told.replace("今年作业证有变化", "特种作业操作证查询"), context).level is Level.FLAG


def test_the_first_of_a_list_of_organs_is_nobodys_masthead(context: Context) -> None:
    listed = "".join(f"<tr><td>{name}</td><td>某地</td></tr>" for name in ("应急管理部", "财政部", "教育部"))
    assert judged(f"<title>名录</title><table>{listed}</table>", context).level is Level.CLEAR


def test_what_a_reader_quotes_asks_for_nothing(context: Context) -> None:
    told = f"<title>真的吗 - 某某论坛</title><p>扫出来“证书真实有效”，底部写着主办单位：{ORGAN} 银ICP备00000000号</p>"
    assert judged(told, context).level is Level.CLEAR


@pytest.mark.parametrize(
    ("platform", "organ"),
    [
        ("湖北省安全生产资格考试系统", "湖北省应急管理厅"),
        ("宁夏回族自治区建筑施工人员查询平台", "宁夏回族自治区住房和城乡建设厅"),
        ("星城市道路运输从业资格查询系统", "星城市交通运输局"),
        ("全国安全生产资格查询系统", ""),
    ],
)
def test_a_places_platform_is_that_places_organs(platform: str, organ: str) -> None:
    assert organs.of_place(platform) == organ


def test_a_seal_names_who_issued_a_record() -> None:
    shown = "<p>持证人：甲某</p><p>证件号：0000</p><p>资格类型：管理人员</p><p>有效期：2024-01-01至2027-01-01</p>"
    page = Page.from_html(f"{shown}<img src=s.png alt='{ORGAN}证书专用章'>", HOST + "v/AB12")
    assert record_issuer(page) == ORGAN
    assert record_issuer(Page.from_html(f"{shown}<p>某某公司公章</p>", HOST + "v/AB12")) == ""


def test_an_english_name_beneath_belongs_to_the_masthead(context: Context) -> None:
    english = "YINHE PROVINCIAL DEPARTMENT OF EMERGENCY MANAGEMENT"
    form = "<form><input placeholder=身份证号><input placeholder=姓名><button>查询</button></form>"
    html = f"<title>证件</title><div><span>{ORGAN}</span><em>{english}</em></div>{form}"
    verdict = judged(html, context)
    assert (verdict.level, verdict.imitates) == (Level.FLAG, ORGAN)


def test_a_province_in_short_is_a_place(context: Context) -> None:
    form = "<form><input placeholder=身份证号><input placeholder=姓名><button>查询</button></form>"
    assert judged(f"<title>广西特种作业操作证查询系统</title>{form}", context).imitates == "广西壮族自治区应急管理厅"


def test_what_ends_a_title_excuses_no_query_under_an_organs_masthead(context: Context) -> None:
    form = "<form><input placeholder=身份证号><input placeholder=姓名><button>查询</button></form>"
    html = f"<title>作业证查询 - 安知云</title><h1>{ORGAN}</h1>"
    assert judged(html + form, context).level is Level.FLAG
    assert judged(html + "<p>机构名录</p>", context).level is Level.CLEAR
    assert judged((html + form).replace("安知云", "安知培训学校"), context).level is not Level.FLAG


def test_an_employer_among_the_entries_excuses_no_record() -> None:
    shown = "".join(f"<p>{label}：甲乙丙 2024-05-06</p>" for label in LABELS) + f"<p>发证机关：{ORGAN}</p>"
    page = Page.from_html(f"{shown}<p>工作单位：某某有限公司</p>", HOST + "card?id=1201")
    assert record_issuer(page) == ORGAN
