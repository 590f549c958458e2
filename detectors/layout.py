"""Text that is not written from left to right: in columns, or backwards; and letters strewn between the characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, zip_longest
from typing import NamedTuple, Protocol

from detectors.text import HAN, Views, through_joined
from detectors.views import Turned, View, spliced

Match = tuple[int, int, int]
"""Number of a word, start and end."""
Span = tuple[int, int]
Places = Sequence[int]
"""Offsets of characters in the order in which they are read."""
Find = Callable[[str], list[Match]]
"""All matches in a text, in order of their ends."""

_CELLS_MAX = 12
_TELLING_WORD_CHARS = 3
"""A word so long does not come about by chance where a text is read in another order."""
_LINE_MAX_CHARS = 2 * _CELLS_MAX
_CELL = re.compile(f"[0-9a-z{HAN}@+]")
_NO_CELL = re.compile(f"[^0-9a-z{HAN}@+]")
_NO_CELLS = re.compile(f"[^0-9a-z{HAN}@+\n]+")
_CLAUSE_EDGE = re.compile(r"[，,。；;：:！!？?]|(?<=[^\n][^\n])\n")
_SHORT_LINES = re.compile(rf"(?<![^\n])[^\n]{{2,{_LINE_MAX_CHARS}}}\n[^\n]{{2,{_LINE_MAX_CHARS}}}(?![^\n])")
"""Two lines of which columns may be made."""
_BLANK = re.compile(r"\s")
_STREWN = re.compile(rf"[a-z0-9][a-z0-9]?[{HAN}](?:[a-z0-9]{{1,2}}[{HAN}])+")
_LETTERS = re.compile("([a-z0-9]+)")
_KINDS = frozenset("证本照类级票型座")
"""What is told apart by a letter before it."""
_LAST_CELL = "z"
"""The cells that come after it are hanzi."""
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
    if _STREWN.search(text) is None:
        return None
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
    if _SHORT_LINES.search(text) is None:
        return None
    grids = list(_grids(text))
    promising = [[_cells(text, line.start, line.end) for line in grids[index]] for index in _promising(grids, find)]
    read = [(list(chain(*rows)), [_by_columns(rows, from_right=True), _by_columns(rows)]) for rows in promising]
    found = _best(text, read, find)
    return _turned(views, "vertical", found)


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
        pieces.append(f"{_downwards(rows)}{_APART}{_downwards(rows, from_right=True)}{_APART}")
    read = "".join(pieces)
    telling = (start for _, start, end in find(read) if end - start >= _TELLING_WORD_CHARS and read[start] > _LAST_CELL)
    ends = [*accumulate(map(len, pieces))]
    yield from sorted({bisect_right(ends, start) for start in telling})


def _downwards(rows: Sequence[str], *, from_right: bool = False) -> str:
    """Cells read from top to bottom, one column after the other; no row has more than the first."""
    joined, width = "".join(rows), len(rows[0])
    if len(joined) == width * len(rows):
        return "".join([joined[at::width] for at in _order(width, from_right=from_right)])
    rows = [cells[::-1] for cells in rows] if from_right else rows
    return "".join(chain.from_iterable(zip_longest(*rows, fillvalue="")))


def _order(width: int, *, from_right: bool) -> range:
    return range(width - 1, -1, -1) if from_right else range(width)


def _cells(text: str, start: int, end: int) -> Sequence[int]:
    """Where the characters stand that count, line breaks not among them."""
    if _NO_CELL.search(text, start, end) is None:
        return range(start, end)
    return [at.start() for at in _CELL.finditer(text, start, end)]


def _by_columns(rows: Sequence[Sequence[int]], *, from_right: bool = False) -> Places:
    """`_downwards` of offsets."""
    joined, width = list(chain.from_iterable(rows)), len(rows[0])
    if len(joined) == width * len(rows):
        return list(chain.from_iterable(joined[at::width] for at in _order(width, from_right=from_right)))
    rows = [row[::-1] for row in rows] if from_right else rows
    return [at for column in zip_longest(*rows, fillvalue=-1) for at in column if at >= 0]


def _backwards(views: Views, find: Find, find_backwards: Find) -> Reading | None:
    """Clauses, or else words between blanks, read from the end."""
    hits = find_backwards(views.dense.text)
    if not hits:
        return None
    text = views.folded.text
    spans = [views.dense.original(start, end) for _, start, end in hits]
    clauses = _around(_CLAUSE_EDGE, text, spans)
    found = _read_backwards(text, clauses.values(), find)
    failed = [span for span, clause in clauses.items() if not found[clause]]
    words = _read_backwards(text, _around(_BLANK, text, failed).values(), find)
    return _turned(views, "reversed", [*found.values(), *words.values()])


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


def _read_backwards(text: str, spans: Iterable[Span], find: Find) -> dict[Span, Sequence[int]]:
    """The characters of each passage from the end, where it is to be read so."""
    different = list(dict.fromkeys(spans))
    usual = [_cells(text, *span) for span in different]
    return dict(zip(different, _best(text, [(places, [places[::-1]]) for places in usual], find), strict=True))


def _best(text: str, passages: Sequence[tuple[Places, list[Places]]], find: Find) -> list[Places]:
    """Of each passage, given its characters in the usual order and in other ones, the way to read it in which words
    cover more of it than in the usual one; empty when none does. All are looked through at once."""
    if not passages:
        return []
    read = iter(_covered(text, [way for _, ways in passages for way in ways], find))
    found = [[(way, *next(read)) for way in ways] for _, ways in passages]
    telling = [any(longest >= _TELLING_WORD_CHARS for _, longest, _ in ways) for ways in found]
    usual = iter(_covered(text, [places for (places, _), tells in zip(passages, telling, strict=True) if tells], find))
    return [_better(ways, next(usual)[1]) if tells else () for ways, tells in zip(found, telling, strict=True)]


def _better(ways: list[tuple[Places, int, int]], most: int) -> Places:
    """The way with a telling word in which words cover most, and more than so many characters."""
    best: Places = ()
    for way, longest, covered in ways:
        if longest >= _TELLING_WORD_CHARS and covered > most:
            best, most = way, covered
    return best


def _covered(text: str, ways: Sequence[Places], find: Find) -> list[tuple[int, int]]:
    """Of some characters read in each of some orders, the length of the longest word and how many of them words
    cover."""
    pieces = ["".join(map(text.__getitem__, way)) + _APART for way in ways]
    read = "".join(pieces)
    starts = [*accumulate(map(len, pieces), initial=0)]
    found = [(0, 0)] * len(ways)
    number, longest, covered = 0, 0, 0
    first = begin = len(read)
    for _, start, end in reversed(find(read)):
        size = end - start
        if start >= first or size == 1 or read[start] <= _LAST_CELL:
            continue
        if start < begin:
            number = bisect_right(starts, start) - 1
            begin, longest, covered = starts[number], 0, 0
        if size > longest:
            longest = size
        covered += size if end <= first else first - start
        first = start
        found[number] = (longest, covered)
    return found


def _turned(views: Views, kind: str, passages: Iterable[Places]) -> Reading | None:
    """A reading of all that is read in another order than the usual one; none where nothing is."""
    places = [at for passage in passages if passage for at in (*passage, -1)]
    if not places:
        return None
    text = views.folded.text
    turned = Turned("".join([_APART if at < 0 else text[at] for at in places]), places)
    return Reading(kind, turned.text, lambda start, end: views.folded.original(*turned.original(start, end)))
