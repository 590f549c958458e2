"""Rows of a table, from whatever file, as tips."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from crawlers.imports.behind import Linked
from crawlers.imports.columns import columns
from crawlers.imports.handed import File
from crawlers.imports.items import Item
from crawlers.imports.links import links
from crawlers.imports.problems import Place, Problem, Refused
from crawlers.imports.report import Column
from crawlers.imports.tips import Tip

Row = tuple[int, tuple[str, ...]]
"""Its number in the file, from 1, and its cells, trimmed."""
LOOK_AT_ROWS = 50
_SHOWN_CHARS = 60
_DAY_ZERO = datetime(1899, 12, 30)
"""Of Excel's serial dates (ECMA-376 part 1, 18.17.4.1)."""
_SERIAL = re.compile(r"(4\d{4}|5[0-4]\d{3})(?:\.\d{1,12})?")


def look(file: File, rows: Iterator[Row]) -> tuple[int, tuple[Column, ...], Iterator[Row]]:
    """Index of the header row (-1: none), the columns, and the rows of data."""
    first = list(islice((row for row in rows if _says_something(row[1])), LOOK_AT_ROWS))
    at, found = columns([cells for _, cells in first], file.handed.mapping)
    if len(found) > file.limits.max_columns:
        raise Refused("table_columns", count=len(found), limit=file.limits.max_columns)
    number = first[at][0] if at >= 0 else 0
    return number, found, chain(first[at + 1 :], rows)


def tips(file: File, rows: Iterator[Row], *, sheet: str = "") -> Iterator[Item]:
    """A tip for every link of every row; a row without one is listed, and kept when it says something.

    Refused when no column can hold links, and for more rows or longer cells than the office reads.
    """
    at, found, data = look(file, rows)
    has_link = any(column.field == "url" for column in found)
    has_text = any(column.field == "text" and (at or column.how == "map") for column in found)
    first = list(islice(data, LOOK_AT_ROWS))
    data, has_behind = chain(first, data), any(isinstance(cell, Linked) for _, cells in first for cell in cells)
    if not has_link and not has_text and not has_behind:
        names = "、".join(column.header or str(column.number) for column in found)
        raise Refused("table_no_link", columns=names[:300])
    count = 0
    for number, cells in data:
        if not _says_something(cells):
            continue
        count += 1
        if count > file.limits.max_rows:
            raise Refused("table_rows", Place("row", number), limit=file.limits.max_rows)
        yield from _tips(file, number, cells, found, sheet)


def _tips(file: File, number: int, cells: Sequence[str], found: Sequence[Column], sheet: str) -> Iterator[Item]:
    values = _values(cells, found)
    text = "\n".join(values.pop("text", ()))
    said: dict[str, Any] = {field: " ".join(parts) for field, parts in values.items() if field != "url"}
    said["channel"] = said.get("channel") or file.handed.channel
    said["reported_at"] = serial_date(said.get("reported_at", ""))
    shown = [one for cell in values.get("url", ()) for one in links(cell)] or links(text)
    addresses = [*shown, *_behind(cells, found)]
    for address in dict.fromkeys(addresses):
        yield Tip(url=address, row=number, sheet=sheet, text=text, **said)
    if not addresses:
        row = " ".join([*values.get("url", ()), *said.values(), text]).strip()[:_SHOWN_CHARS]
        yield Problem("row_no_link", Place("row", number), {"shown": row})
        if text or said.get("title") or said.get("seller"):
            yield Tip(row=number, sheet=sheet, text="\n".join([*values.get("url", ()), text]).strip(), **said)


def _says_something(cells: Sequence[str]) -> bool:
    return any(cells) or any(isinstance(cell, Linked) for cell in cells)


def _behind(cells: Sequence[str], found: Sequence[Column]) -> Iterator[str]:
    """Addresses behind what is shown, but for columns that are not read."""
    for column in found:
        cell = cells[column.number - 1] if column.number <= len(cells) else ""
        if isinstance(cell, Linked) and column.field not in ("personal", "ignored"):
            yield from links(cell.target)


def _values(cells: Sequence[str], found: Sequence[Column]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for column in found:
        cell = cells[column.number - 1] if column.number <= len(cells) else ""
        if cell and column.field and column.field not in ("personal", "ignored"):
            values.setdefault(column.field, []).append(cell)
    return values


def serial_date(text: str) -> str:
    """A date that a workbook kept as its number of days; anything else as it is."""
    if not _SERIAL.fullmatch(text):
        return text
    moment = _DAY_ZERO + timedelta(days=float(text))
    return moment.strftime("%Y-%m-%d" if float(text).is_integer() else "%Y-%m-%d %H:%M")
