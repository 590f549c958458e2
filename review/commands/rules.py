"""`zhengshao rules`: try a term or a rule on what is stored, before it is saved."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review.commands._shared import (
    FINE,
    PARTIAL,
    config_option,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
    open_store,
    say,
)

if TYPE_CHECKING:
    from config import Config
    from detectors.context import Context
    from review.assessing import Document
    from review.trying import Candidate, Tally, Trial

_UNCHANGED_SHOWN = 20


@click.group()
def command() -> None:
    """Try the wording that offers are judged by."""


@command.command(
    "try",
    epilog="""\b
    Examples:
      zhengshao rules try 直出免到
      zhengshao rules try 直出免到 --as exempt
      zhengshao rules try --rule new_rule.toml --json
      zhengshao rules try 直出免到 --as exempt --in labelled.jsonl
    """,
)
@click.argument("phrase", required=False)
@click.option("--as", "concept", default="", help="The concept of wording.toml that the phrase would be a term of.")
@click.option(
    "--rule",
    "snippet",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Entries as in wording.toml ([[rule]], [[concept]], …) in place of a phrase.",
)
@click.option(
    "--in",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, allow_dash=True),
    help='JSON Lines {"id", "url"?, "html" | "text", "label"?} in place of what is stored.',
)
@click.option("--limit", default=_UNCHANGED_SHOWN, show_default=True, help="How many unchanged pages to show.")
@config_option
@data_option
@json_option
def try_(
    phrase: str | None,
    concept: str,
    snippet: Path | None,
    files: tuple[Path, ...],
    limit: int,
    config_dir: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Which stored pages and offers PHRASE would have hit, the verdict each has by the present rules, and with --as or
    --rule the verdict it would get. Nothing is saved."""
    from detectors.context import Context
    from review.trying import Tally, run, summed, told

    config = load_config(config_dir)
    now = Context.build(config)
    trial = _trial(config, now, phrase, concept, snippet)
    tally = Tally()
    source = _given(files, tally) if files else _stored(config_dir, data_dir, now, tally)
    shown = 0
    for one in run(source, trial, now, tally):
        shown += not one.changed
        if as_json:
            emit(one.as_json())
        elif one.changed or shown <= limit:
            click.echo("\n".join(told(one)))
    if as_json:
        emit({"summary": tally.as_json()})
    else:
        click.echo("\n".join(summed(tally, judged=trial.wording is not None)))
    sys.exit(PARTIAL if tally.unreadable else FINE)


def _trial(config: Config, now: Context, phrase: str | None, concept: str, snippet: Path | None) -> Trial:
    from config import ConfigError
    from review.strings import TRY_ONE
    from review.trying import TrialError, of_phrase, of_snippet

    if (phrase is None) == (snippet is None) or (snippet and concept):
        fail(TRY_ONE)
    try:
        return of_snippet(config, now, snippet) if snippet else of_phrase(config, phrase or "", concept)
    except (TrialError, ConfigError) as error:
        fail(str(error))


def _given(files: tuple[Path, ...], tally: Tally) -> Iterator[Candidate]:
    from review.trying import given

    yield from given(_rows(files, tally))


def _rows(files: tuple[Path, ...], tally: Tally) -> Iterator[Document]:
    from review.assessing import Failed, lines

    for file in files:
        try:
            stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
        except OSError as error:
            fail(f"cannot read {file}: {error.strerror or error}")
        with stream:
            for document in lines(stream):
                if isinstance(document, Failed):
                    tally.unreadable += 1
                    say(document.error)
                else:
                    yield document


def _stored(config_dir: Path | None, data_dir: Path | None, now: Context, tally: Tally) -> Iterator[Candidate]:
    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from detectors.kept import Kept
    from review.trying import stored

    store, data = open_store(config_dir, data_dir)
    archive = Archive(data / "archive", now.config.settings.archive.gzip_level)
    try:
        yield from stored(Kept(store, archive, now, BlobStore(data / "blobs")), tally)
    finally:
        store.close()
