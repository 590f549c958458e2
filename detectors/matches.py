"""What the terms of a lexicon match in the views of one text, as hits of the original."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from operator import itemgetter

from detectors import disguise, gaps
from detectors import text as folding
from detectors.layout import Reading, readings
from detectors.lazy import lazy
from detectors.lexicon import TELLING_CHARS, Hit, Lexicon, Match
from detectors.ordinary import is_rare, is_word_part

_REMEMBERED_CHARS = 64
"""Words that somebody pulls apart are written so again and again."""
_MAX_SPREAD = 10
"""Characters that a split, decorated character may take."""
_FIRST = itemgetter(0)
"""The term of a match, the start of a hit."""
_made = tuple.__new__
"""A named tuple of a tuple, without a call of its own."""

Located = tuple[int, Hit]
"""Number of the term, and where it is."""


class Matches:
    """What the automaton finds in each view of one text; mapped back to the original only where somebody asks."""

    STEPS = ("_plain", "_short", "_variant", "_long", "_readings", "_hidden")
    """What is made of a text one after the other, when somebody asks for it."""

    def __init__(self, lexicon: Lexicon, views: folding.Views) -> None:
        self.lexicon = lexicon
        self.views = views
        self._joined = views.joined
        self._heard: dict[str, list[Hit]] = {}

    @lazy
    def _plain(self) -> list[Match]:
        return self.lexicon.find(self.views.folded.text)

    @lazy
    def _seams(self) -> gaps.Seams:
        return gaps.seams(self.views)

    @lazy
    def _short(self) -> list[Match]:
        """Those that begin at a seam and go over none are `_plain`, too."""
        dense = self.views.dense.text
        return self.lexicon.find_over(dense, self.lexicon.may_go_over(dense, self._seams.any_word))

    @lazy
    def _long(self) -> list[Match]:
        return self.lexicon.find_long_over(self.views.dense.text, self._seams.long_words)

    @lazy
    def _variants(self) -> list[int]:
        return self.lexicon.variants_in(self._joined.text)

    @lazy
    def _doubtful(self) -> list[int]:
        """Where characters stand that may be written for another one and are no part of an ordinary word."""
        return [at for at in self._variants if not is_word_part(self._joined.text, at)]

    @lazy
    def _guessed(self) -> str:
        return self.lexicon.with_variants(self._joined.text, self._doubtful)

    @lazy
    def _variant(self) -> list[Match]:
        parts = self.views.parts
        joins = () if parts is None else parts.here[1::2]
        if not joins and not self._doubtful:
            return []
        places = self.lexicon.may_hold(self._guessed, {*self._doubtful, *joins})
        return self.lexicon.find_over(self._guessed, sorted(places))

    @lazy
    def _readings(self) -> list[tuple[Reading, list[Match]]]:
        return [(reading, self._found_in(reading)) for reading in readings(self.views, self.lexicon)]

    @lazy
    def terms(self) -> set[int]:
        """Numbers of all terms that are here, in whatever disguise."""
        found = set(map(_FIRST, self._plain))
        for more in (self._short, self._long, self._variant, *(matches for _, matches in self._readings)):
            if more:
                found.update(map(_FIRST, more))
        return found

    @lazy
    def plain(self) -> str:
        """The densest view with every character that may be written for another one read as that."""
        return self.lexicon.with_variants(self._joined.text, self._variants)

    @lazy
    def owners(self) -> set[str]:
        """Concepts, frames, exceptions and parts of pairs of which some term is here, in whatever disguise."""
        return set().union(*map(self.lexicon.owners.__getitem__, self.terms))

    def _found_in(self, reading: Reading) -> list[Match]:
        if reading.seams is None:
            return self.lexicon.find(reading.text)
        return self.lexicon.find_over(reading.text, reading.seams)

    def add_heard(self, heard: dict[str, list[Hit]]) -> None:
        """Hits by sound, found beside the others."""
        if heard:
            self._heard = heard
            self.owners = self.owners | heard.keys()

    def some(self, owner: str, most: int) -> list[Hit]:
        """Hits of an owner that are written, up to `most` of each term, in no certain order."""
        found = [*self._written.get(owner, ()), *self._hidden.get(owner, ())]
        if len(found) <= most:
            return found
        taken: Counter[str] = Counter()
        some: list[Hit] = []
        for hit in found:
            taken[hit.term] += 1
            if taken[hit.term] <= most:
                some.append(hit)
        return some

    def spans(self, owners: tuple[str, ...], most: int) -> list[tuple[int, int]]:
        """Where `some` hits of some owners are."""
        if self.owners.isdisjoint(owners):
            return []
        if not self.views.folded.is_identity or self._hidden or len(self._plain) > most:
            return [(hit.start, hit.end) for owner in owners for hit in self.some(owner, most)]
        wanted = self.lexicon.terms_of(owners)
        return [
            (start, end) for index, start, end in self._plain if index in wanted and self._is_whole(index, start, end)
        ]

    def hits(self, owner: str) -> list[Hit]:
        """Hits of an owner's terms, in order of position."""
        written = self._written.get(owner)
        if owner in self._hidden or owner in self._heard:
            return sorted({*(written or ()), *self._hidden.get(owner, ()), *self._heard.get(owner, ())})
        return written or []

    @lazy
    def patterned(self) -> dict[str, list[Hit]]:
        """Hits of patterns by meaning; none without."""
        found: dict[str, list[Hit]] = {}
        folded = self.views.folded
        text = folded.text
        for name, pattern, signs in self.lexicon.patterns:
            if signs is None or signs.search(text):
                for match in pattern.finditer(text):
                    found.setdefault(name, []).append(Hit(*folded.original(*match.span()), match.group()))
        return found

    @lazy
    def _written(self) -> dict[str, list[Hit]]:
        """By owner the hits of its terms in the folded text: written out, or folding to what is; in order of position,
        of those that begin together the shorter first, as the automaton finds them by their ends."""
        found: dict[str, list[Hit]] = defaultdict(list)
        known, original, folded = self.lexicon.known, self.views.original, self.views.folded
        unchanged, to_original = folded.is_identity, folded.originals(len(self._plain))
        ways: dict[str, str] = {}
        for index, start, end in self._plain:
            term, edged, owners = known[index]
            if edged and not self._whole_word(index, start, end):
                continue
            if not unchanged:
                start, end = to_original(start, end)
            written = original[start:end]
            if written == term:
                hit = _made(Hit, (start, end, term, False, ""))
            else:
                how = ways.get(written)
                if how is None:
                    how = ways[written] = disguise.of_glyphs(written)
                hit = _made(Hit, (start, end, term, bool(how), how))
            for owner in owners:
                found[owner].append(hit)
        for hits in found.values():
            if len(hits) > 1:
                hits.sort(key=_FIRST)
        return found

    @lazy
    def _hidden(self) -> dict[str, list[Hit]]:
        """By owner the hits that are in other views only, some perhaps twice."""
        found: dict[str, list[Hit]] = defaultdict(list)
        if self._short or self._long or self._variant or self._readings:
            for index, hit in itertools.chain(self._apart(), self._misspelt(), self._read_otherwise()):
                for owner in self.lexicon.owners[index]:
                    found[owner].append(hit)
        return found

    def _apart(self) -> Iterator[Located]:
        """Where something stands between the characters of a word, and by what."""
        terms, dense, folded = self.lexicon.terms, self.views.dense, self.views.folded
        found = [*self._short, *self._long]
        unchanged, edges = folded.is_identity, dense.edges() if found else frozenset()
        to_folded, to_original = dense.originals(len(found)), folded.originals(len(found))
        for index, start, end in found:
            term = terms[index]
            if not term.isascii():
                first, last = to_folded(start, end)
                alone = start in edges and end in edges
                of_gaps = disguise.of_gaps if last - first <= _REMEMBERED_CHARS else disguise.of_gaps.__wrapped__
                how = of_gaps(folded.text[first:last], end - start, alone=alone)
                if how is not None:
                    span = (first, last) if unchanged else to_original(first, last)
                    yield index, _made(Hit, (*span, term, bool(how), how))

    def _misspelt(self) -> Iterator[Located]:
        """Where a term is written with look-alike, homophone or split characters."""
        for index, start, end in self._variant:
            if end - start > 1 and self._is_variant(start, end):
                span = folding.through_joined(self.views, start, end)
                if span[1] - span[0] <= _MAX_SPREAD * (end - start):
                    unlike = self._joined.text[start:end] != self._guessed[start:end]
                    how = disguise.LOOK_ALIKE if unlike else disguise.SPLIT
                    yield index, Hit(*span, self.lexicon.terms[index], True, how)

    def _read_otherwise(self) -> Iterator[Located]:
        for reading, matches in self._readings:
            for index, start, end in matches:
                if reading.holds(start, end):
                    yield index, Hit(*reading.original(start, end), self.lexicon.terms[index], True, reading.kind)

    def _is_whole(self, index: int, start: int, end: int) -> bool:
        return not self.lexicon.known[index][1] or self._whole_word(index, start, end)

    def _whole_word(self, index: int, start: int, end: int) -> bool:
        """A term that begins or ends with Latin letters or digits is not part of a longer run of them."""
        text = self.views.folded.text
        left, right = self.lexicon.words[index]
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (left and before.isascii() and before.isalnum()) and not (
            right and after.isascii() and after.isalnum()
        )

    def _is_variant(self, start: int, end: int) -> bool:
        written, plain, parts = self._joined.text, self._guessed, self.views.parts
        if written[start:end] == plain[start:end]:
            if parts is None:
                return False
            first, last = parts.original(start, end)
            return last - first > end - start
        if end - start >= TELLING_CHARS:
            return True
        return all(is_rare(written[at]) for at in range(start, end) if written[at] != plain[at])
