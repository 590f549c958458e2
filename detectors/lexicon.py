"""The terms of the wording compiled: one automaton over all of them, run once over each view of a text."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from detectors import disguise, gaps, phonetics
from detectors import text as folding
from detectors.layout import readings
from detectors.ordinary import is_rare, is_word_part

if TYPE_CHECKING:
    from config.schema_wording import Wording

_SLOT = re.compile(r"\{(\w+)\}")
_TELLING_CHARS = 3
_MAX_SPREAD = 10
"""Characters that a split, decorated character may take."""
_HAN = re.compile(f"[{folding.HAN}]+")

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
        self.pairs: dict[str, list[tuple[str, str]]] = {}
        self.completes: dict[str, tuple[str, str]] = {}
        """First part of a pair to its second part and the meaning that both make."""
        for name, meaning in self.meanings.items():
            self._own(owners, name, meaning.terms)
            self._own(owners, unless(name), meaning.unless)
            self.pairs[name] = [
                (f"{name}:{index}:first", f"{name}:{index}:second") for index in range(len(meaning.pairs))
            ]
            for pair, (first, second) in zip(meaning.pairs, self.pairs[name], strict=True):
                self._own(owners, first, pair.first)
                self._own(owners, second, pair.second)
                self.completes[first] = (second, name)
        for name, terms in (extra or {}).items():
            self._own(owners, name, terms)
        self.terms = sorted(owners)
        self.owners = [owners[term] for term in self.terms]
        self.longest = max((len(term) for term in self.terms if not term.isascii()), default=0)
        """In characters, of the terms that may be hidden: such as only Latin letters make are not."""
        self.owned: dict[str, set[int]] = defaultdict(set)
        for index, names in enumerate(self.owners):
            for name in names:
                self.owned[name].add(index)
        self.words = [
            (term[0].isascii() and term[0].isalnum(), term[-1].isascii() and term[-1].isalnum()) for term in self.terms
        ]
        self.automaton = ahocorasick_rs.AhoCorasick(
            self.terms, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
        )
        backwards = (term[::-1] for term in self.terms if len(term) >= _TELLING_CHARS and _HAN.fullmatch(term))
        self.backwards = ahocorasick_rs.AhoCorasick(
            sorted({term for term in backwards if term != term[::-1]}), store_patterns=False
        )
        self.patterns = {
            name: [re.compile(pattern) for pattern in meaning.patterns]
            for name, meaning in self.meanings.items()
            if meaning.patterns
        }
        self.roles = {concept.id: concept.role for concept in wording.concept if concept.role} | {"contact": "act"}
        self.sold = {name for name, role in self.roles.items() if role != "act"}
        """Concepts of which one at least is in every offer."""
        self.frames = {f"frame:{frame.id}": frame.id for frame in wording.frame}
        self.mild = {frame.id for frame in wording.frame if frame.scope == "before"}
        """Frames that take one word from the speaker, not a sentence."""
        self.covers = {concept.id: concept.inside for concept in wording.concept}
        self.heads = {concept.id: concept.heads for concept in wording.concept if concept.heads}
        self.rules = [
            (rule, tuple(frozenset(name.split("|")) for name in (rule.anchor, *rule.near, *rule.distinct)))
            for rule in wording.rule
        ]
        """Each rule with what it needs: of each set some concept must be in the text."""
        self._sounds = self._heard_terms(wording)
        variants = folding.tables()["variants"]
        self.variants = {ord(glyph): plain for plain, glyphs in variants.items() for glyph in glyphs}
        self.variant = re.compile(f"[{re.escape(''.join(map(chr, self.variants)))}]")

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

    def by_sound(self, sound: str) -> Iterator[tuple[Sound, int, int]]:
        """Each term that counts by its sound, with start and end, in a text of syllables' codes."""
        for index, start, end in self._by_sound.find_matches_as_indexes(sound, overlapping=True):
            yield self._sounds[index], start, end

    @cached_property
    def _by_sound(self) -> ahocorasick_rs.AhoCorasick:
        sounds = [phonetics.encoded(one.term) for one in self._sounds]
        return ahocorasick_rs.AhoCorasick(sounds, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False)

    def variants_in(self, text: str) -> list[int]:
        """Where characters stand that may be written for another one."""
        return [match.start() for match in self.variant.finditer(text)]

    def with_variants(self, text: str, places: Sequence[int]) -> str:
        """The text with the characters at some places read as what they may be written for."""
        kept = (
            text[end:start] for end, start in zip((0, *(at + 1 for at in places)), (*places, len(text)), strict=True)
        )
        read = (self.variants[ord(text[at])] for at in places)
        return "".join(itertools.chain.from_iterable(itertools.zip_longest(kept, read, fillvalue="")))

    def find_near(self, text: str, places: Sequence[int]) -> list[Match]:
        """Every match that may go over one of some places in ascending order, and others beside them."""
        found: list[Match] = []
        for start, end in self._around(places):
            part = text[start:end]
            found += [(index, start + first, start + last) for index, first, last in self.find(part)]
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


class Matches:
    """What the automaton finds in each view of one text; mapped back to the original only where somebody asks."""

    def __init__(self, lexicon: Lexicon, views: folding.Views) -> None:
        self.lexicon = lexicon
        self.views = views
        self._plain = lexicon.find(views.folded.text)
        self._dense = lexicon.find_near(views.dense.text, gaps.seams(views))
        self._joined = views.joined
        doubtful = [at for at in lexicon.variants_in(self._joined.text) if not is_word_part(self._joined.text, at)]
        self._guessed = lexicon.with_variants(self._joined.text, doubtful)
        joins = () if views.parts is None else views.parts.here[1::2]
        self._variant = lexicon.find_near(self._guessed, sorted({*doubtful, *joins}))
        self._readings = [
            (reading, lexicon.find(reading.text))
            for reading in readings(views, lexicon.find, lexicon.backwards.find_matches_as_indexes)
        ]
        found = itertools.chain(self._plain, self._dense, self._variant, *(matches for _, matches in self._readings))
        self.terms = set(map(itemgetter(0), found))
        self._heard: dict[str, list[Hit]] = {}

    @cached_property
    def owners(self) -> set[str]:
        """Concepts, frames, exceptions and parts of pairs of which some term is here, in whatever disguise."""
        return set().union(*(self.lexicon.owners[index] for index in self.terms))

    def add_heard(self, heard: dict[str, list[Hit]]) -> None:
        """Hits by sound, found beside the others."""
        self._heard = heard
        self.owners = self.owners | heard.keys()

    def some(self, owner: str, most: int) -> Iterator[Hit]:
        """Up to `most` hits of each term of an owner, in no certain order."""
        for index in self.lexicon.owned[owner] & self.terms:
            yield from itertools.islice(self._of_term(index), most)

    def hits(self, owner: str) -> list[Hit]:
        """Hits of an owner's terms, in order of position."""
        if owner not in self.owners:
            return []
        written = {hit for index in self.lexicon.owned[owner] & self.terms for hit in self._of_term(index)}
        return sorted(written.union(self._heard.get(owner, ())))

    def pattern_hits(self, concept: str) -> Iterator[Hit]:
        for pattern in self.lexicon.patterns.get(concept, ()):
            for match in pattern.finditer(self.views.folded.text):
                yield Hit(*self.views.folded.original(*match.span()), match.group())

    @cached_property
    def _by_term(self) -> tuple[dict[int, list[Match]], ...]:
        """The matches of each view and of each further reading, by term."""
        views = (self._plain, self._dense, self._variant, *(matches for _, matches in self._readings))
        return tuple(map(_grouped, views))

    def _of_term(self, index: int) -> Iterator[Hit]:
        term = self.lexicon.terms[index]
        plain, dense, variant, *others = (matches.get(index, ()) for matches in self._by_term)
        yield from (Hit(*span, term, *self._hidden(term, *span)) for span in self._plain_spans(index, plain))
        if dense and not term.isascii():
            yield from (Hit(*span, term, bool(how), how) for span, how in self._dense_spans(dense))
        if len(term) > 1:
            yield from (Hit(*span, term, True, how) for span, how in self._variant_spans(variant))
        for (reading, _), matches in zip(self._readings, others, strict=True):
            spans = (reading.original(start, end) for _, start, end in matches if reading.holds(start, end))
            yield from (Hit(*span, term, True, reading.kind) for span in spans)

    def _plain_spans(self, index: int, matches: Sequence[Match]) -> Iterator[tuple[int, int]]:
        folded = self.views.folded
        unchanged, edged = folded.is_identity, any(self.lexicon.words[index])
        for _, start, end in matches:
            if not edged or self._whole_word(index, start, end):
                yield (start, end) if unchanged else folded.original(start, end)

    def _hidden(self, term: str, start: int, end: int) -> tuple[bool, str]:
        """Whether and how a word is hidden by invisible characters within it, or by such as only evaders write."""
        written = self.views.original[start:end]
        how = disguise.of_glyphs(written) if written != term else ""
        return bool(how), how

    def _whole_word(self, index: int, start: int, end: int) -> bool:
        """A term that begins or ends with Latin letters or digits is not part of a longer run of them."""
        text = self.views.folded.text
        left, right = self.lexicon.words[index]
        before, after = text[start - 1 : start], text[end : end + 1]
        return not (left and before.isascii() and before.isalnum()) and not (
            right and after.isascii() and after.isalnum()
        )

    def _dense_spans(self, matches: Sequence[Match]) -> Iterator[tuple[tuple[int, int], str]]:
        """Where something stands between the characters, and by what. A match without any is plain, too."""
        for _, start, end in matches:
            if self.views.dense.crosses_run(start, end) and gaps.separators_are_disguise(self.views, start, end):
                yield folding.through_dense(self.views, start, end), disguise.of_gaps(self.views, start, end)

    def _variant_spans(self, matches: Sequence[Match]) -> Iterator[tuple[tuple[int, int], str]]:
        """Where a term is written with look-alike, homophone or split characters."""
        for _, start, end in matches:
            if self._is_variant(start, end):
                span = folding.through_joined(self.views, start, end)
                if span[1] - span[0] <= _MAX_SPREAD * (end - start):
                    unlike = self._joined.text[start:end] != self._guessed[start:end]
                    yield span, disguise.LOOK_ALIKE if unlike else disguise.SPLIT

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


def _grouped(matches: list[Match]) -> dict[int, list[Match]]:
    groups: dict[int, list[Match]] = defaultdict(list)
    for match in matches:
        groups[match[0]].append(match)
    return groups
