"""Many names at once: a block of lines in, the few that matter out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from detectors.base import Level
from detectors.lookalike.hostname import read_line
from detectors.lookalike.sieve import Sieve

if TYPE_CHECKING:
    from detectors.names import Names, NameVerdict

_COMMENT = "#;"


class Screener:
    """The judgement of single names behind the sieve; built once per process."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._sieve = Sieve(names.rules)

    def block(self, lines: bytes) -> Iterator[tuple[str, NameVerdict | None]]:
        """(line, verdict) of the lines at watch or above; None for one that is no host name. Blank lines and comments
        say nothing."""
        for kept in self._sieve.keep(lines):
            line = kept.decode("utf-8", "replace").rstrip("\r")
            named = read_line(line)
            if not named.host:
                if line.strip() and line[0] not in _COMMENT:
                    yield line, None
                continue
            verdict = self._names.judge_line(named)
            if verdict.level is not Level.CLEAR:
                yield line, verdict
