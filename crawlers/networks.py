"""Whose network an address belongs to, from a table the office keeps: offline, with the table's own date.

The table has one range a line, separated by tabs (as iptoasn.com gives it, plain or .gz) or commas:
`first address, last address, AS number, country, holder`; more columns are passed over, AS 0 means "not announced".
Lines that begin with `#` are remarks; `# date: 2026-11-01` is the table's date, otherwise its file's.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

from crawlers.answers import ANSWERED, FAILED, NOTHING, Answer
from crawlers.clock import utc_now

Address = IPv4Address | IPv6Address
_DATE = re.compile(r"#.*?\bdate:?\s*(\d{4}-\d{2}-\d{2})")
_COLUMNS = 5


def holders(addresses: Iterable[str], table: Path) -> list[Answer]:
    """One answer an address; `value`: `{"asn", "country", "holder", "range", "table_date"}`. Reads the table once.

    `failed` says why nothing is known: `no_table`, `unreadable_table`, `not_an_address`.
    """
    wanted = list(dict.fromkeys(addresses))
    if not table.is_file():
        return [_answer(text, table, FAILED, "no_table") for text in wanted]
    try:
        date, found = _search({address for text in wanted if (address := _address(text))}, table)
    except (OSError, EOFError, zlib.error, csv.Error, ValueError, IndexError):
        return [_answer(text, table, FAILED, "unreadable_table") for text in wanted]
    return [_held(text, table, date, found) for text in wanted]


def _held(text: str, table: Path, date: str, found: dict[Address, list[str]]) -> Answer:
    address = _address(text)
    if address is None:
        return _answer(text, table, FAILED, "not_an_address")
    row = found.get(address)
    if row is None or row[2] in ("", "0"):
        return _answer(text, table, NOTHING, "not_in_table", table_date=date)
    value = {"asn": row[2], "country": row[3], "holder": row[4].strip(), "range": f"{row[0]}-{row[1]}"}
    return _answer(text, table, ANSWERED, "", **value, table_date=date)


def _answer(text: str, table: Path, state: str, reason: str, **value: Any) -> Answer:
    return Answer("asn", text, table.name, utc_now(), state, reason, value)


def _search(wanted: set[Address], table: Path) -> tuple[str, dict[Address, list[str]]]:
    """The table's date, and the row of each address; the narrowest range wins. ValueError for what is no table."""
    date = datetime.fromtimestamp(table.stat().st_mtime, UTC).date().isoformat()
    by_version = {version: sorted(int(a) for a in wanted if a.version == version) for version in (4, 6)}
    found: dict[Address, list[str]] = {}
    width: dict[Address, int] = {}
    for row in _rows(table):
        if row[0].startswith("#"):
            said = _DATE.match(" ".join(row))
            date = said[1] if said else date
            continue
        first, last = ip_address(row[0]), ip_address(row[1])
        if first.version != last.version or len(row) < _COLUMNS:
            raise ValueError(f"{row[:2]} is no range with a holder")
        kind = type(first)
        for number in _between(by_version[first.version], int(first), int(last)):
            address = kind(number)
            if int(last) - int(first) < width.get(address, 1 << 128):
                found[address], width[address] = row, int(last) - int(first)
    return date, found


def _between(numbers: list[int], first: int, last: int) -> Iterator[int]:
    return (number for number in numbers if first <= number <= last)


def _rows(table: Path) -> Iterator[list[str]]:
    opener = gzip.open if table.suffix == ".gz" else open
    with opener(table, "rt", encoding="utf-8", newline="") as file:
        head = file.read(4096)
        file.seek(0)
        yield from (row for row in csv.reader(file, delimiter="\t" if "\t" in head else ",") if row)


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
