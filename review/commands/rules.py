"""`zhengshao rules`: try a term or a rule on what is stored before it is saved; learn anew how offers are worded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from config.strings import cause_of
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
from review.strings import NOT_READ, TOO_FEW_CLASSES, TOO_FEW_ROWS
from review.telling import remark_told

if TYPE_CHECKING:
    from config import Config
    from detectors.context import Context
    from detectors.kept import Kept
    from detectors.learning import Example
    from review.assessing import Document
    from review.trying import Candidate, Tally, Trial

_UNCHANGED_SHOWN = 20


@click.group()
def command() -> None:
    """Try the wording that offers are judged by, or learn their manner and their classes anew."""


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


@command.command(
    epilog="""\b
    Examples:
      zhengshao rules learn labelled/ --out detectors/data/manner.tsv
      zhengshao rules learn labelled.jsonl --decisions --out office/manner.tsv
    An office's own weights stand in its configuration directory as manner.tsv.
    """,
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file of weights to write."
)
@click.option("--decisions", is_flag=True, help="Learn from stored pages of confirmed and excluded cases, too.")
@config_option
@data_option
@json_option
def learn(
    files: tuple[Path, ...],
    out: Path,
    decisions: bool,
    config_dir: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Learn the weights of the manner of offers from labelled rows in FILES (JSON Lines {"id", "text" | "html",
    "is_selling", "family"}, or folders of such files) and tell how they do on families they were not learnt from."""
    from detectors.context import Context
    from detectors.learning import learn as learnt
    from detectors.learning import written
    from review.strings import LEARNT
    from review.teaching import agreement, labelled, of_rules
    from review.trying import Tally

    now = Context.build(load_config(config_dir))
    rows = _rows(tuple(path for file in files for path in _within(file)), Tally())
    found = [*of_rules(now), *labelled(rows, now), *(_decided(config_dir, data_dir, now) if decisions else ())]
    families = {one.family for one in found}
    if not (len(families) > 1 and any(one.sells for one in found) and not all(one.sells for one in found)):
        fail(TOO_FEW_ROWS)
    result = learnt(found, say)
    about = f"{len(found)} texts of {len(families)} families, {sum(one.sells for one in found)} of sellers"
    out.write_text(written(result.manner, about), encoding="utf-8")
    rates = agreement(found, result)
    emit(rates) if as_json else click.echo(LEARNT.format(about=about, out=out, **rates))


@command.command(
    "learn-classes",
    epilog="""\b
    Examples:
      zhengshao rules learn-classes labelled/ --out detectors/data/classes.tsv
      zhengshao rules learn-classes labelled.jsonl --out office/classes.tsv
    An office's own weights stand in its configuration directory as classes.tsv.
    """,
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file of weights to write."
)
@config_option
@json_option
def learn_classes(files: tuple[Path, ...], out: Path, config_dir: Path | None, as_json: bool) -> None:
    """Learn by what strings the class of an offer is known, from sellers' rows in FILES (JSON Lines {"id", "text" |
    "html", "is_selling", "class", "family"}, or folders of such files), and tell how often classes agree on families
    they were not learnt from."""
    from detectors.class_learning import cross_validated
    from detectors.class_learning import learn as learnt
    from detectors.context import Context
    from review.strings import CLASSES_LEARNT, CLASSES_LEARNT_OF
    from review.teaching import class_agreement, classed
    from review.trying import Tally

    now = Context.build(load_config(config_dir))
    found = list(classed(_rows(tuple(path for file in files for path in _within(file)), Tally()), now))
    families = {one.family for one in found}
    if len(families) < 2 or len({one.cls for one in found}) < 2:
        fail(TOO_FEW_CLASSES)
    agreed = class_agreement(found, cross_validated(found, say))
    classes = learnt(found)
    about = f"{len(found)} texts of {len(families)} families, {len(agreed)} classes"
    out.write_text(classes.written(about), encoding="utf-8")
    share = sum(part for part, _ in agreed.values()) / len(found)
    if as_json:
        told = {cls: {"agreed": part, "of": whole} for cls, (part, whole) in agreed.items()}
        emit({"strings": len(classes.weights), "agreement": round(share, 4), "classes": told})
    else:
        click.echo(CLASSES_LEARNT.format(about=about, strings=len(classes.weights), out=out, share=share))
        for cls, (part, whole) in agreed.items():
            click.echo(CLASSES_LEARNT_OF.format(cls=cls, part=part, whole=whole))


def _within(path: Path) -> list[Path]:
    return sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]


def _decided(config_dir: Path | None, data_dir: Path | None, now: Context) -> Iterator[Example]:
    from review.teaching import decided, taught
    from review.trying import Tally, stored

    with _kept(config_dir, data_dir, now) as kept:
        with kept.store.read() as connection:
            truths = decided(connection)
        yield from taught(stored(kept, Tally()), truths, now)


def _trial(config: Config, now: Context, phrase: str | None, concept: str, snippet: Path | None) -> Trial:
    from config import ConfigError
    from review.strings import TRY_ONE
    from review.trying import of_phrase, of_snippet

    if (phrase is None) == (snippet is None) or (snippet and concept):
        fail(TRY_ONE)
    try:
        return of_snippet(config, now, snippet) if snippet else of_phrase(config, phrase or "", concept)
    except ConfigError as error:
        fail(error)


def _given(files: tuple[Path, ...], tally: Tally) -> Iterator[Candidate]:
    from review.trying import given

    yield from given(_rows(files, tally))


def _rows(files: tuple[Path, ...], tally: Tally) -> Iterator[Document]:
    from review.assessing import Failed, lines

    for file in files:
        try:
            stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
        except OSError as error:
            fail(NOT_READ.format(path=file, cause=cause_of(error)))
        with stream:
            for document in lines(stream):
                if isinstance(document, Failed):
                    tally.unreadable += 1
                    say(remark_told(document.error))
                else:
                    yield document


def _stored(config_dir: Path | None, data_dir: Path | None, now: Context, tally: Tally) -> Iterator[Candidate]:
    from review.trying import stored

    with _kept(config_dir, data_dir, now) as kept:
        yield from stored(kept, tally)


@contextmanager
def _kept(config_dir: Path | None, data_dir: Path | None, now: Context) -> Iterator[Kept]:
    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from detectors.kept import Kept

    store, data = open_store(config_dir, data_dir)
    archive = Archive(data / "archive", now.config.settings.archive.gzip_level)
    try:
        yield Kept(store, archive, now, BlobStore(data / "blobs"))
    finally:
        store.close()
