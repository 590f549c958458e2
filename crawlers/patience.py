"""How often a source may turn us away before it is left alone for the night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from crawlers.records import Capture, PageState, Task

TURNED_AWAY = frozenset({PageState.BLOCKED, PageState.LOGIN})


class Patience:
    """Counts pages in a row that came back blocked or as a login, by whatever `key` names the source of a task."""

    def __init__(self, limit: int, key: Callable[[Task], str]) -> None:
        self._limit = limit
        self._key = key
        self._in_a_row: Counter[str] = Counter()

    def remember(self, captures: Iterable[Capture]) -> None:
        """Take up where an earlier run of this night stopped; only for keys that are source names."""
        for capture in captures:
            self._count(capture.source, capture.page_state)

    def note(self, task: Task, state: PageState) -> None:
        self._count(self._key(task), state)

    def exhausted(self, task: Task) -> bool:
        return self._in_a_row[self._key(task)] >= self._limit

    def _count(self, key: str, state: PageState) -> None:
        if self._in_a_row[key] >= self._limit:
            return
        self._in_a_row[key] = self._in_a_row[key] + 1 if state in TURNED_AWAY else 0
