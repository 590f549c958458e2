"""`zhengshao import`: pages from files handed in by people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    from config import Config
    from config.schema_profiles import Profile
    from crawlers.imports import ImportReport
    from crawlers.recorder import Recorder
    from crawlers.store import Store


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
@data_option
@json_option
def command(files: tuple[Path, ...], config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Keep the pages of WARC FILES (.warc, .warc.gz) as captures, judge them, and open cases for what is flagged.

    Result pages of known search engines and marketplaces are read by their profiles. The same file twice changes
    nothing.

    \b
    zhengshao import saved-pages.warc.gz
    zhengshao import --data ~/zhengshao-data --json *.warc.gz

    With --json one object a line. Exit 0 when all was taken, 3 when a part was, 1 when nothing was.
    """
    from crawlers.records import ArchiveError, StoreError
    from crawlers.store import Store, store_url

    config = load_config(config_dir)
    data = data_directory(config, data_dir)
    try:
        store = Store.create(store_url(data, config.settings.store.url))
    except StoreError as error:
        fail(str(error))
    try:
        results = _keep(files, config, data, store)
        for result in results:
            _show(result, as_json)
        if any("error" not in result for result in results):
            _judge(config, data, store)
    except ArchiveError as error:
        fail(str(error), PROBLEMS)
    finally:
        store.close()
    raise SystemExit(_exit_code(results))


def _keep(files: Iterable[Path], config: Config, data: Path, store: Store) -> list[dict[str, Any]]:
    from crawlers.archive import Archive
    from crawlers.recorder import Recorder

    settings = config.settings.archive
    profiles = [*config.engines.values(), *config.marketplaces.values()]
    archive = Archive(data / "archive", settings.gzip_level)
    with Recorder.by_settings(store, archive, settings, owner="import") as recorder:
        return [_one(file, recorder, profiles) for file in files]


def _judge(config: Config, data: Path, store: Store) -> None:
    """Judging speaks on standard error: what a file gave stands on standard output, a line each."""
    from crawlers.imports import NIGHT
    from review.errors import NightLocked
    from review.night.judged import judge_kept
    from review.printing import counts_told

    try:
        found = judge_kept(config, data, store, name=NIGHT)
    except NightLocked as error:
        say(strings.JUDGED_LATER.format(reason=error))
        return
    say(strings.JUDGED.format(**{**found.as_json(), "cases": counts_told(found.cases)}))


def _one(file: Path, recorder: Recorder, profiles: Sequence[Profile]) -> dict[str, Any]:
    from crawlers.imports import import_file
    from crawlers.records import ImportRefused

    try:
        return _told(import_file(file, recorder=recorder, profiles=profiles))
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
