"""What of a text is weighed together: windows of its sentences, and what is said in them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain, repeat
from operator import itemgetter
from typing import TYPE_CHECKING

from detectors.lazy import lazy
from detectors.manner import QUOTED, Span, Window
from detectors.text import all_at_joined

if TYPE_CHECKING:
    from detectors.hits import Hits
    from detectors.lexicon import Lexicon
    from detectors.wording import Reader

WINDOW_CHARS = 150
"""Sentences are weighed together until they are so long: about what one offer takes."""
SENTENCE_CHARS = 200
"""Where nothing ends a sentence, a piece of it."""
TAIL_CHARS = 75
"""A rest so short belongs to the window before it."""
LINE_CHARS, OWN_LINE_CHARS = 30, 20
"""Where a line ends that is no row of columns and no item of a list, so much is a window of its own: what is pasted
above and below an offer excuses nothing of it."""
CLOSE_CHARS, CLOSE_TAIL_CHARS = 60, 25
"""The same of windows within a window: an offer between sentences of official news is weighed without them, too."""
MAX_WINDOWS = 60
"""Of a longer text those that hold most of what an offer is made of."""
LONG_CHARS = 300
"""A text longer than an offer."""
WARE = "ware"
"""Things named after a certificate; alone, they are what is sold."""
OTHER = "~"
"""Before a meaning that stands in somebody else's words: quoted, reported, asked, forbidden."""
BESIDE = "##"
"""Before meanings that stand in one passage."""
_QUOTE_MIN_CHARS = 4
_NOTHING: frozenset[str] = frozenset()
_DIGITS = re.compile("[0-9]+")
_START = itemgetter(0)
"""Of a hit."""


class Passages:
    """The windows of one text."""

    STEPS = ("_meanings",)
    """What is made of it one after the other, when somebody asks for it."""

    def __init__(self, reader: Reader) -> None:
        self.contacts = reader.contacts
        self.speakers = reader.speakers
        self.matches = reader.matches
        self.lexicon: Lexicon = reader.lexicon
        self.hits: Hits = reader.hits
        self._text = reader.page.text
        self._length = len(self._text)
        self.spans = _pieces(self.speakers.ends, self._length)
        self.starts = [start for start, _ in self.spans]
        self._texts: dict[Span, str] = {}
        self._made: dict[Span, Window] = {}
        self._named_in: dict[Span, set[str]] = {}
        self._marked: dict[int, tuple[set[str], AbstractSet[str]]] = {}

    def windows(self) -> list[Window]:
        """Those in which something is named that could be sold, or an act that breaks the law; a text so short that it
        is one window is always weighed. Each is followed by the closer ones within it."""
        return [window for group in self.groups for window in self._with_parts(group, self._close(group), self.window)]

    def _with_parts(self, group: Span, parts: Iterable[Span], make: Callable[[Span], Window]) -> list[Window]:
        wide = make(group)
        return [wide, *[make(part).part_of(wide) for part in parts]]

    def all_windows(self) -> list[Window]:
        """Such and others, without marks; none of a long text, in which there are too many others."""
        if self._length > LONG_CHARS:
            return []
        groups = self._wide()
        return [self._unmarked(near) for group in groups for near in (group, *self._parts(group))]

    def telling_windows(self) -> list[Window]:
        """Those that may be told, without marks: of a long text such as name papers or an act that breaks the law."""
        return [
            window
            for group in self._telling(self.groups)
            for window in self._with_parts(group, self._telling(self._close(group)), self._named)
        ]

    def _telling(self, groups: Iterable[Span]) -> Iterator[Span]:
        outright = self.lexicon.outright if self._length > LONG_CHARS else None
        return (group for group in groups if outright is None or not outright.isdisjoint(self._names(group)))

    def mark(self, window: Window) -> None:
        """Gives a window of `telling_windows` its marks, and the one that it is a part of."""
        window.marks = self.alone(window.start, window.end).marks
        if window.within is not None:
            self.mark(window.within)

    @lazy
    def groups(self) -> list[Span]:
        """Of each of the `windows` the first sentence's number, and the number after the last one's."""
        groups = self._wide()
        if len(groups) > 1:
            groups = self._selling(groups)
        if len(groups) > MAX_WINDOWS:
            groups = sorted(sorted(groups, key=self._fullness)[-MAX_WINDOWS:])
        return groups

    def _close(self, group: Span) -> list[Span]:
        """Parts of a window that may be sold in."""
        return self._selling(self._parts(group))

    def _parts(self, group: Span) -> list[Span]:
        """Parts of a window where it has several."""
        parts = self._cut(group, CLOSE_CHARS, CLOSE_TAIL_CHARS, CLOSE_CHARS) if group[1] - group[0] > 1 else []
        return parts if len(parts) > 1 else []

    def _selling(self, groups: list[Span]) -> list[Span]:
        sold = self._sold_in
        return [(first, last) for first, last in groups if bisect_left(sold, first) < bisect_left(sold, last)]

    def around(self, offset: int) -> Span | None:
        """The one of `groups` that a place is in."""
        index = bisect_right(self._group_starts, offset) - 1
        return self.groups[index] if index >= 0 and offset < self.spans[self.groups[index][1] - 1][1] else None

    @lazy
    def _group_starts(self) -> list[int]:
        return [self.starts[first] for first, _ in self.groups]

    @lazy
    def _sold_in(self) -> list[int]:
        """The sentences in which something is named that could be sold, in order."""
        sold = self.lexicon.sold
        return sorted(index for index, names in self._meanings.items() if not sold.isdisjoint(names))

    def _fullness(self, group: Span) -> int:
        """How much of what makes an offer is in some sentences."""
        return len(self._names(group) & self.lexicon.roles.keys())

    def _names(self, group: Span) -> set[str]:
        """Concepts that are in some sentences."""
        names = self._named_in.get(group)
        if names is None:
            meanings = self._meanings
            names = self._named_in[group] = set().union(*[meanings.get(index, _NOTHING) for index in range(*group)])
        return names

    def alone(self, start: int, end: int) -> Window:
        """The sentences of a span without what stands beside them."""
        return self.window((self._sentence(start), self._sentence(end - 1) + 1))

    def window(self, group: Span) -> Window:
        window = self._named(group)
        if not window.marks:
            marks, together = set(self._contact_marks), set[str]()
            for index in range(*group):
                of_sentence, own = self._marks_of(index)
                marks |= of_sentence
                together |= own
            window.marks = marks | _pairs(together & self.lexicon.goods.keys(), together, BESIDE, self.lexicon)
        return window

    def _named(self, group: Span) -> Window:
        window = self._unmarked(group)
        if not window.names:
            window.names = self._names(group)
        return window

    def _unmarked(self, group: Span) -> Window:
        window = self._made.get(group)
        if window is None:
            window = self._made[group] = Window(self.spans[slice(*group)], self._plain(*group))
        return window

    @lazy
    def _contact_marks(self) -> set[str]:
        return {f"${contact.kind}" for contact in self.contacts}

    def _wide(self) -> list[Span]:
        return self._cut((0, len(self.spans)), WINDOW_CHARS, TAIL_CHARS, LINE_CHARS)

    def _cut(self, group: Span, chars: int, tail: int, line: int) -> list[Span]:
        """Neighbouring sentences of a group, together of `chars` or more, or of `line` where a line ends; a rest of
        less than `tail` is added to the last of them, unless it is such a line."""
        start, size = group[0], 0
        parts: list[Span] = []
        for index, (first, last) in enumerate(self.spans[slice(*group)], start):
            size += last - first
            if size >= chars or (size >= line and self._ends_line(last)):
                parts.append((start, index + 1))
                start, size = index + 1, 0
        if size and parts and size < (min(tail, line) if self._text[self.starts[start] - 1] == "\n" else tail):
            parts[-1] = (parts[-1][0], group[1])
        elif size:
            parts.append((start, group[1]))
        return parts

    def _ends_line(self, end: int) -> bool:
        """Whether a line of some length ends there."""
        start = end - 1 - OWN_LINE_CHARS
        return start >= 0 and self._text[end - 1] == "\n" and "\n" not in self._text[start : end - 1]

    @lazy
    def _meanings(self) -> dict[int, set[str]]:
        """Concepts by sentence."""
        return self._by_sentence([(name, name) for name in self.lexicon.told & self.hits.possible])

    @lazy
    def _others(self) -> dict[int, set[str]]:
        """Frames by sentence; a quotation is one of them."""
        frames = self.lexicon.frames
        found = self._by_sentence([(name, frames[name]) for name in frames.keys() & self.hits.possible])
        for start, end in self.speakers.quotes:
            for index in range(self._sentence(start), self._sentence(end - 1) + 1):
                if min(end, self.spans[index][1]) - max(start, self.spans[index][0]) >= _QUOTE_MIN_CHARS:
                    found[index].add(QUOTED)
        return found

    def _by_sentence(self, names: Iterable[tuple[str, str]]) -> dict[int, set[str]]:
        """In which sentences there are hits, each by what its name is called here."""
        found: dict[int, set[str]] = defaultdict(set)
        sentence_of, hits_of = self._sentence_at.__getitem__, self.hits.of
        for name, called in names:
            for index in set(map(sentence_of, map(_START, hits_of(name)))):
                found[index].add(called)
        return found

    @lazy
    def _sentence_at(self) -> list[int]:
        """For each character the number of its sentence."""
        return list(chain.from_iterable(repeat(index, end - start) for index, (start, end) in enumerate(self.spans)))

    def _sentence(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _marks_of(self, index: int) -> tuple[set[str], AbstractSet[str]]:
        """The marks of a sentence, and the meanings that are its speaker's own."""
        if index not in self._marked:
            names, frames = self._meanings.get(index, _NOTHING), self._others.get(index, _NOTHING)
            foreign = not frames <= self.lexicon.mild
            marks = _marks(names, f"#{OTHER}" if foreign else "#", self.lexicon) if names else set()
            marks.update(map(_beginning("@").__getitem__, frames))
            self._marked[index] = marks, _NOTHING if foreign else names
        return self._marked[index]

    def whole(self, window: Window) -> Window:
        """The passage of which a window is a part, as `windows` has it."""
        group = self.around(window.start)
        return self._unmarked(group) if group else window

    def plain(self, span: Span) -> str:
        """A sentence as it is weighed."""
        index = bisect_left(self.starts, span[0])
        return self._plain(index, index + 1)

    def _plain(self, first: int, last: int) -> str:
        """Some sentences without disguises and separators; every number is one digit."""
        text = self._texts.get((first, last))
        if text is None:
            written = self.matches.plain[self._cut_at(first) : self._cut_at(last)]
            text = self._texts[first, last] = _DIGITS.sub("0", written)
        return text

    def _cut_at(self, index: int) -> int:
        """Where a sentence begins in the densest view, or the last one ends."""
        if index not in self._cuts:
            self._cuts[index] = all_at_joined(self.matches.views, [self._edges[index]])[0]
        return self._cuts[index]

    @lazy
    def _cuts(self) -> dict[int, int]:
        """The same of all sentences, of a long text of those of windows."""
        if self._length <= LONG_CHARS:
            return dict(enumerate(all_at_joined(self.matches.views, self._edges)))
        wanted = list(dict.fromkeys(index for first, last in self.groups for index in range(first, last + 1)))
        return dict(
            zip(wanted, all_at_joined(self.matches.views, [self._edges[index] for index in wanted]), strict=True)
        )

    @lazy
    def _edges(self) -> list[int]:
        """Where sentences begin, and where the last one ends."""
        return [*self.starts, self._length]


class _Beginning(dict[str, str]):
    """Names with a sign before them, each made once."""

    def __init__(self, sign: str) -> None:
        super().__init__()
        self._sign = sign

    def __missing__(self, name: str) -> str:
        made = self[name] = self._sign + name
        return made


_beginning = cache(_Beginning)


def _marks(names: AbstractSet[str], before: str, lexicon: Lexicon) -> set[str]:
    """Meanings of one sentence, what is sold × what is said of it, and a thing that is named after a card alone."""
    goods = names & lexicon.goods.keys()
    marks = set(map(_beginning(before).__getitem__, names))
    if goods:
        marks |= _pairs(goods, names, before, lexicon)
    elif WARE in names:
        marks.add(f"{before}{WARE}*")
    return marks


def _pairs(goods: AbstractSet[str], names: AbstractSet[str], before: str, lexicon: Lexicon) -> set[str]:
    """What is sold × what is said of it."""
    acts = names & lexicon.acts if goods else _NOTHING
    roles = set(map(lexicon.goods.__getitem__, goods)) if acts else _NOTHING
    return set(chain.from_iterable(map(_beginning(f"{before}{role}*").__getitem__, acts) for role in roles))


def _pieces(ends: Sequence[int], length: int) -> list[Span]:
    found: list[Span] = []
    start = 0
    for end in ends:
        stop = min(end, length)
        while stop - start > SENTENCE_CHARS:
            found.append((start, start + SENTENCE_CHARS))
            start += SENTENCE_CHARS
        if start < stop:
            found.append((start, stop))
            start = stop
    return found
