"""`case`, `packet build`, `doctor` and `verify` as a person calls them: output, exit codes, clear refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawlers.store import Store
from review.cases import Suspect, open_or_refresh
from review.cli import main
from review.commands._shared import FINE, PROBLEMS, USAGE

NOW = "2026-11-21T00:00:00.000Z"
SIGNAL = {
    "detector": "wording",
    "version": 1,
    "class": "承诺免考",
    "weight": 0.7,
    "where": "text",
    "start": 0,
    "end": 4,
}
FOUND = {
    "impersonation": {"verdict": "clear", "class": "未见异常", "score": 0.0, "imitates": "", "signals": []},
    "selling": {
        "verdict": "flag",
        "class": "承诺免考",
        "score": 0.7,
        "signals": [{**SIGNAL, "reason": "承诺不经考试取证。", "quote": "焊工证免考"}] * 3,
    },
}


@pytest.fixture
def data(store: Store, tmp_path: Path) -> Path:
    suspects = [
        Suspect(subject="site:a.example.top", title="甲", cls="承诺免考", score=0.7, assessment=FOUND),
        Suspect(subject="listing:xianyu:910000000001", title="乙", cls="代办出证", score=0.9, assessment=FOUND),
    ]
    with store.write() as connection:
        for suspect in suspects:
            open_or_refresh(connection, suspect, night="2026-11-21", now=NOW)
    return tmp_path


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)], catch_exceptions=False)


def test_the_queue_is_listed_worst_first_for_people_and_programs(data: Path) -> None:
    listed = run(data, "case", "list", "--json")
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["A-000002", "A-000001"]
    assert rows[0]["state"] == "open"
    assert "待审" in run(data, "case", "list").stdout
    assert run(data, "case", "list", "--state", "confirmed", "--json").stdout == ""


def test_a_case_is_shown_with_each_reason_once(data: Path) -> None:
    shown = run(data, "case", "show", "A-000001")
    assert shown.exit_code == FINE
    assert shown.stdout.count("承诺不经考试取证") == 1
    assert "「焊工证免考」" in shown.stdout
    document = json.loads(run(data, "case", "show", "1", "--json").stdout)
    assert document["findings"][0]["selling"]["class"] == "承诺免考"


def test_a_decision_is_written_and_audited(data: Path) -> None:
    assert run(data, "case", "decide", "A-000001", "confirm", "--actor", "甲").exit_code == FINE
    assert json.loads(run(data, "case", "show", "1", "--json").stdout)["state"] == "confirmed"
    assert run(data, "verify", "audit").exit_code == FINE


def test_a_merge_leaves_one_case(data: Path) -> None:
    merged = run(data, "case", "merge", "A-000001", "--into", "A-000002", "--reason", "同一微信", "--actor", "甲")
    assert merged.exit_code == FINE
    assert len(run(data, "case", "list", "--json").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("case", "show", "A-000099"), "case list"),
        (("case", "decide", "A-000001", "exclude"), "--reason"),
        (("case", "decide", "nonsense", "confirm"), "A-000012"),
    ],
)
def test_what_cannot_be_done_says_why(data: Path, arguments: tuple[str, ...], says: str) -> None:
    refused = run(data, *arguments)
    assert refused.exit_code == USAGE
    assert says in refused.stderr


def test_only_a_confirmed_case_is_handed_over(data: Path) -> None:
    refused = run(data, "packet", "build", "A-000001", "--to", "cac")
    assert refused.exit_code == PROBLEMS
    assert "case decide A-000001 confirm" in refused.stderr
    assert not list(data.glob("packets/*"))


def test_without_a_store_every_command_says_how_to_make_one(tmp_path: Path) -> None:
    refused = run(tmp_path / "nothing", "case", "list")
    assert refused.exit_code == USAGE
    assert f"zhengshao db upgrade --data {tmp_path / 'nothing'}" in refused.stderr


def test_doctor_names_each_thing_and_what_to_do(data: Path) -> None:
    looked = run(data, "doctor", "--json")
    findings = {row["what"]: row for row in map(json.loads, looked.stdout.splitlines())}
    assert {"浏览器", "中文字体", "openssl", "磁盘", "数据库"} <= findings.keys()
    assert findings["数据库"]["fine"]
    assert looked.exit_code == (FINE if all(row["fine"] for row in findings.values()) else PROBLEMS)
