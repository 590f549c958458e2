"""`zhengshao evaluate`: how well the detectors agree with labelled rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.commands._shared import FINE, PARTIAL, config_option, emit, fail, json_option, load_config, say

if TYPE_CHECKING:
    from detectors.base import Assessment
    from review.assessing import Document


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@config_option
@json_option
def command(file: Path, config_dir: Path | None, as_json: bool) -> None:
    """Judge the rows of FILE (JSON Lines) and compare with their labels.

    \b
    A row: {"id", "text" or "html", "url"?, "is_selling"?, "is_impersonation"?, "imitates"?, "label", "difficulty"?}
    zhengshao evaluate labelled.jsonl
    zhengshao evaluate labelled.jsonl --json
    """
    from detectors.context import Context
    from review.assessing import Failed, judge, lines
    from review.evaluation import evaluate, table

    context = Context.build(load_config(config_dir))
    failed: list[Failed] = []

    def judged() -> Iterator[tuple[Document, Assessment]]:
        try:
            stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
        except OSError as error:
            fail(f"cannot read {file}: {error.strerror or error}")
        with stream:
            for document in lines(stream):
                if isinstance(document, Failed):
                    failed.append(document)
                else:
                    yield document, judge(document, context)

    found = evaluate(judged())
    if as_json:
        emit(found.as_json() | {"unreadable": [one.as_json() for one in failed]})
    else:
        for line in table(found):
            click.echo(line)
    for one in failed:
        say(one.error)
    sys.exit(PARTIAL if failed else FINE)
