"""`zhengshao assess`: judge pages or texts without storing anything."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from review.commands._shared import FINE, PARTIAL, config_option, emit, json_option, load_config, say
from review.strings import NAMED
from review.telling import remark_told


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--url", default="", help="Where the page was found; ownership is judged by this host.")
@config_option
@json_option
def command(files: tuple[Path, ...], url: str, config_dir: Path | None, as_json: bool) -> None:
    """Judge FILES (.html, .txt, .warc, .warc.gz) or, with `-`, JSON Lines {"id", "url"?, "html" | "text"} from stdin.

    \b
    zhengshao assess page.html --url https://example.test/cx/
    zhengshao assess offer.txt --json
    cat pages.jsonl | zhengshao assess - --json
    """
    from detectors.context import Context
    from review.assessing import Failed, documents, judge, render

    context = Context.build(load_config(config_dir))
    failed = False
    for document in documents(files, url, sys.stdin.buffer):
        if isinstance(document, Failed):
            failed = True
            emit(document.as_json()) if as_json else say(
                NAMED.format(name=document.id, value=remark_told(document.error))
            )
            continue
        assessment = judge(document, context)
        emit(document.report(assessment)) if as_json else click.echo(render(document, assessment))
    sys.exit(PARTIAL if failed else FINE)
