"""`zhengshao detect`: judge what was kept and not yet judged by the present detectors and rules."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from review.commands._shared import (
    FINE,
    LOCKED,
    PARTIAL,
    config_option,
    data_directory,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
)


@click.command()
@config_option
@data_option
@json_option
def command(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Judge every capture and listing that the present detectors and rules have not judged yet, and open the cases.

    \b
    zhengshao detect                  after changing wording.toml: everything is judged again, nothing fetched
    zhengshao detect --data DIR --json
    """
    from crawlers.store import Store, store_url
    from review.clock import utc_now
    from review.errors import NightLocked
    from review.night.judged import judge_kept
    from review.printing import counts_told
    from review.strings import JUDGED

    config = load_config(config_dir)
    data, settings = data_directory(config, data_dir), config.settings.store
    store = Store.open(store_url(data, settings.url), busy_timeout_seconds=settings.busy_timeout_seconds)
    try:
        found = judge_kept(config, data, store, name=f"detect-{utc_now()[:19].replace(':', '')}")
    except NightLocked as error:
        fail(error, LOCKED)
    finally:
        store.close()
    told = found.as_json()
    if as_json:
        emit(told)
    else:
        click.echo(JUDGED.format(**{**told, "cases": counts_told(found.cases)}))
    sys.exit(PARTIAL if found.report.errors else FINE)
