"""Tables that leave the desk: CSV and workbooks in which nothing captured is a formula, and no row is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response
from openpyxl import Workbook
from openpyxl.styles import Font

from review.packets.ledger import cell_parts, put_text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_CONTROL = {number: "\ufffd" for number in range(32) if number not in (9, 10)}


def plain(text: str) -> str:
    """A cell that a spreadsheet takes for text: control characters shown, formulas with an apostrophe in front."""
    told = text.translate(_CONTROL).replace("\n", " ")
    return f"'{told}" if told.startswith(_FORMULA) else told


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """UTF-8 with a byte order mark, as spreadsheets on Windows want it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + text.getvalue(), mimetype="text/csv", headers=headers)


def xlsx_answer(name: str, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A workbook of one sheet; every cell is text and marked as such, a text too long for one goes on below it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for place, heading in enumerate(columns, 1):
        put_text(sheet, 1, place, heading)
        sheet.cell(1, place).font = Font(bold=True)
    line = 2
    for row in rows:
        parts = [cell_parts(cell) for cell in row]
        for place, pieces in enumerate(parts, 1):
            for offset, piece in enumerate(pieces):
                put_text(sheet, line + offset, place, piece)
        line += max(map(len, parts), default=1)
    sheet.freeze_panes = "B2"
    output = io.BytesIO()
    book.save(output)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(output.getvalue(), mimetype=XLSX, headers=headers)
