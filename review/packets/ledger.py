"""移送台账: one row a case, as a workbook in which nothing is cut off and nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from crawlers.imports.formats.xlsx import workbook
from crawlers.imports.handed import File, Handed, Limits
from crawlers.imports.problems import Refused
from review.packets import strings
from review.packets.office_files import steady

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

CELL_MAX_CHARS = 32_000
"""A cell holds 32,767 characters; what is longer goes on in the row below."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
FIRST_ROW = 4
"""Of the list; above it stand title, facts of the hand-over and headings."""


def ledger(
    head: str, about: str, rows: Sequence[Mapping[str, str]], results: Mapping[str, str], built_at: str
) -> bytes:
    """The workbook. `rows` are by column id of `strings.LEDGER`; `results` are the answers a recipient chooses from."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = strings.LEDGER_SHEET
    _head(sheet, head, about)
    line = FIRST_ROW
    for row in rows:
        line = _row(sheet, line, row)
    _choices(book, sheet, results, line)
    output = BytesIO()
    book.save(output)
    return steady(output.getvalue(), built_at)


def _head(sheet: Worksheet, head: str, about: str) -> None:
    columns = strings.LEDGER
    last = get_column_letter(len(columns))
    for number, (said, size) in enumerate(((head, 16), (about, 10)), 1):
        sheet.merge_cells(f"A{number}:{last}{number}")
        put_text(sheet, number, 1, said)
        sheet.cell(number, 1).font = Font(name=strings.LEDGER_FONT, size=size, bold=number == 1)
        sheet.cell(number, 1).alignment = Alignment(horizontal="center" if number == 1 else "left", wrap_text=True)
    for place, column in enumerate(columns.values(), 1):
        cell = sheet.cell(FIRST_ROW - 1, place, column.heading)
        cell.font = Font(name=strings.LEDGER_FONT, size=10, bold=True)
        cell.fill = PatternFill("solid", fgColor="DDDDDD" if column.ours else "FFF2CC")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = f"C{FIRST_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{FIRST_ROW - 1}:{FIRST_ROW - 1}"


def _row(sheet: Worksheet, line: int, row: Mapping[str, str]) -> int:
    """Write one case; returns the next free line. A text too long for a cell goes on below it."""
    parts = {name: cell_parts(row.get(name, "")) for name in strings.LEDGER}
    height = max(map(len, parts.values()))
    for place, name in enumerate(strings.LEDGER, 1):
        for offset, part in enumerate(parts[name]):
            put_text(sheet, line + offset, place, part)
    for offset in range(1, height):
        if not parts["number"][offset:]:
            put_text(sheet, line + offset, 1, strings.LEDGER_GOES_ON)
    return line + height


def cell_parts(text: str) -> list[str]:
    shown = _ILLEGAL.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)
    return [shown[start : start + CELL_MAX_CHARS] for start in range(0, len(shown), CELL_MAX_CHARS)] or [""]


def put_text(sheet: Worksheet, line: int, place: int, text: str) -> None:
    """Always a text, marked as one, whatever it begins with: a spreadsheet neither computes nor dials it."""
    cell = sheet.cell(line, place)
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.font = Font(name=strings.LEDGER_FONT, size=9)
    cell.alignment = Alignment(vertical="top", wrap_text=True)


def _choices(book: Workbook, sheet: Worksheet, results: Mapping[str, str], end: int) -> None:
    """The answers as a sheet of their own, offered in the column of results."""
    answers = book.create_sheet(strings.LEDGER_ANSWERS)
    for line, (code, said) in enumerate(results.items(), 1):
        put_text(answers, line, 1, said)
        put_text(answers, line, 2, code)
    offered = DataValidation(
        type="list", formula1=f"'{strings.LEDGER_ANSWERS}'!$A$1:$A${len(results)}", allow_blank=True
    )
    column = get_column_letter(list(strings.LEDGER).index("result") + 1)
    offered.add(f"{column}{FIRST_ROW}:{column}{max(FIRST_ROW, end - 1)}")
    sheet.add_data_validation(offered)


def read_back(path: Path, limits: Limits) -> list[dict[str, str]]:
    """The rows of a ledger, also of one that a recipient filled in: by column id, long texts joined again.

    Raises ValueError when the file is no ledger of ours, is damaged or unpacks to more than `limits` allow.
    """
    try:
        with workbook(File.open(path, Handed(), limits, now=""), as_written=True) as book:
            sheet = book[strings.LEDGER_SHEET]
    except (KeyError, Refused) as error:
        raise ValueError(strings.LEDGER_FOREIGN) from error
    headings = [str(cell.value or "") for cell in sheet[FIRST_ROW - 1]]
    if headings[: len(strings.LEDGER)] != [column.heading for column in strings.LEDGER.values()]:
        raise ValueError(strings.LEDGER_FOREIGN)
    rows: list[dict[str, str]] = []
    for cells in sheet.iter_rows(min_row=FIRST_ROW, max_col=len(strings.LEDGER), values_only=True):
        row = {name: _said(value) for name, value in zip(strings.LEDGER, cells, strict=True)}
        if row["number"] == strings.LEDGER_GOES_ON and rows:
            rows[-1].update({name: rows[-1][name] + text for name, text in row.items() if name != "number"})
        elif any(row.values()):
            rows.append(row)
    return rows


def _said(value: Any) -> str:
    return "" if value is None else str(value)
