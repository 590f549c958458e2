"""Many short texts judged at once: every step is taken for all of them before the next one.

What a step reads (an automaton, the compiled patterns, its own code) then stays in the processor's caches; a text alone
reads all of it from memory. What is found is what `assess` finds of each alone: steps only make what a page remembers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from detectors.contacts import page_views
from detectors.manner import Window
from detectors.matches import Matches
from detectors.passages import Passages
from detectors.pitch import find_telling, tell
from detectors.wording import Reader

if TYPE_CHECKING:
    from detectors.context import Context
    from detectors.features import Page

CHUNK_PAGES = 256
MAX_CHARS = 4_000
"""A longer text fills the caches by itself, and is judged alone within the detectors' budgets."""

Step = Callable[[Sequence[Reader]], object]


def _each(step: Callable[[Reader], object]) -> Step:
    return lambda readers: deque(map(step, readers), maxlen=0)


def _if_told(step: Callable[[Reader], object]) -> Step:
    return lambda readers: [step(reader) for reader in readers if reader.may_be_told]


def _count(windows: Callable[[Reader], Iterable[Window]]) -> Step:
    def count(readers: Sequence[Reader]) -> None:
        asked = [window for reader in readers for window in windows(reader) if window.counted is None]
        if asked:
            readers[0].manner.count(asked)

    return count


STEPS: tuple[Step, ...] = (
    *(_each(attrgetter(f"matches.{name}")) for name in Matches.STEPS),
    *map(_each, map(attrgetter, ("contacts", "heard", "hits.possible", "speakers", "passages"))),
    _count(lambda reader: reader.passages.all_windows()),
    _each(attrgetter("may_be_told")),
    *(_if_told(attrgetter(f"passages.{name}")) for name in Passages.STEPS),
    _if_told(attrgetter("unweighed")),
    _count(lambda reader: reader.unweighed if reader.may_be_told else ()),
    _if_told(attrgetter("windows")),
    _each(Reader.offers),
    find_telling,
    tell,
)
"""In the order in which detectors would ask."""


def is_short(page: Page) -> bool:
    return len(page.text) <= MAX_CHARS


def look_through(pages: Sequence[Page], context: Context) -> None:
    """Whatever a step raises, the detector that asks for what it makes raises again."""
    for page in pages:
        page_views(page)
    readers = [Reader.of(page, context) for page in pages]
    for step in STEPS:
        step(readers)
