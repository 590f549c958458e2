"""Any disguise of a phrase, and disguises of disguises: what is found is quoted from within the disguised phrase."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import layout, parts, phonetics, sounds
from detectors import text as folding
from detectors.context import Context
from detectors.lexicon import Hit
from detectors.matches import Matches

BEFORE, AFTER = "今天晴朗。", "。明天有雨"
PHRASES = ("低压电工证免考试", "焊工证不用考试", "特种作业操作证先拿证后付款")
Disguise = Callable[[str, random.Random], str]

# tables of their own: what is folded is not what was used to write
_SPLIT = {"焊": "火旱", "证": "讠正", "作": "亻乍", "操": "扌喿", "特": "牜寺", "种": "禾中", "付": "亻寸"}
_TRADITIONAL = str.maketrans("压电证试种业焊", "壓電證試種業銲")
_UNSEEN = "\u200b\u200c\u2060\u00ad\ufe0f"
_SIGNS = "·*_~♡❀✿"


def unseen(phrase: str, chance: random.Random) -> str:
    return "".join(one + chance.choice(_UNSEEN) for one in phrase)


def decorated(phrase: str, chance: random.Random) -> str:
    return chance.choice(_SIGNS).join(phrase)


def blanks(phrase: str, chance: random.Random) -> str:
    return " ".join(phrase)


def kaomoji(phrase: str, chance: random.Random) -> str:
    return "(*^▽^*)".join(phrase)


def traditional(phrase: str, chance: random.Random) -> str:
    return phrase.translate(_TRADITIONAL)


def split(phrase: str, chance: random.Random) -> str:
    return "".join(_SPLIT.get(one, one) for one in phrase)


def column(phrase: str, chance: random.Random) -> str:
    return "\n".join(phrase)


def readings(phrase: str, chance: random.Random) -> str:
    return "".join(f"{one}(ā)" if "\u4e00" <= one <= "\u9fff" else one for one in phrase)


WAYS = (unseen, decorated, blanks, kaomoji, traditional, split, column, readings)
COMPOSABLE = (unseen, decorated, blanks, traditional, split)


def hits(written: str, context: Context) -> list[Hit]:
    matches = Matches(context.lexicon, folding.views(written))
    return [hit for owner in context.lexicon.meanings for hit in matches.hits(owner)]


def main_word(phrase: str) -> str:
    return re.split("免考|不用|先拿", phrase)[0]


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_disguise_is_undone(phrase: str, way: Disguise, context: Context) -> None:
    written = BEFORE + way(phrase, random.Random(0)) + AFTER
    found = [hit for hit in hits(written, context) if hit.term == main_word(phrase)]
    assert found
    assert all(len(BEFORE) <= hit.start < hit.end <= len(written) - len(AFTER) for hit in found)
    innocent = way in (traditional, readings)
    assert all(hit.disguised is not innocent for hit in found)


@given(
    st.sampled_from(PHRASES), st.lists(st.sampled_from(COMPOSABLE), min_size=1, max_size=3, unique=True), st.integers()
)
def test_disguises_of_disguises_lead_back(context: Context, phrase: str, ways: list[Disguise], seed: int) -> None:
    chance = random.Random(seed)
    hidden = phrase
    for way in sorted(ways, key=(split, traditional, blanks, decorated, unseen).index):
        hidden = way(hidden, chance)
    written = BEFORE + hidden + AFTER
    found = [hit for hit in hits(written, context) if hit.term == main_word(phrase)]
    assert found
    for hit in found:
        assert len(BEFORE) <= hit.start < hit.end <= len(written) - len(AFTER)
        folded = folding.views(written[hit.start : hit.end])
        assert folded.joined.text == hit.term


ODD = st.text(alphabet=st.sampled_from("焊工证不用考试火旱讠正 ·\n，。ab\u200b🐧(ā)免電烤悍zheng"), max_size=80)


@given(ODD)
def test_a_quote_begins_and_ends_with_what_was_read(context: Context, written: str) -> None:
    for hit in hits(written, context):
        assert 0 <= hit.start < hit.end <= len(written)
        ends = written[hit.start] + written[hit.end - 1]
        assert not re.search(r"[\s·，。\u200b]", ends)


# ---- work that grows with the text and no faster

BAIT = {
    "decorations": "★☆·♡" * 50,
    "decorated": "免·考 試⑬",
    "unseen": "考\u200b试\u200c",
    "split": "火旱工讠正力八",
    "readings": "学(xué)习【考:kǎo】试shì",
    "half a reading": "学(xu",
    "brackets": "【考:【(（[",
    "backwards": "证工焊，试考用不",
    "columns": "电焊\n工工\n证证\n",
    "strewn": "电a工b证c",
    "letters": "zhongguo",
    "labels": "🐧::: ",
    "romans": "1Ⅲ8ⅥⅠ②7770",
    "newlines": "\n",
}
SMALL, LARGE = 3_000, 12_000
MANY = 1_000


def calls(work: Callable[[], Any]) -> int:
    """How many functions, of Python and of its libraries, a piece of work calls."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("bait", BAIT.values(), ids=BAIT.keys())
def test_work_is_linear_in_the_text(bait: str, context: Context) -> None:
    def read(size: int) -> int:
        written = (bait * (size // len(bait) + 1))[:size]
        matches = Matches(context.lexicon, folding.views(written))
        return calls(lambda: Matches(context.lexicon, folding.views(written)).owners) + len(matches.terms)

    read(SMALL)
    assert read(LARGE) <= 1.3 * (LARGE / SMALL) * read(SMALL) + 500


@pytest.mark.parametrize("module", [folding, layout, parts, phonetics, sounds], ids=lambda module: module.__name__)
def test_no_pattern_can_backtrack_far(module: Any) -> None:
    """What repeats without bound ends its pattern, so that nothing after it can fail, and repeats nothing such."""
    source = Path(module.__file__).read_text(encoding="utf-8")
    patterns = [value for value in vars(module).values() if isinstance(value, re.Pattern)]
    made = [value() for name in ("_special",) if (value := getattr(module, name, None))]
    assert patterns or made or "re.compile" not in source
    for pattern in [*patterns, *made]:
        _check(re._parser.parse(pattern.pattern, pattern.flags))  # type: ignore[attr-defined]


def _check(parsed: Any) -> None:
    for at, (operation, argument) in enumerate(parsed):
        if str(operation) in ("MAX_REPEAT", "MIN_REPEAT"):
            _, high, inner = argument
            assert high < MANY or (at == len(parsed) - 1 and inner.getwidth()[1] < MANY)
            _check(inner)
        elif str(operation) == "BRANCH":
            for branch in argument[1]:
                _check(branch)
        elif str(operation) == "SUBPATTERN":
            _check(argument[-1])
