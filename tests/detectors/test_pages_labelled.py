"""The contract of the labelled pages, and that those for tuning come out right."""

from __future__ import annotations

from typing import Any

import pytest

from detectors.base import Level
from detectors.context import Context
from detectors.features import Page
from detectors.runner import assess
from tests.detectors.labelled_pages import SPLITS, LabelledPage, families, labelled_pages, malformed, personal

ALL = [page for split in SPLITS for page in labelled_pages(split)]
FINE: dict[str, Any] = {
    "id": "x-1",
    "family": "x",
    "url": "https://a.example/",
    "html": "<p>" + "甲" * 400 + "</p>",
    "label": "clone",
    "is_impersonation": True,
    "imitates": "甲局",
    "difficulty": "plain",
}


def test_every_row_is_well_formed() -> None:
    assert [f"{page}: {problem}" for page in ALL for problem in malformed(page)] == []


def test_ids_are_unique_and_families_in_one_split() -> None:
    assert len({page.row["id"] for page in ALL}) == len(ALL)
    assert families("tune") & families("test") == set()


def test_there_are_enough_of_both_kinds() -> None:
    assert len(ALL) >= 150
    for split in SPLITS:
        guilty = [page.row["is_impersonation"] for page in ALL if page.split == split]
        assert not guilty or 0.3 <= sum(guilty) / len(guilty) <= 0.6


def test_no_number_is_somebodys() -> None:
    assert [str(page) for page in ALL if personal(page.row["html"])] == []


@pytest.mark.parametrize(
    "change",
    [{"label": "school"}, {"is_impersonation": False}, {"difficulty": "veiled"}, {"html": "<p>"}, {"family": "y"}],
)
def test_a_malformed_row_is_seen(change: dict[str, Any]) -> None:
    assert list(malformed(LabelledPage("tune", "x.jsonl", FINE))) == []
    assert list(malformed(LabelledPage("tune", "x.jsonl", FINE | change)))


@pytest.mark.parametrize("page", labelled_pages("tune"), ids=lambda page: str(page.row["id"]))
def test_a_page_for_tuning_comes_out_right(page: LabelledPage, context: Context) -> None:
    found = assess(Page.from_html(page.row["html"], page.row["url"]), context)
    assert not found.errors
    verdict = found.impersonation
    assert (verdict.level is Level.FLAG) == page.row["is_impersonation"]
    assert page.row.get("imitates", "") in verdict.imitates
