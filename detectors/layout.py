"""Text that is not written from left to right: in columns, or backwards; and letters strewn between the characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, zip_longest
from typing import NamedTuple, Protocol

from detectors.text import HAN, Views, through_joined
from detectors.views import Turned, View, spliced

Match = tuple[int, int, int]
"""Number of a word, start and end."""
Find = Callable[[str], list[Match]]
"""All matches in a text, in order of their ends."""

_CELLS_MAX = 12
_TELLING_WORD_CHARS = 3
"""A word so long does not come about by chance where a text is read in another order."""
_LINE_MAX_CHARS = 2 * _CELLS_MAX
_CELL = re.compile(f"[0-9a-z{HAN}@+]")
_NO_CELLS = re.compile(f"[^0-9a-z{HAN}@+\n]+")
_CLAUSE_EDGE = re.compile(r"[，,。；;：:！!？?]|(?<=[^\n][^\n])\n")
_BLANK = re.compile(r"\s")
_STREWN = re.compile(rf"[a-z0-9][a-z0-9]?[{HAN}](?:[a-z0-9]{{1,2}}[{HAN}])+")
_LETTERS = re.compile("([a-z0-9]+)")
_KINDS = frozenset("证本照类级票型座")
"""What is told apart by a letter before it."""
_HAN = re.compile(f"[{HAN}]")
_STEP_CHARS = 64
_STEP_GROWS = 4
_APART = "\x00"
"""Stands between passages that do not belong together; no word holds it."""


class Reading(NamedTuple):
    """Another way to read (parts of) a text. Words in it are disguised in the way that `kind` names."""

    kind: str
    text: str
    original: Callable[[int, int], tuple[int, int]]
    """From a span of `text` to the original."""
    holds: Callable[[int, int], bool] = lambda start, end: end - start > 1
    """Whether a word at a span is there only in this reading."""
    seams: Sequence[int] | None = None
    """Where something was left out, in ascending order, if words are there only in this reading that go over it."""


class Finder(Protocol):
    """Where words are found, as they stand and from their ends."""

    def find(self, text: str) -> list[Match]: ...

    def find_backwards(self, text: str) -> list[Match]: ...


def readings(views: Views, words: Finder) -> list[Reading]:
    """The readings in which words come out that the text does not hold as it stands; mostly none."""
    found = (_strewn(views), _columns(views, words.find), _backwards(views, words.find, words.find_backwards))
    return [reading for reading in found if reading is not None]


def _strewn(views: Views) -> Reading | None:
    """Without single letters and digits between hanzi, where one follows another; not those of `A证、B证`."""
    view = _without_letters(views.joined.text)
    if view is None:
        return None
    return Reading(
        "separators",
        view.text,
        lambda start, end: through_joined(views, *view.original(start, end)),
        lambda start, end: _letters_within(view, start, end) >= max(1, min(2, end - start - 1)),
        view.here[2::2],
    )


def _without_letters(text: str) -> View | None:
    kept, letters = [""], list[str]()
    last = 0
    for strewn in _STREWN.finditer(text):
        pieces = _LETTERS.split(strewn.group())
        if _KINDS.issuperset(pieces[2::2]):
            continue
        kept[-1] += text[last : strewn.start()]
        letters += pieces[1::2]
        kept += pieces[2::2]
        last = strewn.end()
    kept[-1] += text[last:]
    return spliced(kept, letters, [""] * len(letters)) if letters else None


def _letters_within(view: View, start: int, end: int) -> int:
    """How much was dropped within a word. One letter in a long word may be part of how people write."""
    first, last = view.original(start, end)
    return last - first - (end - start)


def _columns(views: Views, find: Find) -> Reading | None:
    """Blocks of short lines read from top to bottom, columns from the right or from the left."""
    text = views.folded.text
    if "\n" not in text:
        return None
    grids = list(_grids(text))
    found = (_best_of(text, grids[index], find) for index in _promising(grids, find))
    return _turned(views, "vertical", [places for places in found if places])


class _Line(NamedTuple):
    """A line of a block and the characters of it that may be cells of columns."""

    cells: str
    start: int
    end: int


def _grids(text: str) -> Iterator[list[_Line]]:
    """Short lines in a row that may be those of columns side by side: none of more cells than the first."""
    rows: list[_Line] = []
    at, widest = 0, 0
    for line, cells in zip(text.split("\n"), _NO_CELLS.sub("", text).split("\n"), strict=True):
        size, width = len(line), len(cells)
        if size > _LINE_MAX_CHARS or size < 2:
            width = 0
        if rows and (width > widest or width < 2):
            if len(rows) > 1:
                yield rows
            rows = []
        if 2 <= width <= _CELLS_MAX:
            if not rows:
                widest = width
            rows.append(_Line(cells, at, at + size))
        at += size + 1
    if len(rows) > 1:
        yield rows


def _promising(grids: list[list[_Line]], find: Find) -> Iterator[int]:
    """Numbers of the grids in which a telling word is read from top to bottom; all are looked through at once."""
    pieces = []
    for grid in grids:
        rows = [line.cells for line in grid]
        pieces += [_downwards(rows), _APART, _downwards([cells[::-1] for cells in rows]), _APART]
    read = "".join(pieces)
    telling = (start for _, start, end in find(read) if end - start >= _TELLING_WORD_CHARS and _HAN.match(read, start))
    ends = [*accumulate(2 + 2 * sum(len(line.cells) for line in grid) for grid in grids)]
    yield from sorted({bisect_right(ends, start) for start in telling})


def _downwards(rows: list[str]) -> str:
    return "".join(chain.from_iterable(zip_longest(*rows, fillvalue="")))


def _best_of(text: str, grid: list[_Line], find: Find) -> Sequence[int]:
    rows = [_cells(text, line) for line in grid]
    return _best(text, [*chain(*rows)], [_from_right(rows), _from_left(rows)], find)


def _cells(text: str, line: _Line) -> Sequence[int]:
    start, end = line.start, line.end
    return (
        range(start, end) if len(line.cells) == end - start else [at.start() for at in _CELL.finditer(text, start, end)]
    )


def _from_left(rows: Sequence[Sequence[int]]) -> list[int]:
    return [at for column in zip_longest(*rows, fillvalue=-1) for at in column if at >= 0]


def _from_right(rows: Sequence[Sequence[int]]) -> list[int]:
    return _from_left([row[::-1] for row in rows])


def _backwards(views: Views, find: Find, find_backwards: Find) -> Reading | None:
    """Clauses, or else words between blanks, read from the end."""
    hits = find_backwards(views.dense.text)
    if not hits:
        return None
    text = views.folded.text
    spans = [views.dense.original(start, end) for _, start, end in hits]
    clauses = _around(_CLAUSE_EDGE, text, spans)
    found = {clause: _read_backwards(text, *clause, find) for clause in dict.fromkeys(clauses.values())}
    failed = [span for span, clause in clauses.items() if not found[clause]]
    words = dict.fromkeys(_around(_BLANK, text, failed).values())
    passages = [*found.values(), *(_read_backwards(text, *word, find) for word in words)]
    return _turned(views, "reversed", [places for places in passages if places])


def _around(
    edge: re.Pattern[str], text: str, spans: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """For each of some spans in order that goes over no edge, the passage between two edges that it lies in."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    first, last = 0, -1
    for start, end in spans:
        if start >= last:
            following = edge.search(text, start)
            first, last = _edge_before(edge, text, start), following.start() if following else len(text)
        if end <= last:
            found[start, end] = (first, last)
    return found


def _edge_before(edge: re.Pattern[str], text: str, start: int) -> int:
    """Where the passage begins that holds `start`: searched for in steps back, each longer than the one before."""
    step = _STEP_CHARS
    while True:
        low = max(0, start - step)
        ends = [match.end() for match in edge.finditer(text, low, start)]
        if ends or not low:
            return ends[-1] if ends else 0
        step *= _STEP_GROWS


def _read_backwards(text: str, start: int, end: int, find: Find) -> Sequence[int]:
    places = [match.start() for match in _CELL.finditer(text, start, end)]
    return _best(text, places, [places[::-1]], find)


def _best(text: str, usual: list[int], ways: list[list[int]], find: Find) -> Sequence[int]:
    """The way to read some characters in which words cover more of them than in the usual one; empty when none does."""
    found = [(way, *_covered(text, way, find)) for way in ways]
    if all(longest < _TELLING_WORD_CHARS for _, longest, _ in found):
        return ()
    _, most = _covered(text, usual, find)
    best: Sequence[int] = ()
    for way, longest, covered in found:
        if longest >= _TELLING_WORD_CHARS and covered > most:
            best, most = way, covered
    return best


def _covered(text: str, places: Sequence[int], find: Find) -> tuple[int, int]:
    """Length of the longest word among characters read in an order, and how many of them words cover."""
    read = "".join(map(text.__getitem__, places))
    longest = covered = 0
    first = len(read)
    for _, start, end in reversed(find(read)):
        if start < first and end - start > 1 and _HAN.match(read, start):
            longest = max(longest, end - start)
            covered += min(end, first) - start
            first = start
    return longest, covered


def _turned(views: Views, kind: str, passages: list[Sequence[int]]) -> Reading | None:
    if not passages:
        return None
    places = [at for passage in passages for at in (*passage, -1)]
    text = views.folded.text
    turned = Turned("".join(_APART if at < 0 else text[at] for at in places), places)
    return Reading(kind, turned.text, lambda start, end: views.folded.original(*turned.original(start, end)))
