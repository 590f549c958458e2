"""In what surroundings evidence was taken: the clock against others, programs by their hashes."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from sqlalchemy import update

import config
from crawlers.surroundings import clock, file_digest, surroundings
from crawlers.tables import stamps
from tests.crawlers.keeping import House, exchange, page, task

FETCHED = "2026-01-31T16:00:00.000Z"


def answered(host: str, date: str) -> object:
    headers = (("Content-Type", "text/html"), ("Date", date))
    return page(task(f"http://{host}/"), exchange(f"http://{host}/", response_headers=headers, fetched_at=FETCHED))


def test_nothing_is_claimed_of_a_clock_that_was_compared_with_nothing(house: House) -> None:
    assert clock(house.store, house.archive)["offset_seconds"] == "unknown"
    house.keep(answered("a.example", "no date"))  # type: ignore[arg-type]
    assert clock(house.store, house.archive)["compared_with"] == 0


def test_the_clock_is_held_against_servers_and_authorities(house: House) -> None:
    dates = {"a.example": "Sat, 31 Jan 2026 16:00:02 GMT", "b.example": "Sat, 31 Jan 2026 16:00:04 GMT"}
    house.keep(*(answered(host, date) for host, date in dates.items()))  # type: ignore[arg-type]
    told = clock(house.store, house.archive)
    assert {one["source"]: one["offset_seconds"] for one in told["servers"]} == {
        "a.example": "+2.000",
        "b.example": "+4.000",
    }
    assert (told["compared_with"], told["offset_seconds"]) == (2, "+3.000")
    granted = {"state": "stamped", "authority": "tsa", "stamped_at": FETCHED, "gen_time": "2026-01-31T15:59:59.500Z"}
    with house.store.write() as connection:
        connection.execute(update(stamps).values(granted))
    told = clock(house.store, house.archive)
    assert [(one["source"], one["offset_seconds"]) for one in told["authorities"]] == [("tsa", "-0.500")]
    assert (told["compared_with"], told["offset_seconds"]) == (3, "+2.000")


def test_programs_are_named_with_their_hashes(tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_bytes(b"#!/bin/sh\n")
    told = surroundings(program, config.load().network)
    assert told["browser_executable"] == {
        "path": str(program),
        "sha256": hashlib.sha256(b"#!/bin/sh\n").hexdigest(),
    }
    assert told["python_executable"]["sha256"] == file_digest(Path(sys.executable))
    assert told["program"]["version"] != "unknown"
    assert told["exit"] == {"address": "unknown", "carrier": "unknown", "proxied": False}
