"""Lists of names as they come: plain, CSV, zone files, compressed or not, read in blocks of whole lines."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, cast

from config.strings import cause_of
from review.errors import ListBroken
from review.strings import BROKEN_LIST

BLOCK_BYTES = 1 << 19
SAMPLE_LINES = 50
BATCH_NAMES = 1 << 15
_GZIP = b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = ",;\t|"
_LOOKS_LIKE_NAME = re.compile(r"(?:https?://)?(?:\*\.)?(?:[\w\-]{1,63}\.)+[\w\-]{2,63}\.?(?:[/:]\S*)?")
_RECORD = re.compile(
    r"\S+\s+(?:\d+\s+)?(?:in\s+)?(?:\d+\s+)?(?:ns|a|aaaa|soa|ds|cname|mx|txt|rrsig|nsec3?|dnskey)\s", re.IGNORECASE
)
_HEADINGS = (
    *("domain", "domain_name", "domainname", "name", "fqdn", "host", "hostname", "common_name", "name_value", "url"),
    *("域名", "网址", "主机名", "网站"),
)


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Names, one a line, in blocks of whole lines. Raises ListBroken in the middle of a damaged file."""
    read = _blocks(stream)
    first = next(read, b"").removeprefix(_BOM)
    rest = chain([first], read)
    sample = _sample(first)
    if _is_zone(sample):
        return _joined(_of_zone(_lines(rest)))
    delimiter = _delimiter(sample)
    return _joined(_of_table(rest, sample, delimiter)) if delimiter else rest


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    start = stream.read(len(_GZIP))
    if start != _GZIP:
        first = start + stream.read(BLOCK_BYTES)
        pieces = chain([first], iter(lambda: stream.read(BLOCK_BYTES), b""))
        yield from _whole_lines(_in_utf8(pieces) if start in _UTF16 and b"\0" in first else pieces)
        return
    try:
        with gzip.GzipFile(fileobj=cast(IO[bytes], _Resumed(start, stream))) as plain:
            yield from _whole_lines(iter(lambda: plain.read(BLOCK_BYTES), b""))
    except (EOFError, OSError, zlib.error) as error:
        raise ListBroken(BROKEN_LIST.format(error=cause_of(error))) from error


def _in_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What Excel calls "Unicode text": UTF-16 with its byte order mark."""
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    return (decoder.decode(piece).encode() for piece in pieces)


class _Resumed:
    """A stream of which the beginning was read already; gzip asks no more of one than `read`."""

    def __init__(self, start: bytes, stream: IO[bytes]) -> None:
        self._start, self._stream = start, stream

    def read(self, size: int = -1) -> bytes:
        start, self._start = self._start, b""
        return start + self._stream.read(size - len(start) if size > 0 else size)


def _whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces cut after lines; of a line longer than a block only the beginning is kept."""
    carry = b""
    for piece in pieces:
        head, newline, tail = piece.rpartition(b"\n")
        if newline:
            yield carry + head
            carry = tail
        elif len(carry) < BLOCK_BYTES:
            carry += tail
    if carry:
        yield carry


def _sample(block: bytes) -> list[str]:
    lines = (line.decode("utf-8", "replace").rstrip("\r") for line in block[: BLOCK_BYTES // 8].split(b"\n"))
    return list(islice((line for line in lines if line.strip() and line[0] not in "#;"), SAMPLE_LINES))


def _lines(read: Iterable[bytes]) -> Iterator[str]:
    for block in read:
        for line in block.split(b"\n"):
            yield line.decode("utf-8", "replace")


def _joined(names: Iterator[str]) -> Iterator[bytes]:
    while batch := list(islice(names, BATCH_NAMES)):
        yield "\n".join(batch).encode()


# Zone files


def _is_zone(sample: list[str]) -> bool:
    owners = [line for line in sample if line[0] not in "$ \t"]
    return 2 * sum(_RECORD.match(line) is not None for line in owners) > len(owners)


def _of_zone(lines: Iterator[str]) -> Iterator[str]:
    """The owner of each record once, made whole with `$ORIGIN`; a line that goes on with the owner says nothing new."""
    origin, last = "", ""
    for line in lines:
        owner = line.split(None, 1)[0] if line[:1].strip().strip(";") else ""
        if owner.upper() == "$ORIGIN":
            origin = line.split()[1].strip(".") if len(line.split()) > 1 else ""
        elif owner and owner[0] != "$" and owner != last:
            last = owner
            whole = owner.endswith(".") or not origin
            yield owner if whole else origin if owner == "@" else f"{owner}.{origin}"


# Tables


def _delimiter(sample: list[str]) -> str:
    """What parts the columns, when most lines have the same several; empty for a plain list."""
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _rows(iter(sample), delimiter)]
        if widths and max(set(widths), key=widths.count) > 1 and widths.count(1) * 2 < len(widths):
            return delimiter
    return ""


def _of_table(read: Iterable[bytes], sample: list[str], delimiter: str) -> Iterator[str]:
    """The names in the column that holds them, several in one cell apart; a row without that column as it stands."""
    rows = list(_rows(iter(sample), delimiter))
    column, headed = _column(rows)
    table = _rows(_lines(read), delimiter)
    for number, row in enumerate(table):
        if (headed and number == 0) or not row or row[0].startswith("#"):
            continue
        cells = row[column].split() if len(row) > column else []
        yield from cells or [delimiter.join(row)]


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield [f"({error})"]


def _column(rows: list[list[str]]) -> tuple[int, bool]:
    """(column of the names, whether the first row names the columns): by heading, else by what most cells look like."""
    head = [cell.strip().lower() for cell in rows[0]]
    by_heading = next((head.index(name) for name in _HEADINGS if name in head), None)
    width = max(map(len, rows))
    like = [sum(_is_name(row, column) for row in rows) for column in range(width)]
    column = like.index(max(like)) if by_heading is None else by_heading
    return column, by_heading is not None or not _is_name(rows[0], column)


def _is_name(row: list[str], column: int) -> bool:
    cells = row[column].split() if column < len(row) else []
    return bool(cells) and all(
        _LOOKS_LIKE_NAME.fullmatch(cell) is not None and not cell[-1].isdigit() for cell in cells
    )
