"""Offers in a text: rules of `wording.toml` judged clause by clause, with who speaks and what makes them heavier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from detectors import strings
from detectors.base import Axis, Signal, detector
from detectors.contacts import is_disguised, is_personal, page_contacts, page_views
from detectors.hits import Hits
from detectors.lexicon import Hit, Matches
from detectors.limits import MAX_SIGNALS_PER_DETECTOR
from detectors.speakers import Speakers, Spoken

if TYPE_CHECKING:
    from config.schema_wording import Boost, Rule, Wording
    from detectors.context import Context
    from detectors.features import Page

VERSION = 1
_DISGUISE_WEIGHT = 0.15
_PERSONAL_ONLY = "contact"
_MAX_ANCHORS_PER_RULE = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """One rule that holds at one place. `start`, `end` cover the anchor and what the rule demands near it."""

    rule: Rule
    anchor: Hit
    start: int
    end: int
    boosts: tuple[tuple[str, float], ...]
    disguised: bool
    spoken: Spoken | None
    damped: bool

    @property
    def strength(self) -> float:
        """What this offer alone weighs, 0 when somebody else is speaking."""
        if self.spoken is not None:
            return 0.0
        total = self.rule.weight + sum(weight for _, weight in self.boosts)
        return min(1.0, total + (_DISGUISE_WEIGHT if self.disguised else 0.0))


class Reader:
    """Judges one page by one wording."""

    def __init__(self, page: Page, context: Context) -> None:
        self.page = page
        self.wording: Wording = context.wording
        self.hits = Hits(Matches(context.lexicon, page_views(page)))
        self.personal = [contact for contact in page_contacts(page) if is_personal(contact)]
        self.hits.put("contact", [Hit(c.start, c.end, c.value, is_disguised(c)) for c in self.personal])

    @cached_property
    def speakers(self) -> Speakers:
        return Speakers(self.page, self.hits, self.wording.frame, self.personal)

    @classmethod
    def of(cls, page: Page, context: Context) -> Reader:
        """The reader of a page, shared by all detectors that ask."""
        return page.once("reader", lambda: cls(page, context))

    def offers(self) -> list[Offer]:
        """Strongest first; those of other speakers last."""
        return self.page.once("offers", self._offers)

    def _offers(self) -> list[Offer]:
        found = [offer for rule in self.wording.rule if self._may_hold(rule) for offer in self._of(rule)]
        return sorted(found, key=lambda offer: (-offer.strength, offer.anchor.start, offer.rule.id))

    @cached_property
    def boosts_here(self) -> list[Boost]:
        return [boost for boost in self.wording.boost if self.hits.of(boost.concept)]

    def _may_hold(self, rule: Rule) -> bool:
        """Whether all that a rule asks for is somewhere in the text: mostly not, and no closer look is needed."""
        return all(self.hits.may_be(name) for name in (rule.anchor, *rule.near, *rule.distinct))

    def _of(self, rule: Rule) -> Iterator[Offer]:
        last_end = -1
        for anchor in self.hits.of(rule.anchor)[:_MAX_ANCHORS_PER_RULE]:
            if anchor.start < last_end:
                continue
            offer = self._at(rule, anchor)
            if offer is not None:
                last_end = anchor.end
                yield offer

    def _at(self, rule: Rule, anchor: Hit) -> Offer | None:
        parts = [anchor]
        for concept, window in rule.near.items():
            near = [hit for hit in self.hits.within(concept, anchor.start, anchor.end, window) if _apart(hit, anchor)]
            if not near:
                return None
            parts.append(min(near, key=lambda hit: _distance(hit, anchor)))
        for concept, count in rule.distinct.items():
            around = self.hits.within(concept, anchor.start, anchor.end, rule.distinct_window)
            if len(_distinct(around)) < count:
                return None
        return self._weighed(rule, anchor, parts)

    def _weighed(self, rule: Rule, anchor: Hit, parts: list[Hit]) -> Offer:
        near = [hit for hit in parts if _distance(hit, anchor) <= 60]
        damped = self._among_lawful(rule, anchor)
        boosts = tuple(self._boosts(rule, anchor)) if rule.boosted else ()
        if damped:
            factor = self.wording.damped_factor
            boosts = (*((name, weight * factor) for name, weight in boosts), ("lawful", rule.weight * (factor - 1)))
        return Offer(
            rule=rule,
            anchor=anchor,
            start=min(hit.start for hit in near),
            end=max(hit.end for hit in near),
            boosts=boosts,
            disguised=any(hit.disguised for hit in parts) or self._contact_disguised(anchor),
            spoken=self.speakers.frame_of(anchor),
            damped=damped,
        )

    def _boosts(self, rule: Rule, anchor: Hit) -> Iterator[tuple[str, float]]:
        for boost in self.boosts_here:
            if boost.concept == rule.anchor:
                continue
            for hit in self.hits.within(boost.concept, anchor.start, anchor.end, boost.window):
                if _apart(hit, anchor) and self._own(boost.concept, hit):
                    yield boost.id, boost.weight
                    break

    def _own(self, concept: str, hit: Hit) -> bool:
        """A boost counts only when nobody else says it; a contact is not spoken."""
        return concept == _PERSONAL_ONLY or self.speakers.frame_of(hit) is None

    def _among_lawful(self, rule: Rule, anchor: Hit) -> bool:
        window = self.wording.damped_window
        around = (
            hit.term for name in rule.damped_by for hit in self.hits.within(name, anchor.start, anchor.end, window)
        )
        return len(set(around)) >= self.wording.damped_count

    def _contact_disguised(self, anchor: Hit) -> bool:
        return any(hit.disguised for hit in self.hits.within("contact", anchor.start, anchor.end, 200))


def _apart(hit: Hit, anchor: Hit) -> bool:
    """A hit that is part of the anchor's own words adds nothing."""
    return not (hit.start >= anchor.start and hit.end <= anchor.end)


def _distance(hit: Hit, anchor: Hit) -> int:
    return max(0, hit.start - anchor.end, anchor.start - hit.end)


def _distinct(hits: list[Hit]) -> set[str]:
    """Different terms, one for terms that overlap (`房证`, `房`)."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return {hit.term for hit in kept}


@detector("wording", version=VERSION, title="售假语言", axis=Axis.SELLING, budget_ms=5000)
def wording(page: Page, context: Context) -> Iterator[Signal]:
    """Certificate × an offer that breaks the law, within one clause or passage; quoted, negated or reported offers
    are shown with a negative weight and excuse nothing but themselves."""
    offers = Reader.of(page, context).offers()
    yield from (signal(page, offer) for offer in offers[:MAX_SIGNALS_PER_DETECTOR])
    hidden = next((offer for offer in offers if offer.strength and offer.disguised), None)
    if hidden is not None:
        yield Signal(
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


def signal(page: Page, offer: Offer) -> Signal:
    cls, reason, weight = offer.rule.named, offer.rule.reason, offer.strength
    if offer.spoken is not None:
        frame = offer.spoken.frame
        cls, weight = frame.label, -offer.rule.weight
        words = page.text[offer.spoken.start : offer.spoken.end]
        reason = strings.SPOKEN.format(named=offer.rule.named, reason=frame.reason, words=words)
    elif offer.boosts:
        extras = "、".join(strings.BOOSTS[name] for name, _ in offer.boosts if name in strings.BOOSTS)
        reason = strings.WITH_BOOSTS.format(reason=reason, extras=extras) if extras else reason
    return Signal(
        detector="wording",
        version=VERSION,
        axis=Axis.SELLING,
        cls=cls,
        weight=max(-1.0, min(1.0, weight)),
        reason=reason,
        quote=page.text[offer.start : offer.end],
        start=offer.start,
        end=offer.end,
    )
