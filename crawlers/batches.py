"""A bounded queue that hands its items over in batches."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Generic, TypeVar

from crawlers.records import ArchiveError

T = TypeVar("T")
BATCHES_AHEAD = 4
CLOSED = "the recorder is closed"


class Batches(Generic[T]):
    """Many threads put, one takes: up to `max_items`, or what came within `max_wait_ms` of the first."""

    def __init__(self, max_items: int, max_wait_ms: int) -> None:
        self._max_items = max_items
        self._max_wait_seconds = max_wait_ms / 1000
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self.failure = ""

    def put(self, item: T) -> None:
        """Waits while the queue is full; ArchiveError once it has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or len(self._items) < BATCHES_AHEAD * self._max_items)
            if self._ended:
                raise ArchiveError(self.failure or CLOSED)
            self._items.append(item)
            self._changed.notify_all()

    def take(self) -> list[T]:
        """The next batch; empty when the queue has ended and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._items)
            deadline = time.monotonic() + self._max_wait_seconds
            while not self._ended and len(self._items) < self._max_items:
                if not self._changed.wait(deadline - time.monotonic()):
                    break
            count = min(len(self._items), self._max_items)
            batch = [self._items.popleft() for _ in range(count)]
            self._changed.notify_all()
            return batch

    def end(self) -> None:
        """Nothing more may be put; what is in it is still handed over."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def fail(self, failure: str) -> list[T]:
        """End with a reason (may be empty); returns what was never handed over."""
        with self._changed:
            self._ended = True
            self.failure = failure
            left = list(self._items)
            self._items.clear()
            self._changed.notify_all()
            return left
