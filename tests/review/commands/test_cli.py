"""What the command line says to the commonest slips."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from click.testing import CliRunner

from review.cli import main
from review.commands import screen
from review.commands._shared import USAGE


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    refused = CliRunner().invoke(main, ["asses", "page.html"])
    assert refused.exit_code == USAGE
    assert "'assess'" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["parse", "baidu", "nowhere.html"], "读不到 nowhere.html（没有这个文件或目录）"),
        (["screen", "nowhere.txt"], "读不到 nowhere.txt（没有这个文件或目录）"),
        (["evaluate", "nowhere.jsonl"], "读不到 nowhere.jsonl（没有这个文件或目录）"),
        (["parse", "nowhere", "page.html"], "没有完成，原话如下：\n  unknown source"),
    ],
)
def test_a_file_that_cannot_be_had_is_named_without_a_trace(
    arguments: list[str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert refused.exit_code == USAGE, refused.output
    assert named in refused.stderr


def test_what_no_command_looks_after_is_told_by_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/case.wacz")

    monkeypatch.setattr(screen.command, "callback", broken)
    refused = CliRunner().invoke(main, ["screen", "-"], catch_exceptions=False)
    assert (refused.exit_code, refused.stderr) == (USAGE, "/srv/case.wacz（没有权限）\n")
