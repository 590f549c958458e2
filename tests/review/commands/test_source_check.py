"""`source check` on archived pages: what a profile gave when they were kept, and what the office's own gives now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import config
from crawlers.profiles import parse
from crawlers.records import TaskKind
from review.cli import main
from tests.crawlers.keeping import House, exchange, page, task
from tests.crawlers.keeping import house as opened

FIXTURES = Path(__file__).parents[2] / "fixtures"
URL = "https://cn.bing.com/search?q=x"


def run(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["source", "check", "bing", "--data", str(house.data), *arguments])


def archived(result: Result) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = json.loads(result.stdout)["bing"]
    return [one for one in pages if one["page"].startswith("C-")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "data") as made:
        yield made


@pytest.fixture
def changed(house: House) -> House:
    """A night on which the source wrote its rows otherwise, after one on which it did not."""
    body = (FIXTURES / "bing" / "normal.html").read_text("utf-8")
    profile = config.load().engines["bing"]
    for night, text in (("2026-01-01", body), ("2026-01-02", body.replace('class="b_algo"', 'class="b_new"'))):
        parsed = parse(profile, text, url=URL)
        asked = task("x", night=night, kind=TaskKind.SEARCH, source="bing")
        kept = page(asked, exchange(URL, text.encode()), page_state=parsed.state, reason=parsed.reason)
        house.keep(replace(kept, reading=parsed.reading))
    return house


def test_archived_pages_are_read_again(changed: House) -> None:
    result = run(changed, "--json")
    assert result.exit_code == 0, result.output
    newest, oldest = archived(result)
    assert (newest["page"], newest["rows"], newest["before"]["rows"], newest["differences"]) == ("C-00000002", 0, 0, [])
    assert (oldest["state"], oldest["rows"] > 0, oldest["worse"]) == ("results", True, False)
    assert "!  bing/C-00000002" in run(changed).stdout
    assert archived(run(changed, "--json", "--pages", "1")) == [newest]


def test_an_edited_profile_is_tried_without_installing_anything(changed: House, tmp_path: Path) -> None:
    office = tmp_path / "office"
    (office / "engines").mkdir(parents=True)
    packaged = (Path(config.__file__).parent / "engines" / "bing.toml").read_text("utf-8")
    mended = packaged.replace("li.b_algo", "li.b_new")
    (office / "engines" / "bing.toml").write_text(mended, "utf-8")
    result = run(changed, "--config", str(office), "--json")
    newest, oldest = archived(result)
    assert (newest["before"]["rows"], newest["rows"] > 1, newest["state"]) == (0, True, "results")
    assert any(change.startswith("rows: - → ") for change in newest["differences"])
    assert (oldest["worse"], result.exit_code) == (True, 1)


def test_without_a_store_only_fixtures_are_replayed(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["source", "check", "bing", "--data", str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "db upgrade" in result.stderr
