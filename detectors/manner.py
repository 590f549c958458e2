"""How a text is worded: short strings and meanings in it, weighed as was learnt from labelled texts.

Rules know what breaks the law; the manner knows how sellers talk. It finds offers that no rule foresaw, and doubts a
rule that holds among words nobody sells with. A linear model: every weight can be read and every verdict quoted.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, cast

from detectors.text import at_joined

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
MAX_WINDOWS = 60
"""Of a longer text those that hold most of what an offer is made of."""
GRAM_CHARS = 3
"""Strings of so many characters and of fewer."""
MARK = 0.5
"""What a meaning counts beside strings, of which all together count `STRINGS`."""
STRINGS = 4.0
GOODS = frozenset({"card", "paper", "exam", "slang"})
WARE = "ware"
"""Things named after a certificate; alone, they are what is sold."""
ACTS = frozenset({"offence", "hint", "act"})
OTHER = "~"
"""Before a string or meaning that stands in somebody else's words: quoted, reported, asked, forbidden."""
_QUOTE_MIN_CHARS = 4
_NOTHING: frozenset[str] = frozenset()
_DIGITS = re.compile("[0-9]+")

Span = tuple[int, int]


@dataclass
class Window:
    """Sentences of a text that stand together, and what is in them: `own` and `others` are what the speaker says and
    what he lets others say, without disguises and separators; `marks` are names of features."""

    sentences: list[Span]
    own: str = ""
    others: str = ""
    marks: set[str] = field(default_factory=set)

    @property
    def start(self) -> int:
        return self.sentences[0][0]

    @property
    def end(self) -> int:
        return self.sentences[-1][1]

    @cached_property
    def strings(self) -> set[str]:
        """Names of features."""
        own, others = chain.from_iterable(_grams(self.own)), chain.from_iterable(_grams(self.others))
        return {*own, *(OTHER + gram for gram in others)}


def _grams(text: str) -> Iterator[Iterable[str]]:
    """The strings of one character in a text, of two, and so on to `GRAM_CHARS`, again and again as they come."""
    yield text
    longer: Iterable[str] = text
    for skipped in range(1, GRAM_CHARS):
        longer = list(map(add, longer, text[skipped:]))
        yield longer


@dataclass(frozen=True)
class Manner:
    """Learnt weights. A window at `flag` or more reads as an offer, one at `watch` resembles one; below zero it lies on
    the honest side."""

    weights: dict[str, float]
    rarity: dict[str, float]
    """Of strings: the logarithm of one in how many texts holds it (inverse document frequency)."""
    bias: float
    flag: float
    watch: float

    @classmethod
    def load(cls, path: Path) -> Manner:
        """From the file that `zhengshao rules learn` writes: name, weight, rarity; `=` before what is no feature."""
        weights: dict[str, float] = {}
        rarity: dict[str, float] = {}
        lines = path.read_text(encoding="utf-8").splitlines()
        for line in lines:
            if not line.startswith("="):
                name, weight, rare = line.split("\t")
                weights[name], rarity[name] = float(weight), float(rare)
        own = dict(line[1:].split("\t") for line in lines if line.startswith("="))
        return cls(weights, rarity, **{name: float(own[name]) for name in ("bias", "flag", "watch")})

    def score(self, window: Window) -> float:
        known = self._known(window.own, window.others)
        written = sum(map(self._weighed.__getitem__, known))
        length = math.sqrt(sum(map(self._squares.__getitem__, known))) or 1.0
        marked = sum(map(self.weights.__getitem__, sorted(window.marks & self.weights.keys())))
        return self.bias + STRINGS * written / length + MARK * marked

    def telling(self, plain: str) -> float:
        """How much the strings of a sentence speak for an offer."""
        return sum(map(self._weighed.__getitem__, self._known(plain)))

    def _known(self, own: str, others: str = "") -> list[int]:
        """Numbers of the strings that weigh something, in the order of their names: sums are the same everywhere."""
        found: set[int | None] = set()
        for known, text in ((self._places.get, own), (self._others.get, others)):
            for grams in _grams(text) if text else ():
                found.update(map(known, grams))
        found.discard(None)
        return sorted(cast("set[int]", found))

    @cached_property
    def _names(self) -> list[str]:
        return sorted(self.weights)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self._names)}

    @cached_property
    def _others(self) -> dict[str, int]:
        return {name[1:]: place for name, place in self._places.items() if name[0] == OTHER}

    @cached_property
    def _weighed(self) -> list[float]:
        return [self.weights[name] * self.rarity[name] for name in self._names]

    @cached_property
    def _squares(self) -> list[float]:
        return [self.rarity[name] * self.rarity[name] for name in self._names]


class Passages:
    """The windows of one text."""

    def __init__(self, reader: Reader) -> None:
        self.contacts = reader.contacts
        self.speakers = reader.speakers
        self.matches = reader.matches
        self.lexicon: Lexicon = reader.lexicon
        self.hits: Hits = reader.hits
        self.spans = list(_pieces(self.speakers.ends, len(reader.page.text)))
        self.starts = [start for start, _ in self.spans]

    def windows(self) -> list[Window]:
        """Those in which something is named that could be sold, or an act that breaks the law."""
        if self.lexicon.sold.isdisjoint(self.hits.possible):
            return []
        sold, present = self.lexicon.sold, self._meanings
        groups = [
            (first, last)
            for first, last in self._groups()
            if any(not sold.isdisjoint(present[index]) for index in range(first, last) if index in present)
        ]
        if len(groups) > MAX_WINDOWS:
            groups = sorted(sorted(groups, key=self._fullness)[-MAX_WINDOWS:])
        return [self._window(first, last) for first, last in groups]

    def _fullness(self, group: tuple[int, int]) -> int:
        """How much of what makes an offer is in some sentences."""
        names = set().union(*(self._meanings.get(index, _NOTHING) for index in range(*group)))
        return len(names & self.lexicon.roles.keys())

    def alone(self, start: int, end: int) -> Window:
        """The sentences of a span without what stands beside them."""
        return self._window(self._sentence(start), self._sentence(end - 1) + 1)

    def _window(self, first: int, last: int) -> Window:
        window = Window(self.spans[first:last])
        window.marks.update(f"${contact.kind}" for contact in self.contacts)
        self._mark(window, range(first, last))
        window.own, window.others = self._voices(range(first, last))
        return window

    def _groups(self) -> Iterator[tuple[int, int]]:
        first, size = 0, 0
        groups: list[tuple[int, int]] = []
        for index, (start, end) in enumerate(self.spans):
            size += end - start
            if size >= WINDOW_CHARS:
                groups.append((first, index + 1))
                first, size = index + 1, 0
        if size and groups and size < TAIL_CHARS:
            groups[-1] = (groups[-1][0], len(self.spans))
        elif size:
            groups.append((first, len(self.spans)))
        yield from groups

    @cached_property
    def _meanings(self) -> dict[int, set[str]]:
        """Concepts by sentence."""
        return self._by_sentence({name: name for name in self.lexicon.told & self.hits.possible})

    @cached_property
    def _others(self) -> dict[int, set[str]]:
        """Frames by sentence; a quotation is one of them."""
        frames = self.lexicon.frames
        found = self._by_sentence({name: frames[name] for name in frames.keys() & self.hits.possible})
        for start, end in self.speakers.quotes:
            for index in range(self._sentence(start), self._sentence(end - 1) + 1):
                if min(end, self.spans[index][1]) - max(start, self.spans[index][0]) >= _QUOTE_MIN_CHARS:
                    found[index].add("quoted")
        return found

    def _by_sentence(self, names: dict[str, str]) -> dict[int, set[str]]:
        """In which sentences there are hits, each by what its name is called here."""
        found: dict[int, set[str]] = defaultdict(set)
        starts = self.starts
        for name, called in names.items():
            for hit in self.hits.of(name):
                found[max(0, bisect_right(starts, hit[0]) - 1)].add(called)
        return found

    def _sentence(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _mark(self, window: Window, indexes: Iterable[int]) -> None:
        together: set[str] = set()
        for index in indexes:
            names, frames = self._meanings.get(index, _NOTHING), self._others.get(index, _NOTHING)
            voice = OTHER if frames - self.lexicon.mild else ""
            window.marks.update(f"@{frame}" for frame in frames)
            window.marks.update(f"#{voice}{name}" for name in names)
            window.marks.update(f"#{voice}{pair}" for pair in self._pairs(names))
            if WARE in names and not any(self.lexicon.roles.get(name) in GOODS for name in names):
                window.marks.add(f"#{voice}{WARE}*")
            together |= {voice + name for name in names}
        window.marks.update(f"##{pair}" for pair in self._pairs({name for name in together if name[0] != OTHER}))

    def _pairs(self, names: Set[str]) -> Iterator[str]:
        """What is sold × what is said of it."""
        roles = self.lexicon.roles
        goods = {role for name in names if (role := roles.get(name)) in GOODS}
        for name in names if goods else ():
            if roles.get(name, "") in ACTS:
                yield from (f"{good}*{name}" for good in goods)

    def _voices(self, indexes: Iterable[int]) -> tuple[str, str]:
        """What the speaker says, and what others do; every number is one digit."""
        own, other = list[str](), list[str]()
        for index in indexes:
            foreign = not self._others.get(index, _NOTHING) <= self.lexicon.mild
            (other if foreign else own).append(self._plain(self.spans[index]))
        return _DIGITS.sub("0", "".join(own)), _DIGITS.sub("0", "".join(other))

    def telling(self, span: Span, manner: Manner) -> float:
        """How much the strings of a sentence speak for an offer."""
        return manner.telling(_DIGITS.sub("0", self._plain(span)))

    def _plain(self, span: Span) -> str:
        """Without disguises and separators."""
        matches = self.matches
        return matches.plain[at_joined(matches.views, span[0]) : at_joined(matches.views, span[1])]


def _pieces(ends: Sequence[int], length: int) -> Iterator[Span]:
    start = 0
    for end in ends:
        stop = min(end, length)
        for first in range(start, stop, SENTENCE_CHARS):
            yield first, min(first + SENTENCE_CHARS, stop)
        start = max(start, stop)
