"""`campaign`, as a person calls it: listed, walked both ways, in a table, and never with a value in full."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import config
from review.cases import Decision, decide, find, merge
from review.cli import main
from review.judging import known
from review.night.judged import judge_kept
from tests.crawlers.keeping import House, exchange, page, task
from tests.crawlers.keeping import house as open_house
from tests.review.commands.test_json import undocumented

WECHAT, PHONE = "zs_invented_5", "14200001234"
SALE = "<title>办证</title><p>焊工证电工证不用考试三天拿证，先拿证后付款，联系{contact}</p>"
NOW = "2026-11-21T00:00:00.000Z"


@contextmanager
def sellers(data: Path) -> Iterator[House]:
    """Two sellers with one WeChat, one of them with a telephone, and a third on his own."""
    with open_house(data) as made:
        for host, contact in (("a", f"微信{WECHAT}"), ("b", f"微信{WECHAT}，电话{PHONE}"), ("c", "电话14200009999")):
            url = f"http://{host}.example/"
            made.keep(page(task(url), exchange(url, SALE.format(contact=contact).encode())))
        judge(made)
        yield made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """For tests that only look."""
    with sellers(tmp_path_factory.mktemp("campaign") / "data") as made:
        yield made


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    """For tests that decide."""
    with sellers(tmp_path / "data") as made:
        yield made


def judge(house: House) -> None:
    judge_kept(config.load(), house.data, house.store, name="test")


def run(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["campaign", *arguments, "--data", str(house.data)])


def test_campaigns_are_listed_with_their_cases_and_ties(house: House) -> None:
    (told,) = [json.loads(line) for line in run(house, "list", "--json").stdout.splitlines()]
    assert list(undocumented(told, "zhengshao campaign list")) == []
    assert told["id"] == "K-000001"
    assert [one["subject"] for one in told["subjects"]] == ["site:a.example", "site:b.example"]
    assert all(one["case"].startswith("A-") for one in told["subjects"])
    (tie,) = told["ties"]
    assert (tie["kind"], tie["name"], tie["weight"], tie["carriers"]) == ("wechat", "微信号", 1.0, 2)
    assert [one["capture"] for one in tie["seen"]] == ["C-00000001", "C-00000002"]
    assert "a.example、site:b.example" in run(house, "list").stdout


@pytest.mark.parametrize("label", ["K-000001", "k-1", "1"])
def test_one_is_shown_by_its_number(label: str, house: House) -> None:
    result = run(house, "show", label)
    assert result.exit_code == 0, result.output
    assert "微信号" in result.stdout
    assert "C-00000002" in result.stdout
    assert WECHAT not in result.output


@pytest.mark.parametrize(
    "start",
    [f"contact:{WECHAT}", f"contact:{PHONE}", "contact:142-0000-1234", "site:a.example", "case:A-000001"],
)
def test_every_start_leads_to_the_whole_campaign(start: str, house: House) -> None:
    result = run(house, "show", "--from", start, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert list(undocumented(told, "zhengshao campaign show")) == []
    assert [one["id"] for one in told["campaigns"]] == ["K-000001"]
    assert {"site:a.example", "site:b.example"}.issuperset(told["at"])
    assert WECHAT not in result.stdout
    assert PHONE not in result.stdout


def test_a_value_that_ties_nobody_still_says_where_it_was_seen(house: House) -> None:
    result = run(house, "show", "--from", "contact:14200009999")
    assert (result.exit_code, "site:c.example" in result.stdout, "不属于任何团伙" in result.stdout) == (0, True, True)


@pytest.mark.parametrize("start", ["a.example", "https://A.example/cx?q=1", "A-000001"])
def test_a_start_is_known_without_a_word_before_it(start: str, house: House) -> None:
    result = run(house, "show", "--from", start)
    assert (result.exit_code, "K-000001" in result.stdout) == (0, True), result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("K-000009",), "没有编号为"),
        (("seven",), "没有编号为"),
        (("--from", "contact:nobody_0000"), "没有在任何"),
        (("--from", "site:nowhere.example"), "没有在任何"),
        (("--from", "wechat:nobody"), "不是可以追查的起点"),
        (("--from", "nobody_0000"), "没有在任何"),
        (("--from", "https://nowhere.example/x"), "网站 nowhere.example"),
        (("--from", "case:A-000099"), "没有编号为"),
        (("K-000001", "--from", "case:A-000001"), "Usage"),
        ((), "Usage"),
    ],
)
def test_what_is_not_there_is_said(arguments: tuple[str, ...], words: str, house: House) -> None:
    result = run(house, "show", *arguments)
    assert (result.exit_code, words in result.stderr) == (2, True), result.output


def test_the_table_has_a_row_for_every_subject_of_a_tie(house: House, tmp_path: Path) -> None:
    out = tmp_path / "ties.csv"
    assert run(house, "list", "--csv", str(out)).exit_code == 0
    head, *rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert len(head) == len(rows[0])
    assert [row[:2] for row in rows] == [["K-000001", "site:a.example"], ["K-000001", "site:b.example"]]


def test_what_a_page_wrote_is_no_formula() -> None:
    from review.commands.campaign import _harmless

    assert [_harmless(cell) for cell in ("=1+1", "@x", "a=b", 0.5)] == ["'=1+1", "'@x", "a=b", 0.5]


def test_a_case_names_its_campaign(house: House) -> None:
    shown = CliRunner().invoke(main, ["case", "show", "A-000001", "--data", str(house.data)])
    assert "团伙 K-000001" in shown.stdout
    told = CliRunner().invoke(main, ["case", "show", "A-000001", "--json", "--data", str(house.data)])
    assert json.loads(told.stdout)["campaigns"] == ["K-000001"]


def test_what_people_excluded_ties_nobody(own: House) -> None:
    with own.store.write() as connection:
        number = next(case.id for case in find(connection) if case.subjects == ("site:b.example",))
        decide(connection, number, Decision.EXCLUDE, actor="甲", reason="核对过", now=NOW)
    judge(own)
    assert run(own, "list", "--json").stdout == ""


def test_what_people_merged_is_one_campaign(own: House) -> None:
    with own.store.write() as connection:
        numbers = {case.subjects[0]: case.id for case in find(connection)}
        source, target = numbers["site:c.example"], numbers["site:a.example"]
        merge(connection, source, target, actor="甲", reason="同一人", now=NOW)
    judge(own)
    (told,) = [json.loads(line) for line in run(own, "list", "--json").stdout.splitlines()]
    assert [one["subject"] for one in told["subjects"]] == ["site:a.example", "site:b.example", "site:c.example"]


def test_the_kit_of_a_confirmed_case_is_known_to_the_next_night(own: House) -> None:
    assert known(own.store).kits == ()
    html = SALE.format(contact="") + '<script src="/zscx/q.min.js"></script><form action="/zscx/do.php"></form>'
    own.keep(page(task("http://kit.example/"), exchange("http://kit.example/", html.encode())))
    judge(own)
    with own.store.write() as connection:
        number = next(case.id for case in find(connection) if case.subjects == ("site:kit.example",))
        decide(connection, number, Decision.CONFIRM, actor="甲", reason="属实", now=NOW)
    (kit,) = known(own.store).kits
    assert (kit.label, kit.axis, set(kit.features.values())) == (f"A-{number:06d}", "selling", {"asset", "action"})
