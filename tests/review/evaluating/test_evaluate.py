"""`evaluate` as it is called: several files, goals, bad lines, classes, reasons, and what stays unseen."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from detectors.base import Level
from review.cli import main
from review.commands._shared import FINE, PARTIAL, PROBLEMS, USAGE
from review.evaluating.evaluation import Evaluation, evaluate
from review.evaluating.goals import Goal, GoalError, missed, parse
from review.evaluating.judged import Judged, Outcome
from review.evaluating.view import print_evaluation

OFFER = "焊工证不用考试，三天拿证，加微信 abc_12345"
SECRET = "船到码头再说，电话 14000000127"
ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": OFFER, "is_selling": True, "label": "seller", "family": "one", "class": "承诺免考"},
    {"id": "b", "text": "花店今日开业", "is_selling": False, "label": "other", "family": "one"},
    {"id": "c", "text": SECRET, "is_selling": True, "label": "seller", "family": "two", "difficulty": "hidden"},
    {"id": "d", "text": "培训满学时后参加考试", "is_selling": False, "label": "training", "family": "two"},
]
Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def rows(name: str, *lines: dict[str, Any] | str) -> str:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
        file.write_text("\n".join(texts), encoding="utf-8")
        return str(file)

    return rows


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["evaluate", *arguments], catch_exceptions=False)


def found(*arguments: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return document


def test_files_and_folders_are_counted_together(write: Write, tmp_path: Path) -> None:
    write("set/deep/a.jsonl", *ROWS[:2])
    write("set/b.jsonl", ROWS[2])
    write("set/notes.txt", "not rows")
    both = found(str(tmp_path / "set"), write("c.jsonl", ROWS[3]))
    assert both["overall"]["selling"]["rows"] == 4
    assert set(both["label"]) == {"seller", "other", "training"}
    assert set(both["difficulty"]) == {"hidden"}
    assert both["family"]["two"]["selling"]["recall"] == {"value": 0.0, "of": 1, "low": 0.0, "high": 0.7935}
    assert both["overall"]["selling"]["watch"]["recall"]["of"] == 2


def test_a_folder_without_rows_and_an_absent_file_are_usage_errors(tmp_path: Path) -> None:
    assert run(str(tmp_path)).exit_code == USAGE
    assert run(str(tmp_path / "none.jsonl")).exit_code == USAGE
    assert run().exit_code == USAGE


@pytest.mark.parametrize(
    "line",
    [
        "{broken",
        '{"id": "x", "text": "有字"}',
        '{"id": "x", "text": "有字", "is_selling": "yes"}',
        '{"id": "x", "is_selling": true}',
    ],
)
def test_a_bad_line_is_named_and_the_others_count(write: Write, line: str) -> None:
    file = write("rows.jsonl", ROWS[0], line, ROWS[1])
    result = run(file, "--json")
    assert result.exit_code == PARTIAL
    document = json.loads(result.stdout)
    assert document["overall"]["selling"]["rows"] == 2
    (bad,) = document["unreadable"]
    assert bad["id"] in ("x", 2)
    assert file in bad["error"] and file in result.stderr


def test_workers_find_what_one_process_finds(write: Write) -> None:
    file = write("rows.jsonl", *ROWS)
    assert found(file, "--workers", "2") == found(file)


def test_the_class_is_compared_with_the_verdicts(write: Write) -> None:
    other = {**ROWS[0], "id": "e", "class": "篡改证件"}
    document = found(write("rows.jsonl", *ROWS, other))
    assert document["classes"] == {"承诺免考": {"承诺免考": 1}, "篡改证件": {"承诺免考": 1}}
    assert document["class_agreement"]["value"] == 0.5


def test_a_confusion_says_why_and_masks_numbers(write: Write) -> None:
    result = run(write("rows.jsonl", *ROWS), "--json")
    (confusion,) = json.loads(result.stdout)["confusions"]
    assert (confusion["id"], confusion["truth"], confusion["verdict"]) == ("c", True, "clear")
    assert confusion["excerpt"].startswith("船到")
    assert confusion["labels"] == {"label": "seller", "difficulty": "hidden", "family": "two"}
    assert "14000000127" not in result.output


def test_what_nearly_spoke_is_told(write: Write) -> None:
    row = {"id": "f", "text": "电工证的事，你去钓鱼，鱼上钩了叫我", "is_selling": True, "label": "seller"}
    (confusion,) = found(write("rows.jsonl", row))["confusions"]
    assert any("电工证" in sentence for sentence in confusion["nearly"])


def test_blind_shows_no_word_of_the_texts(write: Write) -> None:
    file = write("rows.jsonl", *ROWS)
    for arguments in ([file, "--blind"], [file, "--blind", "--json"]):
        shown = run(*arguments).output
        assert "码头" not in shown
        assert "c" in shown
    assert set(found(file, "--blind")["confusions"][0]) == {
        "id", "axis", "truth", "verdict", "class", "label", "labels",
    }  # fmt: skip


def test_goals_decide_the_exit_code(write: Write) -> None:
    file = write("rows.jsonl", *ROWS)
    assert run(file).exit_code == FINE
    assert run(file, "--fail-under", "recall=0.5,fpr=0").exit_code == FINE
    result = run(file, "--fail-under", "recall=0.95,fpr=0.01", "--json")
    assert result.exit_code == PROBLEMS
    assert len(json.loads(result.stdout)["goals_missed"]) == 1
    assert "recall" in result.stderr
    assert run(file, "--fail-under", "fpr@training=0", "--fail-under", "recall@one=1").exit_code == FINE
    assert run(file, "--fail-under", "recall@hidden=0.9").exit_code == PROBLEMS
    assert run(file, "--fail-under", "recall@nothing=0.9").exit_code == PROBLEMS


@pytest.mark.parametrize("written", ["recall", "recall=high", "speed=1", "fpr=2", "recall=nan"])
def test_a_goal_that_is_none_is_a_usage_error(write: Write, written: str) -> None:
    assert run(write("rows.jsonl", *ROWS), "--fail-under", written).exit_code == USAGE
    with pytest.raises(GoalError, match=written):
        parse(written)


def test_goals_as_they_are_written() -> None:
    assert parse("recall=0.95, fpr@training=0,") == [Goal("recall", 0.95), Goal("fpr", 0.0, "training")]


def test_a_goal_that_cannot_be_counted_is_missed() -> None:
    innocent = Judged("a", {"label": "other"}, (_outcome("selling", False, Level.CLEAR),), ())
    assert missed(parse("recall=0"), evaluate([innocent]))
    assert not missed(parse("fpr=0"), evaluate([innocent]))


def _outcome(axis: str, truth: bool, level: Level, imitates: str = "") -> Outcome:
    return Outcome(axis=axis, truth=truth, level=level, cls="某类", imitates=imitates)


@pytest.mark.parametrize(
    ("expected", "named", "wrong"),
    [("甲省应急管理厅", "应急管理厅", False), ("甲厅", "乙厅", True), ("甲厅", "", True), ("", "乙厅", False)],
)
def test_whom_a_page_imitates_is_compared_by_name(expected: str, named: str, wrong: bool) -> None:
    one = Judged("a", {"imitates": expected}, (_outcome("impersonation", True, Level.FLAG, named),), ())
    assert bool(evaluate([one]).misnamed) is wrong


def test_a_detector_that_failed_is_told() -> None:
    one = Judged("a", {}, (_outcome("selling", False, Level.CLEAR),), ("wording: budget: 9 ms spent of 5 ms",))
    assert evaluate([one]).as_json()["errors"] == [{"id": "a", "error": "wording: budget: 9 ms spent of 5 ms"}]


def shown(evaluation: Evaluation, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_evaluation(evaluation, limit=1, console=console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_a_terminal(width: int) -> None:
    levels = [Level.FLAG, Level.WATCH, Level.CLEAR]
    judged = [
        Judged(
            n, {"label": f"标签{n % 7}", "family": f"family-{n % 60}"}, (_outcome("selling", n % 2 == 0, level),), ()
        )
        for n in range(300)
        for level in levels
    ]
    lines = shown(evaluate(judged), width)
    assert all(len(line) <= width for line in lines)
    text = "\n".join(lines)
    assert "33.3 (29.1–37.8)" in text, "the interval stays on the line of its value"
    assert "另有" in text, "confusions beyond the limit are counted"


def test_of_many_groups_only_those_with_faults_are_listed() -> None:
    judged = [Judged(n, {"family": f"f{n}"}, (_outcome("selling", True, Level.FLAG),), ()) for n in range(40)]
    judged.append(Judged(99, {"family": "worst"}, (_outcome("selling", True, Level.CLEAR),), ()))
    text = "\n".join(shown(evaluate(judged), 100))
    assert "worst" in text
    assert "f17" not in text
    assert "另 40 组全对" in text


def test_brackets_in_texts_are_no_markup() -> None:
    wrong = Outcome(
        axis="selling",
        truth=True,
        level=Level.CLEAR,
        cls="[red]",
        imitates="",
        excerpt="[/] 甲[bold]乙",
        reasons=("[/x]",),
    )
    text = "\n".join(shown(evaluate([Judged("[i]", {"label": "[u]"}, (wrong,), ())]), 100))
    assert "[/] 甲[bold]乙" in text
    assert "[i]" in text
