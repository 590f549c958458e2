"""When to count strings of passages by arrays: many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from detectors.lazy import lazy

T = TypeVar("T")

_SEVERAL_CHARS, _MANY = 750, 200
"""How long passages are together that are worth counting at once, and how many are worth preparing what does."""


class Several(Generic[T]):
    """What counts many passages at once, made when it pays."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._asked = 0

    def of(self, passages: Sequence[str]) -> T | None:
        """None for so few that they are better counted one by one, and before many were asked for."""
        self._asked += len(passages)
        if self._asked <= _MANY or sum(map(len, passages)) < _SEVERAL_CHARS:
            return None
        return self._made

    @lazy
    def _made(self) -> T:
        return self._make()
