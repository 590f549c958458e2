"""`capture`, as a person calls it: every page's end is told, and the exit counts pages, not subjects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crawlers.doorclient import DoorDown
from crawlers.leases import TaskStatus
from crawlers.records import FetchProfile, Outcome, Task, TaskKind, TaskState
from review.cli import main
from review.night import Captured
from review.night.ground import night_lock
from tests.review.small import make_office

ONE, OTHER, THIRD = "http://shop.example/a", "http://shop.example/b", "http://shop.example/c"


def _visit(url: str, outcome: Outcome | None, reason: str = "", profile: str = "desktop") -> TaskStatus:
    task = Task(night="N", kind=TaskKind.SITE, source="web", target=url, profile=FetchProfile(profile))
    return TaskStatus(task, TaskState.DONE if outcome else TaskState.PLANNED, outcome, reason, "")


FOUND = Captured(
    visits=(
        _visit(ONE, Outcome.FAILED, "timeout"),
        _visit(ONE, Outcome.CAPTURED, "", "phone"),
        _visit(OTHER, Outcome.CAPTURED),
        _visit(OTHER, Outcome.FAILED, "no_browser"),
        _visit(THIRD, None),
    ),
    subjects=(),
)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["capture", *arguments])


def _lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def _gives(monkeypatch: pytest.MonkeyPatch, found: Captured | Exception) -> None:
    def capture(*_: object, **__: object) -> Captured:
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr("review.night.capture", capture)


def test_two_pages_of_one_site_are_both_had(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _gives(monkeypatch, FOUND)
    result = _run(ONE, OTHER, OTHER, "--data", str(tmp_path), "--json")
    assert result.exit_code == 0, result.output
    assert _lines(result) == [{"url": url, "outcome": "captured", "reason": ""} for url in (ONE, OTHER)]


def test_a_page_that_was_not_had_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _gives(monkeypatch, FOUND)
    result = _run(ONE, THIRD, "--data", str(tmp_path))
    assert result.exit_code == 3
    assert result.stdout.splitlines() == [f"{ONE}  已取证", f"{THIRD}  没有完成"]


def test_what_the_crawl_cannot_do_is_said_without_a_trace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _gives(monkeypatch, DoorDown("the door did not start"))
    result = _run(ONE, "--data", str(tmp_path))
    assert (result.exit_code, "the door did not start" in result.stderr) == (1, True)


def test_beside_a_night_it_waits_for_nobody(tmp_path: Path) -> None:
    with night_lock(tmp_path):
        assert _run(ONE, "--data", str(tmp_path)).exit_code == 4


@pytest.mark.parametrize("url", ["shop.example", "ftp://shop.example/", "http://shop.example:99999/", "http://[/"])
def test_what_is_no_address_is_refused(url: str, tmp_path: Path) -> None:
    result = _run(url, "--data", str(tmp_path))
    assert (result.exit_code, "不是网页地址" in result.stderr) == (2, True)


def test_a_refused_address_is_told_with_its_reason(tmp_path: Path) -> None:
    office, data = make_office(tmp_path / "office"), tmp_path / "data"
    result = _run("http://127.0.0.1/", "--data", str(data), "--config", str(office), "--json")
    assert result.exit_code == 3, result.output
    (told,) = _lines(result)
    assert (told["url"], told["outcome"]) == ("http://127.0.0.1/", "refused")
    assert told["reason"]
