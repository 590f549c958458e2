"""The manner of texts: what windows hold, how weights are read, learnt and shown; pitches beside rules."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import grams
from detectors.base import Level, Signal
from detectors.context import Context
from detectors.features import Page
from detectors.learning import FLAG_RATE, Example, fit, learn, written
from detectors.manner import AROUND, CONTACT, MARK, STRINGS, Manner, Window
from detectors.passages import CLOSE_CHARS, SENTENCE_CHARS, WINDOW_CHARS, Passages
from detectors.phonetics import codes_of, encoded, spelled
from detectors.pitch import pitches, said
from detectors.runner import assess
from detectors.wording import Reader
from review.teaching import of_rules
from tests.detectors.labelled import families, texts

OFFERS = [
    "工地查证的抓紧，电工焊工各剩俩名额，资料发过来，半个月寄到，扫得出名字再给尾款",
    "旧卡日期不够了发我，往后推三年，跟原来的一样，八十一张，当天弄好",
    "安全员继教不想听的把账号给我，一晚上满学时，人脸也过，三十一个",
]
HONEST = [
    "本校焊工班下周开课，理论两天实操三天，本人带身份证来报名，考试合格后由发证机关制证。",
    "民警提醒：凡是说不用考试、拿到证再付款的，都是骗子，请拨打110。",
    "求助各位，电工证到期了去哪里复审，要带什么资料？",
]


def windows(text: str, context: Context) -> list[Window]:
    return Passages(Reader.of(Page.from_text(text), context)).windows()


@pytest.mark.parametrize("text", OFFERS)
def test_an_offer_that_no_rule_foresaw_reads_as_one(text: str, context: Context) -> None:
    found = assess(Page.from_text(text), context).selling
    assert found.level is Level.FLAG
    assert any(signal.detector == "pitch" for signal in found.signals)


@pytest.mark.parametrize("text", HONEST)
def test_honest_words_do_not(text: str, context: Context) -> None:
    assert assess(Page.from_text(text), context).selling.level is Level.CLEAR


@pytest.mark.parametrize("text", OFFERS)
def test_a_pitch_quotes_a_sentence_and_words_of_the_text(text: str, context: Context) -> None:
    page = Page.from_text(f"通知公告\n{text}\n相关阅读")
    for signal in assess(page, context).selling.signals:
        assert signal.quote == page.text[signal.start : signal.end]
    first = pitches(Reader.of(page, context))[0]
    assert page.text[first.start : first.end] in text
    assert first.words and all(word in text for word in first.words)


def test_neither_contacts_nor_single_characters_are_its_words(context: Context) -> None:
    text = "电工证焊工证包出，免到场，一张六百元，满意付款，微信 abc_12345，电话14000000127"
    found = pitches(Reader.of(Page.from_text(text), context))[0].words
    assert found
    assert all(len(word) > 1 and not word.endswith(("12345", "00127")) for word in found)


def test_sentences_stand_together_until_they_make_a_window(context: Context) -> None:
    text = "电工证焊工证都能办。" * 45
    found = [window for window in windows(text, context) if window.end - window.start >= WINDOW_CHARS]
    assert found[0].start == 0 and found[-1].end == len(text)
    assert all(first.end == second.start for first, second in itertools.pairwise(found))
    assert all(WINDOW_CHARS <= window.end - window.start < 2 * WINDOW_CHARS for window in found[:-1])


def test_an_offer_among_other_sentences_is_weighed_without_them_too(context: Context) -> None:
    text = "今天天气很好，我们去公园散步。" * 4
    wide, *close = windows(f"{text}电工证免考，不用来人，身份证拍照发来就行，一周寄到家，看到了再付。{text}", context)
    assert close and all(wide.start <= one.start < one.end <= wide.end for one in close)
    assert all("电工证" in one.text and len(one.text) < 2 * CLOSE_CHARS for one in close)


def test_honest_words_around_a_part_take_some_of_its_weight(context: Context) -> None:
    honest = "据应急管理局介绍，理论和实操都要本人参加考试，八十分合格，每三年复审一次。"
    wide, part, _ = windows(f"{honest}电工证找我，不用考试，微信同号。{honest * 2}", context)
    alone, around = (context.manner.score(one) for one in (replace(part, within=None), wide))
    assert part.within is wide and around < 0
    assert context.manner.score(part) == pytest.approx(alone + AROUND * around)


def test_a_reporter_who_quotes_in_other_sentences_is_watched_at_most(context: Context) -> None:
    text = (
        "记者调查发现，有网店宣称“电工证免考，官网可查”，标价三百到八百元不等，买到的卡片背面印着查询网址，打开的网站也是假的。"
        "为了躲开审核，页面上不写办证，只写懂的来、可查可验。"
    )
    assert assess(Page.from_text(text), context).selling.level is not Level.FLAG


def test_what_nothing_ends_is_cut(context: Context) -> None:
    longest = max(end - start for window in windows("电工证" * 400, context) for start, end in window.sentences)
    assert longest == SENTENCE_CHARS


def test_of_a_long_text_only_what_could_be_sold_is_weighed(context: Context) -> None:
    text = "今天天气很好，我们去公园散步。" * 20
    assert windows(text, context) == []
    wide, close = windows(f"{text}电工证免考。{text}", context)
    assert wide.start <= close.start < close.end <= wide.end


def test_a_short_text_is_always_weighed(context: Context) -> None:
    assert len(windows("今天天气很好，我们去公园散步。", context)) == 1
    assert windows("", context) == []


def test_who_says_what_the_law_asks_for_is_watched_at_most(context: Context) -> None:
    eager = Context.build(context.config)
    eager.__dict__["manner"] = replace(context.manner, bias=9.0)
    lawful = pitches(Reader.of(Page.from_text("低压电工证要考，三天后开考，电话14000000127。"), eager))
    against = pitches(Reader.of(Page.from_text("别人要考，我们免考，低压电工证，电话14000000127。"), eager))
    assert lawful[0].strength <= 0.5 < against[0].strength


@pytest.mark.parametrize(
    "text",
    [
        "面包店 新鲜出炉 联系我们 点这里",
        "减肥产品 无效退款 快速见效 加微信领取试用",
        "本店专营男装女装，款式新颖，价格优惠，欢迎选购，联系我们",
        "宠物狗 疫苗齐全 可视频看狗 货到付款 全国空运",
    ],
)
def test_nobody_is_accused_for_the_tone_alone(text: str, context: Context) -> None:
    """A shop that names nothing of the trade is watched at most, however it praises its goods."""
    assert assess(Page.from_text(text), context).selling.level is not Level.FLAG


def test_words_of_somebody_else_are_weighed_apart(context: Context) -> None:
    own = windows("电工证不用考试", context)[0]
    quoted = windows("对方说：“电工证不用考试”", context)[0]
    assert "#exempt" in own.marks and "#exempt" not in quoted.marks
    assert "#~exempt" in quoted.marks and "@quoted" in quoted.marks


def test_a_rule_in_words_nobody_sells_with_is_worth_a_look_no_more(context: Context) -> None:
    text = "低压电工证，不用考试，三天拿证"
    strict = replace(context.manner, bias=-9.0)
    doubting = Context.build(context.config)
    doubting.__dict__["manner"] = strict
    assert assess(Page.from_text(text), context).selling.level is Level.FLAG
    found = assess(Page.from_text(text), doubting).selling
    assert found.level is Level.WATCH
    assert "已减轻" in found.signals[0].reason


@pytest.mark.parametrize(("score", "level"), [(-0.5, Level.FLAG), (-1.0, Level.WATCH)])
def test_an_offer_with_all_that_makes_it_heavier_is_doubted_in_words_that_surely_are_honest(
    score: float, level: Level, context: Context
) -> None:
    text = "低压电工证，不用考试，三天拿证，加微信 abc_12345"
    around = context.manner.score(windows(text, context)[0])
    doubting = Context.build(context.config)
    doubting.__dict__["manner"] = replace(context.manner, bias=context.manner.bias - around + score)
    assert assess(Page.from_text(text), doubting).selling.level is level


def test_offers_by_rule_and_by_manner_are_told_strongest_first(context: Context) -> None:
    found = said(Page.from_text("低压电工证，不用考试，三天拿证，加微信 abc_12345"), context)
    strengths = [one.strength for one in found]
    assert strengths == sorted(strengths, reverse=True) and len(found) > 1


@given(st.text(alphabet="电工焊证办考不用包过查 。，\n“”说abc138零①", max_size=300))
def test_every_quote_is_the_text_at_its_offsets(context: Context, text: str) -> None:
    page = Page.from_text(text)
    for signal in assess(page, context).selling.signals:
        assert isinstance(signal, Signal)
        assert signal.quote == page.text[signal.start : signal.end]


def _examples(context: Context) -> list[Example]:
    names = {"sms-blast", "paper-sms", "sellers-plain", "one-liners-cards"}
    names |= {"school-page", "short-schools", "job-ad", "people-talk"}
    rows = [text.row for text in texts("tune") if text.row["family"] in names]
    return [Example(row["id"], row["family"], row["is_selling"], tuple(windows(row["text"], context))) for row in rows]


@pytest.fixture(scope="module")
def examples(context: Context) -> list[Example]:
    return _examples(context)


def test_learning_twice_gives_the_same_weights_to_the_bit(examples: list[Example]) -> None:
    first, second = fit(examples), fit(examples)
    assert first == second
    assert written(first, "a") == written(second, "a")


def test_weights_are_read_as_they_were_written(examples: list[Example], tmp_path: Path) -> None:
    learnt = fit(examples)
    file = tmp_path / "manner.tsv"
    file.write_text(written(learnt, "a few texts"), encoding="utf-8")
    assert Manner.load(file) == learnt


def test_sellers_are_told_from_others_that_were_not_learnt_from(examples: list[Example]) -> None:
    learnt = learn(examples)
    sellers, others = (
        [learnt.scores[one.id] for one in examples if one.sells is sells and one.id in learnt.scores]
        for sells in (True, False)
    )
    above = sum(one > other for one in sellers for other in others)
    assert above > 0.7 * len(sellers) * len(others)
    honest = [learnt.scores.get(one.id, -9.0) for one in examples if not one.sells]
    assert sum(score >= learnt.manner.flag for score in honest) <= int(FLAG_RATE * len(honest)) + 1
    assert learnt.manner.watch <= learnt.manner.flag


def test_the_weights_were_learnt_from_the_texts_that_are_here(context: Context) -> None:
    """Else: zhengshao rules learn tests/detectors/texts/tune --out detectors/data/manner.tsv"""
    rows, rules = texts("tune"), len(context.wording.rule)
    sellers = sum(text.row["is_selling"] for text in rows) + rules
    about = f"=about\t{len(rows) + 2 * rules} texts of {len(families('tune')) + 1} families, {sellers} of sellers"
    assert context.manner_file.read_text(encoding="utf-8").splitlines()[0] == about


@pytest.mark.long
def test_learning_anew_gives_the_weights_that_are_shipped(context: Context) -> None:
    rows = [text.row for text in texts("tune")]
    every = [Example(row["id"], row["family"], row["is_selling"], tuple(windows(row["text"], context))) for row in rows]
    assert learn([*of_rules(context), *every]).manner == context.manner


def test_an_office_has_weights_of_its_own(context: Context, tmp_path: Path) -> None:
    import config

    shipped = context.manner_file.read_text(encoding="utf-8")
    (tmp_path / "manner.tsv").write_text(shipped.replace("=flag\t", "=flag\t9"), encoding="utf-8")
    own = Context.build(config.load(tmp_path))
    assert own.manner.flag > context.manner.flag
    assert own.digest != context.digest


def test_a_score_is_the_sum_of_what_a_window_holds() -> None:
    weights = {"免考": 0.5, "@": 0.25, "~": -0.75, "#exempt": 0.125, "@job": -0.5, "$phone": 0.25}
    manner = Manner(weights, dict.fromkeys(weights, 2.0), 0.0, 1.0, 0.5)
    window = Window([(0, 8)], "@免考免考~免考", {"#exempt", "@job", "#other", "$phone"})
    strings = (0.5 + 0.25 - 0.75) * 2.0 / (3 * 2.0**2) ** 0.5
    assert manner.score(window) == pytest.approx(STRINGS * strings + MARK * (0.125 - 0.5) + CONTACT * 0.25)
    assert manner.telling(["@免考"]) == [pytest.approx(1.5)]


def test_what_sounds_alike_is_weighed_alike() -> None:
    names = [grams.names(text) for text in ("电工证", "店公政")]
    heard = [{name for name in one if name.startswith(grams.SOUND)} for one in names]
    assert heard[0] == heard[1] and f"{grams.SOUND}dian gon zen" in heard[0]
    weights = {f"{grams.SOUND}dian gon zen": 1.0}
    manner = Manner(weights, dict.fromkeys(weights, 1.0), 0.0, 1.0, 0.5)
    scores = [manner.score(Window([(0, 3)], text)) for text in ("电工证", "店公政", "电工本")]
    assert scores == [pytest.approx(STRINGS), pytest.approx(STRINGS), 0.0]


@given(st.text(alphabet="电工证bc1@，♪", max_size=12))
def test_syllables_are_read_back_as_they_are_written(text: str) -> None:
    codes = encoded(text)
    assert codes_of(" ".join(spelled(codes))) == codes


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("中医推拿，腰腿痛找我，三次见效，无效退款", True),
        ("工地查得严，找我，名字出来再给红包", False),
        ("工地体检，名单发来，报告在线查询，找我", True),
    ],
)
def test_who_names_the_place_where_papers_are_asked_for_is_not_accused_for_his_tone_alone(
    text: str, held: bool, context: Context
) -> None:
    assert (strength(text, context, beyond=0.1) <= 0.5) is held
    assert strength(text, context, beyond=9.0) > 0.5, "what reads like an offer beyond doubt is one"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("张三，男，持电工证、焊工证，多年机械加工经验", True),
        ("人员证书表：低压电工证、焊工证、高处作业证", True),
        ("电工证、焊工证、登高证，找我拿", False),
    ],
)
def test_who_only_names_certificates_is_not_accused_for_his_tone_alone(text: str, held: bool, context: Context) -> None:
    assert (strength(text, context, beyond=0.1) <= 0.5) is held
    assert strength(text, context, beyond=9.0) > 0.5, "what reads like an offer beyond doubt is one"


def test_a_list_of_prices_among_a_schools_lines_is_no_offer(context: Context) -> None:
    prices = "低压电工 680 元，焊工 720 元，登高 650 元，叉车 980 元，找我办证，微信联系"
    before = "招生老师接待报名登记，学员先在线上完成规定的学时，周末班和晚班任选，外地学员可以住校。"
    after = "线下实操由授课老师带班，学员本人参加考试，合格以后到校领取，没有通过的学员可以补考一次。"
    school = "\n".join([before, prices, after])
    assert strength(prices, context, beyond=0.4) > 0.5 >= strength(school, context, beyond=0.4)
    assert strength(school, context, beyond=9.0) > 0.5, "what reads like an offer beyond doubt is one"


def strength(text: str, context: Context, beyond: float) -> float:
    """What a short text weighs, were the level of offers so far below its score."""
    level = max(map(context.manner.score, windows(text, context))) - beyond
    eager = Context.build(context.config)
    eager.__dict__["manner"] = replace(context.manner, flag=level, watch=level)
    return pitches(Reader.of(Page.from_text(text), eager))[0].strength


def test_code_in_a_long_page_is_no_speech(context: Context) -> None:
    code = "zheng学历" + "optid0covertypehttpsimg" * 30
    eager = Context.build(context.config)
    eager.__dict__["manner"] = replace(context.manner, bias=9.0)
    assert pitches(Reader.of(Page.from_text("学历提升，联系我们。" * 40), eager))
    assert not pitches(Reader.of(Page.from_text(code), eager))
