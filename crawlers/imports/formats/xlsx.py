"""Workbooks (.xlsx, .xlsm): values, and the links behind them. Formulas give what was last computed; macros and links
to other workbooks are left."""

from __future__ import annotations

import re
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

from crawlers.imports.behind import Linked, behind
from crawlers.imports.formats.wacz import _is_workbook
from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item, Skipped
from crawlers.imports.problems import Place, Refused
from crawlers.imports.report import Column
from crawlers.imports.tables import Row, look, tips
from crawlers.imports.zips import opened

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file: .xls, or a workbook with a password."""
_SHARED = "xl/sharedStrings.xml"
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_LOOK_BYTES = 4096
_BROKEN = (SyntaxError, ValueError, LookupError, TypeError, AttributeError, OverflowError)
"""What openpyxl raises for parts that are damaged."""


def _recognises(file: File) -> bool:
    return file.start.startswith(OLD) or (file.start.startswith(b"PK\x03\x04") and _is_workbook(file))


def _read(file: File) -> Generator[Item, None, None]:
    with workbook(file) as book:
        refused: Refused | None = None
        taken = 0
        for sheet in book.worksheets:
            try:
                for item in tips(file, _rows(file, sheet), sheet=sheet.title):
                    taken += 1
                    yield item
            except Refused as error:
                if error.problem.code not in ("table_no_link", "table_mapping"):
                    raise
                refused = refused or error
                yield Skipped("sheet")
        if refused and not taken:
            raise refused


def _columns(file: File) -> tuple[int, tuple[Column, ...]]:
    with workbook(file) as book:
        found: tuple[int, tuple[Column, ...]] = (0, ())
        for sheet in book.worksheets:
            at, columns, _ = look(file, _rows(file, sheet))
            if any(column.field == "url" for column in columns):
                return at, columns
            found = found if found[1] else (at, columns)
        return found


@contextmanager
def workbook(file: File, *, as_written: bool = False) -> Iterator[Any]:
    """An openpyxl workbook that was looked at first: Refused when it is damaged, a bomb or declares entities.
    `as_written` reads all of it at once, formulas as formulas; else rows come one by one, formulas as values."""
    if file.start.startswith(OLD):
        raise Refused("xls_old")
    _check(file)
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with file.path.open("rb") as stream:  # ours to close, also where the library fails half-way
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of extensions it leaves out
                book = load_workbook(stream, read_only=not as_written, data_only=not as_written, keep_links=False)
        except (InvalidFileException, *_BROKEN) as error:
            raise Refused("xlsx_broken", detail=f"{type(error).__name__}: {error}"[:200]) from error
        try:
            yield book
        finally:
            book.close()


def _check(file: File) -> None:
    """Everything is unpacked once and counted, and looked at for declarations, before a library touches it."""
    with opened(file, file.limits.max_workbook_bytes, "max_workbook_bytes") as archive:
        if "xl/workbook.xml" not in archive.entries:
            raise Refused("xlsx_broken", detail="no xl/workbook.xml")
        shared = archive.entries.get(_SHARED)
        limit = file.limits.max_shared_strings_bytes
        if shared is not None and shared.file_size > limit:
            raise Refused(
                "zip_size", Place("entry", _SHARED), limit=limit, name=_SHARED, setting="max_shared_strings_bytes"
            )
        for name in archive.entries:
            _declares_nothing(archive.chunks(name), name)


def _declares_nothing(chunks: Iterator[bytes], name: str) -> None:
    """A declaration stands before the first element; in UTF-16 as in UTF-8."""
    start = b""
    for chunk in chunks:
        if len(start) < _LOOK_BYTES:
            start += chunk[:_LOOK_BYTES].replace(b"\0", b"")
    if name.lower().endswith((".xml", ".rels", ".vml")):
        found = _DECLARES.search(start)
        if found:
            raise Refused("xlsx_xml", Place("entry", name), detail=found[0].decode())


def _rows(file: File, sheet: Any) -> Iterator[Row]:
    """Rows of one sheet; the size it claims is not believed."""
    from defusedxml.common import DefusedXmlException

    sheet.reset_dimensions()
    try:
        found = behind(sheet.parent._archive, sheet._worksheet_path, file.limits.max_rows)
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            if len(cells) > file.limits.max_columns:
                raise Refused("table_columns", Place("row", number), count=len(cells), limit=file.limits.max_columns)
            if cells:
                texts = (_text(file, number, cell) for cell in cells)
                yield number, tuple(_linked(text, found.get((number, at))) for at, text in enumerate(texts, 1))
    except DefusedXmlException as error:
        raise Refused("xlsx_xml", detail=type(error).__name__) from error
    except _BROKEN as error:
        raise Refused("xlsx_broken", detail=f"{sheet.title}: {error}"[:200]) from error


def _linked(text: str, target: str | None) -> str:
    return Linked.of(text, target) if target else text


def _text(file: File, number: int, value: object) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M") if (value.hour or value.minute) else value.strftime("%Y-%m-%d")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    text = str(value).strip()
    if len(text) > file.limits.max_cell_chars:
        raise Refused("table_cell", Place("row", number), limit=file.limits.max_cell_chars)
    return text


FORMAT = Format("xlsx", 30, _recognises, _read, _columns)
