"""Every paper of every sender and recipient: what it says, that its three forms say the same, what blocks it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from config.loader import Config
from config.schema_agencies import SENDERS
from crawlers.records import FetchProfile, Origin
from review.case_facts import asked
from review.packets import strings
from review.packets.facts import DERIVED, PacketBlocked, facts, field_rows
from review.packets.papers.composing import NoSuchPaper, composer
from review.packets.source import (
    CampaignFacts,
    DecisionFacts,
    Excerpt,
    Genuine,
    OfficeFacts,
    PacketSource,
    TieFacts,
)
from tests.review.packets import world
from tests.review.packets.bench import unpacked
from tests.review.packets.reading import bare, docx_pieces, json_pieces, papers_of, pdf_text

RARE = "堃喆赟𠮷 xn--fiq228c.example 中文.example Ελληνικά кириллица 한국어"
Built = Callable[[str, str], dict[str, bytes]]
OFFICES = {"cac": "示例县互联网信息办公室", "safety_committee": "示例县安委办", "market": "示例县市场监督管理局"}
CAMPAIGN = CampaignFacts(
    label="K-000003",
    subjects=(f"site:{world.HOST}", "site:cx-2.example", "listing:xianyu:7"),
    ties=(
        TieFacts(name="微信号", shown="wx****-0", subjects=(f"site:{world.HOST}", "listing:xianyu:7"), carriers=2),
        TieFacts(name="网站图标", shown="a1b2", subjects=(f"site:{world.HOST}", "site:cx-2.example"), carriers=3),
    ),
    cases={"site:cx-2.example": "A-000009"},
)


def rich(agency: str, sender: str, **changes: Any) -> PacketSource:
    """A source with everything that papers can show."""
    start = f"http://{world.HOST}/"
    desktop = world.material(1, [world.exchange(start)], (world.png(40, 90),), origin=Origin.BROWSER)
    phone = world.material(
        2, [world.exchange(start)], (world.png(30, 60),), origin=Origin.BROWSER, profile=FetchProfile.PHONE
    )
    genuine = Genuine(
        name="应急管理部",
        url="https://cx.mem.gov.cn/",
        title="查询平台",
        capture="C-00000900",
        fetched_at=world.FETCHED_AT,
        sha256="0" * 64,
        picture=world.png(50, 70, 120),
    )
    values: dict[str, Any] = {
        "agency": agency,
        "law": world.law(agency),
        "office": OfficeFacts(OFFICES[sender], sender, "示例县"),
        "captures": (desktop, phone),
        "genuine": (genuine,),
        "excerpts": (
            Excerpt("C-00000001", "证件可查，", "免考包过", "，联系微信", "页面承诺不用考试即可取得操作证。"),
        ),
        "campaigns": (CAMPAIGN,),
        "neighbours": ("bystander.example",),
        "fields": {"registrar": "某注册商", "hosting_country": "境外"},
    }
    return world.source(**{**values, **changes})


def files_of(source: PacketSource, folder: Path) -> dict[str, bytes]:
    return unpacked(world.make(source, world.make_key(folder)).content)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], dict[str, bytes]]:
    """The rich packet of a sender for a recipient, built once."""
    folder = tmp_path_factory.mktemp("routes")
    return cache(lambda agency, sender: files_of(rich(agency, sender), folder))


ROUTES = [(agency, sender) for agency in ("cac", "market", "police", "operator") for sender in SENDERS]


@pytest.mark.parametrize(("agency", "sender"), ROUTES)
def test_three_forms_say_the_same(agency: str, sender: str, built: Built) -> None:
    """PDF, DOCX and JSON of every paper of one packet, compared text by text."""
    files = built(agency, sender)
    form = next(paper for paper in Config().agencies[agency].papers if paper.id == sender)
    papers = papers_of(files)
    assert len(papers) == len(form.documents)
    for paper in papers:
        pieces = [found for piece in json_pieces(paper) if (found := bare(piece))]
        written = [found for piece in docx_pieces(files[f"{paper['file']}.docx"]) if (found := bare(piece))]
        assert Counter(written) == Counter(pieces), paper["file"]
        shown = pdf_text(files[f"{paper['file']}.pdf"])
        for piece in pieces:
            assert piece in shown or all(part in shown for part in broken(piece)), (paper["file"], piece)
        length = sum(map(len, pieces))
        assert length <= len(re.sub(r"—\d+—", "", shown)) <= length + repeated(paper), paper["file"]


def broken(piece: str) -> list[str]:
    """A text that runs over a page has the page's number in it: its halves still stand there."""
    return [piece[start : start + 12] for start in range(0, len(piece) - 12, 40)] or [piece[:4]]


def repeated(paper: dict[str, Any]) -> int:
    """Headings of tables come again on each page: what a PDF may show beyond the text of its paper."""
    heads = [sum(map(len, block["head"])) for block in paper["blocks"] if block["kind"] == "table"]
    return 12 * sum(heads) + 4


@pytest.mark.parametrize(("agency", "sender"), ROUTES)
def test_what_every_letter_says(agency: str, sender: str, built: Built) -> None:
    files = built(agency, sender)
    form = next(paper for paper in Config().agencies[agency].papers if paper.id == sender)
    letter = papers_of(files)[0]
    for one in papers_of(files):
        assert "草稿" in "".join(json_pieces(one)), one["file"]
    text = bare("".join(json_pieces(letter)))
    assert letter["file"] == f"00_{form.document}"
    for said in ("草稿", "机器评分仅供参考", "本件不能证明", "待核", OFFICES[sender], "承办人二", "免考包过"):
        assert said in text, said
    assert "{" not in text
    for name in form.copies:
        assert name in text
    marked = [run for block in letter["blocks"] for run in block.get("runs", ()) if run[1] == "mark"]
    assert marked == [["免考包过", "mark"]]


def paper(files: dict[str, bytes], name: str) -> str:
    found = next(one for one in papers_of(files) if name in one["file"])
    return bare("".join(json_pieces(found)))


def test_a_county_office_reports_upward(built: Built) -> None:
    files = built("cac", "cac")
    text = paper(files, "处置请示")
    assert "上级网信部门:" in text
    assert "妥否,请批示" in text
    assert "示例县互联网信息办公室:" not in text
    assert "省通信管理局" in text


def test_a_target_says_where_it_is_and_what_is_asked(built: Built) -> None:
    text = paper(built("cac", "safety_committee"), "处置对象清单")
    for said in ("某注册商", "境外", "阻断传播", "bystander.example", f"主机名:{world.HOST}", "C-00000001"):
        assert said in text or said.replace("主机名", "域名") in text, said
    assert "停止传输" not in text, "measures for a server at home are not asked of one abroad"


def test_unknown_place_asks_for_both(tmp_path: Path) -> None:
    text = paper(files_of(rich("cac", "safety_committee", fields={}), tmp_path), "处置对象清单")
    assert "停止传输" in text
    assert "阻断传播" in text


def test_the_five_papers_of_an_enforcement_organ(built: Built) -> None:
    names = [one["file"].partition("_")[2] for one in papers_of(built("police", "market"))]
    for name in ("涉嫌犯罪案件移送书", "调查报告（草稿）", "涉案物品清单", "提请认定函（草稿）", "其他材料清单"):
        assert name in names
    others = [one["file"].partition("_")[2] for one in papers_of(built("police", "cac"))]
    assert others[0] == "线索移送函"
    assert "调查报告（草稿）" not in others


def test_thresholds_allow_unknown_and_keep_what_was_counted(tmp_path: Path) -> None:
    fields = {"gain": "不详", "victims": "二十一人", "sites_count": "五个"}
    text = paper(files_of(rich("police", "cac", fields=fields), tmp_path), "情节要素统计表")
    for said in ("不详", "二十一人", "五个", "本系统已发现2个", "未必是全部", "待核"):
        assert said in text, said


def test_helpers_with_dates_of_notice(tmp_path: Path) -> None:
    fields = {"registrar": "某注册商", "registrar_notice": "2026年11月20日，函〔2026〕3号"}
    text = paper(files_of(rich("police", "cac", fields=fields), tmp_path), "服务提供者")
    assert "某注册商" in text
    assert "函〔2026〕3号" in text
    assert "未告知或无记录" in text


def test_every_counter_and_helper_can_be_supplied() -> None:
    police = Config().agencies["police"]
    ids = {field.id for field in asked(police)}
    assert {counter.id for counter in police.counters} <= ids
    assert {f"{helper.id}_notice" for helper in police.helpers} <= ids
    assert {helper.fact or helper.id for helper in police.helpers} <= ids


def listing(**changes: Any) -> PacketSource:
    fields = {"item_url": "http://shop.example/item/7", "seller": "无名店", "price": "238.00", "shop": "无名店 88"}
    return rich("market", "cac", subject="listing:xianyu:7", fields=fields, **changes)


def test_a_listing(tmp_path: Path) -> None:
    files = files_of(listing(), tmp_path)
    letter, facts = paper(files, "违法线索移送函"), paper(files, "管辖和违法事实")
    for said in ("xianyu", "http://shop.example/item/7", "无名店", "238.00"):
        assert said in letter
    for said in ("待补充,由平台经营者提供", "广告法", "免考包过", "另见于"):
        assert said in facts, said
    assert "xianyu" in paper(files, "协助调取函")
    assert "回执" in paper(files, "移交单")
    assert not any(name.startswith("lists/") for name in files)


def test_a_missing_decision_blocks_and_says_who_can_supply_it(tmp_path: Path) -> None:
    doubt = (DecisionFacts("2026-11-21T08:30:00.000Z", "张三", "存疑", ""),)
    for decisions in ((), doubt):
        with pytest.raises(PacketBlocked, match=r"人工复核结论（decision），可由本单位复核人员提供"):
            world.make(world.source(decisions=decisions), world.make_key(tmp_path))


def test_a_stale_look_blocks_a_request_to_block(tmp_path: Path) -> None:
    late = world.utc(world.datetime.fromisoformat(world.BUILT_AT) + world.timedelta(hours=25))
    with pytest.raises(PacketBlocked, match="24 小时内复查"):
        world.make(world.source(), world.make_key(tmp_path), built_at=late)
    seen = world.source(fields={"recheck_at": late})
    assert world.make(seen, world.make_key(tmp_path), built_at=late)
    market = world.source(agency="market")
    assert world.make(market, world.make_key(tmp_path), built_at=late)


def test_rare_characters_and_markup_survive(tmp_path: Path) -> None:
    hostile = '#panic("x") $1$ *b* [c] \\ <l> @ref // #read("/etc/passwd")'
    decision = DecisionFacts("2026-11-21T08:30:00.000Z", f"{RARE} 🫠\u202e", "属实", hostile)
    files = files_of(world.source(decisions=(decision,)), tmp_path)
    letter = papers_of(files)[0]["file"]
    for text in (pdf_text(files[f"{letter}.pdf"]), bare("".join(docx_pieces(files[f"{letter}.docx"])))):
        for word in RARE.split():
            assert bare(word) in text
        assert bare(hostile) in text
        assert "[U+1FAE0][U+202E]" in text


def test_a_paper_that_nothing_composes() -> None:
    with pytest.raises(NoSuchPaper, match="nonsense"):
        composer("nonsense")


def test_every_kind_named_in_a_recipients_file_is_composed() -> None:
    kinds = {kind for agency in Config().agencies.values() for form in agency.papers for kind in form.documents}
    for kind in kinds:
        assert callable(composer(kind))
    assert kinds - {"letter"} == set(strings.PAPERS)


def test_long_text_is_not_cut(tmp_path: Path) -> None:
    reason = "".join(f"第{n}段理由" for n in range(400))
    decision = replace(world.source().decisions[0], reason=reason)
    files = files_of(world.source(decisions=(decision,)), tmp_path)
    shown = re.sub(r"—\d+—", "", pdf_text(files["00_商请处置函.pdf"]))
    assert reason in shown


@pytest.mark.parametrize(
    ("night", "word"), [("watch-list", "观察名单"), ("import", "导入材料"), ("capture-1", "单独取证")]
)
def test_a_case_that_no_night_found_is_not_said_to_be_of_one(night: str, word: str, tmp_path: Path) -> None:
    papers = papers_of(files_of(rich("police", "market", opened_by=night), tmp_path))
    said = bare("".join(piece for one in papers for piece in json_pieces(one)))
    assert f"核查{word}时发现线索" in said and f"立案({word})" in said
    assert night not in said and "夜间监测" not in said


def test_what_is_derived_of_a_confirmed_case_is_in_its_facts() -> None:
    listing = replace(world.source(), subject="listing:xianyu:7")
    assert set(facts(listing)) >= DERIVED


def test_whom_a_site_poses_as_is_asked_only_where_it_poses_as_somebody() -> None:
    def labels(**changes: Any) -> set[str]:
        return {label for label, _ in field_rows(world.source(**changes), Config().agencies["cac"], "letter")}

    nobody = {
        **world.ASSESSMENT,
        "impersonation": {"verdict": "clear", "class": "未见异常", "score": 0.0, "signals": []},
    }
    assert "被假冒的单位" in labels()
    assert "被假冒的单位" not in labels(assessment=nobody)
    assert "被假冒的单位" not in labels(subject="listing:xianyu:7")
