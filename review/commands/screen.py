"""`zhengshao screen`: judge domain names, one a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from review.commands._shared import config_option, emit, fail, json_option, load_config
from review.strings import NO_NAMES_FILE

MAX_LINE_CHARS = 4096


@click.command()
@click.argument("names", type=click.Path(path_type=Path, allow_dash=True))
@config_option
@json_option
def command(names: Path, config_dir: Path | None, as_json: bool) -> None:
    """Judge the domain names of the file NAMES (or `-`), one a line, and print those at watch or above.

    \b
    zhengshao screen newly-registered.txt
    cat zone.txt | zhengshao screen - --json
    """
    from detectors.base import Level
    from detectors.context import Context

    judge = Context.build(load_config(config_dir)).names.judge
    for line in _lines(names):
        verdict = judge(line)
        if verdict.level is Level.CLEAR:
            continue
        if as_json:
            emit(verdict.as_json(line))
        else:
            row = verdict.as_json(line)
            click.echo(f"{row['verdict']}\t{line}\t{row['class']}\t{row['imitates']}\t{row['reason']}")


def _lines(names: Path) -> Iterator[str]:
    """Lines without their end; blank ones and comments are skipped, undecodable bytes replaced."""
    try:
        stream = sys.stdin.buffer if str(names) == "-" else names.open("rb")
    except OSError as error:
        fail(NO_NAMES_FILE.format(path=names, error=error.strerror))
    with stream:
        for raw in stream:
            line = raw.decode("utf-8-sig", "replace").rstrip("\r\n")
            if line.strip() and not line.startswith("#") and len(line) <= MAX_LINE_CHARS:
                yield line
