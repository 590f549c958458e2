"""Hits of concepts and frames in one text, exceptions and nesting resolved when somebody asks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

from detectors.lazy import lazy
from detectors.lexicon import Hit
from detectors.matches import Matches

if TYPE_CHECKING:
    from config.schema_wording import Pair

_CLAUSE_END = re.compile(r"[，,。、；;：:！!？?\n]")
_LONGEST_TERM_CHARS = 40
_HEAD_GAP_CHARS = 6
_FEW = 8
"""So few hits are sooner looked at than searched."""
_NO_MODIFIER = re.compile(r"[，,。；;：:！!？?\n免不包办送出拿下代先后快无可能有要需考直]")
"""What cannot stand inside a compound: between `电工证` and `题库` it begins something else."""
_CONDITION = re.compile(
    r"(?:凭借?|持有?|本人有|我有|已有|自有|出示|查验|核对|核查|检查|具备|具有|没收|吊销|扣押|上交|佩戴)(?:有效|本人|其)?的?$"
)
"""Before a certificate: it is shown, held or taken away, not offered."""
_CONDITION_ENDS = frozenset("凭借持有示验对查备收销押交戴效人其的")
_START = itemgetter(0)
_JOINS = re.compile(r"[、,，/\s·和与及或|]{0,2}")


class Hits:
    """Hits by concept or `frame:<id>`, each list in order of position."""

    def __init__(self, matches: Matches) -> None:
        self._matches = matches
        self._lexicon = matches.lexicon
        self.frames = matches.lexicon.frames
        self._apart: dict[str, list[Hit]] = {}
        self._found: dict[str, list[Hit]] = {}
        self._starts: dict[str, list[int]] = {}
        """Hits and where they start."""

    def put(self, name: str, hits: Iterable[Hit]) -> None:
        self._found[name] = sorted(set(hits))

    @lazy
    def possible(self) -> set[str]:
        """Every name that can have hits at all: a term of it is here, both parts of a pair, or something that a pattern
        of it matches."""
        given = [name for name, hits in self._found.items() if hits]
        return self._matches.owners.union(self._paired, self._matches.patterned, given)

    @lazy
    def _paired(self) -> dict[str, list[tuple[Pair, str, str]]]:
        """Meanings of which both parts of some pair are here, with those pairs and their parts."""
        owners, completes = self._matches.owners, self._lexicon.completes
        found: dict[str, list[tuple[Pair, str, str]]] = {}
        for first in owners & completes.keys():
            pair, second, name = completes[first]
            if second in owners:
                found.setdefault(name, []).append((pair, first, second))
        return found

    def of(self, name: str) -> list[Hit]:
        """Hits of one concept, or of several joined by `|`."""
        found = self._found.get(name)
        if found is None:
            plainly = self._lexicon.plainly.get(name)
            if plainly is not None and plainly not in self._matches.owners:
                found = self._matches.hits(name)
            else:
                found = self._of_any(name.split("|")) if "|" in name else self._uncovered(name)
            self._found[name] = found
        return found

    def _of_any(self, names: list[str]) -> list[Hit]:
        here = [hits for name in names if name in self.possible and (hits := self.of(name))]
        if len(here) < 2:
            return here[0] if here else []
        return merged(here)

    def within(self, name: str, start: int, end: int, window: int) -> list[Hit]:
        """Hits of `name` of which some part lies within `window` characters of [start, end)."""
        hits = self._found.get(name)
        if hits is None:
            hits = self.of(name)
        first = start - window
        if len(hits) < _FEW:
            reach, last = first - _LONGEST_TERM_CHARS, end + window
            return [hit for hit in hits if reach <= hit[0] <= last and hit[1] >= first] if hits else hits
        starts = self._starts.get(name)
        if starts is None:
            starts = self._starts[name] = list(map(_START, hits))
        low = bisect_left(starts, first - _LONGEST_TERM_CHARS)
        high = bisect_right(starts, end + window, low)
        return [hit for hit in hits[low:high] if hit[1] >= first] if low < high else []

    def _uncovered(self, name: str) -> list[Hit]:
        """A meaning's hits without those that hits of the concepts named in `inside` swallow.

        Concepts lose theirs in the order of the configuration: a later one covers with all it has.
        """
        hits = self._of_itself(name)
        lexicon = self._lexicon
        if not hits or name not in lexicon.nested:
            return hits
        for cover, earlier in lexicon.covers.get(name, ()):
            if cover in self.possible:
                hits = outside(hits, self.of(cover) if earlier else self._of_itself(cover))
        heads = lexicon.heads.get(name)
        return self._without_modifiers(hits, self.of(heads)) if heads and hits else hits

    def _without_modifiers(self, hits: list[Hit], heads: list[Hit]) -> list[Hit]:
        """The hits that name the thing itself: not `电工证` in `电工证题库`, nor what is listed before such a one."""
        text, starts = self._matches.views.original, [head.start for head in heads]
        kept: list[Hit] = []
        listed = -1
        for hit in sorted(hits, key=lambda one: (-one.end, one.start)):
            after = bisect_left(starts, hit.end)
            head = starts[after] if after < len(starts) and starts[after] - hit.end <= _HEAD_GAP_CHARS else -1
            if (
                hit.start <= listed <= hit.end
                or (head >= 0 and not _NO_MODIFIER.search(text[hit.end : head]))
                or (0 <= listed - hit.end <= 2 and _JOINS.fullmatch(text[hit.end : listed]))
                or _is_held(text, hit.start)
            ):
                listed = hit.start
            else:
                kept.append(hit)
        return sorted(kept)

    def _of_itself(self, name: str) -> list[Hit]:
        found = self._apart.get(name)
        if found is None:
            is_here = name in self.possible and name in self._lexicon.meanings
            found = self._apart[name] = self._resolved(name) if is_here else []
        return found

    def _resolved(self, name: str) -> list[Hit]:
        """Terms, patterns and pairs of a meaning, but for what its exceptions cover."""
        matches, lexicon = self._matches, self._lexicon
        excepted = lexicon.excepted.get(name)
        exceptions = matches.hits(excepted) if excepted in matches.owners else []
        found = matches.hits(name)
        if name in lexicon.of_terms_only:
            return outside(found, exceptions) if exceptions else found
        more = set(matches.patterned.get(name, ()))
        for pair, first, second in self._paired.get(name, ()):
            more.update(_pairs(outside(matches.hits(first), exceptions), matches.hits(second), pair, self._text))
        if more:
            found = sorted({*found, *more})
        return outside(found, exceptions) if exceptions else found

    @property
    def _text(self) -> str:
        return self._matches.views.original


def _is_held(text: str, start: int) -> bool:
    """Whether a certificate that begins there is shown, held or taken away."""
    if text[start - 1 : start] not in _CONDITION_ENDS:
        return False
    return _CONDITION.search(text, max(0, start - _HEAD_GAP_CHARS), start) is not None


def merged(lists: Iterable[list[Hit]]) -> list[Hit]:
    """All that is in some ordered lists, in order, what is equal once. Sorting goes fast over what is in order."""
    hits = sorted(chain.from_iterable(lists))
    return [hit for hit, before in zip(hits, chain((None,), hits), strict=False) if hit != before]


def outside(hits: list[Hit], covers: list[Hit]) -> list[Hit]:
    """The hits that do not lie wholly inside one of `covers`; both in order of position."""
    if not covers or not hits:
        return hits
    kept: list[Hit] = []
    reach, at, count = -1, 0, len(covers)
    for hit in hits:
        while at < count and covers[at][0] <= hit[0]:
            reach = max(reach, covers[at][1])
            at += 1
        if reach < hit[1]:
            kept.append(hit)
    return kept


def _pairs(firsts: list[Hit], seconds: list[Hit], pair: Pair, text: str) -> Iterator[Hit]:
    starts = [hit.start for hit in seconds]
    for first in firsts:
        for second in seconds[bisect_left(starts, first.end) : bisect_right(starts, first.end + pair.gap)]:
            between = text[first.end : second.start]
            one_clause = pair.across or not _CLAUSE_END.search(between)
            if one_clause and not any(word in between for word in pair.not_between):
                yield Hit(first.start, second.end, f"{first.term}…{second.term}", first.disguised or second.disguised)


def longest_first(hit: Hit) -> tuple[int, int]:
    """The order of hits by where they begin."""
    return hit.start, -hit.end


def is_apart(hit: Hit, anchor: Hit) -> bool:
    """A hit that is part of the anchor's own words adds nothing."""
    return hit[0] < anchor[0] or hit[1] > anchor[1]


def by_distance(hits: Sequence[Hit], anchor: Hit) -> list[Hit]:
    """Those that are apart from an anchor, the nearest first, of those that are equally near the first."""
    start, end = anchor[:2]
    if len(hits) < 2:
        return [hit for hit in hits if hit[0] < start or hit[1] > end]
    away = [
        (hit[0] - end if hit[0] >= end else max(0, start - hit[1]), rank)
        for rank, hit in enumerate(hits)
        if hit[0] < start or hit[1] > end
    ]
    return [hits[rank] for _, rank in sorted(away)]


def distance(hit: Hit, anchor: Hit) -> int:
    return max(0, hit[0] - anchor[1], anchor[0] - hit[1])
