"""`zhengshao capture`: keep and judge pages now."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from detectors.judge import SubjectAssessment


@click.command("capture")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@config_option
@data_option
@json_option
def command(urls: tuple[str, ...], config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Fetch pages through the door, keep them as evidence, judge them, and open cases for what is flagged.

    Each page is seen by a desktop, by a phone that comes from a search engine, and by both in a real browser. Exit 3
    when a page could not be had.

    \b
    zhengshao capture https://www.example.com/ --data ~/zhengshao-data
    """
    from crawlers.practice.world import World
    from review.errors import NightLocked
    from review.night import capture
    from review.night.targets import canonical
    from review.progress import progress

    for url in urls:
        if not canonical(url):
            fail(f"{url!r} 不是网页地址:应形如 https://www.example.com/")
    config = load_config(config_dir, everything=True)
    data = data_directory(config, data_dir)
    try:
        with progress() as say:
            found = capture(config, World.real(), data, urls, config_dir=config_dir, say=say)
    except NightLocked as error:
        fail(str(error), LOCKED)
    for subject in found:
        _print(subject, as_json)
    sys.exit(FINE if len(found) >= len({canonical(url) for url in urls}) else PARTIAL)


def _print(subject: SubjectAssessment, as_json: bool) -> None:
    from review.strings import AXES, LEVELS

    if as_json:
        emit(_document(subject))
        return
    click.echo(f"{subject.subject}  {subject.title}")
    for verdict in (subject.impersonation, subject.selling):
        whom = f",冒用 {verdict.imitates}" if verdict.imitates else ""
        click.echo(f"  {AXES[verdict.axis.value]}:{LEVELS[verdict.level.value]} · {verdict.cls}{whom}")
    click.echo(f"  取证 {', '.join(f'C-{number:08d}' for number in subject.capture_ids)}")


def _document(subject: SubjectAssessment) -> dict[str, Any]:
    return {
        "subject": subject.subject,
        "title": subject.title,
        "impersonation": subject.impersonation.as_json(),
        "selling": subject.selling.as_json(),
        "captures": [f"C-{number:08d}" for number in subject.capture_ids],
    }
