"""`zhengshao doctor`: what this machine and this data directory lack."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from review import strings
from review.commands._shared import (
    FINE,
    PROBLEMS,
    config_option,
    data_directory,
    data_option,
    emit,
    json_option,
    load_config,
)

if TYPE_CHECKING:
    from config import Config

FREE_BYTES_WANTED, NAMED_MAX = 5 * 1024**3, 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `fix` says what to do when it is not fine."""

    what: str
    fine: bool
    found: str
    fix: str = ""


@click.command("doctor")
@config_option
@data_option
@json_option
def command(config_dir: Path | None, data_dir: Path | None, as_json: bool) -> None:
    """Say what is missing for a whole night: browser, fonts, openssl, disk, store. Exit 1 when something is.

    \b
    zhengshao doctor --data /var/lib/zhengshao
    """
    config = load_config(config_dir, everything=True)
    findings = list(examine(config, data_directory(config, data_dir)))
    for finding in findings:
        if as_json:
            emit(asdict(finding))
        else:
            mark = click.style(strings.DOCTOR_MARKS[finding.fine], fg="green" if finding.fine else "red")
            told = strings.NAMED.format(name=finding.what, value=finding.found)
            click.echo(f"{mark}  {told}" + ("" if finding.fine else f"  → {finding.fix}"))
    sys.exit(FINE if all(finding.fine for finding in findings) else PROBLEMS)


def examine(config: Config, data: Path) -> Iterator[Finding]:
    yield _browser(config)
    yield _fonts()
    yield _openssl()
    yield _disk(data)
    yield _store(config, data)
    yield from _unstamped(data)
    yield from _expiries(config)


def _finding(what: str, fine: bool, found: str, **details: object) -> Finding:
    name, fix = strings.DOCTOR[what]
    return Finding(name, fine, found, fix.format(**details))


def _browser(config: Config) -> Finding:
    from crawlers.chromium import find_executable

    found = find_executable(config.settings.browser.executable)
    return _finding("browser", found is not None, str(found or strings.DOCTOR_NONE))


def _fonts() -> Finding:
    from review.packets.fonts import FontsMissing, choose

    try:
        return _finding("fonts", True, "、".join(choose()["body"]))
    except FontsMissing:
        return _finding("fonts", False, strings.DOCTOR_NONE)


def _openssl() -> Finding:
    program = shutil.which("openssl")
    if program is None:
        return _finding("openssl", False, strings.DOCTOR_NONE)
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout.strip()
    return _finding("openssl", True, version)


def _disk(data: Path) -> Finding:
    place = next(parent for parent in (data, *data.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    shown = strings.DISK_FREE.format(gib=free / 1024**3)
    return _finding("disk", free >= FREE_BYTES_WANTED, shown, place=place)


def _store(config: Config, data: Path) -> Finding:
    from crawlers.records import StoreError
    from crawlers.store import SQLITE_FILE, Store, store_url

    if not config.settings.store.url and not (data / SQLITE_FILE).exists():
        return _finding("store", True, strings.STORE_LATER)
    try:
        Store.open(store_url(data, config.settings.store.url)).close()
    except StoreError as error:
        return _finding("store", False, str(error))
    return _finding("store", True, strings.STORE_FITS)


def _unstamped(data: Path) -> Iterator[Finding]:
    """Seals without a time stamp can be completed only as long as their key is in use."""
    from review.packets.unstamped import waiting

    left = list(waiting(data))
    if left:
        commands = "；".join(strings.STAMP_COMMAND.format(path=path) for path in left[:NAMED_MAX])
        more = strings.UNSTAMPED_MORE.format(count=len(left)) if len(left) > NAMED_MAX else ""
        yield _finding("unstamped", False, strings.UNSTAMPED.format(count=len(left)), commands=commands + more)


def _expiries(config: Config) -> Iterator[Finding]:
    """Allow-list entries past their date still work, but somebody must look at them again."""
    from datetime import UTC, datetime

    from config import expired

    late = list(expired(config, datetime.now(UTC).date()))
    if late:
        yield _finding("expiry", False, strings.EXPIRED_ENTRIES.format(count=len(late)))
