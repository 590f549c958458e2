"""TOML documents with their places: read, laid one over the other, and walked back to file and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from config import strings
from config.errors import ConfigError, Problem
from config.positions import KeyPath, find_lines

_ZERO = "\\u0000"
_PLACE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class Source:
    """One TOML file: how it is called in messages, its text and what is in it."""

    label: str
    text: str
    data: dict[str, Any]

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        return find_lines(self.text)

    def line(self, path: KeyPath) -> int:
        """The line of `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    @property
    def node(self) -> Node:
        return _grow(self.data, self, ())


def read(path: Path, label: str) -> Source:
    """Raises `ConfigError` with one problem: unreadable, not UTF-8, a byte order mark, or not TOML."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _refused(label, 0, strings.UNREADABLE.format(reason=strings.cause_of(error)), "") from error
    if raw.startswith(b"\xef\xbb\xbf"):
        raise _refused(label, 1, strings.BOM, strings.BOM_FIX)
    try:
        text = raw.decode("utf-8").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refused(label, line, _encoding(raw), strings.ENCODING_FIX) from error
    except tomllib.TOMLDecodeError as error:
        raise _refused(label, *_syntax(str(error), text)) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets in brackets
        raise unbounded(label, text) from error
    if _ZERO in text and _holds_zero(data):
        raise _refused(label, text.count("\n", 0, text.index(_ZERO)) + 1, strings.ZERO, strings.ZERO_FIX)
    return Source(label, text, data)


def _holds_zero(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_zero, (*value, *value.values())))
    return any(map(_holds_zero, value)) if isinstance(value, list) else isinstance(value, str) and "\0" in value


def unbounded(label: str, text: str) -> ConfigError:
    """What TOML allows and no program can hold; it stands in the longest line."""
    lines = text.split("\n")
    line = max(range(len(lines)), key=lambda number: len(lines[number]))
    return _refused(label, line + 1, strings.UNBOUNDED, strings.SYNTAX_FIX.format(line=lines[line].strip()[:60]))


def _refused(label: str, line: int, accepted: str, fix: str) -> ConfigError:
    return ConfigError([Problem(label, line, "", "", accepted, fix)])


def _encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return strings.NOT_UTF8.format(encoding="UTF-16")
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return strings.NOT_UTF8.format(encoding=strings.UNKNOWN_ENCODING)
    return strings.NOT_UTF8.format(encoding="GBK")


def _syntax(message: str, text: str) -> tuple[int, str, str]:
    place = _PLACE.search(message)
    line = int(place.group(1)) if place else text.count("\n") + 1
    said = _PLACE.sub("", message).replace("(at end of document)", "").strip()
    written = text.splitlines()[line - 1 : line]
    fix = strings.SYNTAX_FIX.format(line=written[0].strip()[:60]) if written else ""
    reason = next((text for start, text in strings.SYNTAX_REASONS.items() if said.startswith(start)), said)
    return line, strings.SYNTAX.format(reason=strings.in_chinese(reason)), fix


@dataclass(frozen=True, slots=True)
class Node:
    """A value with the file and the path it was written at; containers hold nodes."""

    value: Any
    source: Source
    path: KeyPath

    @property
    def line(self) -> int:
        return self.source.line(self.path)

    def plain(self) -> Any:
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def at(self, path: KeyPath) -> Node:
        """The node at `path`, or the last one on the way there."""
        node = self
        for step in path:
            known = isinstance(node.value, dict) and step in node.value
            inside = isinstance(node.value, list) and isinstance(step, int) and step < len(node.value)
            if not known and not inside:
                break
            node = node.value[step]
        return node


def _grow(value: Any, source: Source, path: KeyPath) -> Node:
    if isinstance(value, dict):
        return Node({key: _grow(child, source, (*path, key)) for key, child in value.items()}, source, path)
    if isinstance(value, list):
        return Node([_grow(child, source, (*path, index)) for index, child in enumerate(value)], source, path)
    return Node(value, source, path)


Report = Callable[[Node, str, str], None]
"""Called with the value in question, what is accepted and how to fix it."""


def overlay(base: Node, over: Node, identity: Mapping[str, str], report: Report) -> Node:
    """`over` laid on `base`: tables by key, arrays of tables by identity, everything else replaced.

    `identity` names the identifying key of an array where it is not `id`. An entry with `remove = true`
    takes the entry of that identity away.
    """
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        merged = dict(base.value)
        for key, child in over.value.items():
            merged[key] = overlay(merged[key], child, identity, report) if key in merged else child
        return Node(merged, over.source, over.path)
    key = identity.get(str(over.path[-1]), "id") if over.path else "id"
    if _identified(base, key) and _identified(over, key):
        return _overlay_entries(base, over, key, identity, report)
    return over


def _identified(node: Node, key: str) -> bool:
    entries = node.value if isinstance(node.value, list) else ()
    return bool(entries) and all(isinstance(entry.value, dict) and key in entry.value for entry in entries)


def _overlay_entries(base: Node, over: Node, key: str, identity: Mapping[str, str], report: Report) -> Node:
    merged = {str(entry.value[key].value): entry for entry in base.value}
    extra: list[Node] = []
    seen: set[str] = set()
    for entry in over.value:
        name = str(entry.value[key].value)
        if _removes(entry):
            if merged.pop(name, None) is None:
                report(entry.value[key], strings.REMOVE_UNKNOWN, _nearest(name, list(merged)))
        elif name in seen:
            extra.append(entry)
        else:
            merged[name] = overlay(merged[name], entry, identity, report) if name in merged else entry
            seen.add(name)
    return Node([*merged.values(), *extra], over.source, over.path)


def _removes(entry: Node) -> bool:
    return "remove" in entry.value and entry.value["remove"].value is True


def _nearest(word: str, known: list[str]) -> str:
    return strings.did_you_mean(word, known) or strings.KNOWN.format(known=strings.listed(known))
