"""What a promise is about: sentences, compounds, conditions, other trades, titles; how quotes and voices are shown."""

from __future__ import annotations

import pytest

from crawlers.records import Listing
from detectors import strings
from detectors.base import Assessment, Level
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess


def judged(text: str, context: Context) -> Assessment:
    found = assess(Page.from_text(text), context)
    assert not found.errors
    return found


@pytest.mark.parametrize(
    "text",
    [
        "中级工程师可免考公共科目。注意：低压电工证要考，三天后开考，电话14000000127。",
        "高空作业意外险免考察，人不用到场，十分钟出单，先出单后付款，承保持有登高证的师傅，微信 abc_12345",
        "焊工证翻译公证，不用本人到场，两天出证，先出样后付款，微信 abc_12345",
        "建筑企业资质代办，下证后付款，不成功不收费，微信 abc_12345",
        "驾校包过班，不过退费，四十天拿证，特种作业司机也可报名，电话14000000127",
        "班组公约：拒绝假证，不买免考电工证，不找人代考焊工证，三天一查。",
        "职工不通过网络购买免考焊工证，不租借操作证，现金押一百。",
        "代办免考电工证构成买卖国家机关证件罪，三天前刚判了一个，律师电话14000000127。",
        "电工证不用考试，交钱三天拿证。（×）",
        "加了个微信，说焊工证免考三天出证，后来发现是山寨网站，钱打了水漂。",
        "第一个说电工证免考四百块，第二个说先拿证后付款，都被我举报了。",
        "刷到焊工证免考先拿证后付款的广告，气笑了，已经举报。",
        "凭电工证办理临时门禁，无需本人到场，当天办好。",
        "电工证、焊工证专用皮套，来图定制，先看样后付款，微信 abc_12345",
        "焊工证电工证题库，不用看书，刷三天就行，加微信 abc_12345",
    ],
)
def test_an_innocent_is_not_accused(text: str, context: Context) -> None:
    assert judged(text, context).selling.level is not Level.FLAG


@pytest.mark.parametrize(
    "text",
    [
        "低压电工、焊工、登高四类卡，资料齐就行，不上课不进考场，系统有名再收钱",
        "没考试焊工证就下来了，查得到再给钱，想要的加他 abc_12345",
        "焊工证：需要本人参加考试吗？答：完全不用。查到名字之后再付。",
        "叉车司机证\n是否考试\n否\n价格\n550元",
        "高空证急用的来，有没有先拿证后付款的？有，我这就是，微信 abc_12345",
    ],
)
def test_a_paraphrased_offer_is_found(text: str, context: Context) -> None:
    assert judged(text, context).selling.level is Level.FLAG


@pytest.mark.parametrize(
    "text",
    [
        "焊工证 免k 三天出证",
        "焊工证 不用kao 三天出证",
        "dian gong zheng 电工证 mian kao, 微信 abc_12345",
        "焊工证，棉烤，三天出证",
        "电工证不永烤，三天出证",
        "电工证不去烤，看到再给米",
        "火 旱 工 讠 正 免考 三天出证",
    ],
)
def test_words_written_by_ear_are_read_and_shown_as_evasion(text: str, context: Context) -> None:
    verdict = judged(text, context).selling
    assert verdict.level is Level.FLAG
    assert any(signal.cls == strings.EVASION for signal in verdict.signals)


@pytest.mark.parametrize(
    "text", ["电工证补考免费一次，三天后考", "电工正在上课，不靠关系，三天后考", "焊工证办完事再走"]
)
def test_ordinary_words_of_the_same_sound_are_left_alone(text: str, context: Context) -> None:
    signals = judged(text, context).selling.signals
    assert not [signal for signal in signals if signal.detector == "wording"]


@pytest.mark.parametrize("text", ["焊工证 办理，不用考试，三天拿证", "焊工证\n办理 不用考试 三天拿证"])
def test_blanks_and_line_breaks_are_no_evasion(text: str, context: Context) -> None:
    verdict = judged(text, context).selling
    assert verdict.level is Level.FLAG
    assert not any(signal.cls == strings.EVASION for signal in verdict.signals)


def test_a_title_about_certificates_and_a_reachable_seller_are_one_offer(context: Context) -> None:
    html = (
        "<title>衡阳高空作业证哪里能快点办？</title><h1>衡阳高空作业证哪里能快点办？</h1><p>急。</p><p>提问者：小李</p>"
        "<p>最佳答案</p><p>我们没去考场，照片发过去八天就寄来了，看到了才转的钱，她微信 abc_12345</p>"
    )
    found = assess(Page.from_html(html, "https://wenda.example.net/q"), context)
    assert found.selling.level is Level.FLAG


def test_title_and_text_of_a_listing_are_one_offer(context: Context) -> None:
    offer = Listing(
        platform="p", item_id="1", title="电工证 急用的来", url="", text="不上课也不考，见本再给尾款", price="5"
    )
    assert assess(Page.from_listing(offer), context).selling.level is Level.FLAG


def test_a_comment_that_the_moderator_disowns_is_watched(context: Context) -> None:
    text = "游客：电工证免考代办，加V：abc_12345，三天出证\n博主：广告请走开，已举报"
    assert judged(text, context).selling.level is Level.WATCH


def test_one_offer_is_one_finding_quoted_in_whole_clauses(context: Context) -> None:
    text = "本店长期办理焊工证，全程不用考试，三天拿证，先拿证后付款。"
    found = judged(text, context).selling.signals
    signals = [one for one in found if one.detector == "wording" and one.cls == "承诺免考"]
    assert len(signals) == 1
    assert text[signals[0].end] in "，。"
    assert signals[0].start == 0 or text[signals[0].start - 1] in "，。"


def test_cards_of_many_trades_are_one_kind_of_paper(context: Context) -> None:
    text = "办理电工证、焊工证、登高证、叉车证、制冷证，加微信 abc_12345"
    assert all(one.cls != "伪造各类证件" for one in judged(text, context).selling.signals)


@pytest.mark.parametrize(
    ("title", "seller", "level"),
    [
        ("特种作业操作证保护套 电工证焊工证套 可印字", "小王制卡", "clear"),
        ("操作证卡片印制 扫码有效 联系微信", "小王制卡", "flag"),
        ("电工证代办 免考 三天出证", "小王卡套", "flag"),
    ],
)
def test_the_title_names_the_goods_whatever_the_shop_is_called(
    context: Context, title: str, seller: str, level: str
) -> None:
    offer = Listing(platform="taobao", item_id="1", title=title, url="https://x.example/1", seller=seller)
    assert assess(Page.from_listing(offer), context).selling.level == level


def test_words_in_columns_that_overlap_are_linked_without_a_fault(context: Context) -> None:
    columns = (
        "资【\n质市\n的应\n培急\n训管\n机理\n构局\n报】\n名您\n，的\n谨特\n防种\n“作\n免业\n考操\n包作\n过证\n”将\n诈于\n骗6\n，0\n"
        "举日\n报内\n请到\n拨复\n1审\n2期\n3，\n5请\n0到\n。有"
    )
    assert judged(columns, context).selling.level is not Level.FLAG
