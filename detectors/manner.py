"""How a text is worded: short strings and meanings in it, weighed as was learnt from labelled texts.

Rules know what breaks the law; the manner knows how sellers talk. It finds offers that no rule foresaw, and doubts a
rule that holds among words nobody sells with. A linear model: every weight can be read and every verdict quoted.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from detectors import text as folding

if TYPE_CHECKING:
    from detectors.hits import Hits
    from detectors.lexicon import Lexicon
    from detectors.wording import Reader

WINDOW_CHARS = 150
"""Sentences are weighed together until they are so long: about what one offer takes."""
SENTENCE_CHARS = 200
"""Where nothing ends a sentence, a piece of it."""
TAIL_CHARS = 40
"""A rest so short belongs to the window before it."""
GRAM_CHARS = (1, 2, 3)
MARK = 0.5
"""What a meaning counts beside strings, of which all together count `STRINGS`."""
STRINGS = 4.0
GOODS = frozenset({"card", "paper", "exam", "slang"})
ACTS = frozenset({"offence", "hint", "act"})
OTHER = "~"
"""Before a string or meaning that stands in somebody else's words: quoted, reported, asked, forbidden."""
_QUOTE_MIN_CHARS = 4
_DIGITS = re.compile("[0-9]+")

Span = tuple[int, int]


@dataclass(slots=True)
class Window:
    """Sentences of a text that stand together, and what is in them: `strings` and `marks` are names of features."""

    sentences: list[Span]
    strings: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)

    @property
    def start(self) -> int:
        return self.sentences[0][0]

    @property
    def end(self) -> int:
        return self.sentences[-1][1]


@dataclass(frozen=True, slots=True)
class Manner:
    """Learnt weights. A window at `flag` or more reads as an offer, one at `watch` resembles one; below that it does
    not, even when a rule holds in it."""

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
        known = sorted(window.strings & self.weights.keys())
        rare = [self.rarity[name] for name in known]
        written = sum(self.weights[name] * value for name, value in zip(known, rare, strict=True))
        marked = sum(self.weights[name] for name in sorted(window.marks & self.weights.keys()))
        return self.bias + STRINGS * written / (math.sqrt(sum(value * value for value in rare)) or 1.0) + MARK * marked


class Passages:
    """The windows of one text."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.lexicon: Lexicon = reader.lexicon
        self.text = reader.page.text
        self.hits: Hits = reader.hits
        self.spans = list(_pieces(reader.speakers.ends, len(self.text)))
        self.starts = [start for start, _ in self.spans]

    def windows(self) -> list[Window]:
        """Those in which something is named that could be sold, or an act that breaks the law."""
        meanings = self._meanings()
        others = self._others()
        contacts = {f"${contact.kind}" for contact in self.reader.contacts}
        found: list[Window] = []
        for first, last in self._groups():
            present = [meanings.get(index, set()) for index in range(first, last)]
            if self.lexicon.sold.isdisjoint(set().union(*present)):
                continue
            window = Window(self.spans[first:last])
            window.marks |= contacts
            self._mark(window, range(first, last), present, others)
            self._strings(window, range(first, last), others)
            found.append(window)
        return found

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

    def _meanings(self) -> dict[int, set[str]]:
        """Concepts by sentence."""
        found: dict[int, set[str]] = defaultdict(set)
        for name in (self.lexicon.order.keys() | {"contact"}) & self.hits.possible:
            for hit in self.hits.of(name):
                found[self._sentence(hit.start)].add(name)
        return found

    def _others(self) -> dict[int, set[str]]:
        """Frames by sentence; a quotation is one of them."""
        found: dict[int, set[str]] = defaultdict(set)
        for name, frame in self.lexicon.frames.items():
            if name in self.hits.possible:
                for hit in self.hits.of(name):
                    found[self._sentence(hit.start)].add(frame)
        for start, end in self.reader.speakers.quotes:
            for index in range(self._sentence(start), self._sentence(end - 1) + 1):
                if min(end, self.spans[index][1]) - max(start, self.spans[index][0]) >= _QUOTE_MIN_CHARS:
                    found[index].add("quoted")
        return found

    def _sentence(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def _mark(
        self, window: Window, indexes: Iterable[int], present: Sequence[set[str]], others: dict[int, set[str]]
    ) -> None:
        together: set[str] = set()
        for index, names in zip(indexes, present, strict=True):
            frames = others.get(index, set())
            voice = OTHER if frames - self.lexicon.mild else ""
            window.marks.update(f"@{frame}" for frame in frames)
            window.marks.update(f"#{voice}{name}" for name in names)
            window.marks.update(f"#{voice}{pair}" for pair in self._pairs(names))
            together |= {voice + name for name in names}
        window.marks.update(f"##{pair}" for pair in self._pairs({name for name in together if name[0] != OTHER}))

    def _pairs(self, names: set[str]) -> Iterator[str]:
        """What is sold × what is said of it."""
        roles = self.lexicon.roles
        goods = {role for name in names if (role := roles.get(name)) in GOODS}
        for name in names if goods else ():
            if roles.get(name, "") in ACTS:
                yield from (f"{good}*{name}" for good in goods)

    def _strings(self, window: Window, indexes: Iterable[int], others: dict[int, set[str]]) -> None:
        voices: dict[str, list[str]] = {"": [], OTHER: []}
        for index in indexes:
            start, end = self.spans[index]
            voices[OTHER if others.get(index, set()) - self.lexicon.mild else ""].append(self.text[start:end])
        for voice, pieces in voices.items():
            plain = self._plain("".join(pieces))
            for size in GRAM_CHARS:
                window.strings.update(voice + plain[at : at + size] for at in range(len(plain) - size + 1))

    def telling(self, span: Span, manner: Manner) -> float:
        """How much the strings of a sentence speak for an offer."""
        plain = self._plain(self.text[span[0] : span[1]])
        strings = {plain[at : at + size] for size in GRAM_CHARS for at in range(len(plain) - size + 1)}
        return sum(manner.weights[name] * manner.rarity[name] for name in sorted(strings & manner.weights.keys()))

    def _plain(self, text: str) -> str:
        """Without disguises and separators; every number is one digit."""
        dense = folding.views(text).joined.text
        plain = folding.replace_glyphs(dense, set(self.lexicon.variant.findall(dense)), self.lexicon.variants)
        return _DIGITS.sub("0", plain)


def _pieces(ends: Sequence[int], length: int) -> Iterator[Span]:
    start = 0
    for end in ends:
        stop = min(end, length)
        for first in range(start, stop, SENTENCE_CHARS):
            yield first, min(first + SENTENCE_CHARS, stop)
        start = max(start, stop)
