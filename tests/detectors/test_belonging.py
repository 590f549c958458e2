"""Who is at home where, and what is told of an organ rather than said as it."""

from __future__ import annotations

import pytest

from detectors import strings
from detectors.base import Level, Verdict
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess

FORM = "<form>姓名<input name=xm>身份证号<input name=sfz>验证码<input name=yzm><button>查询</button></form>"
FOREIGN = "https://a.example/"


def verdict(html: str, context: Context, url: str = FOREIGN) -> Verdict:
    return assess(Page.from_html(html, url), context).impersonation


@pytest.mark.parametrize("organ", ["银河省教育考试院", "银河省招生考试委员会办公室", "银河县应急管理局"])
def test_a_name_alone_accuses_no_school_or_institute(organ: str, context: Context) -> None:
    html = f'<title>{organ}</title><meta name=SiteName content="{organ}"><h1>{organ}</h1>{FORM}'
    assert verdict(html, context, "https://zk.yinhe.edu.cn/").level is Level.CLEAR
    assert verdict(html, context).level is Level.FLAG


def test_who_says_to_be_elsewhere_is_accused_on_a_schools_host_too(context: Context) -> None:
    html = f'<title>应急管理部</title><meta name=SiteDomain content="www.mem.gov.cn">{FORM}'
    found = verdict(html, context, "https://zk.yinhe.edu.cn/upload/x.html")
    assert (found.level, found.imitates) == (Level.FLAG, "应急管理部")


def test_a_listed_site_is_copied_on_a_schools_host_too(context: Context) -> None:
    html = f"<title>中国高等教育学生信息网</title>{FORM}"
    found = verdict(html, context, "https://zk.yinhe.edu.cn/upload/x.html")
    assert (found.level, found.imitates) == (Level.FLAG, "中国高等教育学生信息网")


@pytest.mark.parametrize(
    "html",
    [
        # a bureau and a newspaper are hosts together
        "<title>应急专栏-银河融媒</title><footer>主办单位：银河市应急管理局、银河市融媒体中心</footer>",
        # a footer quoted below an article
        (
            "<title>关于电子证照的通知 - 安途资讯</title><img alt=安途资讯>"
            "<p>主办单位：应急管理部办公厅 网站标识码：bm34000003（原文页脚）</p>"
        ),
        # a page's source shown on a page
        "<title>接口分析-银河博客</title><pre>&lt;div&gt;主办单位：中华人民共和国应急管理部 版权所有</pre>",
        # a template on sale
        (
            f"<title>政府网站模板预览</title><h1>某某县应急管理局</h1>{FORM}"
            "<footer>主办单位：某某县应急管理局 标识码：0000000000</footer>"
        ),
        # whose approval is claimed
        "<title>星城大学</title><footer>版权所有：星城大学 教育部批准 应急管理部备案</footer>",
    ],
)
def test_what_is_told_of_an_organ_is_not_said_as_it(html: str, context: Context) -> None:
    assert verdict(html, context).level is not Level.FLAG


@pytest.mark.parametrize(
    ("html", "whom"),
    [
        ("<title>电子证照</title><p>本电子证照由国家政务服务平台提供</p><p>查询结果：真实有效</p>", "国家政务服务平台"),
        ("<title>缴费</title><p>执收单位：银河省应急管理厅考试中心</p><p>微信支付</p>", "应急管理厅"),
        (
            "<title>正在跳转至国家安全生产考试官网...</title><script>location.replace('http://b.example/')</script>",
            "应急管理部",
        ),
        (f"<title>学信网学历查询入口</title>{FORM}", "高等教育学生信息网"),
        (f"<title>国 家 安 全 生 产 監 督 管 理 總 局 - 證 書 查 詢</title>{FORM}", "应急管理部"),
        (f"<title>国家应急管理平台</title>{FORM}", "应急管理部"),
        ("<script>document.title='应急管理部';document.body.innerHTML='<div>应急管理部</div>'</script>", "应急管理部"),
        (
            "<title>办事</title><img src=https://yjt.yinhe.gov.cn/logo.png><footer>网站标识码：9900000041</footer>",
            "yinhe.gov.cn",
        ),
    ],
)
def test_ways_to_say_whose_page_it_is(html: str, whom: str, context: Context) -> None:
    found = verdict(html, context)
    assert found.level is Level.FLAG
    assert whom in found.imitates


@pytest.mark.parametrize(
    ("path", "level", "whom"),
    [
        ("abnews.wenming.cn/", Level.FLAG, "中国文明网"),
        ("art.yinhe.edu.cn/", Level.WATCH, "银河师范大学"),
        ("notes/", Level.CLEAR, ""),
    ],
)
def test_a_repository_is_named_after_what_it_copies(path: str, level: Level, whom: str, context: Context) -> None:
    title = "中国文明网" if "wenming" in path else "教师介绍-银河师范大学"
    found = verdict(f"<title>{title}</title><p>{'正文' * 60}</p>", context, f"https://somebody.github.io/{path}")
    assert (found.level, found.imitates) == (level, whom)
    if level is Level.WATCH:
        assert found.cls == strings.FAKE_OTHER


JOURNAL = """<title>银河安全学报</title><h1>银河安全学报</h1><form>用户名<input>密码<input type=password></form>
<footer>主管单位：应急管理部 主办单位：中国安全生产科学研究院 版权所有 银ICP备05000000号</footer>"""


def test_whose_periodical_it_is_does_not_flag_it(context: Context) -> None:
    assert verdict(JOURNAL, context).level is Level.WATCH
    nobodys = JOURNAL.replace("学报", "平台")
    assert verdict(nobodys, context).level is Level.FLAG


def test_what_ends_a_title_and_names_the_company_of_the_heading_is_a_name(context: Context) -> None:
    asked = "<form>防伪码<input><button>查询</button></form><p>国家市场监督管理总局 缺陷产品召回 12315</p>"
    makers = f"<title>产品合格证查询_银威焊接设备</title><h1>银威焊接设备有限公司</h1><h2>产品合格证查询</h2>{asked}"
    assert verdict(makers, context).level is Level.CLEAR


def test_a_query_under_an_organs_masthead_is_watched_whoever_signs_it(context: Context) -> None:
    html = f"<title>特种作业证书查询</title><img alt=银河省应急管理厅>{FORM}<footer>银河建设教育协会</footer>"
    assert verdict(html, context).level is Level.WATCH


def test_a_word_that_every_site_has_is_nobodys_name(context: Context) -> None:
    hosts = "<center>主办单位：国家安全生产监督管理总局 培训中心</center>"
    assert verdict(f"<title>特种作业证书查询系统</title>{FORM}{hosts}", context).level is Level.FLAG
    assert verdict(f"<title>国家安全生产监督管理总局 培训中心</title>{FORM}", context).level is Level.FLAG


@pytest.mark.parametrize("number", ["", " 银ICP备05000001号", " 银ICP备05000001号 地址：银河市", " 银公网安备 1号"])
def test_an_organ_hosts_a_site_beside_the_sites_numbers(number: str, context: Context) -> None:
    html = f"<title>某页</title><table><tr><td>银河省应急管理厅主办{number}</td></tr></table>"
    assert [signal.quote for signal in verdict(html, context).signals][:1] == [f"银河省应急管理厅主办{number}"]
    told = "<title>某页</title><footer>银河省应急管理厅主办的竞赛昨日开幕</footer>"
    assert not verdict(told, context).signals


def test_a_name_in_title_and_footer_alone_does_not_lighten_a_query_under_an_organs_masthead(context: Context) -> None:
    html = f"<title>查询结果 - 银河技工学校</title><h1>国家市场监督管理总局</h1>{FORM}"
    assert verdict(html, context).level is Level.WATCH
    assert verdict(f"{html}<footer>银河技工学校</footer>", context).level is Level.WATCH
