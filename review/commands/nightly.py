"""`zhengshao nightly`: the night on the real web."""

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


@click.command("nightly")
@config_option
@data_option
@json_option
def command(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Search, crawl, judge, preserve and open cases on the real web.

    A night that was broken off goes on where it stopped. Exit 3 when a source was degraded or failed, 4 when another
    night is running on the same data.

    \b
    zhengshao nightly --config /etc/zhengshao --data /var/lib/zhengshao
    """
    from crawlers.practice.world import World
    from crawlers.records import CrawlError
    from review.errors import NightLocked
    from review.night import run_night
    from review.progress import progress

    config = load_config(config_dir, everything=True)
    data = data_directory(config, data_dir)
    try:
        with progress() as say:
            report = run_night(config, World.real(), data, config_dir=config_dir, say=say)
    except NightLocked as error:
        fail(error, LOCKED)
    except CrawlError as error:
        fail(error, PARTIAL)
    if as_json:
        emit(report.as_json())
    else:
        from review.printing import print_night

        print_night(report)
    sys.exit(FINE if report.healthy else PARTIAL)
