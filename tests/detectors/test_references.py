"""Rows of collected pages: versions, captures of one version, what is retired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from detectors import references
from detectors.features import Page
from detectors.fingerprints import Fingerprint, fingerprint
from tests.crawlers.keeping import House, exchange, page, task
from tests.crawlers.keeping import house as open_house
from tests.detectors.test_clones import ORIGINAL, SITE, URL

NOW, LATER = "2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z"
PRINT = fingerprint(Page.from_html(ORIGINAL, URL))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """With two captures to rest on."""
    with open_house(tmp_path / "data") as made:
        for _ in range(2):
            made.keep(page(task(URL), exchange(URL, ORIGINAL.encode())))
        yield made


def add(house: House, *pages: tuple[int, Fingerprint], url: str = URL) -> int:
    with house.store.write() as connection:
        return references.add(connection, SITE, url, pages, now=NOW)


def held(house: House) -> list[tuple[str, int, int]]:
    with house.store.read() as connection:
        return [(one.url, one.version, one.capture_id) for one in references.load(connection)]


def test_what_is_added_comes_back_as_it_was(house: House) -> None:
    add(house, (1, PRINT))
    with house.store.read() as connection:
        (one,) = references.load(connection)
    assert one.fingerprint == PRINT
    assert (one.site_id, one.name, one.added_at) == (SITE.id, SITE.name, NOW)


def test_the_newest_version_of_each_address_counts(house: House) -> None:
    other = URL + "cx/"
    assert [add(house, (1, PRINT)), add(house, (2, PRINT)), add(house, (1, PRINT), url=other)] == [1, 2, 1]
    assert held(house) == [(URL, 2, 2), (other, 1, 1)]


def test_captures_that_show_the_same_are_one_row_those_that_differ_two(house: House) -> None:
    add(house, (1, PRINT), (2, PRINT))
    assert held(house) == [(URL, 1, 1)]
    add(house, (1, PRINT), (2, replace(PRINT, parts=("别的",))))
    assert held(house) == [(URL, 2, 1), (URL, 2, 2)]


def test_what_is_retired_is_gone_with_its_older_versions_and_numbers_go_on(house: House) -> None:
    add(house, (1, PRINT))
    add(house, (1, PRINT))
    with house.store.write() as connection:
        assert references.retire(connection, URL, now=LATER) == 2
        assert references.retire(connection, URL, now=LATER) == 0
    assert held(house) == []
    assert add(house, (1, PRINT)) == 3


def test_a_print_holds_no_more_than_its_limits() -> None:
    rows = "".join(f"<div class=footer><p>某某单位{chr(0x4E00 + n)}科室</p></div>" for n in range(200))
    long = fingerprint(Page.from_html(f"<title>甲乙丙丁</title>{rows}", URL))
    assert (len(long.parts), len(long.structure) <= 256, len(long.text) <= 256) == (60, True, True)
