"""The make of a page: what is noted, what everybody uses, and a kit known again on a new host."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from detectors import kit_rows
from detectors.base import Axis, Signal, Trace
from detectors.context import Context
from detectors.features import Page
from detectors.judge import judge_pending
from detectors.kit_rows import Confirmed
from detectors.kits import MAKE, Kit, kits, make
from detectors.known import Known
from detectors.masking import link
from detectors.skeleton import bands, runs, sketch
from detectors.strings import TIE_NAMES
from tests.crawlers.keeping import exchange, house, page, task

KEY = b"k" * 32
SCRIPT = """function chk(f){var n=f.certNo.value;if(n.length<18){alert('证号不对');return false;}
f.tk.value=n+'|'+Date.now();f.lastChild.checked=true;f.submit();}"""
KIT = """<html><head><title>TITLE</title><!-- tpl zscx v2 by invented -->
<link rel=stylesheet href="/tpl/zscx/q.css"><script src="/tpl/zscx/q.min.js"></script>
<script src="/js/jquery.min.js"></script><script>SCRIPT</script></head>
<body class="zs-page wide"><div class="zs-head blue"><b class="zs-logo em">核验</b></div>
<form action="/zscx/do_query.php"><div class="row-a line"><input name=certNo></div>
<div class="row-b line"><input name=holderXm></div><div class="row-c"><input name=code></div></form>
<div class="zs-foot small">FOOT</div><a href="/zsadmin/">管理</a></body></html>""".replace("SCRIPT", SCRIPT)


def page_of(title: str, foot: str = "某站") -> str:
    return KIT.replace("TITLE", title).replace("FOOT", foot)


def traced(html: str, url: str = "https://a.example/") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for trace in make(Page.from_html(html, url)):
        found.setdefault(trace.kind, []).append(trace.value)
    return found


def test_paths_fields_scripts_classes_and_comments_are_noted() -> None:
    found = traced(page_of("甲", "乙"))
    assert found["asset"] == ["/tpl/zscx/q.css", "/tpl/zscx/q.min.js"]
    assert found["fields"] == ["certno,holderxm,code"]
    assert found["action"] == ["/zscx/do_query.php"]
    assert found["admin"] == ["/zsadmin/"]
    assert found["comment"] == ["tpl zscx v2 by invented"]
    assert len(found["snippet"]) == len(found["classes"]) == 1
    assert set(found) <= MAKE <= set(TIE_NAMES)


def test_the_make_is_the_same_whatever_stands_in_it() -> None:
    first, second = (traced(page_of(t, t * 30), f"https://{t}.example/") for t in ("one", "two"))
    assert first == second


def test_other_strings_and_numbers_leave_a_snippet_as_it_is() -> None:
    other = KIT.replace("证号不对", "请重新输入").replace("n.length<18", "n.length<15")
    assert traced(other)["snippet"] == traced(KIT)["snippet"]


def test_what_everybody_uses_and_what_stands_elsewhere_is_not_noted() -> None:
    html = """<script src="https://cdn.example/x.js"></script><script src="/js/jquery-3.6.0.min.js"></script>
<link rel=stylesheet href="/css/style.css"><!--[if lt IE 9]><![endif]--><!-- footer -->
<form><input name=username><input name=password></form>
<script>var _hmt=[];(function(){var hm=document.createElement("script");
hm.src="https://hm.baidu.com/hm.js?0123456789abcdef0123456789abcdef";
var s=document.getElementsByTagName("script")[0];s.parentNode.insertBefore(hm,s);})();</script>"""
    assert traced(html) == {}


def test_the_sites_icon_is_known_by_its_bytes() -> None:
    page = Page.from_html("<p>某页", "https://a.example/")
    page.favicon = b"\0\0\1\0icon"
    (trace,) = make(page)
    assert (trace.kind, trace.where, len(trace.value)) == ("favicon", "image", 64)
    assert trace.value.startswith(trace.shown)


def test_a_text_has_no_make(context: Context) -> None:
    assert make(Page.from_text("焊工证")) == ()
    assert list(kits(Page.from_text("焊工证"), context)) == []


ROW = "<div class=item><h3><a href=#>标题</a></h3><p>文字<b>重点</b></p><ul><li>一</li><li>二</li></ul></div>"
FRAME = "<table><tr><td>{}</td><td><dl><dt>甲</dt><dd>乙</dd></dl></td></tr></table>"
BLOCKS = "".join(f"<section>{'<div>' * n}<p>段</p>{'</div>' * n}<h2>题</h2></section>" for n in range(1, 9))


def test_structure_does_not_count_repetitions_emphasis_and_scripts() -> None:
    short, long = FRAME.format(ROW * 3), FRAME.format(ROW * 40).replace("<b>", "").replace("</b>", "<script></script>")
    assert runs(short) == runs(long)
    assert runs("<p>短") == frozenset()


def test_nearly_equal_structures_share_most_bands_and_others_none() -> None:
    whole = runs(BLOCKS + FRAME.format(ROW))
    near = runs(BLOCKS + FRAME.format(ROW) + "<hr><p>多一行</p>")
    other = runs(
        "".join(f"<ul>{'<li>x</li>' * n}<li><a><img></a></li><ol></ol></ul><nav></nav>" for n in range(1, 20)) * 2
    )
    assert len(set(bands(whole)) & set(bands(near))) >= 6
    assert not set(bands(whole)) & set(bands(other))
    assert bands(runs(ROW)) == ()
    assert sketch([3, 1, 2]) == (1, 2, 3)


def kit(axis: Axis = Axis.IMPERSONATION) -> Kit:
    traces = make(Page.from_html(page_of("甲", "乙"), "https://old.example/"))
    features = {link(trace.kind, trace.value, KEY): trace.kind for trace in traces}
    return Kit("A-000009", "仿冒查询页", "应急管理部", axis, frozenset({"site:old.example"}), features)


def recognised(html: str, url: str, *known: Kit) -> list[Signal]:
    context = Context.build(config.load(), key=KEY, known=Known(kits=known))
    return [one for one in kits(Page.from_html(html, url), context) if isinstance(one, Signal)]


def test_a_kit_is_known_again_on_a_new_host() -> None:
    (signal,) = recognised(page_of("丙", "丁"), "https://new.example/", kit())
    assert (signal.cls, signal.imitates, signal.axis) == ("仿冒查询页", "应急管理部", Axis.IMPERSONATION)
    assert signal.weight >= config.load().policy.thresholds.impersonation.flag
    assert "A-000009" in signal.reason
    assert "100%" in signal.reason


@pytest.mark.parametrize("url", ["https://old.example/x", "https://www.invented.gov.cn/", "https://www.baidu.com/"])
def test_the_case_itself_and_official_hosts_are_not_accused(url: str) -> None:
    assert recognised(page_of("丙", "丁"), url, kit()) == []


def test_half_a_kit_is_watched_and_one_mark_is_nothing() -> None:
    html = (
        '<script src="/tpl/zscx/q.min.js"></script><form action="/zscx/do_query.php"></form><a href="/zsadmin/">x</a>'
    )
    (signal,) = recognised(html, "https://new.example/", kit())
    policy = config.load().policy.thresholds.impersonation
    assert policy.watch <= signal.weight < policy.flag
    assert recognised('<a href="/zsadmin/">x</a>', "https://new.example/", kit()) == []


def test_a_sellers_template_accuses_nobody_by_itself() -> None:
    (signal,) = recognised(page_of("丙", "丁"), "https://new.example/", kit(Axis.SELLING))
    policy = config.load().policy.thresholds.selling
    assert policy.watch <= signal.weight < policy.flag


def test_kits_are_no_part_of_the_digest() -> None:
    plain = Context.build(config.load(), key=KEY)
    assert Context.build(config.load(), key=KEY, known=Known(kits=(kit(),))).digest == plain.digest


def test_a_kit_is_read_from_the_store_without_what_innocents_show(tmp_path: Path) -> None:
    keyed = Context.build(config.load(), key=KEY)
    fake = page_of("证书查询", "主办单位：应急管理部　网站标识码：bm55000001")
    innocent = '<title>花店</title><link rel=stylesheet href="/tpl/zscx/q.css"><p>鲜花绿植</p>'
    with house(tmp_path / "data") as made:
        for url, html in (("http://fake.example/", fake), ("http://flowers.example/", innocent)):
            made.keep(page(task(url), exchange(url, html.encode())))
        judge_pending(made.store, made.archive, keyed)
        case = Confirmed("A-000001", "仿冒查询页", "应急管理部", Axis.IMPERSONATION, frozenset({"site:fake.example"}))
        nothing = Confirmed("A-000002", "仿冒查询页", "", Axis.IMPERSONATION, frozenset({"listing:xianyu:1"}))
        with made.store.read() as connection:
            (read,) = kit_rows.load(connection, [case, nothing])
    own = {link(one.kind, one.value, KEY) for one in make(Page.from_html(fake, "http://fake.example/"))}
    assert set(read.features) == own - {link("asset", "/tpl/zscx/q.css", KEY)}


def test_traces_of_a_page_come_with_its_assessment(context: Context) -> None:
    found = [one for one in kits(Page.from_html(KIT, "https://a.example/"), context) if isinstance(one, Trace)]
    assert {one.where for one in found} == {"html"}
