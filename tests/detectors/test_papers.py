"""Query pages that say no name are named after whose papers they pretend to check."""

from __future__ import annotations

import pytest

from detectors.base import Level
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess

FORM = "<form>姓名<input name=xm>证件号码<input name=zjhm>验证码<input name=yzm><button>查询</button></form>"


@pytest.mark.parametrize(
    ("title", "whom"),
    [
        ("电工证书查询", "应急管理部"),
        ("注册安全工程师证书查询", "应急管理部"),
        ("一级建造师注册证书查询", "住房和城乡建设部"),
        ("职业技能等级证书查询", "人力资源和社会保障部"),
        ("医师资格证书查询", "国家卫生健康委员会"),
        ("道路运输从业资格证件信息查询", "交通运输部"),
        ("普通话水平测试成绩查询", "教育部"),
        ("全国硕士研究生招生考试初试成绩查询系统", "研究生招生"),
    ],
)
def test_a_form_for_papers_of_a_body_poses_as_it(title: str, whom: str, context: Context) -> None:
    found = assess(Page.from_html(f"<title>{title}</title>{FORM}", "https://a.example/"), context).impersonation
    assert found.level is Level.FLAG
    assert whom in found.imitates
    assert title in "".join(signal.reason for signal in found.signals)


@pytest.mark.parametrize(
    "html",
    [
        f"<title>电工证书查询 - 银河职业培训学校</title><div class=logo><img alt=银河职业培训学校></div>{FORM}",
        f"<title>会员证书查询</title><h1>银河焊接协会</h1><img alt=银河焊接协会>{FORM}",
        "<title>建造师证书怎么查询？方法大全</title><p>第一步</p>",
        "<title>电工证书查询</title><p>" + "介绍" * 300 + "</p>",
    ],
)
def test_who_has_a_name_of_his_own_or_asks_nothing_does_not(html: str, context: Context) -> None:
    assert assess(Page.from_html(html, "https://a.example/"), context).impersonation.level is Level.CLEAR
