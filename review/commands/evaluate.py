"""`zhengshao evaluate`: how well the detectors agree with labelled rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.commands._shared import (
    FINE,
    PARTIAL,
    PROBLEMS,
    config_option,
    emit,
    json_option,
    load_config,
    say,
)
from review.telling import remark_told

if TYPE_CHECKING:
    from review.assessing import Document, Failed
    from review.evaluating.goals import Goal


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@config_option
@json_option
@click.option("--fail-under", "goals", multiple=True, metavar="GOALS", help="Exit 1 unless reached, as above.")
@click.option("--limit", default=40, show_default=True, help="How many confusions the table lists.")
@click.option("--blind", is_flag=True, help="Numbers and ids only: for texts that nobody who tunes may see.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that judge.")
def command(
    files: tuple[Path, ...],
    config_dir: Path | None,
    as_json: bool,
    goals: tuple[str, ...],
    limit: int,
    blind: bool,
    workers: int,
) -> None:
    """Judge the rows of FILES (JSON Lines; folders are searched) and compare with their labels.

    \b
    A row: {"id", "text" or "html", "url"?, "is_selling"?, "is_impersonation"?, "imitates"?,
            "label"?, "class"?, "difficulty"?, "family"?}
    zhengshao evaluate tests/detectors/texts/tune
    zhengshao evaluate a.jsonl b.jsonl --json
    zhengshao evaluate labelled/ --fail-under recall=0.95,fpr=0.01,fpr@training=0,recall@hidden=0.9
    """
    from review.evaluating.evaluation import evaluate
    from review.evaluating.goals import missed, parse
    from review.evaluating.judged import context_of, judge_all
    from review.evaluating.rows import files as found_files
    from review.evaluating.view import print_evaluation

    load_config(config_dir)
    failed: list[Failed] = []
    wanted: list[Goal] = [goal for written in goals for goal in parse(written)]
    documents = _readable(found_files(files), failed)
    found = evaluate(judge_all(documents, partial(context_of, config_dir), workers), blind=blind)
    short = missed(wanted, found)
    if as_json:
        emit(found.as_json() | {"unreadable": [one.as_json() for one in failed], "goals_missed": short})
    else:
        print_evaluation(found, limit=limit)
    _remark(failed, found.errors, short, wanted)
    sys.exit(PARTIAL if failed or found.errors else PROBLEMS if short else FINE)


def _readable(paths: list[Path], failed: list[Failed]) -> Iterator[Document]:
    """The documents; lines that are none are put aside."""
    from review.assessing import Failed
    from review.evaluating.rows import read

    for document in read(paths):
        if isinstance(document, Failed):
            failed.append(document)
        else:
            yield document


def _remark(failed: list[Failed], errors: list[dict[str, str]], short: list[str], wanted: list[Goal]) -> None:
    from review.strings import GOALS_REACHED, ROWS_FAILED, ROWS_UNREADABLE

    for one in failed:
        say(remark_told(one.error))
    if failed:
        say(ROWS_UNREADABLE.format(count=len(failed)))
    for error in errors:
        say(ROWS_FAILED.format(**error))
    for sentence in short:
        say(sentence)
    if wanted and not short:
        say(GOALS_REACHED)
