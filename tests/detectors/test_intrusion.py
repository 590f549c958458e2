"""An offer on somebody else's host: a class of its own for organs and for schools, none for anybody else."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from detectors import strings
from detectors.base import Level, Verdict
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess

OFFER = (
    "<title>学院要闻</title><h1>电工证焊工证快速办理</h1>"
    "<p>特种作业操作证免考代办，不用培训不用考试，人不到场，三天出证，先拿证后付款，官网可查。</p>"
    "<p>联系电话 14200001234，微信 zs_lian_xi_9。</p>"
)
NOTICE = "<title>学院要闻</title><p>我院学生须本人参加特种作业操作证的培训和考试，谨防“免考代办”骗局。</p>"


def selling(html: str, url: str, context: Context) -> Verdict:
    found = assess(Page.from_html(html, url), context)
    assert not [error for error in found.errors if error.detector == "intrusion"]
    return found.selling


@pytest.mark.parametrize(
    ("url", "cls"),
    [
        ("https://www.invented.gov.cn/x.html", strings.INTRUDED),
        ("https://jw.invented-college.edu.cn/x.html", strings.PLANTED),
        ("https://lab.invented.ac.cn/x.html", strings.PLANTED),
    ],
)
def test_an_offer_on_such_a_host_is_of_its_own_class(url: str, cls: str, context: Context) -> None:
    verdict = selling(OFFER, url, context)
    assert (verdict.level, verdict.cls) == (Level.FLAG, cls)
    (planted,) = [one for one in verdict.signals if one.detector == "intrusion"]
    assert "植入" in planted.reason


def test_the_school_is_not_accused(context: Context) -> None:
    verdict = selling(OFFER, "https://jw.invented-college.edu.cn/x.html", context)
    assert any("不表示该机构参与" in one.reason for one in verdict.signals)


@pytest.mark.parametrize("url", ["https://www.invented-edu-cn.top/", "https://edu.cn.invented.top/"])
def test_a_seller_with_such_a_word_in_the_name_is_a_seller(url: str, context: Context) -> None:
    verdict = selling(OFFER, url, context)
    assert verdict.level is Level.FLAG
    assert verdict.cls not in (strings.PLANTED, strings.INTRUDED)


def test_a_schools_own_warning_is_no_intrusion(context: Context) -> None:
    assert selling(NOTICE, "https://jw.invented-college.edu.cn/", context).level is not Level.FLAG


def test_a_hospital_is_known_by_its_entry(tmp_path: Path) -> None:
    entry = 'host = "invented-hospital.com"\nkind = "hospital"\nowner = "某"\nreason = "自"\nexpires = "2027-12-31"'
    (tmp_path / "policy.toml").write_text(f"[[known_good]]\n{entry}\n", encoding="utf-8")
    office = Context.build(config.load(tmp_path))
    verdict = selling(OFFER, "https://www.invented-hospital.com/news/1.html", office)
    assert (verdict.level, verdict.cls) == (Level.FLAG, strings.PLANTED)
