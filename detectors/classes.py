"""Which of the named classes an offer is of: short strings of its passage, weighed for each class as was learnt.

Rules name what breaks the law where one holds; most passages that read as an offer hold none. Every weight can be read.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from detectors.lazy import lazy
from detectors.several import Several
from detectors.text import is_han
from detectors.weights import finite

if TYPE_CHECKING:
    from detectors.counting import Counting

SUPPORT = 0.2
"""How much better, in units of the score, another class must be than one that a rule's own clause names."""
_UNIT = 10**4
"""Weights and rarities are of two decimals: their products, as whole numbers, add up to the same in any order."""
_BITS = 40
_HALF = 1 << (_BITS - 1)
_MASK = (1 << _BITS) - 1


def strings(text: str) -> set[str]:
    """One or two characters of a passage as it is weighed."""
    return {*text, *map(add, text, text[1:])}


def is_telling(string: str) -> bool:
    """Whether it can tell something of a class: digits and letters are prices and accounts."""
    return all(map(is_han, string))


@dataclass(frozen=True)
class Classes:
    """Learnt weights. `names` are the classes, the commonest first; each string has its rarity (the logarithm of one
    in how many offers holds it) and a weight for each class."""

    names: tuple[str, ...]
    bias: tuple[float, ...]
    rarity: Mapping[str, float]
    weights: Mapping[str, tuple[float, ...]]

    @classmethod
    def load(cls, path: Path) -> Classes:
        """From the file that `zhengshao rules learn-classes` writes: string, rarity, weights; `=` before what is no
        string."""
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        own = {name[1:]: values for name, *values in lines if name.startswith("=")}
        rows = {name: tuple(map(finite, values)) for name, *values in lines if not name.startswith("=")}
        names = tuple(own["classes"])
        if not names or {len(own["bias"]), *(len(row) - 1 for row in rows.values())} != {len(names)}:
            raise ValueError("a line has not one weight for each class")
        return cls(
            names,
            tuple(map(finite, own["bias"])),
            {name: row[0] for name, row in rows.items()},
            {name: row[1:] for name, row in rows.items()},
        )

    def written(self, told: str) -> str:
        """The file's text; `told`, of one line, says what it was learnt from."""
        lines = [("=about", told), ("=classes", *self.names), ("=bias", *map(str, self.bias))]
        lines += [
            (name, str(self.rarity[name]), *(f"{weight:g}" for weight in weights))
            for name, weights in sorted(self.weights.items())
        ]
        return "".join("\t".join(line) + "\n" for line in lines)

    def named(self, text: str, supported: Collection[str] = ()) -> str:
        """The class of a passage; `supported` are those that rules name in it."""
        return self.best(strings(text), supported)

    def best(self, held: Collection[str], supported: Collection[str] = ()) -> str:
        """The same of the strings themselves."""
        return self.named_by(self._sum(held), supported)

    def named_by(self, weighed: Sequence[int], supported: Collection[str] = ()) -> str:
        """The same of what a passage weighs; of equals the commoner class."""
        length = math.sqrt(weighed[-1] / _UNIT) or 1.0
        scores = [
            bias + weight / _UNIT / length + (SUPPORT if name in supported else 0.0)
            for name, bias, weight in zip(self.names, self.bias, weighed, strict=False)
        ]
        return self.names[scores.index(max(scores))]

    def most_telling(self, named: str, weighed: Sequence[Sequence[int]]) -> int | None:
        """The number of the clause that speaks most for a class, by what each weighs; None where none does."""
        place = self.names.index(named)
        told = [weights[place] for weights in weighed]
        most = max(told, default=0)
        return told.index(most) if most > 0 else None

    def weigh(self, passages: Sequence[str]) -> list[Sequence[int]]:
        """Of the known strings of each passage: for each class what they weigh, and the square of their length, last;
        in parts of `_UNIT`."""
        several = self._several.of(passages)
        if several is None:
            return [self._sum(strings(passage)) for passage in passages]
        return list(zip(*several.sums(passages), strict=True))

    def _sum(self, held: Collection[str]) -> Sequence[int]:
        known = self._packed
        total = sum(map(known.__getitem__, known.keys() & held)) + self._halves
        return [(total >> _BITS * place & _MASK) - _HALF for place in range(len(self.names) + 1)]

    @lazy
    def _several(self) -> Several[Counting]:
        return Several(self._counting)

    def _counting(self) -> Counting:
        # numpy takes longer to import than one text to judge
        from detectors.counting import Counting

        return Counting(self._counts, len(self.names) + 1)

    @lazy
    def _counts(self) -> dict[str, list[int]]:
        """Each string's weights times its rarity, and the square of that, as whole numbers."""
        return {
            name: [round(_UNIT * self.rarity[name] * number) for number in (*weights, self.rarity[name])]
            for name, weights in self.weights.items()
        }

    @lazy
    def _packed(self) -> dict[str, int]:
        """All numbers of a string in one, so that one sum adds up every class."""
        return {
            name: sum(number << _BITS * place for place, number in enumerate(numbers))
            for name, numbers in self._counts.items()
        }

    @lazy
    def _halves(self) -> int:
        """What makes every field of a sum positive."""
        return sum(_HALF << _BITS * place for place in range(len(self.names) + 1))
