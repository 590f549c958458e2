"""Clones of a collected page: whole, partial and none, by structure and identity together."""

from __future__ import annotations

import re

import pytest

import config
from detectors import strings
from detectors.base import Level, Signal
from detectors.clones import clones, nearest
from detectors.context import Context
from detectors.features import Page
from detectors.fingerprints import Fingerprint, Reference, fingerprint, plain
from detectors.known import Known
from detectors.runner import assess

SITE = next(one for one in config.load().official.sites if one.status == "current" and one.name == "应急管理部")
URL = f"https://{SITE.host}/"
NAVIGATION = "".join(f"<li><a href=/c{n}/>栏目{name}</a></li>" for n, name in enumerate("甲乙丙丁戊己"))
NEWS = "".join(
    f"<div class=item><h3><a href=/a{n}.html>第{name}项工作部署会议召开</a></h3><p>会议要求落实责任。</p></div>"
    for n, name in enumerate("一二三四五六七八")
)
ORIGINAL = f"""<html><head><title>应急管理部</title></head><body>
<div class=header><img src=logo.png alt=中华人民共和国应急管理部><h1>应急管理部</h1></div>
<ul class=nav>{NAVIGATION}</ul><div class=main><table><tr><td>{NEWS}</td>
<td><dl><dt>专题</dt><dd>安全生产月活动专题</dd></dl></td></tr></table></div>
<div class=footer><p>主办单位：应急管理部</p><p>承办单位：应急管理部新闻宣传司　技术支持：某数据中心</p>
<p>版权所有 2025 未经授权禁止镜像</p></div></body></html>"""
ARTICLE = f"""<html><head><title>银河晚报</title></head><body><div class=top><span>银河晚报</span></div>
<article><h2>要闻</h2><section>{re.sub("<[^>]*>", " ", NEWS)}</section></article>
<div class=footer><p>银河晚报社版权所有</p></div></body></html>"""
OTHER_ORGAN = ORIGINAL.replace("应急管理部", "银河省水利厅").replace("新闻宣传司", "办公室")
PARTIAL = f"""<html><head><title>应急管理部</title></head><body><div><div><p>低价出售钢材</p></div></div>
<ul class=nav>{NAVIGATION}</ul><div class=main><table><tr><td>{NEWS}</td></tr></table></div>
<section><ol><li>螺纹钢</li></ol></section><div class=footer><p>主办单位：应急管理部</p><p>联系我们：钢材经营部</p>
<p>版权所有 2026 未经授权禁止镜像</p></div></body></html>"""


def reference(html: str = ORIGINAL, **changes: object) -> Reference:
    named: dict[str, object] = {"id": 1, "site_id": SITE.id, "name": SITE.name, "url": URL, "version": 2}
    named |= {"capture_id": 7, "added_at": "2026-11-21T00:00:00.000Z"}
    return Reference(**{**named, "fingerprint": fingerprint(Page.from_html(html, URL)), **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def knowing() -> Context:
    return Context.build(config.load(), known=Known(references=(reference(),)))


def found(html: str, url: str, context: Context) -> list[Signal]:
    return [one for one in clones(Page.from_html(html, url), context) if isinstance(one, Signal)]


def test_a_copy_is_named_measured_and_quoted(knowing: Context) -> None:
    (signal,) = found(ORIGINAL.replace("2025", "2026"), "https://www.invented-copy.top/", knowing)
    assert (signal.cls, signal.imitates) == (strings.FAKE_SITE, SITE.name)
    assert signal.weight >= knowing.thresholds.impersonation.flag
    assert all(part in signal.reason for part in (URL, "第 2 版", "C-00000007", "结构 100%", "身份文字 100%"))
    assert signal.quote == "承办单位：应急管理部新闻宣传司　技术支持：某数据中心"


def test_a_copy_makes_the_verdict(knowing: Context) -> None:
    verdict = assess(Page.from_html(ORIGINAL, "https://www.invented-copy.top/"), knowing).impersonation
    assert (verdict.level, verdict.imitates) == (Level.FLAG, SITE.name)


@pytest.mark.parametrize("url", [URL, "https://www.invented.gov.cn/", "https://www.baidu.com/s", ""])
def test_official_and_known_hosts_and_pages_from_nowhere_are_no_clones(url: str, knowing: Context) -> None:
    assert found(ORIGINAL, url, knowing) == []


@pytest.mark.parametrize(
    "html", [ARTICLE, OTHER_ORGAN, "<p>应急管理部</p>"], ids=["repost", "same template", "mention"]
)
def test_text_alone_and_template_alone_are_no_clones(html: str, knowing: Context) -> None:
    assert found(html, "https://www.invented-other.com/", knowing) == []


def test_a_part_of_the_page_is_watched(knowing: Context) -> None:
    (signal,) = found(PARTIAL, "https://www.invented-part.top/", knowing)
    assert knowing.thresholds.impersonation.watch <= signal.weight < knowing.thresholds.impersonation.flag
    assert "一部分" in signal.reason


def test_a_copied_query_page_is_a_query_page() -> None:
    form = "<form><label>姓名</label><input name=a><label>证件号码</label><input name=b><button>查询</button></form>"
    asking = ORIGINAL.replace("<table>", form + "<table>")
    context = Context.build(config.load(), known=Known(references=(reference(asking),)))
    (signal,) = found(asking, "https://www.invented-copy.top/", context)
    assert signal.cls == strings.FAKE_QUERY


def test_the_nearest_reference_is_named() -> None:
    far = reference(PARTIAL, id=2, url=URL + "old", version=1)
    context = Context.build(config.load(), known=Known(references=(far, reference())))
    (signal,) = found(ORIGINAL, "https://www.invented-copy.top/", context)
    assert f"{URL}（" in signal.reason
    near = {one.reference.id: one for one in nearest(Page.from_html(ORIGINAL, ""), context.known.references, context)}
    assert near[2].structure < near[1].structure


def test_a_page_without_structure_compares_with_nothing() -> None:
    thin = reference(fingerprint=Fingerprint((1, 2, 3), (), ("应急管理部",), asks=False))
    context = Context.build(config.load(), known=Known(references=(thin,)))
    assert found(ORIGINAL, "https://www.invented-copy.top/", context) == []


def test_references_are_part_of_what_a_judgement_rests_on(knowing: Context) -> None:
    assert knowing.digest != Context.build(knowing.config).digest


def test_years_and_signs_are_no_words() -> None:
    assert plain("版权所有 ©2025-2026　某局") == "版权所有某局"
