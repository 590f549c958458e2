"""The wording rules compiled: one automaton over every term, run once over each view of a text."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from detectors import text as folding

if TYPE_CHECKING:
    from config.schema_wording import Concept, Frame, Pair, Wording

_SLOT = re.compile(r"\{(\w+)\}")
_CLAUSE_END = re.compile(r"[，,。、；;：:！!？?\n]")
_VARIANT_MIN_CHARS = 3


class Hit(NamedTuple):
    """One term in the original text. `disguised` when it only reads so in a view that undoes a disguise."""

    start: int
    end: int
    term: str
    disguised: bool = False


class Hits:
    """Hits by concept or frame id, each list in order of position."""

    def __init__(self, found: dict[str, list[Hit]]) -> None:
        self._found = found
        self._ordered: set[str] = set()
        self._starts: dict[str, list[int]] = {}

    def of(self, name: str) -> list[Hit]:
        """Hits of one concept, or of several joined by `|`."""
        if name not in self._found:
            if "|" not in name:
                return []
            self._found[name] = [hit for part in name.split("|") for hit in self.of(part)]
        if name not in self._ordered:
            self._found[name] = sorted(set(self._found[name]))
            self._ordered.add(name)
        return self._found[name]

    def within(self, name: str, start: int, end: int, window: int) -> list[Hit]:
        """Hits of `name` of which some part lies within `window` characters of [start, end)."""
        hits = self.of(name)
        starts = self._starts.get(name)
        if starts is None:
            starts = self._starts[name] = [hit.start for hit in hits]
        low = bisect_left(starts, start - window - 40)
        high = bisect_right(starts, end + window)
        return [hit for hit in hits[low:high] if hit.end >= start - window]

    def put(self, name: str, hits: Iterable[Hit]) -> None:
        self._found[name] = sorted(set(hits))
        self._ordered.add(name)

    def drop_inside(self, name: str, covers: Iterable[Hit]) -> None:
        """Forget hits of `name` that lie wholly inside one of `covers`."""
        spans = sorted((hit.start, hit.end) for hit in covers)
        if not spans or name not in self._found:
            return
        longest = max(end - start for start, end in spans)
        starts = [start for start, _ in spans]

        def covered(hit: Hit) -> bool:
            low, high = bisect_left(starts, hit.end - longest), bisect_right(starts, hit.start)
            return any(end >= hit.end for _, end in spans[low:high])

        self._found[name] = [hit for hit in self.of(name) if not covered(hit)]


class Lexicon:
    """Compiled terms of one `Wording`; built once per process."""

    def __init__(self, wording: Wording, extra: dict[str, Iterable[str]] | None = None) -> None:
        self.lists = wording.lists
        owners: dict[str, set[str]] = defaultdict(set)
        self.meanings = {concept.id: concept for concept in wording.concept} | {
            f"frame:{frame.id}": frame for frame in wording.frame
        }
        for name, meaning in self.meanings.items():
            self._own(owners, name, meaning.terms)
            self._own(owners, _unless(name), meaning.unless)
            for index, pair in enumerate(meaning.pairs):
                self._own(owners, f"{name}:{index}:first", pair.first)
                self._own(owners, f"{name}:{index}:second", pair.second)
        for name, terms in (extra or {}).items():
            self._own(owners, name, terms)
        self.terms = sorted(owners)
        self.owners = [tuple(sorted(owners[term])) for term in self.terms]
        self.concepts = wording.concept
        self.anchoring = [parts for rule in wording.rule for parts in self._ways_to(rule.anchor)]
        self.words = [
            (term[0].isascii() and term[0].isalnum(), term[-1].isascii() and term[-1].isalnum()) for term in self.terms
        ]
        self.automaton = ahocorasick_rs.AhoCorasick(
            self.terms, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
        )
        self.patterns = [(c.id, re.compile(pattern)) for c in wording.concept for pattern in c.patterns]
        variants = folding.tables()["variants"]
        self.variants = {ord(glyph): plain for plain, glyphs in variants.items() for glyph in glyphs}
        self.guards: dict[str, str] = folding.tables()["guards"]

    def _ways_to(self, anchor: str) -> Iterator[tuple[frozenset[int], ...]]:
        """Sets of terms, one of each of which must be there for the anchor to be."""
        yield (self._terms_of(anchor),)
        for index in range(len(self.meanings[anchor].pairs)):
            yield self._terms_of(f"{anchor}:{index}:first"), self._terms_of(f"{anchor}:{index}:second")

    def _terms_of(self, owner: str) -> frozenset[int]:
        return frozenset(index for index, owners in enumerate(self.owners) if owner in owners)

    def _own(self, owners: dict[str, set[str]], name: str, terms: Iterable[str]) -> None:
        for term in terms:
            for plain in self.expand(term):
                owners[folding.fold(plain).text].add(name)

    def expand(self, term: str) -> Iterator[str]:
        """`{list}` slots filled in every way."""
        slots = _SLOT.findall(term)
        between = _SLOT.split(term)[::2]
        for values in itertools.product(*(self.lists[slot] for slot in slots)):
            yield "".join(itertools.chain.from_iterable(itertools.zip_longest(between, values, fillvalue="")))

    def scan(self, views: folding.Views) -> Hits:
        """Every concept and frame term of the text, exceptions and nesting resolved."""
        found: dict[str, list[Hit]] = defaultdict(list)
        self._patterns(views, found)
        matches = _Matches(self, views)
        if not found and not self._may_hold(matches.terms):
            return Hits({})
        self._plain(views, matches, found)
        self._dense(views, matches, found)
        self._variant(views, matches, found)
        hits = Hits(found)
        for name, meaning in self.meanings.items():
            _resolve(name, meaning, hits, views.original)
        for concept in self.concepts:
            for cover in concept.inside:
                hits.drop_inside(concept.id, hits.of(cover))
        return hits

    def _may_hold(self, present: set[int]) -> bool:
        """Whether any anchor can come of these terms: most pages hold none, and need no further look."""
        return any(all(not present.isdisjoint(part) for part in parts) for parts in self.anchoring)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """(term, start, end) of every match."""
        return self.automaton.find_matches_as_indexes(text, overlapping=True)

    def _keep(self, found: dict[str, list[Hit]], index: int, span: tuple[int, int], *, disguised: bool) -> None:
        hit = Hit(span[0], span[1], self.terms[index], disguised)
        for owner in self.owners[index]:
            found[owner].append(hit)

    def _plain(self, views: folding.Views, matches: _Matches, found: dict[str, list[Hit]]) -> None:
        text, unchanged = views.folded.text, views.folded.is_identity
        for index, start, end in matches.plain:
            if any(self.words[index]) and not self._whole_word(text, index, start, end):
                continue
            span = (start, end) if unchanged else views.folded.original(start, end)
            self._keep(found, index, span, disguised=False)

    def _whole_word(self, text: str, index: int, start: int, end: int) -> bool:
        """A term that begins or ends with Latin letters or digits is not part of a longer run of them."""
        left, right = self.words[index]
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (left and before.isascii() and before.isalnum()) and not (
            right and after.isascii() and after.isalnum()
        )

    def _dense(self, views: folding.Views, matches: _Matches, found: dict[str, list[Hit]]) -> None:
        """Terms with decorations between their characters."""
        for index, start, end in matches.dense:
            if views.dense.crosses_run(start, end) and folding.separators_are_disguise(views, start, end):
                self._keep(found, index, folding.through_dense(views, start, end), disguised=True)

    def _variant(self, views: folding.Views, matches: _Matches, found: dict[str, list[Hit]]) -> None:
        """Terms written with look-alike, homophone or split characters."""
        through = folding.through_dense if views.parts is None else folding.through_parts
        for index, start, end in matches.variant:
            written = matches.joined.text
            if end - start < _VARIANT_MIN_CHARS or not self._is_variant(written, matches.guessed, start, end, views):
                continue
            span = through(views, start, end)
            if span[1] - span[0] <= 4 * (end - start):
                self._keep(found, index, span, disguised=True)

    def _is_variant(self, written: str, plain: str, start: int, end: int, views: folding.Views) -> bool:
        differs = [at for at in range(start, end) if written[at] != plain[at]]
        if not differs:
            if views.parts is None:
                return False
            first, last = views.parts.original(start, end)
            return last - first > end - start
        return not any(at + 1 < len(written) and written[at + 1] in self.guards.get(written[at], "") for at in differs)

    def _patterns(self, views: folding.Views, found: dict[str, list[Hit]]) -> None:
        for name, pattern in self.patterns:
            for match in pattern.finditer(views.folded.text):
                start, end = views.folded.original(*match.span())
                found[name].append(Hit(start, end, match.group()))


class _Matches:
    """What the automaton finds in each view, before anything is mapped back."""

    def __init__(self, lexicon: Lexicon, views: folding.Views) -> None:
        self.plain = lexicon.find(views.folded.text)
        self.dense = lexicon.find(views.dense.text) if len(views.dense.here) > 1 else []
        self.joined = views.dense if views.parts is None else views.parts
        self.guessed = self.joined.text.translate(lexicon.variants)
        changed = self.guessed != self.joined.text or views.parts is not None
        self.variant = lexicon.find(self.guessed) if changed else []
        self.terms = {index for index, _, _ in itertools.chain(self.plain, self.dense, self.variant)}


def _resolve(name: str, meaning: Concept | Frame, hits: Hits, text: str) -> None:
    for index, pair in enumerate(meaning.pairs):
        hits.drop_inside(f"{name}:{index}:first", hits.of(_unless(name)))
        joined = list(_pairs(hits, f"{name}:{index}", pair, text))
        if joined:
            hits.put(name, {*hits.of(name), *joined})
    hits.drop_inside(name, hits.of(_unless(name)))


def _pairs(hits: Hits, name: str, pair: Pair, text: str) -> Iterator[Hit]:
    for first in hits.of(f"{name}:first"):
        for second in hits.within(f"{name}:second", first.end, first.end + pair.gap, 0):
            between = text[first.end : second.start]
            one_clause = pair.across or not _CLAUSE_END.search(between)
            other = any(word in between for word in pair.not_between)
            if second.start >= first.end and len(between) <= pair.gap and one_clause and not other:
                yield Hit(first.start, second.end, f"{first.term}…{second.term}", first.disguised or second.disguised)


def _unless(name: str) -> str:
    return f"!{name}"
