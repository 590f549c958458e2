"""Where the keys of a TOML text stand: `tomllib` gives values without lines, error messages need both."""

from __future__ import annotations

import json
import re
from bisect import bisect_right

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*\'''',
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\r\n]+")


def find_lines(text: str) -> dict[KeyPath, int]:
    """1-based line of every table, key and array entry of a text that `tomllib` has accepted.

    Array entries are counted from 0: `("sites", 2, "host")`. A text that is not valid TOML gives an
    unspecified part of its keys.
    """
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._counts: dict[KeyPath, int] = {}

    def run(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._peek():
            before = self.at
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
            if self.at == before:
                break
        return self.lines

    def _peek(self) -> str:
        """The next character that is neither space nor comment; empty at the end."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def _take(self, wanted: str) -> bool:
        if self._peek() != wanted:
            return False
        self.at += 1
        return True

    def _note(self, path: KeyPath, at: int) -> None:
        line = bisect_right(self._breaks, at - 1) + 1
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while self._peek() and (match := _KEY.match(self.text, self.at)):
            self.at = match.end()
            keys.append(_unquoted(match.group()))
            if not self._take("."):
                break
        return keys

    def _header(self) -> KeyPath:
        start = self.at
        self.at += 1
        is_array = self.text[self.at : self.at + 1] == "["
        self.at += is_array
        keys = self._keys()
        path = self._inside(keys[:-1])
        path = self._entry((*path, *keys[-1:])) if is_array else self._inside(keys)
        self._note(path, start)
        for _ in range(1 + is_array):
            self._take("]")
        return path

    def _inside(self, keys: list[str]) -> KeyPath:
        """The path of a header's keys: an array of tables on the way means its latest entry."""
        path: KeyPath = ()
        for key in keys:
            path = (*path, key)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _entry(self, array: KeyPath) -> KeyPath:
        self._counts[array] = self._counts.get(array, -1) + 1
        return (*array, self._counts[array])

    def _pair(self, table: KeyPath) -> None:
        start = self.at
        path = (*table, *self._keys())
        self._note(path, start)
        if self._take("="):
            self._value(path)

    def _value(self, path: KeyPath) -> None:
        opening = self._peek()
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline(path)
        elif match := _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at):
            self.at = match.end()

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        index = 0
        while self._peek() not in ("]", ""):
            self._note((*path, index), self.at)
            self._value((*path, index))
            index += 1
            if not self._take(","):
                break
        self._take("]")

    def _inline(self, path: KeyPath) -> None:
        self.at += 1
        while self._peek() not in ("}", ""):
            self._pair(path)
            if not self._take(","):
                break
        self._take("}")


def _unquoted(key: str) -> str:
    if key.startswith('"'):
        return str(json.loads(key))
    return key.strip("'")
