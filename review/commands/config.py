"""`zhengshao config check`: every mistake in the packaged and the office's configuration, at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.commands._shared import USAGE, config_option, emit, json_option, say

if TYPE_CHECKING:
    from config import Problem


@click.group()
def command() -> None:
    """Look at the configuration of this office."""


@command.command(
    "check",
    epilog="""\b
    Examples:
      zhengshao config check
      zhengshao config check --config /etc/zhengshao
      zhengshao config check --config ./office --json
    """,
)
@config_option
@json_option
def check(config_dir: Path | None, as_json: bool) -> None:
    """Validate every file: all mistakes with file, line, value, what is accepted and how to fix it.

    Exit 0 when the configuration can be used, 2 when not. Policy entries past their date are mentioned on stderr.
    """
    import config

    problems = config.check(config_dir)
    if as_json:
        emit({"ok": not problems, "problems": [problem.as_json() for problem in problems]})
    else:
        _print(problems)
    if problems:
        raise SystemExit(USAGE)
    for remark in config.expired(config.load(config_dir), datetime.now(UTC).date()):
        say(remark)


def _print(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        click.echo(str(problem))
    say(f"配置有 {len(problems)} 处问题" if problems else "配置可用")
