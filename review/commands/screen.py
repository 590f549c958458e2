"""`zhengshao screen`: judge domain names, one a line."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO

import click

from config.strings import cause_of
from review.commands._shared import FINE, PARTIAL, config_option, emit, fail, json_option, load_config, say
from review.strings import NO_NAMES_FILE


@click.command()
@click.argument("names", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes that judge.")
@config_option
@json_option
def command(names: Path, workers: int, config_dir: Path | None, as_json: bool) -> None:
    """Judge the domain names of the list NAMES (or `-`) and print those at watch or above.

    A list has a name or URL on each line, or is a CSV file (the column is found), a zone file, or one of these
    compressed by gzip. A line that is no host name is an error object, and the exit code is 3.

    \b
    zhengshao screen newly-registered.txt
    zhengshao screen zone.gz --workers 4
    cat names.csv | zhengshao screen - --json
    """
    from review.errors import ListBroken
    from review.screening.lists import blocks
    from review.screening.workers import screen

    load_config(config_dir)
    code = FINE
    try:
        with _opened(names) as stream:
            for row in screen(blocks(stream), config_dir, workers):
                code = PARTIAL if "error" in row else code
                _print(row, as_json)
    except ListBroken as error:
        code = PARTIAL
        say(str(error))
    sys.exit(code)


def _opened(names: Path) -> AbstractContextManager[IO[bytes]]:
    try:
        return nullcontext(sys.stdin.buffer) if str(names) == "-" else names.open("rb")
    except OSError as error:
        fail(NO_NAMES_FILE.format(path=names, error=cause_of(error)))


def _print(row: dict[str, str], as_json: bool) -> None:
    if as_json:
        emit(row)
    elif "error" in row:
        say(f"{row['name']}: {row['error']}")
    else:
        click.echo(f"{row['verdict']}\t{row['name']}\t{row['class']}\t{row['imitates']}\t{row['reason']}")
