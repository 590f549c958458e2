"""`watch`, as a person calls it: listed with ties, a case opened, set aside with a reason, taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from review.cli import main
from tests.crawlers.keeping import House
from tests.crawlers.keeping import house as open_house
from tests.review.desk.making import doubtful, make


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "data") as made:
        number = make(made.store)
        doubtful(made.store, "site:alone.example")
        doubtful(made.store, "site:tied.example", tied_to=number, tie="wechat", tie_shown="gz***1", rank=1350)
        yield made


def run(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["watch", *arguments, "--data", str(house.data)])


def test_the_list_tells_reasons_and_ties(house: House) -> None:
    first, second = [json.loads(line) for line in run(house, "list", "--json").stdout.splitlines()]
    assert [first[name] for name in ("subject", "tied_to", "tie", "value")] == [
        "site:tied.example",
        "A-000001",
        "wechat",
        "gz***1",
    ]
    assert (second["class"], second["score"], second["tied_to"]) == ("证号不合规则", 0.35, "")
    told = run(house, "list")
    assert "与案件 A-000001（待审）共用微信号 gz***1" in told.stdout
    assert "观察名单 2 个，其中 1 个与案件有共同特征" in told.stderr
    assert "alone" not in run(house, "list", "--tied").stdout


def test_setting_aside_and_back(house: House) -> None:
    assert run(house, "aside", "site:alone.example", "--reason", "正规培训机构", "--actor", "甲").exit_code == 0
    assert "alone" not in run(house, "list").stdout
    assert "甲  正规培训机构" in run(house, "list", "--aside").stdout
    assert run(house, "back", "site:alone.example").exit_code == 0
    assert "alone" in run(house, "list").stdout


def test_what_is_not_on_the_list_is_named(house: House) -> None:
    for arguments in (["open", "site:gone.example"], ["aside", "site:gone.example", "--reason", "x"]):
        answer = run(house, *arguments)
        assert (answer.exit_code, answer.stdout) == (2, "")
        assert "site:gone.example 不在观察名单上" in answer.stderr
