"""`zhengshao capture`: keep and judge pages now."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from review.commands._shared import (
    FINE,
    LOCKED,
    PARTIAL,
    PROBLEMS,
    config_option,
    data_directory,
    data_option,
    emit,
    fail,
    json_option,
    load_config,
)

if TYPE_CHECKING:
    from config import Config
    from detectors.judge import SubjectAssessment
    from review.night import Captured


@click.command("capture")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@config_option
@data_option
@json_option
def command(urls: tuple[str, ...], config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Fetch pages through the door, keep them as evidence, judge them, and open cases for what is flagged.

    Each page is seen by a desktop, by a phone that comes from a search engine, and by both in a real browser. Tells
    of every page how it went, then of every subject what was judged; with --json an object a line. Exit 3 when a page
    could not be had.

    \b
    zhengshao capture https://www.example.com/ --data ~/zhengshao-data
    """
    from crawlers.urls import canonical

    for url in urls:
        if not canonical(url):
            fail(f"{url!r} 不是网页地址：应形如 https://www.example.com/")
    config = load_config(config_dir, everything=True)
    found = _captured(config, data_directory(config, data_dir), urls, config_dir)
    had = [_tell(found, url, as_json) for url in dict.fromkeys(map(canonical, urls))]
    for subject in found.subjects:
        _print(subject, as_json)
    sys.exit(FINE if all(had) else PARTIAL)


def _captured(config: Config, data: Path, urls: Sequence[str], config_dir: Path | None) -> Captured:
    from crawlers.practice.world import World
    from crawlers.records import CrawlError
    from review.errors import NightLocked
    from review.night import capture
    from review.progress import progress

    try:
        with progress() as say:
            return capture(config, World.real(), data, urls, config_dir=config_dir, say=say)
    except NightLocked as error:
        fail(error, LOCKED)
    except CrawlError as error:
        fail(error, PROBLEMS)


def _tell(found: Captured, url: str, as_json: bool) -> bool:
    """Whether the page was had; what a browser alone could not do does not count against it."""
    from crawlers.records import Outcome
    from review.strings import REMARKED, VISIT_OUTCOMES
    from review.telling import cause_told

    outcome, reason = found.outcome(url)
    had = outcome is Outcome.CAPTURED
    if as_json:
        emit({"url": url, "outcome": outcome, "reason": reason})
    else:
        named = VISIT_OUTCOMES[outcome or ""]
        cause = cause_told(reason)
        click.echo(f"{url}  {REMARKED.format(name=named, remark=cause) if cause not in ('', named) else named}")
    return had


def _print(subject: SubjectAssessment, as_json: bool) -> None:
    from review.strings import CAPTURES_TOLD
    from review.telling import verdict_told

    if as_json:
        emit(_document(subject))
        return
    click.echo(f"{subject.subject}  {subject.title}")
    for verdict in (subject.impersonation, subject.selling):
        click.echo(verdict_told(verdict.axis.value, verdict.as_json()))
    click.echo("  " + CAPTURES_TOLD.format(labels="、".join(f"C-{number:08d}" for number in subject.capture_ids)))


def _document(subject: SubjectAssessment) -> dict[str, Any]:
    return {
        "subject": subject.subject,
        "title": subject.title,
        "impersonation": subject.impersonation.as_json(),
        "selling": subject.selling.as_json(),
        "captures": [f"C-{number:08d}" for number in subject.capture_ids],
    }
