"""Other orders of reading: columns, backwards, strewn letters; and how each hit says that it was hidden."""

from __future__ import annotations

import pytest

from detectors import text as folding
from detectors.context import Context
from detectors.lexicon import Hit
from detectors.matches import Matches


def hits(written: str, context: Context) -> list[Hit]:
    matches = Matches(context.lexicon, folding.views(written))
    return sorted(hit for owner in context.lexicon.meanings for hit in matches.hits(owner))


def quotes(written: str, context: Context) -> set[tuple[str, str, str]]:
    return {(written[hit.start : hit.end], hit.term, hit.how) for hit in hits(written, context)}


@pytest.mark.parametrize(
    ("written", "term", "quote", "how"),
    [
        ("快来，证工焊考免，微信同号", "焊工证", "证工焊", "reversed"),
        ("试考用不 证工电 正常的话", "不用考试", "试考用不", "reversed"),
        ("号同信微，证工电压低理办速快", "低压电工证", "证工电压低", "reversed"),
        ("证\n业\n作\n空\n高", "高空作业证", "证\n业\n作\n空\n高", "reversed"),
        ("免 电\n考 工\n包 证\n过 快", "电工证", "电\n考 工\n包 证", "vertical"),
        ("电免\n工考\n证包", "电工证", "电免\n工考\n证", "vertical"),
        ("特\n种\n作\n业\n操\n作\n证", "特种作业操作证", "特\n种\n作\n业\n操\n作\n证", "vertical"),
        ("电a工b证c办", "电工证", "电a工b证", "separators"),
        ("电·工·证", "电工证", "电·工·证", "separators"),
        ("电\u200b工\u200b证", "电工证", "电\u200b工\u200b证", "invisible"),
        ("特种莋業", "特种作业", "特种莋業", "glyphs"),
        ("火旱工讠正", "焊工证", "火旱工讠正", "split"),
        ("低亚电工正", "低压电工证", "低亚电工正", "look-alike"),
    ],
)
def test_a_hidden_word_is_found_quoted_and_named(
    written: str, term: str, quote: str, how: str, context: Context
) -> None:
    assert (quote, term, how) in quotes(written, context)


@pytest.mark.parametrize(
    "written",
    [
        "特種作業操作證考試",
        "特(tè)种(zhǒng)作(zuò)业(yè)操(cāo)作(zuò)证(zhèng)考(kǎo)试(shì)",
        "Ｎ１叉车司机证，电工证２０２４年换证",
        "安全员A证、B证、C证",
        "专职安全员C证、C3优先",
        "首页\n新闻\n公告\n通知\n下载\n考试\n培训",
        "姓名\n张三\n工种\n电工\n准操\n低压",
        "不过不收费用，请各位学员上网查询考试安排",
        "本人保证提供的证明材料真实，如有不实愿负责任",
        "请到市政府办证大厅三楼办理公证、面试后领取证书",
    ],
)
def test_how_people_write_is_no_disguise(written: str, context: Context) -> None:
    assert not [quote for quote in quotes(written, context) if quote[2]]


def test_an_ordinary_text_has_no_other_reading(context: Context) -> None:
    written = "各有关单位：请组织电工、焊工等作业人员参加培训和考核，考核合格后由发证机关核发证书。\n" * 50
    matches = Matches(context.lexicon, folding.views(written))
    assert {hit.how for owner in context.lexicon.meanings for hit in matches.hits(owner)} == {""}
