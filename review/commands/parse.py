"""`zhengshao parse SOURCE FILE`: what a profile reads from a saved page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from config.strings import cause_of
from review.commands._shared import config_option, emit, fail, json_option
from review.strings import NOT_READ, PARSED, REMARKED
from review.telling import state_told

if TYPE_CHECKING:
    from crawlers.profiles import ParsedPage


@click.command(
    epilog="""\b
    Examples:
      zhengshao parse baidu saved.html
      zhengshao parse xianyu reply.json --json
      zhengshao parse bing saved.html --url 'https://cn.bing.com/search?q=…' --json
    """
)
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--url", default="", help="The address the page was saved from: resolves its relative links.")
@config_option
@json_option
def command(source: str, file: Path, url: str, config_dir: Path | None, as_json: bool) -> None:
    """Read a saved result or listing page (FILE, or - for stdin) by the profile SOURCE.

    Prints the page's state and its results, adverts and cards. Exit 0 whatever is found.
    """
    from crawlers.profiles import parse
    from crawlers.shelf import load_profile

    parsed = parse(load_profile(source, config_dir), _body(file), url=url)
    if as_json:
        emit(parsed.as_json())
    else:
        _print(parsed)


def _body(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        fail(NOT_READ.format(path=file, cause=cause_of(error)))


def _print(parsed: ParsedPage) -> None:
    document = parsed.as_json()
    read = PARSED.format(source=parsed.source, state=state_told(parsed.state.value), count=len(document["results"]))
    click.echo(REMARKED.format(name=read, remark=parsed.reason) if parsed.reason else read)
    for kind in ("results", "ads", "cards"):
        for row in document[kind]:
            details = "  ".join(str(row[name]) for name in ("price", "seller", "place") if row.get(name))
            click.echo(f"{kind[:-1]:>6} {row['rank']:>3}  {row['title'][:60]}" + (f"  [{details}]" if details else ""))
            click.echo(f"            {row['url']}")
