"""How a text is worded: short strings and meanings in it, weighed as was learnt from labelled texts.

Rules know what breaks the law; the manner knows how sellers talk. It finds offers that no rule foresaw, and doubts a
rule that holds among words nobody sells with. A linear model: every weight can be read and every verdict quoted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from detectors import grams
from detectors.lazy import lazy
from detectors.weights import finite

MARK, CONTACT = 0.1, 0.5
"""What a meaning and a kind of contact count beside strings, of which all together count `STRINGS`."""
STRINGS = 4.0
AROUND = 0.25
"""How much of what a window lies on the honest side is taken from its parts."""
QUOTED = "quoted"
"""The frame of what stands in quotation marks."""
Span = tuple[int, int]


@dataclass
class Window:
    """Sentences of a text that stand together, and what is in them: `text` is what they say, without disguises and
    separators, every number one digit; `marks` are names of features."""

    sentences: list[Span]
    text: str = ""
    marks: AbstractSet[str] = frozenset()
    names: AbstractSet[str] = frozenset()
    """Of the meanings, whoever says them."""
    counted: int | None = None
    """What its strings count, once somebody has asked."""
    telling: Span | None = None
    """The sentence that speaks most for an offer, once somebody has asked."""
    within: Window | None = None
    """The window that this one is a part of."""

    def part_of(self, wide: Window) -> Window:
        """The same as a part of a window."""
        return Window(self.sentences, self.text, self.marks, self.names, self.counted, self.telling, wide)

    @property
    def start(self) -> int:
        return self.sentences[0][0]

    @property
    def end(self) -> int:
        return self.sentences[-1][1]

    @lazy
    def strings(self) -> set[str]:
        """Names of features."""
        return grams.names(self.text)


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
                weights[name], rarity[name] = finite(weight), finite(rare)
        own = dict(line[1:].split("\t") for line in lines if line.startswith("="))
        return cls(weights, rarity, **{name: finite(own[name]) for name in ("bias", "flag", "watch")})

    def count(self, windows: Sequence[Window]) -> None:
        """What `score` counts first, of some windows at once; of equal ones once."""
        texts = list({window.text for window in windows})
        counted = dict(zip(texts, self._strings.sums(texts), strict=True))
        for window in windows:
            window.counted = counted[window.text]

    def score(self, window: Window) -> float:
        """A part of a window counts less for what honest words stand around it."""
        own = self._score(window, sum(map(self._marks.__getitem__, window.marks & self._marks.keys())))
        return own if window.within is None else own + AROUND * min(0.0, self.score(window.within))

    def may_tell(self, windows: Iterable[Window], names: AbstractSet[str], goods: Mapping[str, str]) -> bool:
        """Whether one of some windows may be told, whichever of some concepts, frames and contacts are marked in it;
        `goods` says of things what their role is."""
        roles = frozenset(map(goods.__getitem__, goods.keys() & names))
        counts = self._most.get(roles)
        if counts is None:
            counts = self._most[roles] = self._most_of(roles)
        marked = counts[""] + sum(map(counts.__getitem__, counts.keys() & names))
        told = min(self.watch, self.flag)
        return any(self._score(window, marked) >= told for window in windows)

    def _score(self, window: Window, marked: int) -> float:
        if window.counted is None:
            window.counted = self._strings.sum(window.text)
        packed = window.counted
        length = math.sqrt((packed & grams.LOW) / grams.SQUARE_UNIT) or 1.0
        return self.bias + (STRINGS * (packed >> grams.BITS) / length + marked) / grams.UNIT

    def telling(self, plain: Sequence[str]) -> list[float]:
        """How much the strings of each sentence speak for an offer."""
        texts = list(dict.fromkeys(plain))
        counted = dict(zip(texts, self._strings.all_shown(texts), strict=True))
        return [(counted[text] >> grams.BITS) / grams.UNIT for text in plain]

    @lazy
    def _strings(self) -> grams.Strings:
        return grams.Strings(self.weights, self.rarity)

    @lazy
    def _marks(self) -> dict[str, int]:
        marks = filter(grams.is_mark, self.weights)
        return {name: round(grams.UNIT * worth(name) * self.weights[name]) for name in marks}

    @lazy
    def ranks(self) -> dict[str, int]:
        """Meanings that speak for an offer, those that speak most for it first."""
        weights = self.weights
        telling = sorted((-weights[mark], mark) for mark in self._marks if mark[0] == "#" and weights[mark] > 0)
        return {mark[1:]: rank for rank, (_, mark) in enumerate(telling)}

    @lazy
    def _most(self) -> dict[frozenset[str], dict[str, int]]:
        """`_most_of` the roles that were asked for."""
        return {}

    def _most_of(self, roles: frozenset[str]) -> dict[str, int]:
        """For each concept, frame and kind of contact, what all marks count that speak for an offer and are not there
        without it, where things are of some roles only; at the empty name such as may always be."""
        found: dict[str, int] = defaultdict(int, {"": 0})
        for mark, weight in self._marks.items():
            role, name = _without(mark)
            if weight > 0 and (not role or role in roles):
                found[name] += weight
        return dict(found)


def worth(mark: str) -> float:
    """What a mark counts as a feature."""
    return CONTACT if mark[0] == "$" else MARK


def _without(mark: str) -> tuple[str, str]:
    """A role of things, empty for any, and a concept, frame or kind of contact without which there is no such mark."""
    if mark[0] == "@":
        return "", f"frame:{mark[1:]}" if mark != f"@{QUOTED}" else ""
    thing, _, act = mark.lstrip("#~").partition("*")
    return (thing, act) if act else ("", thing)
