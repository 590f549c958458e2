"""Strings of many passages counted at once, by arrays: the sums that `grams` and `classes` have of each alone.

Every character has a small number, none of them zero, so that a string is a number, too, written with its characters
for digits; what stands in the passages is looked up by these numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy
import numpy.typing

Numbers = numpy.typing.NDArray[numpy.int64]
Slots = numpy.typing.NDArray[numpy.int32]

_MIXING = 0x9E3779B97F4A7C15
_SLOTS_PER_STRING = 16
_APART = "\0"
"""Stands in no string."""


class _Places:
    """Where each of some numbers stands among them; numbers whose slot is taken go into a further table."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, self._count = numbers, len(numbers)
        self._tables: list[tuple[numpy.uint64, Slots]] = []
        left = numpy.arange(len(numbers))
        while left.size:
            shift = numpy.uint64(64 - (_SLOTS_PER_STRING * len(left)).bit_length())
            table = numpy.full(1 << (64 - int(shift)), self._count, numpy.int32)
            slots = _slots(numbers[left], shift)
            table[slots] = left.astype(numpy.int32)
            self._tables.append((shift, table))
            # where several came to one slot, the last one stands
            left = left[table[slots] != left]

    def of(self, numbers: Numbers) -> tuple[Numbers, Slots]:
        """Which of `numbers` are known, and the place of each of these."""
        found, places = [numbers[:0]], [numpy.zeros(0, numpy.int32)]
        at = numpy.arange(len(numbers))
        for shift, table in self._tables:
            place = table[_slots(numbers, shift)]
            taken = numpy.flatnonzero(place < self._count)
            place = place[taken]
            same = self._numbers[place] == numbers[taken]
            found.append(at[taken[same]])
            places.append(place[same])
            # only what came to the slot of another number may be in a further table
            others = taken[~same]
            at, numbers = at[others], numbers[others]
        return numpy.concatenate(found), numpy.concatenate(places)


def _slots(numbers: Numbers, shift: numpy.uint64) -> numpy.typing.NDArray[numpy.uint64]:
    return (numbers.view(numpy.uint64) * numpy.uint64(_MIXING)) >> shift


class Counting:
    """Strings with what each counts: a row of whole numbers."""

    def __init__(
        self, counts: Mapping[str, Sequence[int]], width: int, sounds: Mapping[int, str] | None = None
    ) -> None:
        """`width` is how many numbers a row has; `sounds` says of characters what they are read as."""
        self._longest = max(map(len, counts), default=0)
        self._apart = _APART * self._longest
        """Between two passages: no string goes over it."""
        letters = sorted(set("".join(counts)))
        known = {ord(letter): number for number, letter in enumerate(letters, 1)}
        read = known | {point: known.get(ord(code), 0) for point, code in (sounds or {}).items()}
        self._letter = numpy.zeros(max(read, default=0) + 2, numpy.int64)
        self._letter[list(read)] = list(read.values())
        self._base = len(letters) + 1
        self._columns = numpy.array(list(counts.values()), numpy.int64).reshape(-1, width).T.copy()
        self._bits = len(counts).bit_length()
        numbers = [self._number([known[ord(letter)] for letter in string]) for string in counts]
        self._places = _Places(numpy.array(numbers, numpy.int64))

    def _number(self, letters: Iterable[int]) -> int:
        number = 0
        for letter in letters:
            number = number * self._base + letter
        return number

    def sums(self, passages: Sequence[str]) -> list[list[int]]:
        """For each number of a row what the strings of each passage count, each string once."""
        held = self._held(passages)
        # all numbers added up one after the other, to take what a passage ends with less what it begins with
        added = numpy.zeros((len(self._columns), len(held) + 1), numpy.int64)
        numpy.cumsum(self._columns.take(held & ((1 << self._bits) - 1), axis=1), axis=1, out=added[:, 1:])
        edges = numpy.searchsorted(held, numpy.arange(len(passages) + 1) << self._bits)
        found: list[list[int]] = numpy.diff(added[:, edges], axis=1).tolist()
        return found

    def _held(self, passages: Sequence[str]) -> Numbers:
        """In ascending order the number of a passage and, in the lower bits, the place of a string that is in it."""
        joined = "".join([passage + self._apart for passage in passages])
        points = numpy.frombuffer(joined.encode("utf-32-le", "surrogatepass"), numpy.uint32)
        owners = numpy.arange(len(passages)) << self._bits
        owners = numpy.repeat(owners, [len(passage) + self._longest for passage in passages])
        letters = self._letter.take(points, mode="clip")
        at = numpy.flatnonzero(letters)
        numbers = letters[at]
        held = []
        for length in range(1, self._longest + 1):
            found, places = self._places.of(numbers)
            held.append(owners[at[found]] + places)
            if length < self._longest:
                following = letters[at + length]
                goes_on = following > 0
                at = at[goes_on]
                numbers = numbers[goes_on] * self._base + following[goes_on]
        return _different(numpy.concatenate([*held, numpy.zeros(0, numpy.int64)]))


def _different(numbers: Numbers) -> Numbers:
    numbers.sort()
    first = numpy.ones(len(numbers), bool)
    numpy.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    return numbers[first]
