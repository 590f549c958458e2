"""Recorded pages, local only: every one that is a result or listing page is read as its index says."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from click.testing import CliRunner

from crawlers.shelf import load_profile
from review.cli import main


def rows(captures: Path) -> list[dict[str, str]]:
    found = []
    for index in sorted(captures.glob("*/index.csv")):
        with index.open(encoding="utf-8", newline="") as lines:
            found += [
                {**row, "path": str(index.parent / row["file"])} for row in csv.DictReader(lines) if row["source"]
            ]
    return found


def folded(text: str) -> str:
    return re.sub(r"\s+", "", text)


def same_title(shown: str, expected: str) -> bool:
    """The index gives long titles by their first 80 characters."""
    whole, first = folded(shown), folded(expected)
    return whole == first or (len(expected) >= 60 and whole.startswith(first))


def same_address(row: dict[str, Any], expected: str, base: str) -> bool:
    """The index gives relative links as they stand."""
    return bool(row["url"] == urljoin(base, expected))


def same_shop(row: dict[str, Any], expected: str) -> bool:
    """Of a post the index gives its own number."""
    post = re.fullmatch(r"mid (\d+)", expected)
    return bool(row["item_id"] == post[1] if post else row["shop_id"] == expected)


def problems(expected: dict[str, str]) -> list[str]:
    result = CliRunner().invoke(main, ["parse", expected["source"], expected["path"], "--json"])
    if result.exit_code:
        return [f"exit {result.exit_code}: {result.output}"]
    page = json.loads(result.stdout)
    found = {
        "source": page["source"] == expected["source"],
        "state": page["state"] in expected["state"].split("|"),
        "count": len(page["results"]) == int(expected["n_expected"]),
    }
    first = page["results"][0] if page["results"] else {}
    if expected["first_title"]:
        found["title"] = same_title(first["title"], expected["first_title"])
    if expected["first_url"]:
        found["url"] = same_address(first, expected["first_url"], load_profile(expected["source"]).base_url)
    if expected["first_shop_id"]:
        found["shop_id"] = same_shop(first, expected["first_shop_id"])
    for column, name in (("price", "price"), ("seller", "seller"), ("location", "place")):
        if expected[f"first_{column}"]:
            found[name] = first[name] == expected[f"first_{column}"]
    wrong = [name for name, right in found.items() if not right]
    return [f"{expected['file']}: {wrong}: {page['state']} {page['reason']} {len(page['results'])}"] if wrong else []


def test_every_recorded_page_is_read(captures: Path) -> None:
    expected = rows(captures)
    assert len(expected) >= 16
    assert [problem for row in expected for problem in problems(row)] == []


@pytest.mark.parametrize("cut", [0.05, 0.3, 0.7, 0.95])
def test_a_recorded_page_cut_off_never_passes_for_empty(captures: Path, cut: float) -> None:
    for row in rows(captures):
        if row["state"] != "results":
            continue
        body = Path(row["path"]).read_bytes()
        piece = body[: int(len(body) * cut)]
        result = CliRunner().invoke(main, ["parse", row["source"], "-", "--json"], input=piece)
        page = json.loads(result.stdout)
        assert result.exit_code == 0
        assert page["state"] != "empty", (row["file"], cut, page["reason"])
        assert page["results"] or page["state"] != "results" or page["ads"] or page["cards"], (row["file"], cut)


def test_no_profile_reads_results_in_the_page_of_another_kind(captures: Path) -> None:
    """A forum's page is no search result: the reader says so instead of reading menus as results."""
    pairs = [("bing", "tieba"), ("so360", "jd"), ("sogou", "weibo"), ("baidu_site", "toutiao"), ("searxng", "bing")]
    pages = {row["source"]: row["path"] for row in rows(captures)}
    for source, other in pairs:
        page = json.loads(CliRunner().invoke(main, ["parse", source, pages[other], "--json"]).stdout)
        assert page["results"] == [], (source, other)
        assert page["state"] not in ("results", "empty"), (source, other, page["reason"])
