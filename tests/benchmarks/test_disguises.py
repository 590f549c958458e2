"""Disguises: equal seeds give equal texts, strengths differ, and each kind does what its name says."""

from __future__ import annotations

import unicodedata

import pytest

pytest.importorskip("xpinyin", reason="needs the extra bench")
pytest.importorskip("hanziconv", reason="needs the extra bench")
pytest.importorskip("confusable_homoglyphs", reason="needs the extra bench")

from benchmarks import glyphs
from benchmarks.disguises import COLUMNS, KINDS, STRENGTHS, SUBSTITUTIONS, disguise

TEXT = "低压电工证，免考试，七天拿证，微信 abc_12345，电话 13800001234。焊工证人不用到场，查到了再付款！"


def changed(kind: str, strength: int, text: str = TEXT) -> int:
    found = disguise(text, [kind], strength, "seed")
    return sum(one != other for one, other in zip(text, found, strict=False)) + abs(len(found) - len(text))


@pytest.mark.parametrize("kind", KINDS)
def test_equal_seeds_give_equal_texts(kind: str) -> None:
    for strength in STRENGTHS:
        assert disguise(TEXT, [kind], strength, "a") == disguise(TEXT, [kind], strength, "a")
    assert len({disguise(TEXT, [kind], 3, seed) for seed in range(8)}) > (kind not in ("vertical", "reversed"))


@pytest.mark.parametrize("kind", KINDS)
def test_full_strength_changes_the_text_more_than_the_least(kind: str) -> None:
    assert changed(kind, 3) >= changed(kind, 1) or kind == "vertical", "one character a line changes most"
    assert changed(kind, 3)


@pytest.mark.parametrize("kind", SUBSTITUTIONS)
def test_replacements_are_others_than_what_they_replace(kind: str) -> None:
    table = SUBSTITUTIONS[kind]()
    assert table
    assert all(forms and word not in forms for word, forms in table.items())


@pytest.mark.parametrize("kind", SUBSTITUTIONS)
def test_only_what_is_allowed_is_put_in(kind: str) -> None:
    assert disguise(TEXT, [kind], 3, 0, allowed=lambda word, form: False) == TEXT


def test_kinds_follow_each_other() -> None:
    both = disguise(TEXT, ["traditional", "zero width"], 3, 0)
    bare = "".join(character for character in both if unicodedata.category(character) != "Cf")
    assert bare == disguise(TEXT, ["traditional"], 3, 0)


@pytest.mark.parametrize("kind", ["full width", "radicals and compatibility", "mathematical"])
def test_compatibility_forms_are_undone_by_nfkc(kind: str) -> None:
    found = disguise(TEXT, [kind], 3, 0)
    assert unicodedata.normalize("NFKC", found) == unicodedata.normalize("NFKC", TEXT) != found


def test_circled_digits_are_the_same_digits() -> None:
    found = disguise("0123456789", ["circled digits"], 3, 0)
    assert "".join(str(unicodedata.digit(character)) for character in found) == "0123456789"


def test_homophones_sound_alike_and_near_ones_nearly() -> None:
    for word, forms in glyphs.homophones().items():
        assert {glyphs.sound(form) for form in forms} == {glyphs.sound(word)}
    near = glyphs.near_homophones()["证"]
    assert {glyphs.near(glyphs.sound(form)) for form in near} == {glyphs.near("zheng")} == {"zen"}
    assert "zheng" not in map(glyphs.sound, near)


@pytest.mark.parametrize(("syllable", "heard"), [("zhang", "zan"), ("ling", "nin"), ("shi", "si"), ("gong", "gong")])
def test_syllables_as_they_are_heard(syllable: str, heard: str) -> None:
    assert glyphs.near(syllable) == heard


@pytest.mark.parametrize("kind", ["separators", "zero width", "decorations", "reading marks"])
def test_what_is_put_in_between_leaves_the_characters(kind: str) -> None:
    rest = iter(disguise(TEXT, [kind], 3, 0))
    assert all(character in rest for character in TEXT), "the text is a subsequence"


@pytest.mark.parametrize("strength", STRENGTHS)
def test_vertical_columns_read_from_right_to_left(strength: int) -> None:
    rows = disguise(TEXT, ["vertical"], strength, 0).split("\n")
    assert {len(row) for row in rows} == {COLUMNS[strength]}
    columns = ("".join(row[place] for row in rows) for place in reversed(range(COLUMNS[strength])))
    assert "".join(columns).rstrip("\u3000") == "".join(TEXT.split())


def test_reversed_at_full_strength_is_each_line_from_its_end() -> None:
    assert disguise("甲乙\n丙丁", ["reversed"], 3, 0) == "乙甲\n丁丙"


@pytest.mark.parametrize("kind", ["filler", "official news"])
def test_what_stands_around_leaves_the_offer(kind: str) -> None:
    assert TEXT in disguise(TEXT, [kind], 2, 0)
    assert len(disguise(TEXT, [kind], 3, 0)) > len(disguise(TEXT, [kind], 1, 0))
