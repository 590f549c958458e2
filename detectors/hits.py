"""Hits of concepts and frames in one text, exceptions and nesting resolved when somebody asks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from detectors.lexicon import Hit, Matches

if TYPE_CHECKING:
    from config.schema_wording import Pair

_CLAUSE_END = re.compile(r"[，,。、；;：:！!？?\n]")
_LONGEST_TERM_CHARS = 40
_HEAD_GAP_CHARS = 6
_NO_MODIFIER = re.compile(r"[，,。；;：:！!？?\n免不包办送出拿下代先后快无可能有要需考直]")
"""What cannot stand inside a compound: between `电工证` and `题库` it begins something else."""
_CONDITION = re.compile(
    r"(?:凭借?|持有?|本人有|我有|已有|自有|出示|查验|核对|核查|检查|具备|具有|没收|吊销|扣押|上交|佩戴)(?:有效|本人|其)?的?$"
)
"""Before a certificate: it is shown, held or taken away, not offered."""
_FEW = 100
"""Pairs of hits that are quicker compared one by one."""
_JOINS = re.compile(r"[、,，/\s·和与及或|]{0,2}")


class Hits:
    """Hits by concept or `frame:<id>`, each list in order of position."""

    def __init__(self, matches: Matches) -> None:
        self._matches = matches
        self._meanings = matches.lexicon.meanings
        self._apart: dict[str, list[Hit]] = {}
        self._found: dict[str, list[Hit]] = {}
        self._starts: dict[str, list[int]] = {}

    def put(self, name: str, hits: Iterable[Hit]) -> None:
        self._found[name] = sorted(set(hits))

    @cached_property
    def possible(self) -> set[str]:
        """Every name that can have hits at all: a term of it is here, both parts of a pair, or it has a pattern."""
        owners, lexicon = self._matches.owners, self._matches.lexicon
        begun = map(lexicon.completes.__getitem__, owners & lexicon.completes.keys())
        paired = {name for second, name in begun if second in owners}
        return {*owners, *paired, *lexicon.patterns, *(name for name, hits in self._found.items() if hits)}

    def of(self, name: str) -> list[Hit]:
        """Hits of one concept, or of several joined by `|`."""
        found = self._found.get(name)
        if found is None:
            if "|" in name:
                found = sorted({hit for part in name.split("|") for hit in self.of(part)})
            else:
                found = self._uncovered(name)
            self._found[name] = found
        return found

    def within(self, name: str, start: int, end: int, window: int) -> list[Hit]:
        """Hits of `name` of which some part lies within `window` characters of [start, end)."""
        hits = self.of(name)
        if not hits:
            return hits
        starts = self._starts.get(name)
        if starts is None:
            starts = self._starts[name] = [hit.start for hit in hits]
        low = bisect_left(starts, start - window - _LONGEST_TERM_CHARS)
        high = bisect_right(starts, end + window)
        return [hit for hit in hits[low:high] if hit.end >= start - window]

    def _uncovered(self, name: str) -> list[Hit]:
        """A meaning's hits without those that hits of the concepts named in `inside` swallow.

        Concepts lose theirs in the order of the configuration: a later one covers with all it has.
        """
        hits = self._of_itself(name)
        lexicon = self._matches.lexicon
        if not hits or name not in lexicon.nested:
            return hits
        order = lexicon.order
        for cover in lexicon.covers.get(name, ()):
            earlier = order.get(cover, len(order)) < order[name]
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
            modifies = head >= 0 and not _NO_MODIFIER.search(text[hit.end : head])
            joined = 0 <= listed - hit.end <= 2 and _JOINS.fullmatch(text[hit.end : listed]) is not None
            held = _CONDITION.search(text, max(0, hit.start - _HEAD_GAP_CHARS), hit.start) is not None
            if modifies or joined or held or hit.start <= listed <= hit.end:
                listed = hit.start
            else:
                kept.append(hit)
        return sorted(kept)

    def _of_itself(self, name: str) -> list[Hit]:
        if name not in self._apart:
            self._apart[name] = self._resolved(name) if name in self.possible and name in self._meanings else []
        return self._apart[name]

    def _resolved(self, name: str) -> list[Hit]:
        """Terms, patterns and pairs of a meaning, but for what its exceptions cover."""
        matches = self._matches
        excepted = matches.lexicon.excepted.get(name)
        exceptions = matches.hits(excepted) if excepted else []
        if name in matches.lexicon.of_terms_only:
            return outside(matches.hits(name), exceptions)
        found = {*matches.hits(name), *matches.pattern_hits(name)}
        for pair, (first, second) in zip(self._meanings[name].pairs, matches.lexicon.pairs[name], strict=True):
            if first in matches.owners and second in matches.owners:
                firsts = outside(matches.hits(first), exceptions)
                found.update(_pairs(firsts, matches.hits(second), pair, matches.views.original))
        return outside(sorted(found), exceptions)


def outside(hits: list[Hit], covers: list[Hit]) -> list[Hit]:
    """The hits that do not lie wholly inside one of `covers`."""
    if not covers or not hits:
        return hits
    spans = sorted((hit.start, hit.end) for hit in covers)
    if len(hits) * len(spans) <= _FEW:
        return [hit for hit in hits if not any(start <= hit[0] and end >= hit[1] for start, end in spans)]
    longest = max(end - start for start, end in spans)
    starts = [start for start, _ in spans]

    def covered(hit: Hit) -> bool:
        low, high = bisect_left(starts, hit.end - longest), bisect_right(starts, hit.start)
        return any(end >= hit.end for _, end in spans[low:high])

    return [hit for hit in hits if not covered(hit)]


def _pairs(firsts: list[Hit], seconds: list[Hit], pair: Pair, text: str) -> Iterator[Hit]:
    starts = [hit.start for hit in seconds]
    for first in firsts:
        for second in seconds[bisect_left(starts, first.end) : bisect_right(starts, first.end + pair.gap)]:
            between = text[first.end : second.start]
            one_clause = pair.across or not _CLAUSE_END.search(between)
            if one_clause and not any(word in between for word in pair.not_between):
                yield Hit(first.start, second.end, f"{first.term}…{second.term}", first.disguised or second.disguised)
