"""`zhengshao demo`: the whole night on the practice web."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from review.commands._shared import FINE, LOCKED, PROBLEMS, config_option, emit, fail, json_option, load_config, say

DEFAULT_DATA = Path("demo-data")


@click.command("demo")
@click.option(
    "--web",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another practice web in the format of docs/practice-web.md (default: the packaged one).",
)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_DATA,
    show_default=True,
    help="Where the night keeps its evidence.",
)
@config_option
@json_option
def command(web: Path | None, data_dir: Path, config_dir: Path | None, as_json: bool) -> None:
    """A whole night on a small internet on loopback, from searches to verified evidence packets.

    Prints what was found, missed and wrongly accused against the truth. Exit 0 when every stage ended, each source was
    judged as the truth says and every packet verifies.

    \b
    zhengshao demo
    zhengshao demo --web my-web --data /tmp/night --json
    """
    from crawlers.practice import PACKAGED, PracticeError
    from crawlers.records import CrawlError
    from review.demo import office_of, run_demo
    from review.errors import NightLocked, ReviewError
    from review.progress import progress

    web = web or PACKAGED
    config_dir = config_dir or office_of(web)
    config = load_config(config_dir, everything=True)
    try:
        with progress() as tell:
            report = run_demo(config, web, data_dir.absolute(), config_dir=config_dir, say=tell)
    except PracticeError as error:
        fail(error)
    except NightLocked as error:
        fail(error, LOCKED)
    except (CrawlError, ReviewError) as error:
        fail(error, PROBLEMS)
    if as_json:
        emit(report.as_json())
    else:
        from review.printing import print_demo

        print_demo(report, data_dir)
    for fault in report.faults:
        say(fault)
    sys.exit(PROBLEMS if report.faults else FINE)
