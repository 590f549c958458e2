"""JSON of any length as events, in bounded memory: a string over a limit is cut short and noted, not stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson

from crawlers.imports.problems import Place, Refused

PIECE_BYTES = 1 << 16
MAX_DEPTH = 64
_MANY_OPENED = 500
"""Brackets opened in one piece before they are matched: fewer cannot lead far."""
_STRING = re.compile(rb'"[^"]*"?')
_BRACKET = re.compile(rb"[\[\]{}]")
_BOM = b"\xef\xbb\xbf"


class LongJson:
    """`line` is where reading stands, from 1; `cut` is set when a string was cut, and is the reader's to reset."""

    def __init__(self, path: Path, *, max_string_bytes: int) -> None:
        self.line = 1
        self.cut = False
        self._path = path
        self._max = max_string_bytes
        self._inside = False
        self._run = 0
        self._where = ""

    def events(self) -> Iterator[tuple[str, str, Any]]:
        """(path, event, value) as `ijson.parse` gives them. Refused, with line and path, for what is no JSON."""
        found = ijson.sendable_list()
        parser = ijson.parse_coro(found, use_float=True)
        try:
            for piece, lines in self._pieces():
                parser.send(piece)
                yield from self._taken(found)
                if self._where.count(".") > MAX_DEPTH:
                    raise self._deep()
                self.line += lines
            parser.close()
        except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
            yield from self._taken(found)
            raise self._refused(error) from error
        yield from self._taken(found)

    def _taken(self, found: Any) -> Iterator[tuple[str, str, Any]]:
        for event in found:
            self._where = event[0] or self._where
            yield event
        del found[:]

    def _deep(self) -> Refused:
        return Refused("json_broken", Place("line", self.line), detail=f"nested deeper than {MAX_DEPTH}")

    def _refused(self, error: Exception) -> Refused:
        said = " ".join(str(error).split("\n")[0].split())
        where = f"{self._where}: " if self._where else ""
        return Refused("json_broken", Place("line", self.line), detail=f"{where}{said}"[:300])

    def _pieces(self) -> Iterator[tuple[bytes, int]]:
        """Lines, long ones in parts, and how many line ends each part has; overlong strings without their middle."""
        left = b""
        with self._path.open("rb") as file:
            first = True
            while piece := file.readline(PIECE_BYTES):
                if first:
                    piece, first = piece.removeprefix(_BOM), False
                piece = left + piece
                odd = (len(piece) - len(piece.rstrip(b"\\"))) % 2
                piece, left = (piece[:-1], piece[-1:]) if odd else (piece, b"")
                kept = self._bounded(piece)
                if kept:
                    yield kept, piece.count(b"\n")
                else:
                    self.line += piece.count(b"\n")
        if left:
            yield left, 0

    def _bounded(self, piece: bytes) -> bytes:
        """`piece` ends between two characters; escapes do not open or close a string."""
        bare = piece.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        quotes = bare.count(b'"')
        if bare.count(b"[") + bare.count(b"{") > _MANY_OPENED and self._deepens(bare):
            raise self._deep()
        if self._inside and self._run > self._max:
            self.cut = True
            end = bare.find(b'"')
            if end < 0:
                return b""
            piece = piece[end:]
        if quotes:
            self._inside ^= bool(quotes & 1)
            self._run = len(bare) - bare.rfind(b'"') - 1 if self._inside else 0
        elif self._inside:
            self._run += len(bare)
        return piece

    def _deepens(self, bare: bytes) -> bool:
        """Whether brackets outside strings pile up."""
        outside = _STRING.sub(b"", bare[bare.find(b'"') + 1 :] if self._inside else bare)
        depth = 0
        for bracket in _BRACKET.findall(outside):
            depth += 1 if bracket in (b"[", b"{") else -1
            if depth > MAX_DEPTH:
                return True
        return False
