"""`wacz` as a person calls it: which captures, what is written, who is told to have done it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from review.cases import Suspect, open_or_refresh
from review.cli import main
from review.commands._shared import FINE, PROBLEMS
from review.tables import audit
from tests.crawlers import keeping
from tests.crawlers.keeping import House, exchange, page, task

URLS = [f"http://{name}.example/" for name in "abc"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with keeping.house(tmp_path) as made:
        made.keep(*(page(task(url), exchange(url)) for url in URLS))
        suspect = Suspect(subject="site:a.example", title="甲", cls="承诺免考", score=0.7, capture_ids=(1, 3))
        with made.store.write() as connection:
            open_or_refresh(connection, suspect, night=keeping.NIGHT, now="2026-01-31T17:00:00.000Z")
        yield made


def run(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["wacz", *arguments, "--data", str(house.data)], catch_exceptions=False)


def test_a_case_s_captures_are_exported_and_the_audit_log_says_by_whom(house: House) -> None:
    out = house.data / "case.wacz"
    ran = run(house, "--case", "A-000001", "--out", str(out), "--actor", "王检", "--json")
    assert ran.exit_code == FINE, ran.output
    told = json.loads(ran.stdout)
    assert told["captures"] == ["C-00000001", "C-00000003"]
    assert zipfile.is_zipfile(out)
    with house.store.read() as connection:
        entry = connection.execute(select(audit).order_by(audit.c.seq.desc())).first()
    assert entry is not None
    assert (entry.actor, entry.action) == ("王检", "wacz.exported")
    assert json.loads(entry.detail) == {"file": "case.wacz", "sha256": told["sha256"], "captures": [1, 3]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["C-00000009"], "no capture 9"),
        (["A-000001"], "不是取证编号"),
        ([], "no capture was named"),
        (["--case", "A-000077"], "A-000077"),
    ],
)
def test_what_cannot_be_exported_is_said_and_nothing_written(house: House, arguments: list[str], words: str) -> None:
    out = house.data / "none.wacz"
    ran = run(house, *arguments, "--out", str(out))
    assert (ran.exit_code, words in ran.stderr) == (PROBLEMS, True), ran.output
    assert not out.exists()
