"""Pages that benchmarks are made of: as long as asked for, the same each time, nobody's numbers in them."""

from __future__ import annotations

import re

import pytest

from benchmarks.made_pages import kinds, made
from tests.detectors.labelled_pages import personal


@pytest.mark.parametrize("kind", kinds())
def test_a_page_is_as_long_as_asked_for_and_the_same_each_time(kind: str) -> None:
    page = made(kind, 20_000)
    assert 20_000 <= len(page.html.encode()) < 21_500
    assert made(kind, 20_000) == page


@pytest.mark.parametrize("kind", kinds())
def test_every_slot_is_filled_and_nobody_can_be_called(kind: str) -> None:
    html = made(kind, 60_000).html
    assert not re.search(r"\{(?:n|d|trade|place|matter|who)\}", html)
    assert personal(re.sub(r"1\d\d0000\d{4}", "", html)) == []
