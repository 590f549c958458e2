"""The parts a name is judged by: lines, letters, words, misspellings, official hosts, Chinese."""

from __future__ import annotations

import pytest

from detectors.lookalike import glyphs
from detectors.lookalike.hostname import Target, read_line
from detectors.lookalike.rules import Rules
from detectors.lookalike.typos import MAX_CORES, MIN_CORE_CHARS, Typos, errors_in, kept
from detectors.lookalike.vocabulary import Kind, Lexis, Word


@pytest.mark.parametrize(
    ("line", "host", "user", "path"),
    [
        ("https://a@b.com:8080/x?y#z", "b.com", "a", "/x?y#z"),
        (" *.B.com. ", "b.com", "", ""),
        ("b.com/a@c", "b.com", "", "/a@c"),
        ("ｂ。ｃｏｍ", "b.com", "", ""),
        ("a b.com", "", "", ""),
        ("a..b", "", "", ""),
        ("\ufffd.com", "", "", ""),
        (f"{'a' * 64}.com", "", "", ""),
    ],
)
def test_a_line_is_taken_apart(line: str, host: str, user: str, path: str) -> None:
    found = read_line(line)
    assert (found.host, found.user, found.path) == (host, user, path)


def test_a_name_is_parted_at_its_public_suffix() -> None:
    target = Target.of("a.b_c.com.cn", "a.b_c.com.cn")
    assert (target.fronts, target.label, target.suffix, target.joined) == (("a",), "b-c", "com.cn", "a-b-c")
    assert target.is_chinese
    assert Target.of("a.xn--fiqs8s", "a.中国").is_chinese
    assert not Target.of("a.xn--p1ai", "a.рф").is_chinese


@pytest.mark.parametrize(
    ("written", "plain"), [("mеm", "mem"), ("ṃéᴍ", "mem"), ("сһѕі", "chsl"), ("mem", "mem"), ("特", "特")]
)
def test_letters_of_other_scripts(written: str, plain: str) -> None:
    assert glyphs.plain(written) == plain


def test_folds_of_ascii_letters() -> None:
    assert glyphs.single("1i0q5") == "llogs"
    assert glyphs.double("rnern") == glyphs.double("mem") == "mem"
    assert set(glyphs.spellings("mem")) >= {"mem", "rnem", "mern", "rnern", "nnenn"}
    assert glyphs.is_trick("m3m")
    assert not glyphs.is_trick("mem")


def test_the_reading_worth_most_wins() -> None:
    words = [
        Word.of("yingji", Kind.MEDIUM),
        Word.of("yingjiju", Kind.BUREAU),
        Word.of("ju", Kind.FILLER),
        Word.of("cx", Kind.FUNCTION),
    ]
    lexis = Lexis(words)
    reading = lexis.read("yingjiju-2024cx")
    assert reading is not None
    assert [word.text for word in reading.words] == ["yingjiju", "cx"]
    assert reading.points == 3
    assert lexis.read("yingjijux") is None
    assert lexis.read("") is None


def test_pieces_cover_a_core() -> None:
    for core in ("hunansafety", "tezhongzuoye", "yingjiguanliting"):
        plain = [piece for piece, _ in kept(core)][: errors_in(core) + 1]
        assert "".join(plain) == core


def test_at_most_so_many_cores_are_compared(rules: Rules) -> None:
    assert len(Typos(f"{'abcdefgh'}{number:03}" for number in range(500)).cores) == MAX_CORES
    assert len(rules.typos.cores) <= MAX_CORES
    assert all(len(core) >= MIN_CORE_CHARS for core in rules.typos.cores)


def test_official_hosts_by_each_way_to_write_them(rules: Rules) -> None:
    officials = rules.officials
    assert officials.fronts["cx", "mem"].host == "cx.mem.gov.cn"
    assert officials.joined["cxmem"].host == officials.joined["memcx"].host == "cx.mem.gov.cn"
    assert "hunan" in officials.local
    assert "chsi" in officials.open_cores
    assert "mem" not in officials.open_cores


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("特种作业操作证查询", "操作证查询"),
        ("湖南省應急管理廳", "湖南省应急管理厅"),
        ("tzzy查询", "tzzy"),
        ("焊工培训", ""),
        ("花店查询", ""),
        ("mem", ""),
    ],
)
def test_chinese_names(rules: Rules, text: str, subject: str) -> None:
    found = rules.chinese.read(text)
    assert (found.subject if found else "") == subject
