"""The terms of the wording compiled: one automaton over all of them, run once over each view of a text."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import add
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from crawlers.needles import around
from detectors import gaps, phonetics
from detectors import text as folding
from detectors.lazy import lazy

if TYPE_CHECKING:
    from config.schema_wording import Pair, Wording

GOODS = frozenset({"card", "paper", "exam", "slang"})
ACTS = frozenset({"offence", "hint", "act"})
"""Roles of what is sold, and of what is said of it."""
_SLOT = re.compile(r"\{(\w+)\}")
TELLING_CHARS = 3
_MANY_SEAMS = 1_000
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
        backwards = (term[::-1] for term in self.terms if len(term) >= TELLING_CHARS and _HAN.fullmatch(term))
        self.backwards = ahocorasick_rs.AhoCorasick(
            sorted({term for term in backwards if term != term[::-1]}), store_patterns=False
        )
        self.patterns = [
            (name, re.compile(pattern), re.compile(f"[{re.escape(signs)}]") if signs else None)
            for name, meaning in self.meanings.items()
            for pattern, signs in itertools.zip_longest(meaning.patterns, meaning.signs)
        ]
        """Whose each is, with the characters without one of which it matches nowhere, where that is known."""
        self._terms_of: dict[tuple[str, ...], frozenset[int]] = {}
        self._know_what_each_is(wording)
        self._sounds = self._heard_terms(wording)
        variants = folding.tables()["variants"]
        self.variants = {ord(glyph): plain for plain, glyphs in variants.items() for glyph in glyphs}
        self.variant = re.compile(f"[{re.escape(''.join(map(chr, self.variants)))}]")

    def _know_what_each_is(self, wording: Wording) -> None:
        """What concepts, frames and rules are to each other, looked up once."""
        paired = {name for _, _, name in self.completes.values()}
        patterned = frozenset(name for name, *_ in self.patterns)
        self.of_terms_only = self.meanings.keys() - paired - patterned
        self.roles = {concept.id: concept.role for concept in wording.concept if concept.role} | {"contact": "act"}
        self.goods = {name: role for name, role in self.roles.items() if role in GOODS}
        self.acts = frozenset(name for name, role in self.roles.items() if role in ACTS)
        self.told = frozenset({*self.order, "contact"})
        """What may be said in an offer or beside it."""
        self.sold = {name for name, role in self.roles.items() if role != "act"}
        """Concepts of which one at least is in every offer."""
        anchors = {rule.anchor for rule in wording.rule if self.roles.get(rule.anchor) == "offence"}
        self.named = {name for name, role in self.roles.items() if role not in ("act", "hint")}
        """Those that name a thing sold or an act that breaks the law, not only what is said beside it."""
        self.outright = anchors | {name for name, role in self.roles.items() if role in ("card", "paper", "exam")}
        """Those that leave no doubt what is spoken of."""
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
        self.plainly = {name: self.excepted.get(name, "") for name in self.of_terms_only - self.nested}
        """Meanings whose hits are those of their terms, unless something is here that excepts them: whose terms that
        are, empty where nothing can."""
        needs = ([frozenset(name.split("|")) for name in (*rule.near, *rule.distinct)] for rule in wording.rule)
        self.rules = [
            (rule, tuple(need for need in sets if need.isdisjoint(patterned)))
            for rule, sets in zip(wording.rule, needs, strict=True)
        ]
        """Each rule with what it needs beside its anchor: of each set some concept must be in the text. What a pattern
        may match (a price, which no offer lacks) is looked for where the rule is tried."""
        self.anchored: dict[str, list[int]] = defaultdict(list)
        """Numbers of the rules by what may be their anchor."""
        for number, rule in enumerate(wording.rule):
            for name in rule.anchor.split("|"):
                self.anchored[name].append(number)

    def _own(self, owners: dict[str, set[str]], name: str, terms: Iterable[str]) -> None:
        for term in terms:
            for plain in self.expand(_fold(term)):
                owners[plain].add(name)

    def terms_of(self, owners: tuple[str, ...]) -> frozenset[int]:
        """Numbers of the terms that belong to one of some owners."""
        if owners not in self._terms_of:
            self._terms_of[owners] = frozenset(itertools.chain.from_iterable(self.owned[name] for name in owners))
        return self._terms_of[owners]

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
            Sound(concept, term, (concept, term) in named, concept in concepts and len(term) >= TELLING_CHARS)
            for concept, term in sorted(named | owned)
        ]

    def by_sound(self, text: str, *, in_letters: bool) -> list[tuple[Sound, int, int]]:
        """Each term that counts by its sound and is written otherwise, with start and end, in a text of hanzi and
        syllables' codes; unless some of it is written in letters, only such as count without."""
        sound = phonetics.encoded(text)
        sounds, terms, automaton = self._by_letters if in_letters else self._by_ear
        found = automaton.find_matches_as_indexes(sound, overlapping=True)
        return [(sounds[index], start, end) for index, start, end in found if terms[index] != text[start:end]]

    @lazy
    def _by_letters(self) -> tuple[list[Sound], list[str], ahocorasick_rs.AhoCorasick]:
        return _compiled(self._sounds)

    @lazy
    def _by_ear(self) -> tuple[list[Sound], list[str], ahocorasick_rs.AhoCorasick]:
        return _compiled([one for one in self._sounds if one.named or one.long])

    @lazy
    def _joints(self) -> frozenset[str]:
        """Any two characters that stand beside each other in a term."""
        return _pairs_in(self.terms)

    @lazy
    def _alone(self) -> frozenset[str]:
        """Terms of one character."""
        return frozenset(term for term in self.terms if len(term) == 1)

    def may_go_over(self, text: str, seams: list[int]) -> list[int]:
        """The seams of a text that a term may go over, its characters on both sides."""
        return _joined(text, seams, self._joints)

    def may_hold(self, text: str, places: Iterable[int]) -> list[int]:
        """The places of which the character may be part of a term."""
        joints, alone = self._joints, self._alone
        return [
            at for at in places if text[at : at + 2] in joints or text[at - 1 : at + 1] in joints or text[at] in alone
        ]

    def variants_in(self, text: str) -> list[int]:
        """Where characters stand that may be written for another one."""
        return [match.start() for match in self.variant.finditer(text)]

    def with_variants(self, text: str, places: Sequence[int]) -> str:
        """The text with the characters at some places read as what they may be written for."""
        if not places:
            return text
        pieces: list[str] = []
        last = 0
        for at in places:
            pieces += text[last:at], self.variants[ord(text[at])]
            last = at + 1
        return "".join([*pieces, text[last:]])

    def find_long_over(self, text: str, places: list[int]) -> list[Match]:
        """The same of words that are longer than those that people write apart."""
        if not places:
            return []
        index_of, joints, automaton = self._long
        found = self.find_over(text, _joined(text, places, joints), automaton)
        return [(index_of[index], start, end) for index, start, end in found]

    @lazy
    def _long(self) -> tuple[list[int], frozenset[str], ahocorasick_rs.AhoCorasick]:
        long = [index for index, term in enumerate(self.terms) if len(term) > gaps.LONG_WORD and not term.isascii()]
        kind = ahocorasick_rs.MatchKind.Standard
        words = [self.terms[index] for index in long]
        return long, _pairs_in(words), ahocorasick_rs.AhoCorasick(words, matchkind=kind, store_patterns=False)

    def find_over(
        self, text: str, places: Sequence[int], automaton: ahocorasick_rs.AhoCorasick | None = None
    ) -> list[Match]:
        """Every match in which the character at one of some places in ascending order stands."""
        if not places:
            return []
        windows = [(0, len(text))] if 2 * len(places) * self.longest > len(text) else around(places, self.longest)
        marked = bytearray(len(text) + 1)
        for at in places:
            marked[at] = 1
        search = (automaton or self.automaton).find_matches_as_indexes
        found: list[Match] = []
        for start, end in windows:
            near = search(text[start:end], overlapping=True)
            here = marked[start:end]
            over = [match for match in near if 1 in here[match[1] : match[2]]]
            found += [(index, start + first, start + last) for index, first, last in over] if start else over
        return found

    def find(self, text: str) -> list[Match]:
        """Every match, overlapping ones too."""
        return self.automaton.find_matches_as_indexes(text, overlapping=True)

    def find_backwards(self, text: str) -> list[Match]:
        """Some matches of what is written from its end."""
        return self.backwards.find_matches_as_indexes(text)


def _joined(text: str, seams: list[int], joints: frozenset[str]) -> list[int]:
    """The seams that have one of some pairs on both sides; all of so many that a look at each costs more."""
    return seams if len(seams) > _MANY_SEAMS else [at for at in seams if text[at - 1 : at + 1] in joints]


def _pairs_in(terms: Iterable[str]) -> frozenset[str]:
    return frozenset(itertools.chain.from_iterable(map(add, term, term[1:]) for term in terms))


def _compiled(sounds: list[Sound]) -> tuple[list[Sound], list[str], ahocorasick_rs.AhoCorasick]:
    terms = [one.term for one in sounds]
    codes = list(map(phonetics.encoded, terms))
    kind = ahocorasick_rs.MatchKind.Standard
    return sounds, terms, ahocorasick_rs.AhoCorasick(codes, matchkind=kind, store_patterns=False)
