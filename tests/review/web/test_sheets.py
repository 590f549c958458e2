"""W11: what a spreadsheet would run is text, and no row is lost."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from review.web.sheets import csv_answer, plain, xlsx_answer

BAIT = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "a\x00b", "line\nline", "<script>"]


@pytest.mark.parametrize("text", BAIT)
def test_nothing_in_a_csv_begins_a_formula(text: str) -> None:
    assert not plain(text).startswith(tuple("=+-@\t＝"))
    assert "\x00" not in plain(text)


def test_every_row_of_bait_stays(tmp_path: object) -> None:
    answer = csv_answer("a.csv", ["x"], [[text] for text in BAIT])
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) == len(BAIT) + 1
    book = openpyxl.load_workbook(io.BytesIO(xlsx_answer("a.xlsx", "表", ["x"], [[text] for text in BAIT]).get_data()))
    sheet = book.active
    assert sheet is not None and sheet.max_row == len(BAIT) + 1
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} == {"s"}


def test_a_text_too_long_for_a_cell_goes_on_below() -> None:
    long = "长" * 70_000
    book = openpyxl.load_workbook(
        io.BytesIO(xlsx_answer("a.xlsx", "表", ["x", "y"], [[long, "1"], ["z", "2"]]).get_data())
    )
    sheet = book.active
    assert sheet is not None
    held = [str(sheet.cell(line, 1).value) for line in range(2, sheet.max_row + 1)]
    assert "".join(held) == long + "z"
