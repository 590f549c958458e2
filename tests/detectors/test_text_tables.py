"""The tables of folding: complete, free of chains, and written as folding itself writes."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from detectors import disguise, ordinary, parts, phonetics
from detectors import text as folding
from detectors.views import Turned, spliced


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((folding.DATA / f"{name}.toml").read_text(encoding="utf-8"))


def test_a_folded_text_folds_to_itself() -> None:
    glyphs = {chr(point) for point in folding.one_to_one()}
    folded = {folding.fold(folding.fold(glyph).text).text for glyph in glyphs}
    assert folded == {folding.fold(glyph).text for glyph in glyphs}


def test_every_traditional_form_ends_in_one_that_is_not() -> None:
    assert len(folding.traditional()) > 4_400
    for old in folding.traditional():
        assert folding.fold(old).text not in folding.traditional(), old


@pytest.mark.parametrize("sample", ["證驗業學習電應辦書體發銲貨錢網號碼", "検駅験図売価対広転険単処為"])
def test_nothing_traditional_is_left(sample: str) -> None:
    assert not set(folding.fold(sample).text) & set(sample)


def test_glyphs_stand_for_one_character_each() -> None:
    fold = table("fold")
    for name in ("hanzi", "letters", "variants"):
        assert all(len(plain) == 1 for plain in fold[name])
        glyphs = "".join(fold[name].values())
        assert len(glyphs) == len(set(glyphs)) or name == "letters"


def test_a_character_that_is_read_as_another_is_no_reading_itself() -> None:
    variants = table("fold")["variants"]
    assert not variants.keys() & set("".join(variants.values()))


def test_parts_are_written_as_folded_text() -> None:
    splits = table("parts")["split"]
    assert len(splits) > 750
    for ways in splits.values():
        assert folding.fold(ways).text == ways


def test_every_split_leads_to_its_character_or_to_another_of_the_same_parts() -> None:
    for character, ways in table("parts")["split"].items():
        view = parts.join_parts(ways.split()[0])
        if ways.split()[0] not in ordinary.words():
            assert view is not None, (character, ways)


def test_syllables_hold_every_usual_character_once() -> None:
    groups = table("syllables")
    characters = "".join(groups.values())
    assert len(characters) == len(set(characters)) > 15_000
    assert set("证考试办焊工微信免") <= set(characters)
    assert all(phonetics.merged(name) == name for name in groups)


def test_short_forms_are_letters_for_hanzi() -> None:
    short = table("sounds")
    assert all(re.fullmatch("[a-z]{2,6}", initials) for initials in short["initials"])
    assert all(len(initials) == len(word) for initials, word in short["initials"].items())


def test_rare_characters_and_ordinary_words() -> None:
    assert ordinary.is_rare("璋")
    assert not ordinary.is_rare("正")
    assert ordinary.is_word_part("很正式", 1)
    assert not ordinary.is_word_part("焊工正来", 2)
    assert not ordinary.is_in_word("电公证", 1, 0, 3)
    assert ordinary.is_in_word("在公证", 1, 1, 3)


def test_ways_of_writing_are_named() -> None:
    assert disguise.kinds("电工证") == []
    assert set(disguise.kinds("電考(kǎo)")) <= disguise.INNOCENT
    assert disguise.kinds("考\u200b试①") == [disguise.INVISIBLE, disguise.DIGITS]
    assert disguise.of_glyphs("電考(kǎo)试") == ""
    assert disguise.of_glyphs("栲试") == disguise.GLYPHS


def test_a_spliced_view_maps_through_longer_shorter_and_empty_forms() -> None:
    view = spliced(["ab", "c", ""], ["XX", "Y"], ["", "123"])
    assert view.text == "abc123"
    assert [view.original(at, at + 1) for at in range(6)] == [(0, 1), (1, 2), (4, 5), (5, 6), (5, 6), (5, 6)]
    assert view.original(1, 4) == (1, 6)


def test_a_turned_view_quotes_the_smallest_span_that_holds_all() -> None:
    turned = Turned("cab", [2, 0, 1])
    assert turned.original(0, 1) == (2, 3)
    assert turned.original(1, 3) == (0, 2)
    assert turned.original(0, 3) == (0, 3)
