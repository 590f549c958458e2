"""`zhengshao verify audit`: whether store, archive and custody still tell the same story."""

from __future__ import annotations

from pathlib import Path

import click

from review import strings
from review.commands._shared import PROBLEMS, config_option, data_option, emit, json_option, open_store, say


@click.group("verify")
def command() -> None:
    """Check that nothing kept was changed."""


@command.command("audit")
@config_option
@data_option
@json_option
def audit_(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Walk the custody chain, every capture and the audit log, and compare with the checkpoints. Changes nothing.

    \b
    zhengshao verify audit --data ~/zhengshao-data

    One problem a line on stdout; exit 0 when there is none, 1 otherwise.
    """
    from crawlers.agreement import audit
    from crawlers.archive import Archive
    from crawlers.blobs import BlobStore
    from review import audit as entries

    store, data = open_store(config_dir, data_dir)
    problems = audit(store, Archive(data / "archive"), BlobStore(data / "blobs"))
    with store.read() as connection:
        problems += entries.verify(connection) + entries.against_checkpoints(connection, data)
    if as_json:
        emit({"data": str(data), "problems": problems})
    else:
        for problem in problems:
            click.echo(problem)
        say(strings.AUDIT_PROBLEMS.format(count=len(problems)) if problems else strings.AUDIT_FINE)
    if problems:
        raise SystemExit(PROBLEMS)
