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


@pytest.mark.parametrize("name", ["中国高等教育学生信息网", "中国研究生招生信息网"])
def test_of_sites_that_share_an_icp_number_the_one_in_the_title_is_imitated(name: str, context: Context) -> None:
    footer = "<footer>版权所有 京ICP备19004913号-1</footer>"
    verdict = judged(page(footer, title=f"{name}（成绩查询）"), "https://www.yinhe-info.top/", context).impersonation
    assert verdict.imitates == name


def test_organs_of_the_party_count_as_organs(context: Context) -> None:
    footer = "<footer>主办：中国共产党银河省纪律检查委员会</footer>"
    verdict = judged(page(footer, title="银河省纪委监委网站"), "https://www.yinhe-info.top/", context).impersonation
    assert (verdict.level, verdict.cls) == (Level.FLAG, strings.FAKE_SITE)


def test_a_site_identity_on_a_foreign_host_is_flagged_and_named(context: Context) -> None:
    verdict = judged(page("", METAS), "https://www.yinhe-info.top/", context).impersonation
    assert (verdict.level, verdict.cls, verdict.imitates) == (Level.FLAG, strings.FAKE_SITE, ORGAN)
    assert {signal.where for signal in verdict.signals if signal.weight > 0} == {"meta"}


def test_whoever_asks_for_papers_under_an_organs_name_wants_more_than_to_inform(context: Context) -> None:
    fields = "".join(f"<input placeholder='{what}'>" for what in ("姓名", "身份证号", "手机"))
    form = f"<form>{fields}<button>登记</button></form>"
    verdict = judged(page(f"<div>{ORGAN}</div>{form}"), "https://www.yinhe-info.top/", context).impersonation
    assert (verdict.level, verdict.imitates) == (Level.FLAG, ORGAN)
    login = "<form><input placeholder='账号'><input type=password><button>登录</button></form>"
    door = judged(page(f"<div>{ORGAN}</div>{login}"), "https://www.yinhe-info.top/", context).impersonation
    assert door.level is Level.FLAG
    other = judged(page(f"<p>{ORGAN}</p>{form}", title="银河职业培训学校"), "https://www.yinhe-info.top/", context)
    assert other.impersonation.level is not Level.FLAG


def test_a_page_that_is_called_as_a_paper_shows_one(context: Context) -> None:
    rows = ("姓名：周*", "人员类型：负责人", "初领日期：2024-05-01", "有效期：2027-04-30", f"发证机关：{ORGAN}")
    card = "".join(f"<p>{row}</p>" for row in rows)
    verdict = judged(page(card, title="考核合格证"), "https://www.yinhe-info.top/", context).impersonation
    assert (verdict.level, verdict.imitates) == (Level.FLAG, ORGAN)
    staff = judged(page(card + "<p>所属单位：甲厂</p>", title="考核合格证"), "https://www.yinhe-info.top/", context)
    assert staff.impersonation.level is not Level.FLAG


def test_short_names_are_written_out(context: Context) -> None:
    verdict = judged(page("", title="星城市安监局证件查询网"), "https://www.yinhe-info.top/", context).impersonation
    assert verdict.imitates == "星城市安全生产监督管理局"


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


@pytest.mark.parametrize(
    "url",
    ["https://yjt.yinhe.gov.cn/", "https://a.b.gov.cn/x", "https://www.yinhe.gov.hk/", "https://www.yinhe.gov.mo/"],
)
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


RECORD = """<h3>证书信息</h3><table><tr><td>姓名</td><td>某甲</td></tr><tr><td>证号</td><td>T00000019000101000X</td>
</tr><tr><td>作业类别</td><td>高处作业</td></tr><tr><td>准操项目</td><td>登高架设作业</td></tr>
<tr><td>初领日期</td><td>2024-05-06</td></tr><tr><td>签发机关</td><td>银河省应急管理厅</td></tr></table>"""


@pytest.mark.parametrize("html", [page(FOOTER, METAS), page(RECORD), page(f"<h1>{ORGAN}</h1>", title=ORGAN)])
def test_without_an_address_ownership_stays_open(html: str, context: Context) -> None:
    verdict = judged(html, "", context).impersonation
    assert (verdict.level, verdict.cls) == (Level.WATCH, strings.OWNER_OPEN)
    assert ORGAN in verdict.signals[0].reason


def test_without_an_address_an_ordinary_page_is_clear(context: Context) -> None:
    html = page("<p>银河省应急管理厅近日发布通知。</p>", title="银河日报")
    assert judged(html, "", context).impersonation.level is Level.CLEAR


def test_a_record_shown_on_a_foreign_host_is_a_query_page(context: Context) -> None:
    verdict = judged(page(RECORD, title="证书验证"), "https://y.kapian-zs.cn/7f.html", context).impersonation
    assert (verdict.level, verdict.cls, verdict.imitates) == (Level.FLAG, strings.FAKE_QUERY, ORGAN)


@pytest.mark.parametrize(
    "html",
    [
        page("<table><tr><td>姓名</td><td>证号</td><td>作业类别</td><td>初领日期</td><td>发证机关</td></tr></table>"),
        page(RECORD.replace("证书信息", "员工持证情况").replace("查询", ""), title="银河钢铁有限公司班组台账"),
    ],
    ids=["header_row", "register"],
)
def test_a_register_is_no_query_result(html: str, context: Context) -> None:
    assert judged(html, "https://www.yinhe-steel.com/", context).impersonation.level is not Level.FLAG


@pytest.mark.parametrize(
    "name", ["银河省教育考试院", "银河县消防救援支队", "银河市安委办", "銀河省應急管理廳", "银 河 省 应 急 管 理 厅"]
)
def test_title_and_masthead_of_any_organ_are_an_identity(name: str, context: Context) -> None:
    html = page(f"<h1>{name}</h1>", title=name)
    assert judged(html, "https://www.yinhe-info.top/", context).impersonation.level is Level.FLAG


@pytest.mark.parametrize(
    "html",
    [
        page('<div class="footer">主管单位：银河省应急管理厅　银河安全协会 版权所有</div>', title="银河安全协会"),
        page("<h1>全国特种作业操作证查询平台上线</h1>", title="全国特种作业操作证查询平台上线"),
        page("<h1>证书查询入口大全</h1>", title="特种作业操作证查询入口大全"),
        page("<h1>特种作业操作证查询系统开发</h1>", title="特种作业证书查询系统 银河软件有限公司"),
    ],
    ids=["association", "news", "links", "vendor"],
)
def test_who_names_an_organ_or_platform_without_posing_as_it_is_clear(html: str, context: Context) -> None:
    assert judged(html, "https://www.yinhe-info.com/", context).impersonation.level is Level.CLEAR


def test_identity_and_certificate_number_make_a_query_form(context: Context) -> None:
    form = (
        "<form><label>证书编号</label><input name=a><label>身份证号</label><input name=b><button>查询</button></form>"
    )
    html = page(f"<h1>{ORGAN}</h1>{form}", title="建筑施工特种作业人员证书查询")
    assert judged(html, "https://www.yinhe-info.top/", context).impersonation.cls == strings.FAKE_QUERY


def test_an_official_address_in_front_names_its_owner(context: Context) -> None:
    html = page(FORM, title="安全资格证书查询系统")
    verdict = judged(html, "https://cx.mem.gov.cn.yinhe.site/", context).impersonation
    owner = context.registry.current["cx.mem.gov.cn"].name
    assert (verdict.level, verdict.imitates) == (Level.FLAG, owner)


def test_initials_are_nobodys_in_particular(context: Context) -> None:
    assert context.names.judge("www.yjgl-cx.icu").imitates not in {site.name for site in context.registry.sites}


def test_frames_of_pages_about_certificates_are_followed(context: Context) -> None:
    html = page('<iframe src="/q.html"></iframe><iframe src="https://b.top/x"></iframe>', title="特种作业操作证查询")
    frames = [one.url for one in judged(html, "https://a.top/", context).followups if one.kind == "frame"]
    assert frames == ["https://a.top/q.html", "https://b.top/x"]


@pytest.mark.parametrize(
    ("intent", "cls"),
    [
        ('<a href="/dl/query.apk">下载客户端</a>', strings.FAKE_QUERY),
        ("<p>长按识别二维码关注公众号</p>", strings.FAKE_QUERY),
        ("<button>微信支付</button>", strings.FAKE_QUERY),
        ('<form><input placeholder="银行卡号"></form>', strings.FAKE_SITE),
    ],
)
def test_what_is_asked_under_an_organs_masthead(intent: str, cls: str, context: Context) -> None:
    html = page(f'<div class="top">{ORGAN}</div>{intent}')
    verdict = judged(html, "https://www.yinhe-info.top/", context).impersonation
    assert (verdict.level, verdict.cls, verdict.imitates) == (Level.FLAG, cls, ORGAN)


@pytest.mark.parametrize(
    "footer",
    [
        "主管：银河市教育局 版权所有：银河市第一中学",
        "主管：银河市教育局 版权所有 银河市第一中学",
        "主管部门：银河市卫生健康委员会 主办：银河市第一人民医院",
    ],
)
def test_whom_a_school_or_hospital_answers_to_it_does_not_imitate(footer: str, context: Context) -> None:
    html = page(f'<h1>银河市第一中学</h1><div class="footer">{footer}</div>', title="银河市第一中学")
    assert judged(html, "https://www.yinhe-yz.com/", context).impersonation.level is Level.CLEAR


def test_a_builders_name_in_the_footer_excuses_nothing(context: Context) -> None:
    html = page(f'<h1>{ORGAN}</h1><div class="footer">技术支持：银河软件有限公司</div>', title=ORGAN)
    assert judged(html, "https://www.yinhe-info.top/", context).impersonation.level is Level.FLAG


def test_a_query_page_with_a_captcha_is_read_though_it_says_little(context: Context) -> None:
    html = page(f"<h1>{ORGAN}</h1><img src='/captcha.php'>{FORM}")
    assert judged(html, "https://www.yinhe-info.top/", context).impersonation.cls == strings.FAKE_QUERY


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


def test_every_recorded_clone_and_original_is_judged(captures: Path) -> None:
    indices = (captures / kind / "index.csv" for kind in ("clone_gov", "official_gov"))
    listed = {
        f"{index.parent.name}/{row['file']}"
        for index in indices
        for row in csv.DictReader(index.read_text(encoding="utf-8").splitlines())
    }
    assert listed <= {file for file, *_ in RECORDED}


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


@pytest.mark.parametrize(
    ("host", "imitated"),
    [
        ("特种作业证查询.com", "应急管理部特种作业操作证及安全生产知识和管理能力考核合格信息查询平台"),
        ("x1.example", "应急管理局"),
    ],
)
def test_a_name_that_every_place_has_says_less_than_the_address(host: str, imitated: str, context: Context) -> None:
    html = page(FORM, title="特种作业证查询_应急管理局联网查询入口")
    assert judged(html, f"http://{host}/", context).impersonation.imitates == imitated


def test_no_name_is_put_into_a_pages_mouth(context: Context) -> None:
    found = judged(page(FORM, title="国家安全生产考试"), "http://x1.example/", context).impersonation
    told = next(signal for signal in found.signals if signal.quote == "国家安全生产考试" and "自称" in signal.reason)
    assert "自称“国家安全生产考试”" in told.reason and f"这是“{found.imitates}”的名称" in told.reason
