"""The contract of the labelled texts: form, split, balance, no two alike, nobody's number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detectors.labelled import (
    SIMILAR,
    SPLITS,
    Text,
    alike,
    checks,
    families,
    malformed,
    personal,
    repeated_ids,
    shingles,
    texts,
)

ALL = [text for split in SPLITS for text in texts(split)]
FINE: dict[str, Any] = {
    "id": "a-01",
    "family": "a",
    "text": "甲",
    "label": "seller",
    "is_selling": True,
    "class": "承诺免考",
    "difficulty": "plain",
}


def test_every_row_is_well_formed() -> None:
    assert [f"{text}: {problem}" for text in ALL for problem in malformed(text)] == []


def test_ids_are_unique() -> None:
    assert repeated_ids(ALL) == []


def test_a_family_is_in_one_split_only() -> None:
    assert families("tune") & families("test") == set()


def test_there_are_enough_and_sellers_are_about_half() -> None:
    assert len(ALL) >= 900
    assert 0.4 <= sum(text.row["is_selling"] for text in ALL) / len(ALL) <= 0.6
    assert {text.row["label"] for text in ALL} >= {"seller", "training", "government", "news", "job", "qa", "other"}
    assert all({text.row["difficulty"] for text in texts(split)} == {"plain", "veiled", "hidden"} for split in SPLITS)


def test_no_two_texts_are_alike() -> None:
    found = alike([shingles(text.row["text"]) for text in ALL])
    assert [f"{ALL[j]}: {similarity:.2f} like {ALL[i]}" for i, j, similarity in found] == []


def test_no_number_is_somebodys() -> None:
    assert [str(text) for text in ALL if personal(text.row["text"])] == []


def test_none_is_copied_from_the_real_ones(labelled_texts: Path) -> None:
    rows = [json.loads(line) for line in labelled_texts.read_text(encoding="utf-8").splitlines()]
    found = alike([shingles(row["text"]) for row in rows] + [shingles(text.row["text"]) for text in ALL])
    assert [str(ALL[j - len(rows)]) for i, j, _ in found if i < len(rows) <= j] == []


@pytest.mark.parametrize(
    "change",
    [
        {"label": "school"},
        {"is_selling": False},
        {"difficulty": "hard"},
        {"class": "卖证"},
        {"class": None},
        {"text": " "},
        {"note": "extra"},
        {"label": "news", "is_selling": False},
    ],
)
def test_a_malformed_row_is_seen(change: dict[str, Any]) -> None:
    assert list(malformed(Text("tune", "a.jsonl", 1, FINE))) == []
    assert list(malformed(Text("tune", "a.jsonl", 1, FINE | change)))


@pytest.mark.parametrize(
    "text",
    ["电1⃣39 8765-4321", "１３９８７６５４３２１", "一三九八七六五四三二一", "139\u200b87654321", "①③⑨⑧⑦⑥⑤④③②①"],
)
def test_a_mobile_number_is_seen_in_any_writing(text: str) -> None:
    assert personal(text)


def test_invented_numbers_are_nobodys() -> None:
    assert not personal("13800001234 14000000127 T110101199001011234")
    assert checks("11010119900101100X") is not checks("110101199001011001")
    assert personal("证号 T11010519491231002X") == ["11010519491231002X"], "the example of GB 11643"


def test_the_held_out_texts_are_named_by_id_alone() -> None:
    assert "甲" in str(Text("tune", "a.jsonl", 1, FINE))
    assert "甲" not in str(Text("test", "a.jsonl", 1, FINE))


@given(st.lists(st.text("甲乙丙丁戊", min_size=3, max_size=14), max_size=12))
def test_all_pairs_that_are_alike_are_found(words: list[str]) -> None:
    sets = [shingles(word) for word in words]
    slow = {
        (i, j) for j in range(len(sets)) for i in range(j) if len(sets[i] & sets[j]) / len(sets[i] | sets[j]) >= SIMILAR
    }
    assert {(i, j) for i, j, _ in alike(sets)} == slow
