"""Words are found in a document's bytes as they are in its text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawlers.needles import Needle, encoded

WORDS = ("</", "安全", ".innerHTML")


@given(st.lists(st.sampled_from([*WORDS, "<", "/", "安", "全", ".inner", "HTML", "a", "\ud800"]), max_size=30))
def test_a_needle_counts_as_text_does(pieces: list[str]) -> None:
    text = "".join(pieces).replace("\ud800", "")
    for word in WORDS:
        assert Needle(word).count(encoded(text)) == text.count(word)
        assert Needle(word).is_in(encoded(text)) is (word in text)


def test_a_word_is_found_wherever_a_document_is_cut_into_pieces() -> None:
    needle = Needle("安全")
    for before in range(262_138, 262_145):
        data = encoded("x" * before + "安全")
        assert (needle.is_in(data), needle.count(data), needle.is_in(data[:-1])) == (True, 1, False)


def test_a_document_full_of_them_is_counted_too() -> None:
    assert Needle("</").count(encoded("</" * 300_000)) == 300_000


def test_what_utf_8_has_no_form_for_is_left_out() -> None:
    assert encoded("甲\ud800乙") == "甲乙".encode()
