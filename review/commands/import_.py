"""`zhengshao import`: pages from files handed in by people."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review import strings
from review.commands._shared import (
    FINE,
    PARTIAL,
    PROBLEMS,
    config_option,
    data_directory,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
    say,
)

if TYPE_CHECKING:
    from crawlers.imports import ImportReport
    from crawlers.recorder import Recorder


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
@data_option
@json_option
def command(files: tuple[Path, ...], config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Keep the pages of WARC FILES (.warc, .warc.gz) as captures; the same file twice changes nothing.

    \b
    zhengshao import saved-pages.warc.gz
    zhengshao import --data ~/zhengshao-data --json *.warc.gz

    With --json one object a line. Exit 0 when all was taken, 3 when a part was, 1 when nothing was.
    """
    from crawlers.archive import Archive
    from crawlers.recorder import Recorder
    from crawlers.records import ArchiveError, StoreError
    from crawlers.store import Store, store_url

    config = load_config(config_dir)
    data, settings = data_directory(config, data_dir), config.settings.archive
    try:
        store = Store.create(store_url(data, config.settings.store.url))
        archive = Archive(data / "archive", settings.gzip_level)
        with Recorder(store, archive, owner="import", volume_max_bytes=settings.volume_max_bytes) as recorder:
            results = [_one(file, recorder) for file in files]
    except StoreError as error:
        fail(str(error))
    except ArchiveError as error:
        fail(str(error), PROBLEMS)
    for result in results:
        _show(result, as_json)
    raise SystemExit(_exit_code(results))


def _one(file: Path, recorder: Recorder) -> dict[str, Any]:
    from crawlers.imports import import_file
    from crawlers.records import ImportRefused

    try:
        return _told(import_file(file, recorder=recorder))
    except ImportRefused as error:
        return {"file": file.name, "error": str(error)}


def _told(report: ImportReport) -> dict[str, Any]:
    return {
        "file": report.file,
        "sha256": report.sha256,
        "captures": list(report.captures),
        "known": report.known,
        "skipped": report.skipped,
        "damaged": [{"offset": item.offset, "reason": item.reason} for item in report.damaged],
    }


def _show(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit(result)
    elif "error" in result:
        say(strings.IMPORT_REFUSED.format(reason=result["error"]))
    else:
        counts = {name: len(result[name]) for name in ("captures", "damaged")}
        click.echo(strings.IMPORTED.format(file=result["file"], known=result["known"], **counts))
        for item in result["damaged"]:
            say(strings.IMPORT_DAMAGED.format(**item))


def _exit_code(results: Iterable[dict[str, Any]]) -> int:
    whole = [not result.get("error") and not result["damaged"] for result in results]
    taken = any(not result.get("error") for result in results)
    if all(whole):
        return FINE
    return PARTIAL if taken else PROBLEMS
