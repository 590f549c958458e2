"""`zhengshao db upgrade|backup|restore`: the office's database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from review import strings
from review.commands._shared import (
    PROBLEMS,
    config_option,
    data_directory,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
    open_store,
    say,
)

if TYPE_CHECKING:
    from crawlers.archive import Archive


@click.group("db")
def command() -> None:
    """Make, bring up to date, back up and restore the database.

    \b
    zhengshao db upgrade --data ~/zhengshao-data
    zhengshao db backup /mnt/backup/2026-01-31
    zhengshao db restore /mnt/backup/2026-01-31 --data ~/zhengshao-data
    """


@command.command("upgrade")
@config_option
@data_option
@json_option
def upgrade(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Make the database, or bring it to this program's version. Safe to repeat.

    \b
    zhengshao db upgrade --data /var/lib/zhengshao
    """
    from crawlers import schema
    from crawlers.store import Store, store_url

    config = load_config(config_dir)
    data = data_directory(config, data_dir)
    Store.create(store_url(data, config.settings.store.url)).close()
    if as_json:
        emit({"data": str(data), "revisions": schema.heads()})
    else:
        say(strings.DB_UPGRADED.format(data=data))


@command.command("backup")
@click.argument("directory", type=click.Path(path_type=Path))
@config_option
@data_option
@json_option
def back_up(directory: Path, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Copy the database into a new DIRECTORY while it is in use, with the list of volumes it needs.

    Volumes and blobs never change once written: copy `archive/` and `blobs/` with a tool of your own.

    \b
    zhengshao db backup /media/usb/backup-20261121 --data /var/lib/zhengshao
    """
    from crawlers.backup import backup
    from crawlers.records import CrawlError

    store, data = open_store(config_dir, data_dir)
    try:
        report = backup(store, _archive(data), directory)
    except (CrawlError, OSError) as error:
        fail(error)
    if as_json:
        emit(
            {
                "directory": str(report.directory),
                "store_sha256": report.store_sha256,
                "volumes": report.volumes,
                "volume_bytes": report.volume_bytes,
            }
        )
    else:
        say(strings.DB_BACKED_UP.format(directory=directory, volumes=report.volumes, bytes=report.volume_bytes))


@command.command("restore")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@config_option
@data_option
@json_option
def restore_(directory: Path, config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Check the backup in DIRECTORY against itself and the archive, then put it in place. Overwrites nothing.

    \b
    zhengshao db restore /media/usb/backup-20261121 --data /var/lib/zhengshao
    """
    from crawlers.backup import restore
    from review.telling import error_told

    data = data_directory(load_config(config_dir), data_dir)
    problems = restore(directory, data, _archive(data))
    if as_json:
        emit({"data": str(data), "problems": problems})
    else:
        say(error_told("\n".join(problems)) if problems else strings.DB_RESTORED.format(data=data))
    if problems:
        raise SystemExit(PROBLEMS)


def _archive(data: Path) -> Archive:
    from crawlers.archive import Archive

    return Archive(data / "archive")
