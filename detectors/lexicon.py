"""The terms of the wording compiled: one automaton over all of them, run once over each view of a text."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from detectors import disguise, gaps, phonetics
from detectors import text as folding
from detectors.layout import Reading, readings
from detectors.lazy import lazy
from detectors.ordinary import is_rare, is_word_part

if TYPE_CHECKING:
    from config.schema_wording import Pair, Wording

GOODS = frozenset({"card", "paper", "exam", "slang"})
ACTS = frozenset({"offence", "hint", "act"})
"""Roles of what is sold, and of what is said of it."""
_SLOT = re.compile(r"\{(\w+)\}")
_TELLING_CHARS = 3
_REMEMBERED_CHARS = 64
"""Words that somebody pulls apart are written so again and again."""
_MAX_SPREAD = 10
"""Characters that a split, decorated character may take."""
_HAN = re.compile(f"[{folding.HAN}]+")

_FIRST = itemgetter(0)
"""The term of a match, the start of a hit."""
_made = tuple.__new__
"""A named tuple of a tuple, without a call of its own."""

Match = tuple[int, int, int]
"""Number of the term, start and end in a view."""


class Hit(NamedTuple):
    """One term in the original text. `disguised` when it only reads so in a view that undoes a disguise, named `how`:
    `invisible`, `glyphs`, `separators`, `vertical`, `reversed`, `split`, `look-alike`, `homophone`, `pinyin`."""

    start: int
    end: int
    term: str
    disguised: bool = False
    how: str = ""


Located = tuple[int, Hit]
"""Number of the term, and where it is."""


class Sound(NamedTuple):
    """A term of a concept that counts when something else of the same sound is written."""

    concept: str
    term: str
    named: bool
    """The wording names it as one to listen for."""
    long: bool
    """Not named, but long enough to be heard where its ends are written plainly."""


def _fold(term: str) -> str:
    return folding.fold(term).text


def unless(name: str) -> str:
    """The owner of the terms that except a meaning."""
    return f"!{name}"


class Lexicon:
    """Compiled terms of one `Wording`; built once per process."""

    def __init__(self, wording: Wording, extra: dict[str, Iterable[str]] | None = None) -> None:
        self.lists = {_fold(name): [_fold(value) for value in values] for name, values in wording.lists.items()}
        owners: dict[str, set[str]] = defaultdict(set)
        self.order = {concept.id: place for place, concept in enumerate(wording.concept)}
        self.meanings = {concept.id: concept for concept in wording.concept} | {
            f"frame:{frame.id}": frame for frame in wording.frame
        }
        self.completes: dict[str, tuple[Pair, str, str]] = {}
        """First part of a pair to the pair, its second part and the meaning that both make."""
        for name, meaning in self.meanings.items():
            self._own(owners, name, meaning.terms)
            self._own(owners, unless(name), meaning.unless)
            for index, pair in enumerate(meaning.pairs):
                first, second = f"{name}:{index}:first", f"{name}:{index}:second"
                self._own(owners, first, pair.first)
                self._own(owners, second, pair.second)
                self.completes[first] = (pair, second, name)
        for name, terms in (extra or {}).items():
            self._own(owners, name, terms)
        self.terms = sorted(owners)
        self.owners = [tuple(sorted(owners[term])) for term in self.terms]
        self.longest = max((len(term) for term in self.terms if not term.isascii()), default=0)
        """In characters, of the terms that may be hidden: such as only Latin letters make are not."""
        self.owned: dict[str, set[int]] = defaultdict(set)
        for index, names in enumerate(self.owners):
            for name in names:
                self.owned[name].add(index)
        self.words = [
            (term[0].isascii() and term[0].isalnum(), term[-1].isascii() and term[-1].isalnum()) for term in self.terms
        ]
        edged = map(any, self.words)
        self.known = list(zip(self.terms, edged, self.owners, strict=True))
        """Each term, whether letters or digits at its ends must end there, and whose it is."""
        self.automaton = ahocorasick_rs.AhoCorasick(
            self.terms, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
        )
        backwards = (term[::-1] for term in self.terms if len(term) >= _TELLING_CHARS and _HAN.fullmatch(term))
        self.backwards = ahocorasick_rs.AhoCorasick(
            sorted({term for term in backwards if term != term[::-1]}), store_patterns=False
        )
        self.patterns = {
            name: [
                (re.compile(pattern), re.compile(f"[{re.escape(signs)}]") if signs else None)
                for pattern, signs in zip(
                    meaning.patterns, (*meaning.signs, *[""] * len(meaning.patterns)), strict=False
                )
            ]
            for name, meaning in self.meanings.items()
            if meaning.patterns
        }
        """Each with the characters without one of which it matches nowhere."""
        self._know_what_each_is(wording)
        self._sounds = self._heard_terms(wording)
        variants = folding.tables()["variants"]
        self.variants = {ord(glyph): plain for plain, glyphs in variants.items() for glyph in glyphs}
        self.variant = re.compile(f"[{re.escape(''.join(map(chr, self.variants)))}]")

    def _know_what_each_is(self, wording: Wording) -> None:
        """What concepts, frames and rules are to each other, looked up once."""
        paired = {name for _, _, name in self.completes.values()}
        self.of_terms_only = self.meanings.keys() - paired - self.patterns.keys()
        self.roles = {concept.id: concept.role for concept in wording.concept if concept.role} | {"contact": "act"}
        self.goods = {name: role for name, role in self.roles.items() if role in GOODS}
        self.acts = frozenset(name for name, role in self.roles.items() if role in ACTS)
        self.told = frozenset({*self.order, "contact"})
        """What may be said in an offer or beside it."""
        self.sold = {name for name, role in self.roles.items() if role != "act"}
        """Concepts of which one at least is in every offer."""
        self.excepted = {name: unless(name) for name, meaning in self.meanings.items() if meaning.unless}
        self.frames = {f"frame:{frame.id}": frame.id for frame in wording.frame}
        self.mild = {frame.id for frame in wording.frame if frame.scope == "before"}
        """Frames that take one word from the speaker, not a sentence."""
        self.covers = {
            one.id: tuple((cover, self.order.get(cover, len(self.order)) < self.order[one.id]) for cover in one.inside)
            for one in wording.concept
            if one.inside
        }
        """Concepts in whose hits other ones lose theirs, each with whether it stands before that one."""
        self.heads = {concept.id: concept.heads for concept in wording.concept if concept.heads}
        self.nested = {*self.heads, *self.covers}
        """Concepts of which other ones swallow hits."""
        self.rules = [
            (rule, tuple(frozenset(name.split("|")) for name in (rule.anchor, *rule.near, *rule.distinct)))
            for rule in wording.rule
        ]
        """Each rule with what it needs: of each set some concept must be in the text."""

    def _own(self, owners: dict[str, set[str]], name: str, terms: Iterable[str]) -> None:
        for term in terms:
            for plain in self.expand(_fold(term)):
                owners[plain].add(name)

    def expand(self, term: str) -> Iterator[str]:
        """`{list}` slots filled in every way."""
        slots = _SLOT.findall(term)
        between = _SLOT.split(term)[::2]
        for values in itertools.product(*(self.lists[slot] for slot in slots)):
            yield "".join(itertools.chain.from_iterable(itertools.zip_longest(between, values, fillvalue="")))

    def _heard_terms(self, wording: Wording) -> list[Sound]:
        """What counts by its sound: of concepts that name such terms these and the long ones, of others only what is
        written in letters."""
        named = {
            (one.id, plain) for one in wording.concept for term in one.sounds for plain in self.expand(_fold(term))
        }
        concepts = {concept for concept, _ in named}
        owned = {
            (owner, term)
            for term, owners in zip(self.terms, self.owners, strict=True)
            if len(term) > 1 and _HAN.fullmatch(term)
            for owner in owners & self.order.keys()
        }
        return [
            Sound(concept, term, (concept, term) in named, concept in concepts and len(term) >= _TELLING_CHARS)
            for concept, term in sorted(named | owned)
        ]

    def by_sound(self, sound: str, *, in_letters: bool) -> Iterator[tuple[Sound, int, int]]:
        """Each term that counts by its sound, with start and end, in a text of syllables' codes; unless some of it is
        written in letters, only such as count without."""
        sounds, automaton = self._by_letters if in_letters else self._by_ear
        for index, start, end in automaton.find_matches_as_indexes(sound, overlapping=True):
            yield sounds[index], start, end

    @lazy
    def _by_letters(self) -> tuple[list[Sound], ahocorasick_rs.AhoCorasick]:
        return _compiled(self._sounds)

    @lazy
    def _by_ear(self) -> tuple[list[Sound], ahocorasick_rs.AhoCorasick]:
        return _compiled([one for one in self._sounds if one.named or one.long])

    def variants_in(self, text: str) -> list[int]:
        """Where characters stand that may be written for another one."""
        return [match.start() for match in self.variant.finditer(text)]

    def with_variants(self, text: str, places: Sequence[int]) -> str:
        """The text with the characters at some places read as what they may be written for."""
        if not places:
            return text
        kept = (
            text[end:start] for end, start in zip((0, *(at + 1 for at in places)), (*places, len(text)), strict=True)
        )
        read = (self.variants[ord(text[at])] for at in places)
        return "".join(itertools.chain.from_iterable(itertools.zip_longest(kept, read, fillvalue="")))

    def find_long_over(self, text: str, places: Sequence[int]) -> list[Match]:
        """The same of words that are longer than those that people write apart."""
        index_of, automaton = self._long
        found = self.find_over(text, places, automaton)
        return [(index_of[index], start, end) for index, start, end in found]

    @lazy
    def _long(self) -> tuple[list[int], ahocorasick_rs.AhoCorasick]:
        long = [index for index, term in enumerate(self.terms) if len(term) > gaps.LONG_WORD and not term.isascii()]
        kind = ahocorasick_rs.MatchKind.Standard
        words = [self.terms[index] for index in long]
        return long, ahocorasick_rs.AhoCorasick(words, matchkind=kind, store_patterns=False)

    def find_over(
        self, text: str, places: Sequence[int], automaton: ahocorasick_rs.AhoCorasick | None = None
    ) -> list[Match]:
        """Every match in which the character at one of some places in ascending order stands."""
        if not places:
            return []
        windows = [(0, len(text))] if 2 * len(places) * self.longest > len(text) else self._around(places)
        marked = bytearray(len(text) + 1)
        for at in places:
            marked[at] = 1
        stands_in, search = marked.find, (automaton or self.automaton).find_matches_as_indexes
        found: list[Match] = []
        for start, end in windows:
            near = search(text[start:end], overlapping=True)
            over = [match for match in near if stands_in(1, start + match[1], start + match[2]) >= 0]
            found += [(index, start + first, start + last) for index, first, last in over] if start else over
        return found

    def _around(self, places: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Windows around places, as wide as the longest term reaches, those that touch joined."""
        first, last = 0, -1
        for at in places:
            if at - self.longest > last:
                if last >= 0:
                    yield first, last
                first = max(0, at - self.longest)
            last = at + self.longest
        if last >= 0:
            yield first, last

    def find(self, text: str) -> list[Match]:
        """Every match, overlapping ones too."""
        return self.automaton.find_matches_as_indexes(text, overlapping=True)

    def find_backwards(self, text: str) -> list[Match]:
        """Some matches of what is written from its end."""
        return self.backwards.find_matches_as_indexes(text)


class Matches:
    """What the automaton finds in each view of one text; mapped back to the original only where somebody asks."""

    def __init__(self, lexicon: Lexicon, views: folding.Views) -> None:
        self.lexicon = lexicon
        self.views = views
        self._plain = lexicon.find(views.folded.text)
        seams = gaps.seams(views)
        self._dense = lexicon.find_over(views.dense.text, seams.any_word)
        self._dense += lexicon.find_long_over(views.dense.text, seams.long_words)
        self._joined = views.joined
        self._variants = lexicon.variants_in(self._joined.text)
        doubtful = [at for at in self._variants if not is_word_part(self._joined.text, at)]
        self._guessed = lexicon.with_variants(self._joined.text, doubtful)
        joins = () if views.parts is None else views.parts.here[1::2]
        self._variant = lexicon.find_over(self._guessed, sorted({*doubtful, *joins}))
        self._readings = [(reading, self._found_in(reading)) for reading in readings(views, lexicon)]
        found = [self._plain, self._dense, self._variant, *(matches for _, matches in self._readings)]
        self.terms = set(map(_FIRST, itertools.chain.from_iterable(found)))
        self._heard: dict[str, list[Hit]] = {}

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

    def hits(self, owner: str) -> list[Hit]:
        """Hits of an owner's terms, in order of position."""
        written = self._written.get(owner)
        if owner in self._hidden or owner in self._heard:
            return sorted({*(written or ()), *self._hidden.get(owner, ()), *self._heard.get(owner, ())})
        if not written:
            return []
        # the automaton finds them by their ends, so that of those that begin together the shorter come first
        return sorted(written, key=_FIRST) if len(written) > 1 else written

    def pattern_hits(self, concept: str) -> Iterator[Hit]:
        folded = self.views.folded
        for pattern, signs in self.lexicon.patterns[concept]:
            if signs is None or signs.search(folded.text):
                for match in pattern.finditer(folded.text):
                    yield Hit(*folded.original(*match.span()), match.group())

    @lazy
    def _written(self) -> dict[str, list[Hit]]:
        """By owner the hits of its terms in the folded text: written out, or folding to what is."""
        found: dict[str, list[Hit]] = defaultdict(list)
        known, original, folded = self.lexicon.known, self.views.original, self.views.folded
        unchanged = folded.is_identity
        for index, start, end in self._plain:
            term, edged, owners = known[index]
            if edged and not self._whole_word(index, start, end):
                continue
            if not unchanged:
                start, end = folded.original(start, end)
            if original[start:end] == term:
                hit = _made(Hit, (start, end, term, False, ""))
            else:
                how = disguise.of_glyphs(original[start:end])
                hit = _made(Hit, (start, end, term, bool(how), how))
            for owner in owners:
                found[owner].append(hit)
        return found

    @lazy
    def _hidden(self) -> dict[str, list[Hit]]:
        """By owner the hits that are in other views only, some perhaps twice."""
        found: dict[str, list[Hit]] = defaultdict(list)
        if self._dense or self._variant or self._readings:
            for index, hit in itertools.chain(self._apart(), self._misspelt(), self._read_otherwise()):
                for owner in self.lexicon.owners[index]:
                    found[owner].append(hit)
        return found

    def _apart(self) -> Iterator[Located]:
        """Where something stands between the characters of a word, and by what."""
        terms, dense, folded = self.lexicon.terms, self.views.dense, self.views.folded
        for index, start, end in self._dense:
            term = terms[index]
            if not term.isascii():
                first, last = dense.original(start, end)
                alone = dense.starts_run(start) and dense.ends_run(end)
                of_gaps = disguise.of_gaps if last - first <= _REMEMBERED_CHARS else disguise.of_gaps.__wrapped__
                how = of_gaps(folded.text[first:last], end - start, alone=alone)
                if how is not None:
                    yield index, _made(Hit, (*folded.original(first, last), term, bool(how), how))

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
        if end - start >= _TELLING_CHARS:
            return True
        return all(is_rare(written[at]) for at in range(start, end) if written[at] != plain[at])


def _compiled(sounds: list[Sound]) -> tuple[list[Sound], ahocorasick_rs.AhoCorasick]:
    codes = [phonetics.encoded(one.term) for one in sounds]
    kind = ahocorasick_rs.MatchKind.Standard
    return sounds, ahocorasick_rs.AhoCorasick(codes, matchkind=kind, store_patterns=False)
