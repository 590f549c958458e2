"""`zhengshao wacz`: captures as one file that replay tools open."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from review.commands._shared import PROBLEMS, config_option, data_option, emit, fail, json_option, open_store, say


@click.command("wacz")
@click.argument("captures", metavar="[CAPTURE...]", nargs=-1)
@click.option("--case", "case_id", metavar="CASE", default="", help="All captures of this case.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The .wacz to write.")
@click.option("--without-pictures", is_flag=True, help="Leave out screenshots, DOM and the other artefacts.")
@click.option("--actor", default=getpass.getuser, show_default="your login", help="Who exports, for the audit log.")
@config_option
@data_option
@json_option
def command(
    captures: tuple[str, ...],
    case_id: str,
    out: Path,
    without_pictures: bool,
    actor: str,
    config_dir: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Export captures as WACZ, for replayweb.page, pywb and other archives. The audit log says who did.

    It holds pages as they were, personal data included, and proves less than a packet: see docs/evidence-capture.md.

    \b
    zhengshao wacz C-00000012 C-00000013 --out site.wacz
    zhengshao wacz --case A-000012 --out case.wacz
    """
    from crawlers.records import CrawlError
    from review.errors import ReviewError
    from review.exporting import capture_number, captures_of_case, export_wacz

    store, data = open_store(config_dir, data_dir)
    try:
        numbers = [capture_number(text) for text in captures]
        numbers += captures_of_case(store, case_id) if case_id else []
        made = export_wacz(store, data, numbers, out, pictures=not without_pictures, actor=actor)
    except (CrawlError, ReviewError) as error:
        fail(error, PROBLEMS)
    labels = [f"C-{number:08d}" for number in made.captures]
    if as_json:
        emit({"file": str(made.path), "sha256": made.sha256, "bytes": made.bytes, "captures": labels})
    else:
        click.echo(str(made.path))
        say(f"{len(labels)} 份取证，{made.bytes} 字节，SHA-256 {made.sha256}")
