"""A rewritten text that knows, for each of its characters, which of the original ones it stands for."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import sub
from typing import NamedTuple

_MANY_SPANS = 200
_SHORT_RUN_CHARS = 4


class View(NamedTuple):
    """`text` and, for each run in it, where the run starts here and in the original."""

    text: str
    here: tuple[int, ...]
    origin: tuple[int, ...]
    lengths: tuple[int, ...]
    """Original length of each run; a run of equal lengths maps character by character."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original span [start, end) of a span of this view; `end > start`."""
        here, origin = self.here, self.origin
        first = bisect_right(here, start) - 1
        following = here[first + 1] if first + 1 < len(here) else len(self.text)
        if end <= following and following - here[first] == self.lengths[first]:
            shift = origin[first] - here[first]
            return start + shift, end + shift
        low = origin[first]
        if following - here[first] == self.lengths[first]:
            low += start - here[first]
        last = bisect_right(here, end - 1, first) - 1
        size = self.lengths[last]
        following = here[last + 1] if last + 1 < len(here) else len(self.text)
        return low, origin[last] + (end - here[last] if following - here[last] == size else size)

    def at(self, offset: int) -> int:
        """Where what stands at an original offset begins here, or what follows it where nothing of it is left."""
        here, origin = self.here, self.origin
        after = bisect_right(origin, offset)
        if not after:
            return 0
        start, shift = here[after - 1], offset - origin[after - 1]
        following = here[after] if after < len(here) else len(self.text)
        size = following - start
        if size == self.lengths[after - 1]:
            return start + shift if shift < size else following
        return following if shift else start

    def all_at(self, offsets: Iterable[int]) -> list[int]:
        """`at` of each, where every run is as long as its original, as when something was only left out."""
        here, lengths, origin = self.here, self.lengths, self.origin
        found: list[int] = []
        for offset in offsets:
            run = bisect_right(origin, offset) - 1
            if run < 0:
                found.append(here[0])
            else:
                shift, size = offset - origin[run], lengths[run]
                found.append(here[run] + (shift if shift < size else size))
        return found

    @property
    def is_identity(self) -> bool:
        """Whether offsets here are offsets in the original."""
        return len(self.here) == 1 and self.lengths[0] == len(self.text)

    def edges(self) -> frozenset[int]:
        """Where runs begin and end."""
        return frozenset((*self.here, len(self.text)))

    def originals(self, count: int) -> Callable[[int, int], tuple[int, int]]:
        """`original` for who asks for so many spans: of many in short runs, each character is looked up once."""
        if count < _MANY_SPANS or len(self.here) * _SHORT_RUN_CHARS < len(self.text):
            return self.original
        runs = list(zip(map(sub, (*self.here[1:], len(self.text)), self.here), self.origin, self.lengths, strict=True))
        if all(count in (0, size) for count, _, size in runs):
            places = list(chain.from_iterable(range(origin, origin + count) for count, origin, _ in runs))
            return lambda start, end: (places[start], places[end - 1] + 1)
        starts, ends = array("q"), array("q")
        for count, origin, size in runs:
            if count == size:
                starts.extend(range(origin, origin + size))
                ends.extend(range(origin + 1, origin + size + 1))
            else:
                starts.extend([origin] * count)
                ends.extend([origin + size] * count)
        return lambda start, end: (starts[start], ends[end - 1])


def unchanged(text: str, length: int) -> View:
    """A text of as many characters as the original, one for one."""
    return View(text, (0,), (0,), (length,))


def spliced(kept: Sequence[str], replaced: Sequence[str], forms: Iterable[str]) -> View:
    """The view of a text that reads `kept[0] replaced[0] kept[1] … kept[-1]`, with `forms` in place of `replaced`.

    A form may be empty, or longer than what it stands for.
    """
    between = list(forms)
    sizes = [*chain.from_iterable(zip(map(len, kept), map(len, replaced), strict=False)), len(kept[-1])]
    pieces = [*chain.from_iterable(zip(kept, between, strict=False)), kept[-1]]
    here = accumulate(map(len, pieces[:-1]), initial=0)
    origin = accumulate(sizes[:-1], initial=0)
    return View("".join(pieces), tuple(here), tuple(origin), tuple(sizes))


@dataclass(frozen=True, slots=True)
class Turned:
    """A text whose characters stand in another order: read in columns, or from the end."""

    text: str
    places: Sequence[int]
    """For each character, its offset in the text that was turned."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The smallest original span that holds the characters of a span of this one; `end > start`."""
        places = self.places[start:end]
        return min(places), max(places) + 1
