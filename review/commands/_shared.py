"""What several commands share: printing data, configuration, exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from config import Config
    from crawlers.store import Store

FINE, PROBLEMS, USAGE, PARTIAL, LOCKED = 0, 1, 2, 3, 4

config_option = click.option(
    "--config",
    "config_dir",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="ZHENGSHAO_CONFIG",
    help="An office's own directory, laid over the packaged configuration.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
data_option = click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ZHENGSHAO_DATA",
    help="The data directory (default: [office] data_dir).",
)


def emit(document: Any) -> None:
    """One JSON document, one line, on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, sort_keys=False))


def say(message: str) -> None:
    """A remark for people, on stderr."""
    click.echo(message, err=True)


def fail(error: BaseException | str, code: int = USAGE) -> NoReturn:
    """End the command, saying what stopped it as `telling.error_told` puts it."""
    from review.telling import error_told

    say(error_told(error))
    sys.exit(code)


def load_config(directory: Path | None, *, everything: bool = False) -> Config:
    """The configuration, or exit 2 with every problem listed; `everything` before any network."""
    from config import ConfigError, load
    from config.loader import LEARNT

    try:
        config = load(directory, everything=everything)
        if config.directory is not None and any((config.directory / name).is_file() for name in LEARNT):
            from detectors.context import Context

            Context.build(config).check_learnt()
        return config
    except ConfigError as error:
        fail(error)


def data_directory(config: Config, given: Path | None) -> Path:
    return (given or config.settings.office.data_dir).expanduser().absolute()


def open_store(config_dir: Path | None, data_dir: Path | None) -> tuple[Store, Path]:
    """The store of a data directory that exists, or exit 2 saying how to make one."""
    from crawlers.store import SQLITE_FILE, Store, store_url
    from review.strings import STORE_MISSING

    config = load_config(config_dir)
    data = data_directory(config, data_dir)
    if not config.settings.store.url and not (data / SQLITE_FILE).is_file():
        fail(STORE_MISSING.format(data=data))
    return Store.open(store_url(data, config.settings.store.url)), data
