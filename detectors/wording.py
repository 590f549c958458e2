"""Offers in a text: rules of `wording.toml` judged clause by clause, with who speaks and what makes them heavier."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from detectors import strings
from detectors.base import Axis, Signal, detector
from detectors.contacts import is_disguised, is_personal, page_contacts, page_views
from detectors.hits import Hits, by_distance, distance, is_apart, longest_first
from detectors.lazy import lazy
from detectors.lexicon import Hit, Lexicon
from detectors.limits import MAX_SIGNALS_PER_DETECTOR
from detectors.linking import Links
from detectors.manner import Manner, Window
from detectors.matches import Matches
from detectors.passages import LONG_CHARS, Passages
from detectors.sounds import hear
from detectors.speakers import Speakers, Spoken
from detectors.text import clauses

if TYPE_CHECKING:
    from config.schema_wording import Boost, Rule, Wording
    from detectors.base import Contact
    from detectors.context import Context
    from detectors.features import Page

VERSION = 4
_DISGUISE_WEIGHT = 0.2
_DOUBTED_MOST, _BEYOND_DOUBT = 0.5, 0.95
"""What is left of an offer in honest words, and the weight from which no words around it count."""
_DOUBT, _DENIAL = -0.55, -0.9
"""How far on the honest side words are that doubt an offer, and that doubt any: by less than this they tell nothing."""
_PERSONAL_ONLY = "contact"
_MAX_ANCHORS_PER_RULE = 200
_TOGETHER_CHARS = 60
"""What stands further from the anchor belongs to the judgement, not into the quotation."""
_MAX_BESIDE = 100
_BESIDE = ("trade_cert", "trade_word", "exempt")
"""Concepts beside which words are listened for."""
_CARDS = "trade_cert"
_FREE = frozenset({"contact", "reach"})
"""What may stand anywhere within its window: how to reach the seller is not said in the sentence of the offer."""


class Offer(NamedTuple):
    """One rule that holds at one place. `start`, `end` cover the anchor and what the rule demands near it."""

    rule: Rule
    anchor: Hit
    start: int
    end: int
    boosts: tuple[tuple[str, float], ...]
    disguise: Hit | None
    """The part that is written to evade, if one is."""
    spoken: Spoken | None
    damped: bool
    doubted: bool
    """Whether its sentences, alone and with what stands beside them, lie more on the honest side than on the other:
    the rule is worth a look no more, unless much speaks for it. Of what somebody else says nobody asks."""
    denied: bool
    """Whether nobody sells in such words, whatever speaks for it."""

    @property
    def strength(self) -> float:
        """What this offer alone weighs; what its frame leaves of it when somebody else is speaking."""
        if self.spoken is not None:
            return self.spoken.frame.leaves
        total = self.rule.weight + (sum(weight for _, weight in self.boosts) if self.boosts else 0.0)
        total += _DISGUISE_WEIGHT if self.disguise else 0.0
        return min(_DOUBTED_MOST if self.denied or (self.doubted and total < _BEYOND_DOUBT) else 1.0, total)


class Reader:
    """Judges one page by one wording."""

    def __init__(self, page: Page, context: Context) -> None:
        self.page = page
        self.context = context
        self.wording: Wording = context.wording
        self.lexicon: Lexicon = context.lexicon
        self.manner: Manner = context.manner
        self.matches = Matches(context.lexicon, page_views(page))
        self.is_listing = page.kind == "listing"
        self._boosted: dict[tuple[str, int, int], tuple[tuple[str, float], ...]] = {}

    @lazy
    def contacts(self) -> list[Contact]:
        return page_contacts(self.page)

    @lazy
    def personal(self) -> list[Contact]:
        return [contact for contact in self.contacts if is_personal(contact)]

    @lazy
    def heard(self) -> dict[str, list[Hit]]:
        matches = self.matches
        beside = matches.spans(_BESIDE, _MAX_BESIDE)
        beside += [(contact.start, contact.end) for contact in self.personal]
        return hear(matches.views, self.lexicon, beside)

    @lazy
    def hits(self) -> Hits:
        self.matches.add_heard(self.heard)
        hits = Hits(self.matches)
        hits.put("contact", [Hit(c.start, c.end, c.value, is_disguised(c)) for c in self.personal])
        return hits

    @lazy
    def speakers(self) -> Speakers:
        return Speakers(self.page, self.hits, self.wording.frame, self.personal)

    @lazy
    def passages(self) -> Passages:
        return Passages(self)

    @lazy
    def windows(self) -> list[tuple[float, Window]]:
        """Passages in which something may be sold, with how much each reads as one: such as may read as one enough to
        be told, and none where none may be told."""
        if not self.may_be_told:
            return []
        if uncounted := [window for window in self.unweighed if window.counted is None]:
            self.manner.count(uncounted)
        goods, anywhere = self.lexicon.goods, self._anywhere
        found = [one for one in self.unweighed if self.manner.may_tell([one], one.names | anywhere, goods)]
        for window in found:
            self.passages.mark(window)
        return [(self.manner.score(window), window) for window in found]

    @lazy
    def unweighed(self) -> list[Window]:
        return self.passages.telling_windows()

    @lazy
    def _anywhere(self) -> set[str]:
        """What may be marked in any passage: frames, and contacts."""
        frames = self.lexicon.frames.keys() & self.hits.possible
        return {*frames, *(f"${contact.kind}" for contact in self.contacts)}

    @lazy
    def may_be_told(self) -> bool:
        """Whether a passage may read as an offer, whatever is meant in it; of a long text, whether anything is named
        without which none of its passages is told."""
        if len(self.page.text) > LONG_CHARS:
            return any(map(self.hits.of, self.lexicon.outright & self.hits.possible))
        windows = self.passages.all_windows()
        names = self.hits.possible | self._anywhere
        return not windows or self.manner.may_tell(windows, names, self.lexicon.goods)

    @lazy
    def links(self) -> Links:
        return Links(self.page, self.hits, self.speakers, self.personal)

    @classmethod
    def of(cls, page: Page, context: Context) -> Reader:
        """The reader of a page, shared by all detectors that ask."""
        return page.once("reader", lambda: cls(page, context))

    def offers(self) -> list[Offer]:
        """Strongest first; those of other speakers last."""
        return self.page.once("offers", self._offers)

    def _offers(self) -> list[Offer]:
        found = [offer for rule in self._may_hold() for offer in self._of(rule)]
        return sorted(found, key=lambda offer: (-offer.strength, offer.anchor.start, offer.rule.id))

    def offers_within(self, start: int, end: int) -> list[Offer]:
        """Those of which the anchor begins in a span, in the same order."""
        low, high = (bisect_left(self._anchors, (place, 0)) for place in (start, end))
        offers = self.offers()
        return [offers[rank] for rank in sorted(rank for _, rank in self._anchors[low:high])]

    @lazy
    def _anchors(self) -> list[tuple[int, int]]:
        """Where each offer's anchor begins, and which offer it is."""
        return sorted((offer.anchor.start, rank) for rank, offer in enumerate(self.offers()))

    @lazy
    def boosts_here(self) -> list[Boost]:
        return [
            boost for boost in self.wording.boost if boost.concept in self.hits.possible and self.hits.of(boost.concept)
        ]

    def _may_hold(self) -> Iterator[Rule]:
        """The rules of which all that they ask for is somewhere in the text: mostly none."""
        possible = self.hits.possible
        anchored, rules = self.lexicon.anchored, self.lexicon.rules
        numbers = {number for name in possible & anchored.keys() for number in anchored[name]}
        for rule, needs in map(rules.__getitem__, sorted(numbers)):
            for need in needs:
                if possible.isdisjoint(need):
                    break
            else:
                yield rule

    def _of(self, rule: Rule) -> Iterator[Offer]:
        last_end = -1
        anchors = self.hits.of(rule.anchor)[:_MAX_ANCHORS_PER_RULE]
        for anchor in sorted(anchors, key=longest_first) if len(anchors) > 1 else anchors:
            if anchor.start < last_end:
                continue
            offer = self._at(rule, anchor)
            if offer is not None:
                last_end = anchor.end
                yield offer

    def _at(self, rule: Rule, anchor: Hit) -> Offer | None:
        parts = [anchor]
        for concept, window in rule.near.items():
            near = self._near(anchor, concept, window)
            if near is None:
                return None
            parts.append(near)
        for concept, count in rule.distinct.items():
            around = self.hits.within(concept, anchor.start, anchor.end, rule.distinct_window)
            held = [hit for hit in around if self.links.hold(anchor, hit)]
            if len(self._kinds(concept, held)) < count:
                return None
        return None if self.links.about_another(rule, anchor) else self._weighed(rule, anchor, parts)

    def _near(self, anchor: Hit, concept: str, window: int) -> Hit | None:
        """The nearest hit that belongs to the anchor's offer."""
        near = by_distance(self.hits.within(concept, anchor.start, anchor.end, window), anchor)
        free = _is_free(concept)
        found = near[0] if free and near else self.links.first_held(anchor, near)
        if found is None and free and self.is_listing:
            return anchor
        return self.links.in_title(concept, anchor) if found is None and _CARDS in concept else found

    def _kinds(self, concept: str, hits: list[Hit]) -> set[str]:
        """Different terms, one for terms that overlap (`房证`, `房`). Beside other kinds of papers, cards of any number
        of trades are one kind."""
        cards = set() if all(name.startswith("trade") for name in concept.split("|")) else self._cards
        kept: list[Hit] = []
        for hit in sorted(hits, key=longest_first):
            if not kept or hit.start >= kept[-1].end:
                kept.append(hit)
        return {_CARDS if hit in cards else hit.term for hit in kept}

    @lazy
    def _cards(self) -> set[Hit]:
        return set(self.hits.of(_CARDS))

    def _weighed(self, rule: Rule, anchor: Hit, parts: list[Hit]) -> Offer:
        near = [hit for hit in parts if hit is anchor or distance(hit, anchor) <= _TOGETHER_CHARS]
        damped = self._among_lawful(rule, anchor)
        boosts = self._boosts(rule.anchor, anchor) if rule.boosted else ()
        if damped:
            factor = self.wording.damped_factor
            boosts = (*((name, weight * factor) for name, weight in boosts), ("lawful", rule.weight * (factor - 1)))
        start, end = min([hit[0] for hit in near]), max([hit[1] for hit in near])
        spoken = self.speakers.frame_of(anchor)
        # of what somebody else says it makes no difference
        around = self._score_at(start) if spoken is None else 0.0
        doubted = around < _DOUBT and around + self.manner.score(self.passages.alone(start, end)) < _DOUBT
        return Offer(
            rule=rule,
            anchor=anchor,
            start=start,
            end=end,
            boosts=boosts,
            disguise=next((hit for hit in parts if hit.disguised), None) or self._contact_disguised(anchor),
            spoken=spoken,
            damped=damped,
            doubted=doubted,
            denied=doubted and around < _DENIAL,
        )

    def _boosts(self, concept: str, anchor: Hit) -> tuple[tuple[str, float], ...]:
        """What stands beside an anchor of a concept and makes an offer heavier; the same for many rules."""
        place = (concept, anchor.start, anchor.end)
        if place not in self._boosted:
            self._boosted[place] = tuple(self._find_boosts(concept, anchor))
        return self._boosted[place]

    def _find_boosts(self, concept: str, anchor: Hit) -> Iterator[tuple[str, float]]:
        for boost in self.boosts_here:
            if boost.concept == concept:
                continue
            for hit in self.hits.within(boost.concept, anchor.start, anchor.end, boost.window):
                if is_apart(hit, anchor) and self._own(boost.concept, hit):
                    yield boost.id, boost.weight
                    break

    def _own(self, concept: str, hit: Hit) -> bool:
        """A boost counts only when nobody else says it; a contact is not spoken."""
        return concept == _PERSONAL_ONLY or self.speakers.frame_of(hit) is None

    def _among_lawful(self, rule: Rule, anchor: Hit) -> bool:
        window, possible = self.wording.damped_window, self.hits.possible
        first, last = self.speakers.beside(anchor.start)
        around = {
            hit.term
            for name in rule.damped_by
            if name in possible
            for hit in self.hits.within(name, anchor.start, anchor.end, window)
            if first <= hit.start < last
        }
        return len(around) >= self.wording.damped_count

    def _score_at(self, offset: int) -> float:
        """How much the passage at a place reads as an offer; nothing outside of those that are weighed."""
        group = self.passages.around(offset)
        if group is None:
            return 0.0
        start = self.passages.spans[group[0]][0]
        if start not in self._scores:
            self._scores[start] = self.manner.score(self.passages.window(group))
        return self._scores[start]

    @lazy
    def _scores(self) -> dict[int, float]:
        """Of passages, by where they start."""
        return {window.start: score for score, window in self.windows if window.within is None}

    def _contact_disguised(self, anchor: Hit) -> Hit | None:
        return next((hit for hit in self.hits.within("contact", anchor.start, anchor.end, 200) if hit.disguised), None)


@cache
def _is_free(concepts: str) -> bool:
    return not _FREE.isdisjoint(concepts.split("|"))


@detector("wording", version=VERSION, title="售假语言", axis=Axis.SELLING, budget_ms=5000)
def wording(page: Page, context: Context) -> Iterator[Signal]:
    """Certificate × an offer that breaks the law, within one clause or passage; quoted, negated or reported offers
    are shown with a negative weight and excuse nothing but themselves."""
    offers = Reader.of(page, context).offers()
    yield from (signal(page, offer) for offer in apart(offers, MAX_SIGNALS_PER_DETECTOR))
    hidden = next((offer.disguise for offer in offers if offer.strength and offer.disguise), None)
    if hidden is not None:
        yield evasion(page, hidden)


def evasion(page: Page, hidden: Hit) -> Signal:
    """How something is written is a sign by itself."""
    return Signal(
        detector="wording",
        version=VERSION,
        axis=Axis.SELLING,
        cls=strings.EVASION,
        weight=_DISGUISE_WEIGHT,
        reason=strings.EVASION_REASON,
        quote=page.text[hidden.start : hidden.end],
        start=hidden.start,
        end=hidden.end,
    )


def apart(offers: list[Offer], most: int) -> list[Offer]:
    """The strongest of offers of one class that overlap, in one voice, up to so many: one sentence is one finding."""
    kept: list[Offer] = []
    for offer in offers:
        if len(kept) == most:
            break
        same = (one for one in kept if one.rule.named == offer.rule.named and (not one.spoken) == (not offer.spoken))
        if not any(one.start < offer.end and offer.start < one.end for one in same):
            kept.append(offer)
    return kept


def signal(page: Page, offer: Offer) -> Signal:
    start, end = clauses(page.text, offer.start, offer.end)
    cls, reason, weight = offer.rule.named, offer.rule.reason, offer.strength
    if offer.spoken is not None:
        frame = offer.spoken.frame
        cls, weight = (offer.rule.named, frame.leaves) if frame.leaves else (frame.label, -offer.rule.weight)
        words = page.text[offer.spoken.start : offer.spoken.end]
        reason = strings.SPOKEN.format(named=offer.rule.named, reason=frame.reason, words=words)
    elif offer.boosts:
        extras = "、".join(strings.BOOSTS[name] for name, _ in offer.boosts if name in strings.BOOSTS)
        reason = strings.WITH_BOOSTS.format(reason=reason, extras=extras) if extras else reason
    if offer.spoken is None and offer.doubted and weight <= _DOUBTED_MOST:
        reason = strings.DOUBTED.format(reason=reason)
    return Signal(
        detector="wording",
        version=VERSION,
        axis=Axis.SELLING,
        cls=cls,
        weight=max(-1.0, min(1.0, weight)),
        reason=reason,
        quote=page.text[start:end],
        start=start,
        end=end,
    )
