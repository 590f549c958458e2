"""CSV and lists of links: UTF-8, UTF-16 or GB18030, comma, semicolon, tab or bar; streamed, a line at a time."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Generator, Iterable, Iterator

from crawlers.imports.handed import File
from crawlers.imports.items import Format, Item
from crawlers.imports.links import links
from crawlers.imports.problems import Place, Refused
from crawlers.imports.report import Column
from crawlers.imports.tables import Row, look, tips

ENDS = (".csv", ".tsv", ".txt", ".tab")
DELIMITERS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CANDIDATES = ("utf-8", "gb18030")
_CHUNK_BYTES = 1 << 20
_LOOK_CHARS = 65_536
_LOOK_LINES = 20


def _recognises(file: File) -> bool:
    if file.name.lower().endswith(ENDS):
        return not file.start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    return b"\0" not in file.start and _has_links(file.start)


def _has_links(start: bytes) -> bool:
    """A file without a telling name: its first lines hold links."""
    lines = start.decode("utf-8", "replace").splitlines()[:_LOOK_LINES]
    return "\ufffd" not in "".join(lines[:-1]) and any(links(line) for line in lines)


def _read(file: File) -> Generator[Item, None, None]:
    yield from tips(file, _rows(file))


def _columns(file: File) -> tuple[int, tuple[Column, ...]]:
    at, found, _ = look(file, _rows(file))
    return at, found


def _rows(file: File) -> Iterator[Row]:
    encoding = _encoding(file)
    with file.path.open(encoding=encoding, newline="") as stream:
        start = stream.read(_LOOK_CHARS)
        stream.seek(0)
        delimiter = _delimiter(start)
        yield from _parsed(file, stream, delimiter)


def _parsed(file: File, stream: io.TextIOBase, delimiter: str) -> Iterator[Row]:
    limit = file.limits.max_cell_chars
    lines = _Lines(stream, limit * 4)
    csv.field_size_limit(limit)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    began = 1
    try:
        for cells in reader:
            yield began, tuple(cell.strip() for cell in cells)
            began = reader.line_num + 1
    except csv.Error as error:
        said = str(error)
        if "field larger" in said:
            raise Refused("table_cell", Place("line", began), limit=limit) from error
        raise Refused("table_quote", Place("line", began), detail=said) from error


class _Lines(Iterable[str]):
    """Lines with their ends, none longer than a limit, none with NUL."""

    def __init__(self, stream: io.TextIOBase, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def __iter__(self) -> Iterator[str]:
        number = 0
        while line := self._stream.readline(self._limit):
            number += 1
            if "\0" in line:
                raise Refused("table_nul", Place("line", number))
            if len(line) == self._limit and not line.endswith("\n"):
                raise Refused("table_cell", Place("line", number), limit=self._limit)
            yield line


def _encoding(file: File) -> str:
    """The one that decodes every byte. Refused, with the line UTF-8 fails at, when none does."""
    for mark, encoding in _BOMS:
        if file.start.startswith(mark):
            _decodes(file, encoding, refuse=True)
            return encoding
    if b"\0" in file.start:
        return _without_mark(file)
    for encoding in _CANDIDATES:
        if _decodes(file, encoding, refuse=encoding == _CANDIDATES[-1]):
            return encoding
    raise AssertionError("unreachable")


def _without_mark(file: File) -> str:
    """UTF-16 as it is written without a mark: every other byte of ASCII is NUL."""
    even, odd = file.start[::2].count(0), file.start[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    if 4 * max(even, odd) < len(file.start) // 2 or min(even, odd) > len(file.start) // 100:
        raise Refused("table_nul", Place("line", 1 + file.start[: file.start.index(0)].count(b"\n")))
    _decodes(file, encoding, refuse=True)
    return encoding


def _decodes(file: File, encoding: str, *, refuse: bool) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with file.path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK_BYTES)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                if refuse:
                    line += chunk[: error.start].count(b"\n")
                    raise Refused("table_encoding", Place("line", line)) from error
                return False
            if not chunk:
                return True


def _delimiter(start: str) -> str:
    """The one that most of the first lines have, equally often; a list of links has none."""
    lines = [line for line in start.splitlines()[:_LOOK_LINES] if line.strip()]
    if len(start) == _LOOK_CHARS:
        lines = lines[:-1] or lines
    scores = {one: _agreement([line.count(one) for line in lines]) for one in DELIMITERS}
    best = max(DELIMITERS, key=lambda one: scores[one])
    return best if scores[best] else ","


def _agreement(counts: list[int]) -> float:
    often, lines = Counter(count for count in counts if count).most_common(1)[0] if any(counts) else (0, 0)
    return lines / len(counts) + min(often, 20) / 1000 if often else 0.0


FORMAT = Format("csv", 90, _recognises, _read, _columns)
