"""Cells of CSV files that spreadsheets open."""

from __future__ import annotations


def safe(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell
