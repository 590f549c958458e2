"""Which column of a stranger's table holds what: by its header, by what the person says, else by its content."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from crawlers.imports.links import links
from crawlers.imports.problems import Refused
from crawlers.imports.report import Column

HEADER_WITHIN_ROWS = 10
SAMPLES = 3
_SAMPLE_CHARS = 60
_PERSONAL = frozenset({"personal", "ignored"})
_ROW = tuple[str, ...]


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """The packaged `columns.toml`: words by field, folded."""
    table = tomllib.loads(Path(__file__).with_name("columns.toml").read_text(encoding="utf-8"))
    return {field: tuple(folded(word) for word in known) for field, known in table["fields"].items()}


def fields() -> list[str]:
    """What a column may be read as."""
    return [field for field in words() if field not in _PERSONAL]


def folded(header: str) -> str:
    """A header without case, width, white space, brackets and what they hold, and punctuation."""
    text = unicodedata.normalize("NFKC", header).lower()
    text = re.sub(r"[(\[【].{0,40}?[)\]】]", "", text)
    return re.sub(r"[\s*:_\-]+", "", text)


def field_of(header: str) -> str:
    """What a header calls its column; "" when nothing known. The longest word that fits decides."""
    text = folded(header)
    if not text:
        return ""
    by_length = sorted(((word, field) for field, known in words().items() for word in known), key=lambda x: -len(x[0]))
    exact = next((field for word, field in by_length if word == text), "")
    return exact or next((field for word, field in by_length if len(word) > 1 and _inside(word, text)), "")


def _inside(word: str, text: str) -> bool:
    """An English word counts whole only."""
    return text.endswith(word) or text.startswith(word) if not word.isascii() else False


def header_at(rows: Sequence[_ROW], named: Iterable[str] = ()) -> int:
    """Which of the first rows heads the table, from 0; -1 when none does and the first row is data already.

    `named` are headers that a person wrote, folded.
    """
    known = set(named)
    scores = [sum(1 for cell in row if folded(cell) in known or field_of(cell)) for row in rows[:HEADER_WITHIN_ROWS]]
    best = max(range(len(scores)), key=lambda n: (scores[n], -n), default=-1)
    if best < 0 or not scores[best]:
        return -1
    return -1 if any(links(cell) for cell in rows[best]) else best


def headers(rows: Sequence[_ROW], at: int) -> _ROW:
    """The header row, its empty cells filled from the row above: a cell merged downwards stands there."""
    above = rows[at - 1] if at else ()
    width = max(len(rows[at]), len(above) if _continues(rows[at], above) else 0)
    own = (*rows[at], *("" for _ in range(width - len(rows[at]))))
    return tuple(
        cell or (above[n] if _continues(rows[at], above) and n < len(above) else "") for n, cell in enumerate(own)
    )


def _continues(row: _ROW, above: _ROW) -> bool:
    """A title over the whole width has one cell; a header of two rows has several."""
    return sum(1 for cell in above if cell) > 1


def columns(rows: Sequence[_ROW], mapping: Mapping[str, str]) -> tuple[int, tuple[Column, ...]]:
    """The row of the header (from 0, -1 for none) and what each column is. Refused for a mapping that does not fit."""
    at = header_at(rows, map(folded, mapping))
    names = headers(rows, at) if at >= 0 else tuple("" for _ in range(max(map(len, rows), default=0)))
    data = rows[at + 1 :]
    names = (*names, *("" for _ in range(max(map(len, data), default=0) - len(names))))
    said = _said(names, mapping)
    taken: set[str] = set(said.values())
    found = []
    for number, name in enumerate(names):
        cells = [row[number] for row in data if number < len(row) and row[number]]
        field, how = _field(number, name, said, taken)
        if field not in ("", "text"):
            taken.add(field)
        shown = tuple(cell[:_SAMPLE_CHARS] for cell in cells[:SAMPLES]) if field != "personal" else ()
        found.append(Column(number=number + 1, header=name, field=field, how=how, samples=shown))
    return at, _with_links(tuple(found), data, said)


def _field(number: int, name: str, said: Mapping[int, str], taken: set[str]) -> tuple[str, str]:
    if number in said:
        return said[number], "map"
    field = field_of(name)
    if not field or (field in taken and field != "text" and field not in _PERSONAL):
        return "", ""
    return field, "header"


def _said(names: _ROW, mapping: Mapping[str, str]) -> dict[int, str]:
    found = {}
    for column, field in mapping.items():
        if field and field not in fields():
            raise Refused("table_field", field=field, known="、".join(fields()))
        number = _numbered(names, column)
        if number < 0:
            raise Refused("table_mapping", column=column, columns="、".join(filter(None, names)) or len(names))
        found[number] = field
    return found


def _numbered(names: _ROW, column: str) -> int:
    same = [number for number, name in enumerate(names) if name and folded(name) == folded(column)]
    if same:
        return same[0]
    return int(column) - 1 if column.isdecimal() and 0 < int(column) <= len(names) else -1


def _with_links(found: tuple[Column, ...], data: Sequence[_ROW], said: Mapping[int, str]) -> tuple[Column, ...]:
    """Where no header says so, the column with the most links holds them, unless it is a text with links in it."""
    if any(column.field == "url" for column in found):
        return found
    counts = {
        column.number: sum(1 for row in data if len(row) >= column.number and _is_link(row[column.number - 1]))
        for column in found
        if column.number - 1 not in said and column.field not in ("text", "personal")
    }
    best = max(counts, key=lambda number: counts[number], default=0)
    if not best or not counts[best]:
        return found
    return tuple(
        Column(number=one.number, header=one.header, field="url", how="content", samples=one.samples)
        if one.number == best
        else one
        for one in found
    )


def _is_link(cell: str) -> bool:
    return bool(links(cell)) and len(cell.split()) == 1
