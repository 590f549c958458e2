"""In what surroundings a browser took its evidence: programs and their hashes, the machine, the exit, the clock.

法释〔2018〕16号 art. 11 and DB3202/T 1024 ask for it: a clean environment, and a clock compared with others.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crawlers.archive import Archive
from crawlers.chromium import ARGUMENTS, may_sandbox
from crawlers.clock import http_date
from crawlers.records import ArchiveError, Capture, Origin
from crawlers.store import Store
from crawlers.tables import captures, stamps

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from config.schema_network import Network

CLOCKS_ASKED = 5
"""Servers whose Date is compared; the newest captures of as many hosts."""
STAMPS_READ = 3
_READ_BACK = 60


def surroundings(executable: Path, network: Network) -> dict[str, Any]:
    """What holds for every capture of one run."""
    return {
        "program": {"name": "zhengshao", "version": _version("zhengshao")},
        "driver": {"name": "playwright", "version": _version("playwright")},
        "browser_executable": {"path": str(executable), "sha256": file_digest(executable)},
        "browser_arguments": list(ARGUMENTS),
        "browser_sandbox": may_sandbox(),
        "python_executable": {"path": sys.executable, "version": platform.python_version(), "sha256": _python_digest()},
        "system": {"name": platform.system(), "release": platform.release(), "machine": platform.machine()},
        "exit": {
            "address": network.exit_address or "unknown",
            "carrier": network.exit_carrier or "unknown",
            "proxied": network.exit_proxied,
        },
        "way_out": "every connection by the program's own forward proxy; names are resolved there, once",
        "cleanliness": {
            "profile": "new and empty, thrown away afterwards",
            "extensions": "none",
            "cookies_before": 0,
            "cache_before": "empty",
            "service_workers": "blocked",
        },
    }


async def running_binary(browser: Browser) -> dict[str, str]:
    """The program that really runs: what an office names is often a script that starts it. Empty when the system
    does not tell."""
    from playwright.async_api import Error

    try:
        session = await browser.new_browser_cdp_session()
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        number = next(one["id"] for one in processes if one["type"] == "browser")
        path = Path(f"/proc/{number}/exe").resolve(strict=True)
        return {"path": str(path), "sha256": file_digest(path)}
    except (Error, OSError, StopIteration):
        return {}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def file_digest(path: Path) -> str:
    """SHA-256 of a program."""
    with path.resolve().open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _python_digest() -> str:
    return file_digest(Path(sys.executable))


def clock(store: Store, archive: Archive) -> dict[str, Any]:
    """This machine's clock against others', in seconds (positive: the others are ahead), as text with three digits.

    From what was received anyway: tokens of time-stamp authorities, and the Date of the newest answers of several
    servers (exact to a second). Empty lists when nothing was received yet: then nothing is claimed.
    """
    authorities, servers = list(_by_stamps(store)), list(_by_dates(store, archive))
    offsets = [float(one["offset_seconds"]) for one in (*authorities, *servers)]
    return {
        "compared_with": len(offsets),
        "offset_seconds": _text(median(offsets)) if offsets else "unknown",
        "authorities": authorities,
        "servers": servers,
    }


def _by_stamps(store: Store) -> Iterator[dict[str, str]]:
    newest = select(stamps).where(stamps.c.state == "stamped").order_by(stamps.c.id.desc()).limit(STAMPS_READ)
    with store.read() as connection:
        rows = connection.execute(newest).all()
    for row in rows:
        if row.gen_time and row.stamped_at:
            yield _offset(row.authority, row.stamped_at, datetime.fromisoformat(row.gen_time))


def _by_dates(store: Store, archive: Archive) -> Iterator[dict[str, str]]:
    for capture in islice(_newest_by_host(store), CLOCKS_ASKED):
        said = _date(archive, capture)
        if said is not None:
            yield _offset(capture.host, capture.fetched_at, said)


def _newest_by_host(store: Store) -> Iterator[Capture]:
    crawled = select(captures.c.id).where(captures.c.origin == Origin.CRAWL).order_by(captures.c.id.desc())
    with store.read() as connection:
        ids = list(connection.scalars(crawled.limit(_READ_BACK)))
    found: dict[str, Capture] = {}
    for capture in store.captures(ids=ids):
        found[capture.host] = capture
    return iter(sorted(found.values(), key=lambda one: -one.id))


def _date(archive: Archive, capture: Capture) -> datetime | None:
    try:
        headers = archive.read(capture.place).response_headers
    except ArchiveError:
        return None
    return next((http_date(value) for name, value in headers if name.lower() == "date"), None)


def _offset(source: str, ours: str, theirs: datetime) -> dict[str, str]:
    seconds = (theirs - datetime.fromisoformat(ours)).total_seconds()
    return {"source": source, "at": ours, "offset_seconds": _text(seconds)}


def _text(seconds: float) -> str:
    return f"{seconds:+.3f}"
