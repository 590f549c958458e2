"""Links that stand behind the text of a workbook's cells: hyperlinks, and HYPERLINK formulas."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import IO, Any
from zipfile import ZipFile

from crawlers.imports.problems import Place, Refused

Behind = dict[tuple[int, int], str]
"""Address by row and column, both from 1."""
_MARKS = (b"hyperlink", b"HYPERLINK")
_CHUNK_BYTES = 1 << 16
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_ID = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_FORMULA = re.compile(r"HYPERLINK\(\s*\"((?:https?|hxxps?)://[^\"\s]{1,2000})\"", re.I)


class Linked(str):
    """The text of a cell with the address behind it."""

    __slots__ = ("target",)
    target: str

    @classmethod
    def of(cls, text: str, target: str) -> Linked:
        made = cls(text)
        made.target = target
        return made


def behind(archive: ZipFile, path: str, limit: int) -> Behind:
    """The addresses behind the cells of the worksheet at `path`; Refused for more than `limit`."""
    found: Behind = {}
    if not _mentioned(archive, path):
        return found
    targets = _targets(archive, path)
    with archive.open(path) as sheet:
        for at, target in _named(sheet, targets):
            found[at] = target
            if len(found) > limit:
                raise Refused("table_rows", Place("row", at[0]), limit=limit)
    return found


def _mentioned(archive: ZipFile, path: str) -> bool:
    """Most sheets have none, and are not read twice."""
    with archive.open(path) as sheet:
        before = b""
        while chunk := sheet.read(_CHUNK_BYTES):
            if any(mark in before + chunk for mark in _MARKS):
                return True
            before = chunk[-16:]
    return False


def _targets(archive: ZipFile, path: str) -> dict[str, str]:
    """Addresses by the id of their relation."""
    from defusedxml.ElementTree import iterparse

    folder, name = posixpath.split(path)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.NameToInfo:
        return {}
    with archive.open(relations) as stream:
        return {
            one.get("Id", ""): one.get("Target", "").strip()
            for _, one in iterparse(stream)
            if one.get("Type", "").endswith("/hyperlink")
        }


def _named(sheet: IO[bytes], targets: dict[str, str]) -> Iterator[tuple[tuple[int, int], str]]:
    from defusedxml.ElementTree import iterparse

    rows: Any = None
    for event, one in iterparse(sheet, ("start", "end")):
        name = one.tag.removeprefix(_MAIN).removeprefix(_STRICT)
        if event == "start":
            rows = one if name == "sheetData" else rows
        elif name in ("c", "hyperlink"):
            at, target = _place(one.get("r") or one.get("ref") or ""), _target(one, name, targets)
            if at and target:
                yield at, target
        elif name == "row" and rows is not None:
            rows.clear()  # else they pile up


def _target(one: Any, name: str, targets: dict[str, str]) -> str:
    if name == "hyperlink":
        return next((targets.get(one.get(key), "") for key in _ID if one.get(key)), "")
    formula = next((part.text or "" for part in one if part.tag.endswith("}f")), "")
    match = _FORMULA.match(formula.lstrip("="))
    return match[1] if match else ""


def _place(reference: str) -> tuple[int, int] | None:
    """Row and column of the first cell of a reference, as in `B3` or `B3:C9`."""
    match = _CELL.match(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column
